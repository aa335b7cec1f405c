//! Camera noise estimated from one image: variance as a straight line of the signal.

use ndarray::Array2;
use rayon::prelude::*;

use crate::field::PlaneView;

/// Edge of the blocks in which mean and noise are measured, px.
const BLOCK_PX: usize = 16;
/// Most blocks that are measured, spread evenly over the plane; more make the line no better.
const MAX_BLOCKS: usize = 2048;
/// Number of grey-level bins whose medians the line is fitted to.
const BINS: usize = 24;
/// Fewest blocks a bin needs to count.
const MIN_BLOCKS_PER_BIN: usize = 4;

/// Fewest residuals of a block for a spread that is good to some 15 %.
const MIN_RESIDUALS: usize = 40;

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

/// Fits the noise line of a plane.
///
/// In each block the noise is the robust spread of Immerkaer's 3 x 3 residual (Immerkaer 1996, Computer
/// Vision and Image Understanding 64:300), which is blind to planes and slopes; edges and signals are
/// outvoted by taking medians, within the block and over the blocks of like brightness. Pixels marked in
/// `no_data` do not count.
pub(crate) fn estimate(plane: PlaneView<'_>, no_data: Option<&Array2<bool>>) -> Noise {
    let (height, width) = plane.dim();
    let step = ((height / BLOCK_PX) * (width / BLOCK_PX)).div_ceil(MAX_BLOCKS).max(1);
    let rows: Vec<Vec<(f64, f64)>> = (0..height / BLOCK_PX)
        .into_par_iter()
        // Each row of blocks begins elsewhere, so that the measured ones do not stand in columns.
        .map(|b| block_row(plane, no_data, b * BLOCK_PX, (b * 3 % step..width / BLOCK_PX).step_by(step)))
        .collect();
    let mut blocks: Vec<(f64, f64)> = rows.into_iter().flatten().collect();
    // Quantisation alone leaves a variance of 1/12 of a grey level in integer images.
    let quantisation = match plane {
        PlaneView::F32(_) => f64::MIN_POSITIVE,
        _ => 1.0 / 12.0,
    };
    if blocks.is_empty() {
        return Noise { gain: 0.0, offset: quantisation, floor: quantisation };
    }
    // No camera gives a block without any noise: such blocks are masked out or saturated.
    if blocks.iter().filter(|b| b.1 > 0.0).count() >= MIN_BLOCKS_PER_BIN {
        blocks.retain(|b| b.1 > 0.0);
    }
    blocks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut variances: Vec<f64> = blocks.iter().map(|b| b.1).collect();
    variances.sort_by(f64::total_cmp);
    let floor = variances[variances.len() / 50].max(quantisation);

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
    let (gain, offset) = robust_line(points);
    if gain <= 0.0 || !gain.is_finite() {
        let median = variances[variances.len() / 2].max(quantisation);
        return Noise { gain: 0.0, offset: median, floor: floor.min(median) };
    }
    Noise { gain, offset, floor }
}

/// (median, noise variance) of those of some blocks of one row of blocks that have enough data.
fn block_row(
    plane: PlaneView<'_>,
    no_data: Option<&Array2<bool>>,
    y0: usize,
    blocks: impl Iterator<Item = usize>,
) -> Vec<(f64, f64)> {
    let mut residuals = Vec::with_capacity((BLOCK_PX - 2) * (BLOCK_PX - 2));
    let mut values = Vec::with_capacity((BLOCK_PX - 2) * (BLOCK_PX - 2));
    let mut rows = [[0.0_f32; BLOCK_PX]; BLOCK_PX];
    let mut out = Vec::new();
    for x0 in blocks.map(|b| b * BLOCK_PX) {
        residuals.clear();
        values.clear();
        for (i, row) in rows.iter_mut().enumerate() {
            plane.read_row(y0 + i, x0, row);
        }
        for (i, window) in rows.windows(3).enumerate() {
            let [above, row, below] = window else { continue };
            for x in 1..BLOCK_PX - 1 {
                let whole = |n: &Array2<bool>| {
                    (y0 + i..y0 + i + 3).all(|yy| (x0 + x - 1..=x0 + x + 1).all(|xx| !n[(yy, xx)]))
                };
                if !no_data.is_none_or(whole) {
                    continue;
                }
                let corners = above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1];
                let edges = above[x] + below[x] + row[x - 1] + row[x + 1];
                // The bits of magnitudes are in the order of the magnitudes.
                residuals.push((corners - 2.0 * edges + 4.0 * row[x]).abs().to_bits());
                values.push(row[x]);
            }
        }
        if residuals.len() < MIN_RESIDUALS {
            continue;
        }
        let middle = residuals.len() / 2;
        let residual = f64::from(f32::from_bits(*residuals.select_nth_unstable(middle).1));
        let value = f64::from(*values.select_nth_unstable_by(middle, f32::total_cmp).1);
        // The residual of white noise has 6 times its standard deviation; 1.4826 turns a median absolute
        // deviation into a standard deviation.
        let sd = 1.4826 * residual / 6.0;
        out.push((value, sd * sd));
    }
    out
}

/// Straight line through (x, y, weight) by iteratively reweighted least squares: variances scatter in
/// proportion to themselves, and bins that textures have spoilt lie far above the line.
fn robust_line(mut points: Vec<(f64, f64, f64)>) -> (f64, f64) {
    let (mut gain, mut offset) = (0.0, 0.0);
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
            return (0.0, 0.0);
        }
        gain = (sw * sxy - sx * sy) / determinant;
        offset = (sy - gain * sx) / sw;
        for (x, y, w) in &mut points {
            let expected = (gain * *x + offset).max(1e-3 * y.abs()).max(f64::MIN_POSITIVE);
            let relative = (*y - expected) / expected;
            // Cauchy weight at 20 % relative deviation.
            *w = 1.0 / (expected * expected * (1.0 + (relative / 0.2).powi(2)));
        }
    }
    (gain, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt as _, SeedableRng as _};

    #[test]
    fn finds_gain_and_read_noise_of_a_simulated_camera() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let (gain, read) = (0.5, 6.0);
        let image = Array2::from_shape_fn((512, 512), |(y, x)| {
            let mean = 100.0 + 3.0 * x as f64 + if y % 128 < 4 { 800.0 } else { 0.0 };
            // Normal approximation of shot noise: twelve uniforms.
            let normal: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
            (mean + normal * (gain * mean + read * read).sqrt()).round().max(0.0) as u16
        });
        let noise = estimate(PlaneView::from(&image), None);
        assert!((noise.gain / gain - 1.0).abs() < 0.15, "{noise:?}");
        let at = noise.variance(800.0) / (gain * 800.0 + read * read);
        assert!((at - 1.0).abs() < 0.1, "{noise:?} {at}");
    }

    #[test]
    fn a_flat_or_tiny_image_has_the_noise_of_quantisation() {
        for image in [Array2::<u16>::from_elem((64, 64), 700), Array2::zeros((3, 3))] {
            let noise = estimate(PlaneView::from(&image), None);
            assert!((noise.variance(700.0) - 1.0 / 12.0).abs() < 1e-9, "{noise:?}");
        }
    }
}
