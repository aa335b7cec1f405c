//! Camera noise estimated from one image: variance as a straight line of the signal.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::dispatch::{Kernel, vectorised};
use crate::kernel::median::{float_of_ordered, median_within_kernel as median, ordered};

/// Edge of the blocks in which mean and noise are measured, px.
const BLOCK_PX: usize = 16;
/// Edge of what has neighbours on all sides in a block.
const INNER_PX: usize = BLOCK_PX - 2;
/// Most blocks that are measured, spread evenly over the plane; more make the line no better.
const MAX_BLOCKS: usize = 2048;
/// Number of grey-level bins whose medians the line is fitted to.
const BINS: usize = 24;
/// Fewest blocks a bin needs to count.
const MIN_BLOCKS_PER_BIN: usize = 4;

/// Fewest residuals of a block for a spread that is good to some 15 %.
const MIN_RESIDUALS: usize = 40;

/// Standard deviation of white noise over the median absolute residual: the residual has 6 times its standard deviation,
/// and 1.4826 turns a median absolute deviation into a standard deviation.
const RESIDUAL_TO_SD: f64 = 1.4826 / 6.0;
/// Standard error of a median over that of a mean, of normal values.
const MEDIAN_ERROR: f64 = 1.2533;

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

/// What was fitted to a plane: its noise, and how well that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NoiseFit {
    pub(crate) noise: Noise,
    /// Level of the darkest blocks.
    pub(crate) dark_level: f64,
    /// Standard error of the gain; `None` where the noise does not grow with the level, or too few blocks tell.
    pub(crate) gain_standard_error: Option<f64>,
    /// Standard error of the variance at the level of the darkest blocks; `None` where too few blocks tell.
    pub(crate) dark_variance_standard_error: Option<f64>,
    /// Standard deviation of what rounding to whole levels does to every standard deviation that is measured.
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
    let line = robust_line(points);
    if line.gain <= 0.0 || !line.gain.is_finite() {
        return flat();
    }
    let noise = Noise { gain: line.gain, offset: line.offset, floor };
    let error = |variance: f64| (variance.is_finite() && bins > 2).then(|| variance.max(0.0).sqrt());
    let [gain, both, offset] = line.covariance;
    NoiseFit {
        noise,
        dark_level,
        gain_standard_error: error(gain),
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

/// The measurement of some blocks of one row of blocks.
struct BlockRow<'plane, 'mask, B> {
    plane: PlaneView<'plane>,
    no_data: Option<&'mask Array2<bool>>,
    y0: usize,
    blocks: B,
}

impl<B: Iterator<Item = usize>> Kernel for BlockRow<'_, '_, B> {
    type Output = Vec<(f64, f64)>;

    /// (median, noise variance) of those blocks that have enough data.
    #[inline(always)]
    fn call(self) -> Vec<(f64, f64)> {
        let Self { plane, no_data, y0, blocks } = self;
        let mut rows = [[0.0_f32; BLOCK_PX]; BLOCK_PX];
        let mut out = Vec::new();
        for x0 in blocks.map(|b| b * BLOCK_PX) {
            for (i, row) in rows.iter_mut().enumerate() {
                plane.read_row(y0 + i, x0, row);
            }
            let mut residuals = [[0_u32; INNER_PX]; INNER_PX];
            let mut values = [[0_u32; INNER_PX]; INNER_PX];
            for y in 0..INNER_PX {
                let [above, row, below] = [&rows[y], &rows[y + 1], &rows[y + 2]];
                for x in 0..INNER_PX {
                    let corners = above[x] + above[x + 2] + below[x] + below[x + 2];
                    let edges = above[x + 1] + below[x + 1] + row[x] + row[x + 2];
                    // The bits of magnitudes are in the order of the magnitudes.
                    residuals[y][x] = (corners - 2.0 * edges + 4.0 * row[x + 1]).abs().to_bits();
                    values[y][x] = ordered(row[x + 1]);
                }
            }
            let (residuals, values) = (residuals.as_flattened_mut(), values.as_flattened_mut());
            let count = match no_data {
                Some(no_data) => keep_whole(no_data, (y0, x0), residuals, values),
                None => residuals.len(),
            };
            if count < MIN_RESIDUALS {
                continue;
            }
            let middle = |of: &[u32]| if count == of.len() { median(of) } else { median(&of[..count]) };
            let (Some(residual), Some(value)) = (middle(residuals), middle(values)) else { continue };
            out.push((f64::from(float_of_ordered(value)), variance_of(f64::from(f32::from_bits(residual)))));
        }
        out
    }
}

/// Noise variance from the median of the magnitudes of residuals.
fn variance_of(median_residual: f64) -> f64 {
    let sd = RESIDUAL_TO_SD * median_residual;
    sd * sd
}

/// The same among integers that all have data, in fewer bits and more at a time.
struct BlockRowU16<'plane, B> {
    samples: ArrayView2<'plane, u16>,
    y0: usize,
    blocks: B,
}

impl<B: Iterator<Item = usize>> Kernel for BlockRowU16<'_, B> {
    type Output = Vec<(f64, f64)>;

    #[inline(always)]
    fn call(self) -> Vec<(f64, f64)> {
        let Self { samples, y0, blocks } = self;
        let row = |y: usize| samples.index_axis_move(Axis(0), y0 + y).to_slice().unwrap_or_default();
        let all: [&[u16]; BLOCK_PX] = std::array::from_fn(row);
        let mut out = Vec::new();
        for x0 in blocks.map(|b| b * BLOCK_PX) {
            let rows =
                all.map(|row| row.get(x0..).and_then(<[u16]>::first_chunk).copied().unwrap_or([0; BLOCK_PX]));
            let mut residuals = [[0_u32; INNER_PX]; INNER_PX];
            let mut values = [[0_u16; INNER_PX]; INNER_PX];
            for y in 0..INNER_PX {
                let [above, row, below] =
                    [&rows[y], &rows[y + 1], &rows[y + 2]].map(|row| row.map(i32::from));
                for x in 0..INNER_PX {
                    let corners = above[x] + above[x + 2] + below[x] + below[x + 2];
                    let edges = above[x + 1] + below[x + 1] + row[x] + row[x + 2];
                    residuals[y][x] = (corners - 2 * edges + 4 * row[x + 1]).unsigned_abs();
                    values[y][x] = rows[y + 1][x + 1];
                }
            }
            let short = residuals.map(|row| row.map(|r| r.min(u32::from(u16::MAX)) as u16));
            let residual = match median(short.as_flattened()) {
                Some(short) if short < u16::MAX => Some(u32::from(short)),
                _ => median(residuals.as_flattened()),
            };
            if let (Some(residual), Some(value)) = (residual, median(values.as_flattened())) {
                out.push((f64::from(value), variance_of(f64::from(residual))));
            }
        }
        out
    }
}

/// Moves those of a block whose surroundings have data to the front, and counts them.
fn keep_whole(
    no_data: &Array2<bool>,
    (y0, x0): (usize, usize),
    residuals: &mut [u32],
    values: &mut [u32],
) -> usize {
    let mut count = 0;
    for i in 0..residuals.len() {
        let (y, x) = (y0 + i / INNER_PX, x0 + i % INNER_PX);
        if (y..y + 3).all(|yy| (x..x + 3).all(|xx| !no_data[(yy, xx)])) {
            (residuals[count], values[count]) = (residuals[i], values[i]);
            count += 1;
        }
    }
    count
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng as _;

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
        let fit = estimate(PlaneView::from(&image), None, true);
        let noise = fit.noise;
        assert!((noise.gain / gain - 1.0).abs() < 0.15, "{noise:?}");
        let at = noise.variance(800.0) / (gain * 800.0 + read * read);
        assert!((at - 1.0).abs() < 0.1, "{noise:?} {at}");
    }

    #[test]
    fn a_flat_or_tiny_image_has_the_noise_of_quantisation() {
        for image in [Array2::<u16>::from_elem((64, 64), 700), Array2::zeros((3, 3))] {
            let noise = estimate(PlaneView::from(&image), None, true).noise;
            assert!((noise.variance(700.0) - 1.0 / 12.0).abs() < 1e-9, "{noise:?}");
        }
    }

    /// The definition, by sorting.
    fn block_reference(image: &Array2<f32>, no_data: &Array2<bool>, x0: usize) -> Option<(f64, f64)> {
        let (mut residuals, mut values) = (Vec::new(), Vec::new());
        for (y, x) in (1..BLOCK_PX - 1).flat_map(|y| (1..BLOCK_PX - 1).map(move |x| (y, x0 + x))) {
            let at = |dy: usize, dx: usize| image[(y + dy - 1, x + dx - 1)];
            if (0..9).any(|i| no_data[(y + i / 3 - 1, x + i % 3 - 1)]) {
                continue;
            }
            let corners = at(0, 0) + at(0, 2) + at(2, 0) + at(2, 2);
            let edges = at(0, 1) + at(2, 1) + at(1, 0) + at(1, 2);
            residuals.push((corners - 2.0 * edges + 4.0 * at(1, 1)).abs());
            values.push(at(1, 1));
        }
        residuals.sort_by(f32::total_cmp);
        values.sort_by(f32::total_cmp);
        let sd = 1.4826 * f64::from(*residuals.get(residuals.len() / 2)?) / 6.0;
        (residuals.len() >= MIN_RESIDUALS).then(|| (f64::from(values[values.len() / 2]), sd * sd))
    }

    proptest! {
        #[test]
        fn blocks_have_the_medians_that_sorting_gives(seed in any::<u64>(), missing in 0.0..0.1_f64) {
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let image = Array2::from_shape_fn((16, 64), |_| 200.0 * rng.random::<f32>() - 50.0);
            let no_data = Array2::from_shape_fn((16, 64), |_| rng.random::<f64>() < missing);
            for no_data in [no_data, Array2::from_elem((16, 64), false)] {
                let some = no_data.iter().any(|n| *n).then_some(&no_data);
                let found =
                    vectorised(BlockRow { plane: PlaneView::from(&image), no_data: some, y0: 0, blocks: 0..4 });
                let slow: Vec<_> = (0..4).filter_map(|b| block_reference(&image, &no_data, 16 * b)).collect();
                prop_assert_eq!(found, slow);
            }
            // Integers, of the whole range and of a narrow one.
            for range in [f32::from(u16::MAX), 90.0] {
                let image = image.mapv(|v| (range * (v + 50.0) / 200.0) as u16);
                let found = vectorised(BlockRowU16 { samples: image.view(), y0: 0, blocks: 0..4 });
                let (image, none) = (image.mapv(f32::from), Array2::from_elem((16, 64), false));
                let slow: Vec<_> = (0..4).filter_map(|b| block_reference(&image, &none, 16 * b)).collect();
                prop_assert_eq!(found, slow);
            }
        }
    }
}
