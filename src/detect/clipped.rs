//! Signals at the camera's limit: their tops are put back from their flanks.
//!
//! What is cut off at the limit has neither its height nor its width: all such signals are of one height and too wide.
//! Crosstalk, which is a fraction of the true height, is then not found, and ghosts pass as signals. The flanks are whole:
//! a round spot of any width is fitted to them, and the pixels at the limit take its values. Where none fits (haze, clumps,
//! several spots in one) they rise from the rim as those of other signals do.

use std::borrow::Cow;

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::detect::candidate::median;
use crate::detect::merged::fit::{Crop, Fit, Model, Spot};
use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;
use crate::kernel::dispatch::vectorised;

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
const MOST_EXCESS_OF_WIDTH: f64 = 40.0;
/// Parameters of a spot of any width on a slope.
const PARAMETERS: f64 = 7.0;
/// Least share of the tops of which the flanks must tell the height.
const LEAST_PUT_BACK: f64 = 0.5;

/// Neighbouring pixels at the limit: their places, and the middle of these.
struct Top {
    pixels: Vec<(usize, usize)>,
    middle: [f64; 2],
}

impl Top {
    /// The values of its pixels by a spot.
    fn by_spot(&self, fit: &Fit) -> Vec<f64> {
        let [my, mx] = self.middle;
        self.pixels.iter().map(|&(y, x)| Crop::value(fit, y as f64 - my, x as f64 - mx)).collect()
    }
}

/// The plane with the tops of signals put back; `None` where none is cut off, or too few tell how high they were.
/// `nominal_sigma_px` is the usual width.
pub(crate) fn fill(plane: PlaneView<'_>, noise: &Noise, nominal_sigma_px: f64) -> Option<Array2<f32>> {
    let limit = highest(plane)?;
    let tops = tops(plane, limit)?;
    let most_px = MOST_SIGMAS2 * nominal_sigma_px.powi(2);
    let flanks: Vec<Option<Flanks>> = (0..tops.len())
        .into_par_iter()
        .map(|i| {
            let is_spot = tops[i].pixels.len() as f64 <= most_px;
            is_spot.then(|| Flanks::of(plane, limit, noise, nominal_sigma_px, &tops, i)).flatten()
        })
        .collect();
    // Flanks that do not tell their spot's width as well as its height are taken for those of a spot as wide as others.
    let mut sigmas: Vec<f64> = flanks.iter().flatten().filter_map(|f| Some(f.sure()?.sigma())).collect();
    let sigma = median(&mut sigmas);
    let fits: Vec<Option<Fit>> =
        flanks.into_par_iter().map(|flanks| flanks.and_then(|flanks| flanks.spot(sigma))).collect();
    let found: Vec<&Fit> = fits.iter().flatten().collect();
    if found.is_empty() || (found.len() as f64) < LEAST_PUT_BACK * tops.len() as f64 {
        return None;
    }
    let usual = Usual::of(&found, sigma, f64::from(limit));
    let (height, width) = plane.dim();
    let mut image = Array2::<f32>::zeros((height, width));
    for (y, mut row) in image.rows_mut().into_iter().enumerate() {
        plane.read_row(y, 0, row.as_slice_mut()?);
    }
    let mut raised = Vec::new();
    for (top, fit) in tops.iter().zip(&fits) {
        let values: Vec<f64> = match fit {
            Some(fit) => top.by_spot(fit),
            None => top.pixels.iter().map(|at| usual.value(&image, limit, *at)).collect(),
        };
        for (&place, value) in top.pixels.iter().zip(values) {
            raised.push((place, (value as f32).max(limit)));
        }
    }
    for (place, value) in raised {
        image[place] = value;
    }
    Some(image)
}

/// How signals at the limit usually go on above it, for what is no round spot: clumps, haze, several in one, and spots at
/// the frame. Left at the limit, it would be far lower than the signals.
struct Usual {
    sigma: f64,
    /// Level of the background, and height above it up to the limit.
    background: f64,
    seen: f64,
    /// Radius of a top.
    radius: f64,
}

impl Usual {
    fn of(fits: &[&Fit], sigma: f64, limit: f64) -> Self {
        let middle = |of: &dyn Fn(&Fit) -> f64| median(&mut fits.iter().map(|f| of(f)).collect::<Vec<f64>>());
        let background = middle(&|f| f.background()).min(limit - 1.0);
        let seen = limit - background;
        let height = middle(&|f| f.spots.first().map_or(0.0, |s| s.amplitude)).max(seen);
        Self { sigma, background, seen, radius: sigma * (2.0 * (height / seen).ln()).sqrt() }
    }

    /// Value at a place at the limit, by how far from the rim it lies.
    fn value(&self, image: &Array2<f32>, limit: f32, (y, x): (usize, usize)) -> f64 {
        let (height, width) = image.dim();
        let reach = self.radius.ceil() as usize + 1;
        let rows = y.saturating_sub(reach)..(y + reach + 1).min(height);
        let rim = rows
            .flat_map(|v| (x.saturating_sub(reach)..(x + reach + 1).min(width)).map(move |u| (v, u)))
            .filter(|at| image[*at] < limit)
            .map(|(v, u)| v.abs_diff(y).pow(2) + u.abs_diff(x).pow(2))
            .min();
        let inside = rim.map_or(self.radius, |r2| ((r2 as f64).sqrt() - 0.5).min(self.radius));
        let exponent = inside * (2.0 * self.radius - inside) / (2.0 * self.sigma.powi(2));
        self.background + self.seen * exponent.exp()
    }
}

fn in_memory_order<'a, T: Copy>(plane: &'a ArrayView2<'_, T>) -> Cow<'a, [T]> {
    plane.as_slice_memory_order().map_or_else(|| plane.iter().copied().collect(), Cow::Borrowed)
}

/// The highest level, if as many pixels are at it as are in the fewest flat tops.
fn highest(plane: PlaneView<'_>) -> Option<f32> {
    #[inline(always)]
    fn among<T: Copy + PartialEq>(all: &[T], higher: impl Fn(T, T) -> T) -> Option<T> {
        // Many samples at a time.
        vectorised(
            #[inline(always)]
            || {
                let highest = all.iter().copied().reduce(&higher)?;
                let count: usize = (all.chunks(4096))
                    .map(|chunk| usize::from(chunk.iter().map(|v| u16::from(*v == highest)).sum::<u16>()))
                    .sum();
                (count >= LEAST_FLAT * FLAT_PX).then_some(highest)
            },
        )
    }
    match plane {
        PlaneView::U8(a) => among(&in_memory_order(&a), u8::max).map(f32::from),
        PlaneView::U16(a) => among(&in_memory_order(&a), u16::max).map(f32::from),
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

/// What is seen of a spot around its top.
struct Flanks {
    crop: Crop,
    /// Its height up to the limit.
    seen: f64,
    /// Radius of a round top as large.
    top_radius: f64,
    /// The round spot of any width that fits best.
    any_width: Option<Fit>,
}

impl Flanks {
    /// Those of a top; `None` where too little is seen.
    fn of(
        plane: PlaneView<'_>,
        limit: f32,
        noise: &Noise,
        nominal_sigma_px: f64,
        tops: &[Top],
        index: usize,
    ) -> Option<Self> {
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
        let mut samples = Vec::new();
        for y in range(*my, height) {
            for x in range(*mx, width) {
                let (dy, dx, value) = (y as f64 - my, x as f64 - mx, f64::from(plane.at(y, x)));
                if dy.hypot(dx) <= radius && value < limit && crop.is_own(dy, dx) {
                    samples.push((dy, dx, value));
                }
            }
        }
        if samples.len() < LEAST_SAMPLES {
            return None;
        }
        let lowest = samples.iter().map(|(.., value)| *value).fold(limit, f64::min);
        for (dy, dx, value) in samples {
            crop.push(dy, dx, value, noise.variance(value) + (SHAPE_ERROR * (value - lowest)).powi(2));
        }
        let mut flanks = Self { crop, seen: limit - lowest, top_radius, any_width: None };
        flanks.any_width = flanks.fit(sigma, Model::AnyWidth);
        Some(flanks)
    }

    fn fit(&self, sigma: f64, model: Model) -> Option<Fit> {
        let amplitude = self.seen * (0.5 * (self.top_radius / sigma).powi(2)).exp();
        self.crop.fit(sigma, &[Spot { y: 0.0, x: 0.0, amplitude }], model)
    }

    /// The spot of any width if it fits, and the flanks tell its height.
    fn sure(&self) -> Option<&Fit> {
        self.any_width.as_ref().filter(|fit| self.is_sure(fit, MOST_EXCESS))
    }

    /// That spot, or one of such a width.
    fn spot(self, sigma: f64) -> Option<Fit> {
        if self.sure().is_some() {
            return self.any_width;
        }
        let fit = Some(sigma).filter(|s| *s > 0.0).and_then(|s| self.fit(s, Model::Spots));
        fit.filter(|fit| self.is_sure(fit, MOST_EXCESS_OF_WIDTH))
    }

    fn is_sure(&self, fit: &Fit, most_excess: f64) -> bool {
        let (Some(spot), Some(sd)) = (fit.spots.first(), fit.amplitude_sd.first()) else { return false };
        let freedom = self.crop.len() as f64 - PARAMETERS;
        fit.chi2 <= MOST_CHI2 * freedom
            && spot.amplitude <= most_excess * self.seen
            && *sd <= MOST_ERROR * spot.amplitude
            && self.crop.holds(spot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Axis;

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
        let columns = plane.slice_axis(Axis(1), (30 * spot..30 * (spot + 1)).into());
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
    fn what_is_not_cut_off_stays_and_what_is_no_spot_rises_as_spots_do() {
        let spots = [(3000.0, 1.3); 5];
        assert!(fill((&plane(&spots, u16::MAX)).into(), &NOISE, SIGMA_PX).is_none());
        let mut hazy = plane(&spots, 1400);
        // Light at the limit over the whole of one part.
        let is_hazy = |y: usize, x: usize| (5..35).contains(&y) && (64..86).contains(&x);
        hazy.indexed_iter_mut().filter(|((y, x), _)| is_hazy(*y, *x)).for_each(|(_, v)| *v = 1400);
        let filled = fill((&hazy).into(), &NOISE, SIGMA_PX).unwrap();
        let [haze, spot] = [top(&filled, 2), top(&filled, 1)];
        assert!(
            spot > 2500.0 && (haze / spot - 1.0).abs() < 0.2,
            "no higher and no lower than signals: {haze} {spot}"
        );
        assert!(fill((&plane(&spots[..2], 1400)).into(), &NOISE, SIGMA_PX).is_none(), "may be chance");
    }
}
