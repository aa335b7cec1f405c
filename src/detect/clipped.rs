//! Signals at the camera's limit: their tops are put back from their flanks.
//!
//! What is cut off at the limit has neither its height nor its width: all such signals are of one height and too wide.
//! Crosstalk, which is a fraction of the true height, is then not found, and ghosts pass as signals. The flanks are whole:
//! a round spot of any width is fitted to them, and the pixels at the limit take its values. Where it does not fit (haze,
//! clumps, several spots in one) they stay as they are.

use ndarray::Array2;
use rayon::prelude::*;

use crate::detect::merged::fit::{Crop, Fit, Model, Spot};
use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;

/// Fewest flat tops at the highest level of a plane for it to be the camera's limit: spots do not end at one level by chance.
const LEAST_FLAT: usize = 3;
/// Pixels of three by three at the limit that make a top flat.
const FLAT_PX: usize = 5;
/// Most pixels of a top, in squared nominal sigmas: of a spot twice as wide that is cut off at a seventh of its height.
const MOST_SIGMAS2: f64 = 50.0;
/// Radius of a top over the sigma of a spot that is cut off at a third of its height, where the fit begins.
const START_SIGMAS: f64 = 1.5;
/// Sigmas beyond the top that are fitted: the flanks, not what lies about.
const FLANK_SIGMAS: f64 = 2.5;
/// Fewest samples for a fit.
const LEAST_SAMPLES: usize = 20;
/// Departure of spots from a round Gaussian, as a share of what is seen of their height.
const SHAPE_ERROR: f64 = 0.03;
/// Most squared error over what noise and shape explain, at which a spot fits.
const MOST_CHI2: f64 = 4.0;
/// Most error of the height as a share of it, and most that it may exceed what is seen of it.
const MOST_ERROR: f64 = 0.2;
const MOST_EXCESS: f64 = 15.0;

/// Neighbouring pixels at the limit: their places, and the middle of these.
struct Top {
    pixels: Vec<(usize, usize)>,
    middle: [f64; 2],
}

/// The plane with the tops of signals put back; `None` where none is cut off. `nominal_sigma_px` is the usual width.
pub(crate) fn fill(plane: PlaneView<'_>, noise: &Noise, nominal_sigma_px: f64) -> Option<Array2<f32>> {
    let limit = highest(plane)?;
    let tops = tops(plane, limit)?;
    let most_px = MOST_SIGMAS2 * nominal_sigma_px.powi(2);
    let filled: Vec<Vec<f32>> = (0..tops.len())
        .into_par_iter()
        .map(|i| {
            let is_spot = tops[i].pixels.len() as f64 <= most_px;
            let values =
                if is_spot { put_back(plane, limit, noise, nominal_sigma_px, &tops, i) } else { None };
            values.unwrap_or_default()
        })
        .collect();
    if filled.iter().all(Vec::is_empty) {
        return None;
    }
    let (height, width) = plane.dim();
    let mut image = Array2::<f32>::zeros((height, width));
    for (y, mut row) in image.rows_mut().into_iter().enumerate() {
        plane.read_row(y, 0, row.as_slice_mut()?);
    }
    for (top, values) in tops.iter().zip(filled) {
        for (&place, value) in top.pixels.iter().zip(values) {
            image[place] = value;
        }
    }
    Some(image)
}

fn highest(plane: PlaneView<'_>) -> Option<f32> {
    match plane {
        PlaneView::U8(a) => a.iter().copied().max().map(f32::from),
        PlaneView::U16(a) => a.iter().copied().max().map(f32::from),
        PlaneView::F32(a) => a.iter().copied().filter(|v| v.is_finite()).reduce(f32::max),
    }
}

/// The tops at the highest level, in reading order; `None` where too few are flat for it to be the camera's limit.
fn tops(plane: PlaneView<'_>, limit: f32) -> Option<Vec<Top>> {
    let (height, width) = plane.dim();
    let mut row = vec![0.0_f32; width];
    let mut at_limit = Vec::new();
    for y in 0..height {
        plane.read_row(y, 0, &mut row);
        at_limit.extend((0..width).filter(|&x| row[x] >= limit).map(|x| (y, x)));
    }
    let around = |(y, x): (usize, usize)| {
        (y.saturating_sub(1)..(y + 2).min(height))
            .flat_map(move |v| (x.saturating_sub(1)..(x + 2).min(width)).map(move |u| (v, u)))
    };
    let is_at_limit = |at: &(usize, usize)| at_limit.binary_search(at).is_ok();
    let mut seen = vec![false; at_limit.len()];
    let (mut tops, mut flat) = (Vec::new(), 0);
    for first in 0..at_limit.len() {
        if seen[first] {
            continue;
        }
        seen[first] = true;
        let (mut pixels, mut next) = (vec![at_limit[first]], 0);
        while let Some(&at) = pixels.get(next) {
            next += 1;
            for neighbour in around(at) {
                if let Ok(index) = at_limit.binary_search(&neighbour)
                    && !std::mem::replace(&mut seen[index], true)
                {
                    pixels.push(neighbour);
                }
            }
        }
        flat += usize::from(pixels.iter().any(|at| around(*at).filter(is_at_limit).count() >= FLAT_PX));
        let mean = |of: fn(&(usize, usize)) -> usize| {
            pixels.iter().map(|at| of(at) as f64).sum::<f64>() / pixels.len() as f64
        };
        let middle = [mean(|at| at.0), mean(|at| at.1)];
        tops.push(Top { pixels, middle });
    }
    (flat >= LEAST_FLAT).then_some(tops)
}

/// The values of the pixels of a top by the spot that fits its flanks; `None` where none does.
fn put_back(
    plane: PlaneView<'_>,
    limit: f32,
    noise: &Noise,
    nominal_sigma_px: f64,
    tops: &[Top],
    index: usize,
) -> Option<Vec<f32>> {
    let (height, width) = plane.dim();
    let Top { pixels, middle: [my, mx] } = &tops[index];
    let top_radius = (pixels.len() as f64 / std::f64::consts::PI).sqrt();
    let sigma = nominal_sigma_px.max(top_radius / START_SIGMAS);
    let radius = top_radius + FLANK_SIGMAS * sigma;
    let mut crop = Crop::new(*my, *mx, radius);
    let others = tops.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, top)| top.middle);
    crop.neighbours =
        others.map(|[y, x]| (y - my, x - mx)).filter(|(y, x)| y.hypot(*x) < 2.0 * radius).collect();
    let range = |at: f64, end: usize| {
        (at - radius).ceil().max(0.0) as usize..((at + radius).floor().max(0.0) as usize + 1).min(end)
    };
    let limit = f64::from(limit);
    let mut flanks = Vec::new();
    for y in range(*my, height) {
        for x in range(*mx, width) {
            let (dy, dx, value) = (y as f64 - my, x as f64 - mx, f64::from(plane.at(y, x)));
            if dy.hypot(dx) <= radius && value < limit && crop.is_own(dy, dx) {
                flanks.push((dy, dx, value));
            }
        }
    }
    let lowest = flanks.iter().map(|(.., value)| *value).fold(limit, f64::min);
    for (dy, dx, value) in flanks {
        crop.push(dy, dx, value, noise.variance(value) + (SHAPE_ERROR * (value - lowest)).powi(2));
    }
    if crop.len() < LEAST_SAMPLES {
        return None;
    }
    let seen = limit - lowest;
    let amplitude = seen * (0.5 * (top_radius / sigma).powi(2)).exp();
    let fit = crop.fit(sigma, &[Spot { y: 0.0, x: 0.0, amplitude }], Model::AnyWidth)?;
    if !is_sure(&crop, &fit, seen) {
        return None;
    }
    let of_fit = |&(y, x): &(usize, usize)| Crop::value(&fit, y as f64 - my, x as f64 - mx).max(limit) as f32;
    Some(pixels.iter().map(of_fit).collect())
}

/// Whether a spot fits the flanks, and they tell its height.
fn is_sure(crop: &Crop, fit: &Fit, seen: f64) -> bool {
    let (Some(spot), Some(sd)) = (fit.spots.first(), fit.amplitude_sd.first()) else { return false };
    let freedom = crop.len() as f64 - 7.0;
    fit.chi2 <= MOST_CHI2 * freedom
        && spot.amplitude <= MOST_EXCESS * seen
        && *sd <= MOST_ERROR * spot.amplitude
        && crop.holds(spot)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: Noise = Noise { gain: 1.0, offset: 0.0, floor: 25.0 };
    const BACKGROUND: f64 = 200.0;
    const SIGMA_PX: f64 = 1.3;

    /// Spots of such heights and sigmas in rows, cut off at a limit.
    fn plane(spots: &[(f64, f64)], limit: u16) -> Array2<u16> {
        Array2::from_shape_fn((40, 30 * spots.len()), |(y, x)| {
            let (height, sigma) = spots[x / 30];
            let r2 = (y as f64 - 20.3).powi(2) + ((x % 30) as f64 - 14.8).powi(2);
            let noise = ((x * 7 + y * 13) % 11) as f64 - 5.0;
            let light = BACKGROUND + noise + height * (-0.5 * r2 / (sigma * sigma)).exp();
            (light.round() as u16).min(limit)
        })
    }

    fn top(plane: &Array2<f32>, spot: usize) -> f64 {
        let columns = plane.slice(ndarray::s![.., 30 * spot..30 * (spot + 1)]);
        f64::from(columns.iter().copied().fold(0.0, f32::max))
    }

    #[test]
    fn tops_are_put_back_from_flanks_of_spots_of_any_height_and_width() {
        let spots = [(3000.0, 1.3), (5000.0, 1.3), (4000.0, 1.6), (2500.0, 1.2), (9000.0, 1.4), (700.0, 1.3)];
        let cut = plane(&spots, 1400);
        let filled = fill((&cut).into(), &NOISE, SIGMA_PX).unwrap();
        for (i, (height, sigma)) in spots.into_iter().enumerate() {
            // The middle lies between pixels.
            let expected = BACKGROUND + height * (-0.5 * (0.09 + 0.04) / (sigma * sigma)).exp();
            let found = top(&filled, i);
            assert!((found / expected - 1.0).abs() < 0.15, "spot {i}: {found} for {expected}");
        }
        for (v, was) in filled.iter().zip(&cut).filter(|(_, was)| **was < 1400) {
            assert_eq!(*v, f32::from(*was));
        }
    }

    #[test]
    fn what_is_not_cut_off_and_what_is_no_spot_stays() {
        let spots = [(3000.0, 1.3); 5];
        assert!(fill((&plane(&spots, u16::MAX)).into(), &NOISE, SIGMA_PX).is_none());
        let mut hazy = plane(&spots, 1400);
        // Light at the limit over the whole of one part.
        hazy.slice_mut(ndarray::s![5..35, 64..86]).fill(1400);
        let filled = fill((&hazy).into(), &NOISE, SIGMA_PX).unwrap();
        assert_eq!(top(&filled, 2), 1400.0);
        assert!(top(&filled, 1) > 2500.0);
        assert!(fill((&plane(&spots[..2], 1400)).into(), &NOISE, SIGMA_PX).is_none(), "may be chance");
    }
}
