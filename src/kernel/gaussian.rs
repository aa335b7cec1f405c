//! Separable Gaussian smoothing.
//!
//! Boundaries are mirrored about the edge of the image with the edge pixel repeated (d c b a | a b c d), as
//! `scipy.ndimage` does by default, and the kernel reaches to four sigma, so that results can be held
//! against it.

use ndarray::Array2;
use rayon::prelude::*;

use crate::field::PlaneView;

/// Kernel half-width in sigmas.
const TRUNCATE_SIGMA: f64 = 4.0;

/// Normalised samples of a Gaussian at 0, 1, ... radius.
pub(crate) fn half_kernel(sigma_px: f64) -> Vec<f32> {
    let radius = (TRUNCATE_SIGMA * sigma_px + 0.5) as usize;
    let samples: Vec<f64> = (0..=radius).map(|i| (-0.5 * (i as f64 / sigma_px).powi(2)).exp()).collect();
    let sum = samples[0] + 2.0 * samples[1..].iter().sum::<f64>();
    samples.iter().map(|v| (v / sum) as f32).collect()
}

/// Index reflected into `0..n` with the edge pixel repeated.
pub(crate) fn reflect(i: isize, n: usize) -> usize {
    let period = 2 * n as isize;
    let j = i.rem_euclid(period);
    if j < n as isize { j as usize } else { (period - 1 - j) as usize }
}

/// Convolves one padded row (`radius` extra samples on both sides) with a symmetric kernel.
fn convolve_row(padded: &[f32], half: &[f32], out: &mut [f32]) {
    let radius = half.len() - 1;
    let n = out.len();
    for (o, &v) in out.iter_mut().zip(&padded[radius..radius + n]) {
        *o = half[0] * v;
    }
    for (k, &w) in half.iter().enumerate().skip(1) {
        let left = &padded[radius - k..radius - k + n];
        let right = &padded[radius + k..radius + k + n];
        for ((o, &a), &b) in out.iter_mut().zip(left).zip(right) {
            *o += w * (a + b);
        }
    }
}

/// The plane smoothed by a Gaussian of `sigma_px` pixels.
pub(crate) fn gaussian(plane: PlaneView<'_>, sigma_px: f64) -> Array2<f32> {
    let (height, width) = plane.dim();
    let mut out = Array2::<f32>::zeros((height, width));
    if height == 0 || width == 0 {
        return out;
    }
    let half = half_kernel(sigma_px);
    let radius = half.len() - 1;
    // Blocks of rows: each block filters its own rows (and the halo above and below) horizontally, then
    // vertically, so that the intermediate rows stay in cache.
    let block = 64.max(4 * radius);
    let Some(pixels) = out.as_slice_mut() else { return out };
    pixels.par_chunks_mut(block * width).enumerate().for_each(|(b, out)| {
        let y0 = b * block;
        let rows = out.len() / width;
        let mut padded = vec![0.0; width + 2 * radius];
        let mut horizontal = vec![0.0; (rows + 2 * radius) * width];
        for (i, row) in horizontal.chunks_mut(width).enumerate() {
            let y = reflect(y0 as isize + i as isize - radius as isize, height);
            plane.read_row(y, 0, &mut padded[radius..radius + width]);
            for k in 1..=radius {
                padded[radius - k] = padded[radius + reflect(-(k as isize), width)];
                padded[radius + width - 1 + k] = padded[radius + reflect((width - 1 + k) as isize, width)];
            }
            convolve_row(&padded, &half, row);
        }
        for (i, out) in out.chunks_mut(width).enumerate() {
            let row = |k: usize| &horizontal[k * width..(k + 1) * width];
            for (o, &v) in out.iter_mut().zip(row(i + radius)) {
                *o = half[0] * v;
            }
            for (k, &w) in half.iter().enumerate().skip(1) {
                for ((o, &a), &b) in out.iter_mut().zip(row(i + radius - k)).zip(row(i + radius + k)) {
                    *o += w * (a + b);
                }
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// The definition, pixel by pixel.
    fn gaussian_reference(image: &Array2<f32>, sigma_px: f64) -> Array2<f32> {
        let half = half_kernel(sigma_px);
        let radius = half.len() as isize - 1;
        let (height, width) = image.dim();
        Array2::from_shape_fn((height, width), |(y, x)| {
            let mut sum = 0.0_f64;
            for dy in -radius..=radius {
                for dx in -radius..=radius {
                    let v = image[(reflect(y as isize + dy, height), reflect(x as isize + dx, width))];
                    sum += f64::from(half[dy.unsigned_abs()] * half[dx.unsigned_abs()] * v);
                }
            }
            sum as f32
        })
    }

    #[test]
    fn agrees_with_the_definition_also_when_the_kernel_is_wider_than_the_image() {
        for (height, width, sigma) in [(1, 1, 2.0), (7, 5, 3.0), (70, 33, 1.5), (150, 20, 2.0)] {
            let image = Array2::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * 17) % 101) as f32);
            let fast = gaussian(PlaneView::from(&image), sigma);
            let slow = gaussian_reference(&image, sigma);
            for (a, b) in fast.iter().zip(&slow) {
                assert!((a - b).abs() < 1e-3, "{a} {b} at {height} x {width}, sigma {sigma}");
            }
        }
    }
}
