//! Light of nuclei in a probe channel that goes with their counterstain: bleed-through of the counterstain, and what
//! cannot be told from it (autofluorescence and unspecific probe in proportion to the thickness of a nucleus).

use ndarray::Array2;
use serde::Serialize;

use crate::field::{Colour, PlaneView};
use crate::instrument::light::NucleusLight;
use crate::instrument::{InstrumentParams, robust};
use crate::setting::Setting;

/// Fewest nuclei for a statement.
const MIN_NUCLEI: usize = 20;
/// Standard errors by which a share must stand above zero to be taken off.
const LEAST_STANDARD_ERRORS: f64 = 4.0;
/// Most by which the share within nuclei may differ from that between them, over the latter: up to half, taking it off
/// makes nuclei more even, since the variance that is left is least at the share within and grows evenly to either
/// side. Shares that differ by more tell of something else, such as light of the tissue around.
const MOST_APART: f64 = 0.5;
/// Such a difference that is of no account, however small the shares: signals show that much within nuclei.
const MOST_APART_ANYHOW: f64 = 0.02;

/// Share of the counterstain's light that is seen in a probe channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bleed {
    /// Grey levels in the probe channel for a grey level of counterstain.
    pub fraction: f64,
    /// Its standard error; `None` if it was given.
    pub standard_error: Option<f64>,
    /// Nuclei it rests on; 0 if it was given.
    pub nuclei: usize,
    /// Fields in which it was taken off before signals were looked for, by the share of the field itself.
    pub fields: usize,
}

impl Bleed {
    /// One that is known.
    pub(crate) fn fixed(fraction: f64) -> Self {
        Self { fraction, standard_error: None, nuclei: 0, fields: 0 }
    }
}

/// Slope of the light of nuclei in a channel on their counterstain, both above their surroundings. A constant takes
/// what all nuclei have alike. `None` of few nuclei, and where the slope within nuclei is another one.
pub(crate) fn estimate(nuclei: &[NucleusLight], colour: Colour) -> Option<Bleed> {
    let channel = 1 + colour.index();
    let rows: Vec<([f64; 2], f64)> = nuclei.iter().map(|n| ([1.0, n.light[0]], n.light[channel])).collect();
    if rows.len() < MIN_NUCLEI {
        return None;
    }
    let fit = robust::fit(&rows)?;
    let rises: Vec<([f64; 1], f64)> = nuclei.iter().map(|n| ([n.rise[0]], n.rise[channel])).collect();
    let within = robust::fit(&rises)?.coefficients[0];
    let apart = (within - fit.coefficients[1]).abs();
    if apart > (MOST_APART * fit.coefficients[1].abs()).max(MOST_APART_ANYHOW) {
        return None;
    }
    let standard_error = Some(fit.standard_error(1));
    Some(Bleed { fraction: fit.coefficients[1], standard_error, nuclei: rows.len(), fields: 0 })
}

/// The share of the counterstain that is to be taken off a channel of a field.
pub(crate) fn to_take_off(nuclei: &[NucleusLight], colour: Colour, params: &InstrumentParams) -> Option<f64> {
    match params.counterstain_into(colour) {
        Setting::Off => None,
        Setting::Fixed(fraction) => Some(fraction).filter(|f| *f > 0.0),
        Setting::Estimate => {
            let Bleed { fraction, standard_error, .. } = estimate(nuclei, colour)?;
            let supported =
                fraction >= params.bleed_min && fraction > LEAST_STANDARD_ERRORS * standard_error?;
            supported.then_some(fraction)
        }
    }
}

/// A probe channel without a share of the counterstain. Samples at the camera's limit stay: what is cut off must not
/// look like a signal's top.
pub(crate) fn take_off(
    probe: PlaneView<'_>,
    counterstain: PlaneView<'_>,
    fraction: f64,
    limit: Option<f32>,
) -> Array2<f32> {
    let (height, width) = probe.dim();
    let mut rows = [vec![0.0_f32; width], vec![0.0_f32; width]];
    let mut read = |y: usize| {
        probe.read_row(y, 0, &mut rows[0]);
        counterstain.read_row(y, 0, &mut rows[1]);
        [rows[0].clone(), rows[1].clone()]
    };
    let mut least = [f32::INFINITY; 2];
    for y in 0..height {
        for (least, row) in least.iter_mut().zip(read(y)) {
            *least = row.iter().copied().filter(|v| v.is_finite()).fold(*least, f32::min);
        }
    }
    let fraction = fraction as f32;
    let mut out = Array2::zeros((height, width));
    for (y, mut out) in out.rows_mut().into_iter().enumerate() {
        let [own, other] = read(y);
        for ((out, v), stain) in out.iter_mut().zip(own).zip(other) {
            let left = v - fraction * (stain - least[1]);
            let clipped = limit.is_some_and(|limit| v >= limit);
            // Not below the lowest sample, by which regions without data are known.
            *out = if clipped || !left.is_finite() { v } else { left.max(least[0]) };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_off_is_the_share_above_the_darkest_and_clipped_samples_stay() {
        let stain = ndarray::array![[10.0_f32, 110.0, 60.0, f32::NAN, 10.0]];
        let probe = ndarray::array![[5.0_f32, 30.0, 255.0, 7.0, f32::NAN]];
        let left = take_off(PlaneView::from(&probe), PlaneView::from(&stain), 0.2, Some(255.0));
        let left: Vec<f32> = left.into_iter().collect();
        assert_eq!(left[..4], [5.0, 10.0, 255.0, 7.0]);
        assert!(left[4].is_nan());
    }

    /// Nuclei of unlike counterstain, a share of which is seen in red, between nuclei and within them.
    fn nuclei(between: f64, within: f64) -> Vec<NucleusLight> {
        let stain = |i: usize| 500.0 + 40.0 * (i * 7 % 23) as f64;
        let noise = |i: usize| (i * 13 % 11) as f64 - 5.0;
        let of = |i: usize| NucleusLight {
            place: [0.0, 0.0],
            cut: false,
            light: [stain(i), 30.0 + between * stain(i) + noise(i), 0.0],
            rise: [0.4 * stain(i), within * 0.4 * stain(i) + noise(i + 3), 0.0],
        };
        (0..60).map(of).collect()
    }

    #[test]
    fn a_share_is_taken_off_only_where_nuclei_get_more_even_by_it() {
        let params = InstrumentParams::default();
        let found = estimate(&nuclei(0.2, 0.2), Colour::Red).unwrap();
        let error = found.standard_error.unwrap();
        assert!((found.fraction - 0.2).abs() < 3.0 * error && error < 0.005, "{found:?}");
        assert_eq!(to_take_off(&nuclei(0.2, 0.2), Colour::Red, &params), Some(found.fraction));
        assert_eq!(estimate(&nuclei(0.2, 0.02), Colour::Red), None);
        assert_eq!(to_take_off(&nuclei(0.02, 0.02), Colour::Red, &params), None);
        assert_eq!(to_take_off(&nuclei(0.2, 0.2)[..10], Colour::Red, &params), None);
        let off = InstrumentParams { counterstain_into_red: Setting::Off, ..params.clone() };
        assert_eq!(to_take_off(&nuclei(0.2, 0.2), Colour::Red, &off), None);
        let fixed = InstrumentParams { counterstain_into_red: Setting::Fixed(0.01), ..params };
        assert_eq!(to_take_off(&[], Colour::Red, &fixed), Some(0.01));
    }
}
