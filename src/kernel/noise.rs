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
    use proptest::prelude::*;
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

    /// The kernel written out.
    const RESIDUAL: [[f64; 3]; 3] = [[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]];

    /// The definition, from every pixel that has neighbours on all sides.
    fn noise_reference(image: &Array2<f32>) -> f64 {
        let mut residuals: Vec<f64> = image
            .windows((3, 3))
            .into_iter()
            .map(|around| {
                let products = around.indexed_iter().map(|((y, x), v)| RESIDUAL[y][x] * f64::from(*v));
                products.sum::<f64>().abs()
            })
            .collect();
        residuals.sort_by(f64::total_cmp);
        let weight = RESIDUAL.as_flattened().iter().map(|w| w * w).sum::<f64>().sqrt();
        // Between two in the middle the upper one.
        residuals.get(residuals.len() / 2).map_or(0.0, |median| median / (weight * 0.6745))
    }

    proptest! {
        #[test]
        fn is_the_median_residual_of_all_pixels(
            (h, w, values) in (1_usize..40, 1_usize..40).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), prop::collection::vec(0_u16..5000, h * w))
            }),
        ) {
            // Whole numbers: floats add them up without rounding.
            let image = Array2::from_shape_vec((h, w), values).unwrap().mapv(f32::from);
            let (found, expected) = (noise_sd(image.view()), noise_reference(&image));
            prop_assert!((found - expected).abs() <= 1e-12 * expected, "{} {}", found, expected);
        }

        #[test]
        fn is_blind_to_parabolas(a in -9_i16..9, b in -9_i16..9, c in -90_i16..90, d in -90_i16..90) {
            let image = Array2::from_shape_fn((17, 23), |(y, x)| {
                let (y, x) = (y as f32, x as f32);
                f32::from(a) * y * y + f32::from(b) * x * x + f32::from(c) * y + f32::from(d) * x
            });
            prop_assert_eq!(noise_sd(image.view()), 0.0);
        }
    }

    #[test]
    fn some_residuals_of_a_large_image_say_what_all_do() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        let normal = Normal::new(300.0_f32, 8.0).unwrap();
        let image = Array2::from_shape_fn((400, 510), |_| normal.sample(&mut random));
        let (found, expected) = (noise_sd(image.view()), noise_reference(&image));
        assert!((found / expected - 1.0).abs() < 0.02, "{found} {expected}");
    }
}
