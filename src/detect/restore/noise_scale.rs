//! The scale of the noise: one pixel as the camera gives it, several in a picture that was enlarged or smoothed.
//!
//! The noise of neighbouring pixels of such a picture goes together. Its finest detail shows little of the noise, and a
//! filter that takes pixels for independent expects far too little: noise then passes for dim signals.
//!
//! JPEG takes away fine detail too, block by block, and leaves steps between its blocks: what is left is no noise of the
//! camera at any scale.

use ndarray::Array2;

use crate::field::PlaneView;
use crate::kernel::camera_noise::{self, Noise, NoiseFit};
use crate::kernel::histogram::quantiles;
use crate::kernel::median::median;
use crate::kernel::resample::block_means;

/// Samples along the edge of a block.
const SIDE: usize = 16;
const INNER: usize = SIDE - 2;
/// Most blocks that are looked at, spread evenly over the plane, and fewest that tell.
const MAX_BLOCKS: usize = 64;
const MIN_BLOCKS: usize = 16;
/// The scale at which noise is compared with that of single pixels, px, and the largest scale that it may have.
const COMPARED_PX: usize = 3;
const MAX_SCALE_PX: usize = 6;
/// Noise at that scale over what independent pixels would leave there, in variances, from which pixels are not
/// independent. Cameras give 1.0 to 1.3 (texture adds a little), pictures enlarged by half or more 10 and more.
const MIN_RATIO: f64 = 3.0;
/// Edge of the blocks of JPEG, px; the step between two of them over the step in the middle of one from which a picture has
/// such blocks; the share of the pixels that are compared, the darkest ones. JPEG of quality 95 to 70 gives 1.6 to 5, other
/// pictures 0.9 to 1.1.
const JPEG_BLOCK_PX: usize = 8;
const MIN_STEP_RATIO: f64 = 1.3;
const BACKGROUND_SHARE: f64 = 0.7;
/// Variance of the rounding of whole numbers.
const ROUNDING: f64 = 1.0 / 12.0;
/// Median of the magnitudes of the residuals over the standard deviation of white noise.
const MEDIAN_OF_RESIDUAL: f64 = 6.0 * 0.6745;

/// Fits the noise of a plane at the scale that it has, in px, and gives that scale. One noise for all levels if
/// `with_gain` is false.
pub(super) fn fit(
    plane: PlaneView<'_>,
    no_data: Option<&Array2<bool>>,
    with_gain: bool,
) -> (NoiseFit, usize) {
    let scale_px = scale_px(plane);
    if scale_px == 1 {
        return (camera_noise::estimate(plane, no_data, with_gain), 1);
    }
    let reduced = block_means(plane, scale_px);
    let missing = no_data.map(|missing| {
        Array2::from_shape_fn(reduced.dim(), |(y, x)| {
            let (height, width) = missing.dim();
            let (y, x) = (y * scale_px, x * scale_px);
            (y..height.min(y + scale_px)).any(|yy| (x..width.min(x + scale_px)).any(|xx| missing[(yy, xx)]))
        })
    });
    let fit = camera_noise::estimate(PlaneView::from(&reduced), missing.as_ref(), with_gain);
    // A filter sums over more pixels than these: its noise is that of as many independent ones with this variance.
    let times = (scale_px * scale_px) as f64;
    let Noise { gain, offset, floor } = fit.noise;
    let scaled = NoiseFit {
        noise: Noise { gain: times * gain, offset: times * offset, floor: times * floor },
        gain_standard_error: fit.gain_standard_error.map(|e| times * e),
        dark_variance_standard_error: fit.dark_variance_standard_error.map(|e| times * e),
        ..fit
    };
    (scaled, scale_px)
}

/// The scale of the noise of a plane, px.
fn scale_px(plane: PlaneView<'_>) -> usize {
    let rounding = if matches!(plane, PlaneView::F32(_)) { 0.0 } else { ROUNDING };
    let (Some(fine), Some(coarse)) = (variance(plane, 1), variance(plane, COMPARED_PX)) else { return 1 };
    if coarse <= MIN_RATIO * fine.max(rounding) {
        return 1;
    }
    if has_blocks(plane) {
        return 1;
    }
    let at_scale = (2..=MAX_SCALE_PX).filter_map(|scale| Some((scale, variance(plane, scale)?)));
    at_scale.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(1, |(scale, _)| scale)
}

/// Whether the steps between pixels are larger at every eighth row and column, as between the blocks of JPEG.
fn has_blocks(plane: PlaneView<'_>) -> bool {
    let (height, width) = plane.dim();
    let [mut row, mut above] = [(); 2].map(|()| vec![0.0_f32; width]);
    let mut levels = Vec::new();
    for y in (0..height).step_by(JPEG_BLOCK_PX) {
        plane.read_row(y, 0, &mut row);
        levels.extend(row.iter().step_by(JPEG_BLOCK_PX).copied());
    }
    // Signals and bright nuclei have steps of their own.
    let [highest] = quantiles(&mut levels, [BACKGROUND_SHARE]);
    let (mut steps, mut counts) = ([0.0_f64; JPEG_BLOCK_PX], [0.0_f64; JPEG_BLOCK_PX]);
    for y in 0..height {
        std::mem::swap(&mut row, &mut above);
        plane.read_row(y, 0, &mut row);
        for x in (1..width).filter(|x| row[*x] <= highest) {
            let phase = x % JPEG_BLOCK_PX;
            steps[phase] += f64::from((row[x] - row[x - 1]).abs());
            counts[phase] += 1.0;
            if y > 0 {
                let phase = y % JPEG_BLOCK_PX;
                steps[phase] += f64::from((row[x] - above[x]).abs());
                counts[phase] += 1.0;
            }
        }
    }
    let mean = |phase: usize| steps[phase % JPEG_BLOCK_PX] / counts[phase % JPEG_BLOCK_PX].max(1.0);
    // The picture may have been cut after it was compressed.
    (0..JPEG_BLOCK_PX).any(|phase| mean(phase) > MIN_STEP_RATIO * mean(phase + JPEG_BLOCK_PX / 2))
}

/// Variance that pixels would have if they were independent and gave the noise that means over `scale` px along each axis
/// show: the median over blocks. `None` on too few blocks with data.
fn variance(plane: PlaneView<'_>, scale: usize) -> Option<f64> {
    let (height, width) = plane.dim();
    let edge = SIDE * scale;
    let (rows, columns) = (height / edge, width / edge);
    let step = (rows * columns).div_ceil(MAX_BLOCKS).max(1);
    let mut residuals: Vec<u32> = Vec::new();
    for i in (0..rows * columns).step_by(step) {
        // Each row of blocks begins elsewhere, so that the measured ones do not stand in columns.
        let (row, column) = (i / columns, (i + i / columns) % columns);
        residuals.push(median_residual(plane, (row * edge, column * edge), scale).to_bits());
    }
    if residuals.len() < MIN_BLOCKS {
        return None;
    }
    let sd = f64::from(f32::from_bits(median(&residuals)?)) / MEDIAN_OF_RESIDUAL;
    Some(sd * sd * (scale * scale) as f64)
}

/// Median of the magnitudes of the residuals (Immerkaer 1996, Computer Vision and Image Understanding 64:300) of the means
/// of a block.
fn median_residual(plane: PlaneView<'_>, (y0, x0): (usize, usize), scale: usize) -> f32 {
    let mut means = [[0.0_f32; SIDE]; SIDE];
    let mut samples = [0.0_f32; SIDE * MAX_SCALE_PX];
    let samples = &mut samples[..SIDE * scale];
    let share = 1.0 / (scale * scale) as f32;
    for y in 0..SIDE * scale {
        plane.read_row(y0 + y, x0, samples);
        for (mean, part) in means[y / scale].iter_mut().zip(samples.chunks_exact(scale)) {
            *mean += share * part.iter().sum::<f32>();
        }
    }
    let mut residuals = [[0_u32; INNER]; INNER];
    for (out, rows) in residuals.iter_mut().zip(means.windows(3)) {
        let [above, row, below] = rows else { continue };
        for (out, x) in out.iter_mut().zip(1..) {
            let corners = above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1];
            let edges = above[x] + below[x] + row[x - 1] + row[x + 1];
            *out = (corners - 2.0 * edges + 4.0 * row[x]).abs().to_bits();
        }
    }
    median(residuals.as_flattened()).map_or(0.0, f32::from_bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;
    use rand_distr::Distribution as _;

    /// White noise of standard deviation 9, enlarged `factor` times by repeating pixels or by straight lines between them.
    fn enlarged(factor: usize, smooth: bool) -> Array2<u16> {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        let normal = rand_distr::Normal::new(200.0_f32, 9.0).unwrap();
        let small = Array2::from_shape_fn((161, 161), |_| normal.sample(&mut random));
        Array2::from_shape_fn((160 * factor, 160 * factor), |(y, x)| {
            let (y0, x0) = (y / factor, x / factor);
            let at = |of: usize| if smooth { (of % factor) as f32 / factor as f32 } else { 0.0 };
            let (v, u) = (at(y), at(x));
            let row = |y: usize| (1.0 - u) * small[(y, x0)] + u * small[(y, x0 + 1)];
            ((1.0 - v) * row(y0) + v * row(y0 + 1)).round() as u16
        })
    }

    #[test]
    fn the_noise_of_an_enlarged_picture_is_that_of_the_original_over_as_many_pixels() {
        for factor in [1, 2, 3, 4] {
            for smooth in [false, true] {
                let image = enlarged(factor, smooth);
                let (fit, scale_px) = fit(PlaneView::from(&image), None, false);
                assert_eq!(scale_px == 1, factor == 1, "{factor}");
                let sd = fit.noise.variance(200.0).sqrt() / factor as f64;
                // Straight lines between pixels average some of it away.
                assert!((0.45..1.25).contains(&(sd / 9.0)), "{sd} at {factor} times, smooth {smooth}");
            }
        }
    }

    #[test]
    fn blocks_of_compression_are_no_scale() {
        let means = block_means(PlaneView::from(&enlarged(1, false)), 4);
        let blocks =
            Array2::from_shape_fn((160, 160), |(y, x)| 100 + (means[((y + 3) / 8, (x + 5) / 8)] as u16 & 7));
        assert!(has_blocks(PlaneView::from(&blocks)));
        assert_eq!(scale_px(PlaneView::from(&blocks)), 1);
        assert!(!has_blocks(PlaneView::from(&enlarged(2, true))));
        assert!(!has_blocks(PlaneView::from(&enlarged(3, false))));
    }

    #[test]
    fn flat_and_small_planes_have_the_scale_of_pixels() {
        assert_eq!(scale_px(PlaneView::from(&Array2::<u16>::zeros((300, 300)))), 1);
        let large = enlarged(3, false);
        assert_eq!(scale_px(PlaneView::from(&Array2::from_shape_fn((60, 60), |at| large[at]))), 1);
    }
}
