//! Bleed-through of the counterstain into a probe channel, with the light that cannot be distinguished from it:
//! autofluorescence and unspecific probe in proportion to the thickness of a nucleus.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::calibrate::nucleus_light::NucleusLight;
use crate::colour::Colour;
use crate::field::PlaneView;
use crate::statistics::median;
use crate::statistics::regression;

/// Minimal number of nuclei for an estimate.
const MIN_NUCLEI: usize = 20;
/// Largest relative difference between the share within nuclei and the share between them. A larger one has another cause,
/// such as light of the tissue around.
const MAX_RELATIVE_DIFFERENCE: f64 = 0.5;
/// Stride of the pixels that show the level between nuclei; odd, so that they do not stand in columns.
const LEVEL_STRIDE: usize = 7;
/// Difference that is ignored, however small the shares: signals alone cause it within nuclei.
const IGNORED_DIFFERENCE: f64 = 0.02;

/// Share of the counterstain's light that a probe channel shows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BleedThrough {
    /// Grey levels in the probe channel for a grey level of counterstain.
    pub fraction: f64,
    /// Its standard error; `None` if it was supplied.
    pub standard_error: Option<f64>,
    /// Number of nuclei that it was estimated from; 0 if it was supplied.
    pub nuclei: usize,
    /// Grey levels that it adds to the median nucleus; `None` without nuclei.
    pub light: Option<f64>,
    /// Whether it was subtracted before signals were searched: only if it was supplied, since light of the tissue itself may
    /// pass for it.
    pub used: bool,
}

impl BleedThrough {
    /// A bleed-through that the user knows.
    pub(crate) fn supplied(fraction: f64, nuclei: &[NucleusLight]) -> Self {
        let light = median_light(nuclei).map(|light| fraction * light);
        Self { fraction, standard_error: None, nuclei: 0, light, used: fraction > 0.0 }
    }
}

/// Counterstain of the median nucleus above its surroundings, grey levels.
fn median_light(nuclei: &[NucleusLight]) -> Option<f64> {
    let mut light: Vec<f64> = nuclei.iter().map(|n| n.light[0]).collect();
    (!light.is_empty()).then(|| median(&mut light))
}

/// Estimates the bleed-through: the slope of the light of nuclei in a channel on their counterstain, both above their
/// surroundings. A constant takes the light that all nuclei share. `None` if there are few nuclei, or if the slope within
/// nuclei is a different one.
pub(crate) fn estimate(nuclei: &[NucleusLight], colour: Colour) -> Option<BleedThrough> {
    let channel = 1 + colour.index();
    let rows: Vec<([f64; 2], f64)> = nuclei.iter().map(|n| ([1.0, n.light[0]], n.light[channel])).collect();
    if rows.len() < MIN_NUCLEI {
        return None;
    }
    let fit = regression::fit(&rows)?;
    let rises: Vec<([f64; 1], f64)> = nuclei.iter().map(|n| ([n.rise[0]], n.rise[channel])).collect();
    let within = regression::fit(&rises)?.coefficients[0];
    let difference = (within - fit.coefficients[1]).abs();
    if difference > (MAX_RELATIVE_DIFFERENCE * fit.coefficients[1].abs()).max(IGNORED_DIFFERENCE) {
        return None;
    }
    let fraction = fit.coefficients[1];
    Some(BleedThrough {
        fraction,
        standard_error: Some(fit.standard_error(1)),
        nuclei: rows.len(),
        light: median_light(nuclei).map(|light| fraction * light),
        used: false,
    })
}

/// Subtracts from a probe channel a share of the counterstain above its level between the nuclei of `labels`. Samples at the
/// camera's limit stay: a clipped region must not look like the peak of a signal.
///
/// Pixels no brighter in the counterstain than the level between nuclei stay: dead pixels, borders without data, and the level
/// of the camera without light say nothing about the share.
pub(crate) fn subtract(
    probe: PlaneView<'_>,
    counterstain: PlaneView<'_>,
    labels: &Array2<u32>,
    fraction: f64,
    limit: Option<f32>,
) -> Array2<f32> {
    let dark = level_between(counterstain, labels);
    let fraction = fraction as f32;
    let (height, width) = probe.dim();
    let (mut own, mut other) = (vec![0.0_f32; width], vec![0.0_f32; width]);
    let mut out = Array2::zeros((height, width));
    for (y, mut out) in out.rows_mut().into_iter().enumerate() {
        probe.read_row(y, 0, &mut own);
        counterstain.read_row(y, 0, &mut other);
        for ((out, &v), &stain) in out.iter_mut().zip(&own).zip(&other) {
            let left = v - fraction * (stain - dark).max(0.0);
            let clipped = limit.is_some_and(|limit| v >= limit);
            *out = if clipped || !left.is_finite() { v } else { left };
        }
    }
    out
}

/// Median level of the counterstain between nuclei, or of the whole plane if there is nothing between; pixels at the darkest
/// level do not count.
fn level_between(counterstain: PlaneView<'_>, labels: &Array2<u32>) -> f32 {
    let level = |between_only: bool| {
        let mut levels: Vec<f32> = (labels.indexed_iter().step_by(LEVEL_STRIDE))
            .filter(|(_, label)| !between_only || **label == 0)
            .map(|((y, x), _)| counterstain.at(y, x))
            .filter(|v| v.is_finite())
            .collect();
        levels.sort_unstable_by(f32::total_cmp);
        let darkest = levels.first().copied()?;
        let lit = &levels[levels.partition_point(|v| *v <= darkest)..];
        Some(lit.get(lit.len() / 2).copied().unwrap_or(darkest))
    };
    level(true).or_else(|| level(false)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A nucleus on a ground of 900 levels in the counterstain, of which a fifth is seen in the probe.
    fn stain_and_probe() -> (Array2<f32>, Array2<f32>, Array2<u32>) {
        let inside = |y: usize, x: usize| (10..30).contains(&y) && (10..30).contains(&x);
        let stain = Array2::from_shape_fn((40, 40), |(y, x)| {
            900.0 + ((y * 7 + x * 3) % 5) as f32 + if inside(y, x) { 500.0 } else { 0.0 }
        });
        let labels = Array2::from_shape_fn((40, 40), |(y, x)| u32::from(inside(y, x)));
        let probe = stain.mapv(|v| 100.0 + 0.2 * v);
        (stain, probe, labels)
    }

    #[test]
    fn what_is_taken_off_is_the_share_above_the_ground_and_clipped_samples_stay() {
        let (stain, mut probe, labels) = stain_and_probe();
        probe[(20, 20)] = 4095.0;
        let left = subtract((&probe).into(), (&stain).into(), &labels, 0.2, Some(4095.0));
        for ((at, &v), &was) in left.indexed_iter().zip(&probe) {
            let expected = if at == (20, 20) { was } else { 280.4 };
            assert!((v - expected).abs() < 0.5, "{v} for {expected} at {at:?}");
        }
    }

    #[test]
    fn dead_pixels_and_borders_without_data_change_nothing_elsewhere() {
        let (stain, probe, labels) = stain_and_probe();
        let whole = subtract((&probe).into(), (&stain).into(), &labels, 0.2, None);
        let (mut holed, mut bordered) = (stain.clone(), probe.clone());
        holed[(2, 3)] = 0.0;
        holed.column_mut(39).fill(0.0);
        bordered.column_mut(39).fill(0.0);
        let left = subtract((&bordered).into(), (&holed).into(), &labels, 0.2, None);
        for ((y, x), &v) in left.indexed_iter().filter(|((y, x), _)| (*y, *x) != (2, 3)) {
            let expected = if x == 39 { 0.0 } else { whole[(y, x)] };
            assert!((v - expected).abs() < 0.5, "{v} for {expected} at {y}, {x}");
        }
        assert_eq!(left[(2, 3)], bordered[(2, 3)]);
    }

    /// Nuclei of unlike counterstain, a share of which is seen in red, between nuclei and within them.
    fn nuclei(between: f64, within: f64) -> Vec<NucleusLight> {
        let stain = |i: usize| 500.0 + 40.0 * (i * 7 % 23) as f64;
        let noise = |i: usize| (i * 13 % 11) as f64 - 5.0;
        let of = |i: usize| NucleusLight {
            nucleus_id: i as u32 + 1,
            place: [0.0, 0.0],
            cut: false,
            light: [stain(i), 30.0 + between * stain(i) + noise(i), 0.0],
            rise: [0.4 * stain(i), within * 0.4 * stain(i) + noise(i + 3), 0.0],
        };
        (0..60).map(of).collect()
    }

    #[test]
    fn a_share_is_told_only_if_nuclei_show_it_between_and_within_them() {
        let found = estimate(&nuclei(0.2, 0.2), Colour::Red).unwrap();
        let error = found.standard_error.unwrap();
        assert!((found.fraction - 0.2).abs() < 3.0 * error && error < 0.005, "{found:?}");
        assert_eq!(estimate(&nuclei(0.2, 0.02), Colour::Red), None);
        assert_eq!(estimate(&nuclei(0.2, 0.2)[..10], Colour::Red), None);
    }
}
