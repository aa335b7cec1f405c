//! Noise of an image from the image itself.

use ndarray::ArrayView2;

use crate::kernel::histogram::quantiles;

/// Of this many residuals the median is taken; more make it no better.
const SAMPLES: usize = 40_000;

/// Standard deviation of white noise, estimated from the residual of Immerkaer (1996): a second difference in
/// both directions, blind to planes and parabolas. The median makes edges harmless. 0 below 3 x 3 pixels.
pub(crate) fn noise_sd(image: ArrayView2<'_, f32>) -> f64 {
    let (height, width) = image.dim();
    if height < 3 || width < 3 {
        return 0.0;
    }
    let step = ((height - 2) * (width - 2) / SAMPLES).max(1);
    let mut residuals: Vec<f32> = (0..(height - 2) * (width - 2))
        .step_by(step)
        .map(|i| {
            let (y, x) = (i / (width - 2), i % (width - 2));
            let at = |dy: usize, dx: usize| image[(y + dy, x + dx)];
            let corners = at(0, 0) + at(0, 2) + at(2, 0) + at(2, 2);
            let sides = at(0, 1) + at(1, 0) + at(1, 2) + at(2, 1);
            (corners - 2.0 * sides + 4.0 * at(1, 1)).abs()
        })
        .collect();
    let [median] = quantiles(&mut residuals, [0.5]);
    // The kernel's weights have a root sum of squares of 6; 0.6745 is the median of |N(0, 1)|.
    f64::from(median) / (6.0 * 0.6745)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::SeedableRng;
    use rand_distr::{Distribution, Normal};

    #[test]
    fn finds_the_noise_over_a_slope() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let normal = Normal::new(0.0_f32, 5.0).unwrap();
        let image =
            Array2::from_shape_fn((200, 300), |(y, x)| 3.0 * (y + 2 * x) as f32 + normal.sample(&mut random));
        let sd = noise_sd(image.view());
        assert!((sd - 5.0).abs() < 0.25, "{sd}");
    }
}
