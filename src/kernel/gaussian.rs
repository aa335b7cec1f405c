//! Separable Gaussian smoothing.
//!
//! Boundaries are mirrored about the edge of the image with the edge pixel repeated (d c b a | a b c d), as
//! `scipy.ndimage` does by default, and the kernel reaches to four sigma, so that results can be held
//! against it.

use ndarray::Array2;

use crate::field::PlaneView;
use crate::kernel::separable::{Term, correlate};

/// Kernel half-width in sigmas.
const TRUNCATE_SIGMA: f64 = 4.0;

/// Normalised samples of a Gaussian at 0, 1, ... radius.
pub(crate) fn half_kernel(sigma_px: f64) -> Vec<f32> {
    let radius = (TRUNCATE_SIGMA * sigma_px + 0.5) as usize;
    let samples: Vec<f64> = (0..=radius).map(|i| (-0.5 * (i as f64 / sigma_px).powi(2)).exp()).collect();
    let sum = samples[0] + 2.0 * samples[1..].iter().sum::<f64>();
    samples.iter().map(|v| (v / sum) as f32).collect()
}

/// The plane smoothed by a Gaussian of `sigma_px` pixels.
pub(crate) fn gaussian(plane: PlaneView<'_>, sigma_px: f64) -> Array2<f32> {
    let half = half_kernel(sigma_px);
    correlate(plane, &[Term { horizontal: half.clone(), vertical: half }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::separable::reflect;

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
