//! Camera noise estimated from one image: variance as a straight line of the signal.

use ndarray::Array2;
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::dispatch::vectorised;
use crate::kernel::median::MEDIAN_ERROR;
use blocks::{BLOCK_PX, BlockRow, BlockRowU16, RESIDUAL_TO_SD};

// By its path, since a benchmark includes this file elsewhere.
#[path = "camera_noise/blocks.rs"]
mod blocks;

/// Most blocks that are measured, spread evenly over the plane; more make the line no better.
const MAX_BLOCKS: usize = 2048;
/// Number of grey-level bins whose medians the line is fitted to.
const BINS: usize = 24;
/// Fewest blocks a bin needs to count.
const MIN_BLOCKS_PER_BIN: usize = 4;

/// Noise variance of a sample as a function of its expected value: `gain * value + offset`, never less than
/// `floor`. For a camera, `gain` is grey levels per photo-electron and `offset` holds the read noise and the
/// black level.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(crate) struct Noise {
    pub(crate) gain: f64,
    pub(crate) offset: f64,
    pub(crate) floor: f64,
}

impl Noise {
    /// Variance of a sample of expected value `value`.
    pub(crate) fn variance(&self, value: f64) -> f64 {
        (self.gain * value + self.offset).max(self.floor)
    }
}

/// The noise fitted to a plane, and its errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NoiseFit {
    pub(crate) noise: Noise,
    /// Level of the darkest blocks.
    pub(crate) dark_level: f64,
    /// Standard error of the gain; `None` where the noise does not grow with the level, or too few blocks tell.
    pub(crate) gain_standard_error: Option<f64>,
    /// Standard error of the variance at the level of the darkest blocks; `None` where too few blocks tell.
    pub(crate) dark_variance_standard_error: Option<f64>,
    /// Standard deviation of the error that rounding to whole levels adds to every measured standard deviation.
    pub(crate) rounding_sd: f64,
}

impl NoiseFit {
    /// The noise line without its slope: the middle of the blocks' variances at every level.
    pub(crate) fn flat(noise: Noise, dark_level: f64) -> Self {
        Self {
            noise,
            dark_level,
            gain_standard_error: None,
            dark_variance_standard_error: None,
            rounding_sd: 0.0,
        }
    }
}

/// Fits the noise line of a plane; one noise for all levels if `with_gain` is false.
///
/// In each block the noise is the robust spread of Immerkaer's 3 x 3 residual (Immerkaer 1996, Computer
/// Vision and Image Understanding 64:300), which is blind to planes and slopes; edges and signals are
/// outvoted by taking medians, within the block and over the blocks of like brightness. Pixels marked in
/// `no_data` do not count.
pub(crate) fn estimate(plane: PlaneView<'_>, no_data: Option<&Array2<bool>>, with_gain: bool) -> NoiseFit {
    let (height, width) = plane.dim();
    let step = ((height / BLOCK_PX) * (width / BLOCK_PX)).div_ceil(MAX_BLOCKS).max(1);
    let rows: Vec<Vec<(f64, f64)>> = (0..height / BLOCK_PX)
        .into_par_iter()
        // Each row of blocks begins elsewhere, so that the measured ones do not stand in columns.
        .map(|b| {
            let blocks = (b * 3 % step..width / BLOCK_PX).step_by(step);
            let y0 = b * BLOCK_PX;
            match &plane {
                PlaneView::U16(samples) if no_data.is_none() && samples.is_standard_layout() => {
                    vectorised(BlockRowU16 { samples: *samples, y0, blocks })
                }
                _ => vectorised(BlockRow { plane, no_data, y0, blocks }),
            }
        })
        .collect();
    let mut blocks: Vec<(f64, f64)> = rows.into_iter().flatten().collect();
    // Quantisation alone leaves a variance of 1/12 of a grey level in integer images.
    let (quantisation, rounding_sd) = match plane {
        PlaneView::F32(_) => (f64::MIN_POSITIVE, 0.0),
        // The median of whole residuals is off by up to half a level.
        _ => (1.0 / 12.0, RESIDUAL_TO_SD / 12.0_f64.sqrt()),
    };
    if blocks.is_empty() {
        return NoiseFit::flat(Noise { gain: 0.0, offset: quantisation, floor: quantisation }, 0.0);
    }
    // No camera gives a block without any noise: such blocks are masked out or saturated.
    if blocks.iter().filter(|b| b.1 > 0.0).count() >= MIN_BLOCKS_PER_BIN {
        blocks.retain(|b| b.1 > 0.0);
    }
    blocks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut variances: Vec<f64> = blocks.iter().map(|b| b.1).collect();
    variances.sort_by(f64::total_cmp);
    let floor = variances[variances.len() / 50].max(quantisation);
    let dark_level = blocks[blocks.len() / 50].0;
    let flat = || {
        let median = variances[variances.len() / 2].max(quantisation);
        let noise = Noise { gain: 0.0, offset: median, floor: floor.min(median) };
        let error = MEDIAN_ERROR * spread_of_sorted(&variances) / (variances.len() as f64).sqrt();
        let dark_variance_standard_error = (variances.len() >= MIN_BLOCKS_PER_BIN).then_some(error);
        NoiseFit { dark_variance_standard_error, rounding_sd, ..NoiseFit::flat(noise, dark_level) }
    };
    if !with_gain {
        return flat();
    }

    // Bins of equal numbers of blocks; the median of each is a point of the line.
    let bins = BINS.min(blocks.len() / MIN_BLOCKS_PER_BIN).max(1);
    let points: Vec<(f64, f64, f64)> = (0..bins)
        .map(|i| {
            let bin = &blocks[i * blocks.len() / bins..(i + 1) * blocks.len() / bins];
            let mut v: Vec<f64> = bin.iter().map(|b| b.1).collect();
            v.sort_by(f64::total_cmp);
            (bin[bin.len() / 2].0, v[v.len() / 2], 1.0)
        })
        .collect();
    let span = points.last().map_or(0.0, |p| p.0) - points.first().map_or(0.0, |p| p.0);
    let line = robust_line(points);
    if line.gain <= 0.0 || !line.gain.is_finite() {
        return flat();
    }
    let noise = Noise { gain: line.gain, offset: line.offset, floor };
    let error = |variance: f64| (variance.is_finite() && bins > 2).then(|| variance.max(0.0).sqrt());
    let [gain, both, offset] = line.covariance;
    // Rounding shifts the variances of whole levels, at either end of the line.
    let rounding = |level: f64| 4.0 * noise.variance(level) * rounding_sd * rounding_sd;
    let of_rounding = (rounding(dark_level) + rounding(dark_level + span)) / (span * span);
    NoiseFit {
        noise,
        dark_level,
        gain_standard_error: error(gain + of_rounding),
        dark_variance_standard_error: error(
            dark_level * dark_level * gain + 2.0 * dark_level * both + offset,
        ),
        rounding_sd,
    }
}

/// Standard deviation of sorted values, from their middle half.
fn spread_of_sorted(sorted: &[f64]) -> f64 {
    /// Quartiles of a normal distribution lie this many standard deviations apart.
    const QUARTILES_APART: f64 = 1.349;
    (sorted[3 * sorted.len() / 4] - sorted[sorted.len() / 4]) / QUARTILES_APART
}

/// A straight line, with the (co)variances of gain, of gain and offset, of offset.
#[derive(Default)]
struct Line {
    gain: f64,
    offset: f64,
    covariance: [f64; 3],
}

/// Straight line through (x, y, weight) by iteratively reweighted least squares: variances scatter in
/// proportion to themselves, and bins that textures have spoilt lie far above the line. Its errors follow from the
/// scatter of the points themselves (White 1980, Econometrica 48:817).
fn robust_line(mut points: Vec<(f64, f64, f64)>) -> Line {
    let mut line = Line::default();
    for _ in 0..12 {
        let (mut sw, mut sx, mut sy, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(x, y, w) in &points {
            sw += w;
            sx += w * x;
            sy += w * y;
            sxx += w * x * x;
            sxy += w * x * y;
        }
        let determinant = sw * sxx - sx * sx;
        if determinant <= 1e-12 * sw * sxx || sw <= 0.0 {
            return Line::default();
        }
        let gain = (sw * sxy - sx * sy) / determinant;
        let offset = (sy - gain * sx) / sw;
        line = Line { gain, offset, covariance: [0.0; 3] };
        // How much each point moves gain and offset.
        for &(x, y, w) in &points {
            let residual = w * (y - gain * x - offset) / determinant;
            let (on_gain, on_offset) = (residual * (sw * x - sx), residual * (sxx - sx * x));
            let parts = [on_gain * on_gain, on_gain * on_offset, on_offset * on_offset];
            let few = points.len() as f64 / (points.len() as f64 - 2.0);
            for (sum, part) in line.covariance.iter_mut().zip(parts) {
                *sum += few * part;
            }
        }
        for (x, y, w) in &mut points {
            let expected = (gain * *x + offset).max(1e-3 * y.abs()).max(f64::MIN_POSITIVE);
            let relative = (*y - expected) / expected;
            // Cauchy weight at 20 % relative deviation.
            *w = 1.0 / (expected * expected * (1.0 + (relative / 0.2).powi(2)));
        }
    }
    line
}

// By its path, since a benchmark includes this file elsewhere.
#[cfg(test)]
#[path = "camera_noise/tests.rs"]
mod tests;
