//! Signals at the camera's limit: their clipped peaks are restored from their flanks.
//!
//! A clipped signal has neither its height nor its width: all clipped signals are of one height and too wide.
//! Crosstalk, which is a fraction of the true height, is then not found, and passes as signals. The flanks are whole:
//! a round spot of any width is fitted to them, and the pixels at the limit take its values. Where none fits (haze, clumps,
//! several spots in one) they rise from the rim as the peaks of other signals do.

mod flanks;
#[cfg(test)]
mod tests;
mod tops;

use ndarray::Array2;
use rayon::prelude::*;

use crate::detect::search_image::reborrow;
use crate::detect::spot_fit::{Crop, Fit};
use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;
use crate::statistics::median;
use flanks::Flanks;
use tops::{Top, highest, tops};

/// Largest area of a top, in squared nominal sigmas: of a spot twice as wide that is clipped at a seventh of its height.
const MAX_SIGMAS2: f64 = 50.0;
/// Minimal area of the plane for each top, in squared nominal sigmas. Signals of nuclei that lie side by side have some 500; where
/// there are more tops, haze is at the limit.
const MIN_SIGMAS2_EACH: f64 = 200.0;
/// Standard deviations of the noise by which the limit must stand above the median level.
const MIN_STANDARD_DEVIATIONS: f64 = 2.0;
/// Stride of the pixels that show the median level; prime, so that they do not stand in columns.
const LEVEL_STRIDE: usize = 1009;
/// Minimal share of the tops whose flanks must determine the height.
const MIN_RESTORED: f64 = 0.5;

/// Clipped peaks of a plane, and the number of them whose flanks determined the height.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ClippedPeaks {
    pub(crate) peaks: usize,
    pub(crate) restored: usize,
}

/// The values of the pixels of a top by a spot.
fn by_spot(Top { pixels, middle: [my, mx] }: &Top, fit: &Fit) -> Vec<f64> {
    pixels.iter().map(|&(y, x)| Crop::value(fit, y as f64 - my, x as f64 - mx)).collect()
}

/// The plane with the clipped peaks restored, and the number of those whose centre (row, column) `counts`; no plane if none is
/// clipped, or if too few show how high they were. `nominal_sigma_px` is the usual width.
pub(crate) fn fill(
    plane: PlaneView<'_>,
    noise: &Noise,
    nominal_sigma_px: f64,
    counts: impl Fn(usize, usize) -> bool,
) -> (Option<Array2<f32>>, ClippedPeaks) {
    let limit = highest(reborrow(&plane)).filter(|limit| is_bright(&plane, noise, f64::from(*limit)));
    let clipped = limit.and_then(|limit| Some((limit, tops(reborrow(&plane), limit)?)));
    let Some((limit, mut tops)) = clipped else { return (None, ClippedPeaks::default()) };
    tops.retain(|top| counts(top.middle[0] as usize, top.middle[1] as usize));
    let mut clipped = ClippedPeaks { peaks: tops.len(), restored: 0 };
    let (height, width) = plane.dim();
    if tops.len() as f64 * MIN_SIGMAS2_EACH * nominal_sigma_px.powi(2) > (height * width) as f64 {
        return (None, clipped);
    }
    let (filled, restored) = restore(plane, limit, &tops, noise, nominal_sigma_px);
    if filled.is_some() {
        clipped.restored = restored;
    }
    (filled, clipped)
}

/// Whether a level stands above most of the plane as signals do: the highest level of a dark plane is not the camera's limit.
fn is_bright(plane: &PlaneView<'_>, noise: &Noise, level: f64) -> bool {
    let (height, width) = plane.dim();
    let places = (0..height * width).step_by(LEVEL_STRIDE).map(|i| (i / width, i % width));
    let mut levels: Vec<f64> =
        places.map(|(y, x)| f64::from(plane.at(y, x))).filter(|v| v.is_finite()).collect();
    let middle = median(&mut levels);
    level - middle > MIN_STANDARD_DEVIATIONS * noise.variance(middle).max(0.0).sqrt()
}

/// The plane with these tops restored, and the number of tops whose flanks determined the height.
fn restore(
    plane: PlaneView<'_>,
    limit: f32,
    tops: &[Top],
    noise: &Noise,
    nominal_sigma_px: f64,
) -> (Option<Array2<f32>>, usize) {
    let most_px = MAX_SIGMAS2 * nominal_sigma_px.powi(2);
    let tallest_px = tops.iter().map(Top::rows).max().unwrap_or(0);
    let flanks: Vec<Option<Flanks>> = (0..tops.len())
        .into_par_iter()
        .map(|i| {
            let is_spot = tops[i].pixels.len() as f64 <= most_px;
            is_spot
                .then(|| Flanks::of(plane, limit, noise, nominal_sigma_px, (tops, tallest_px), i))
                .flatten()
        })
        .collect();
    // If the flanks do not determine both width and height of their spot, it gets the width of the others.
    let mut sigmas: Vec<f64> = flanks.iter().flatten().filter_map(|f| Some(f.sure()?.sigma())).collect();
    let sigma = median(&mut sigmas);
    let fits: Vec<Option<Fit>> =
        flanks.into_par_iter().map(|flanks| flanks.and_then(|flanks| flanks.spot(sigma))).collect();
    let found: Vec<&Fit> = fits.iter().flatten().collect();
    if found.is_empty() || (found.len() as f64) < MIN_RESTORED * tops.len() as f64 {
        return (None, found.len());
    }
    let usual = Usual::of(&found, sigma, f64::from(limit));
    let (height, width) = plane.dim();
    let mut image = Array2::<f32>::zeros((height, width));
    for (y, mut row) in image.rows_mut().into_iter().enumerate() {
        if let Some(row) = row.as_slice_mut() {
            plane.read_row(y, 0, row);
        }
    }
    let mut raised = Vec::new();
    for (top, fit) in tops.iter().zip(&fits) {
        let as_usual =
            |at: &(usize, usize)| usual.as_ref().map_or(0.0, |usual| usual.value(&image, limit, *at));
        let values: Vec<f64> =
            fit.as_ref().map_or_else(|| top.pixels.iter().map(as_usual).collect(), |fit| by_spot(top, fit));
        for (&place, value) in top.pixels.iter().zip(values) {
            raised.push((place, (value as f32).max(limit)));
        }
    }
    for (place, value) in raised {
        image[place] = value;
    }
    (Some(image), found.len())
}

/// The usual course of signals above the limit, for regions that are no round spot: clumps, haze, several spots in one, and
/// spots at the frame. Left at the limit, they would be far lower than the signals.
struct Usual {
    sigma: f64,
    /// Level of the background, and height above it up to the limit.
    background: f64,
    seen: f64,
    /// Radius of a top.
    radius: f64,
}

impl Usual {
    /// `None` where signals do not stand above their surroundings.
    fn of(fits: &[&Fit], sigma: f64, limit: f64) -> Option<Self> {
        let middle = |of: &dyn Fn(&Fit) -> f64| median(&mut fits.iter().map(|f| of(f)).collect::<Vec<f64>>());
        let background = middle(&|f| f.background());
        let seen = Some(limit - background).filter(|seen| *seen > 0.0)?;
        let height = middle(&|f| f.spots.first().map_or(0.0, |s| s.amplitude)).max(seen);
        Some(Self { sigma, background, seen, radius: sigma * (2.0 * (height / seen).ln()).sqrt() })
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
