use super::*;
use proptest::prelude::*;

/// The definition, pixel by pixel.
fn correlate_reference(image: &Array2<f32>, terms: &[Term]) -> Array2<f32> {
    let (height, width) = image.dim();
    Array2::from_shape_fn((height, width), |(y, x)| {
        let mut sum = 0.0_f64;
        for term in terms {
            let (ry, rx) = (term.vertical.len() as isize - 1, term.horizontal.len() as isize - 1);
            for dy in -ry..=ry {
                for dx in -rx..=rx {
                    let v = image[(reflect(y as isize + dy, height), reflect(x as isize + dx, width))];
                    let w = term.vertical[dy.unsigned_abs()] * term.horizontal[dx.unsigned_abs()];
                    sum += f64::from(w) * f64::from(v);
                }
            }
        }
        sum as f32
    })
}

/// The same for half-resolution terms, by the weights that they amount to.
fn half_resolution_reference(image: &Array2<f32>, terms: &[Term]) -> Array2<f32> {
    let (height, width) = image.dim();
    Array2::from_shape_fn((height, width), |(y, x)| {
        let mut sum = 0.0_f64;
        for term in terms {
            let axis = |half: &[f32], at: usize, n: usize| -> Vec<(usize, f64)> {
                let weights = full_resolution_weights(half);
                let sign = if at.is_multiple_of(2) { 1 } else { -1 };
                let first = -2 * half.len() as isize;
                let place = |i: usize| reflect(at as isize + sign * (first + i as isize), n);
                weights.into_iter().enumerate().map(|(i, w)| (place(i), w)).collect()
            };
            for (yy, wy) in axis(&term.vertical, y, height) {
                for (xx, wx) in axis(&term.horizontal, x, width) {
                    sum += wy * wx * f64::from(image[(yy, xx)]);
                }
            }
        }
        sum as f32
    })
}

fn terms() -> impl Strategy<Value = Vec<Term>> {
    let half = || prop::collection::vec(-1.0_f32..1.0, 1..7);
    let term = (half(), half()).prop_map(|(horizontal, vertical)| Term { horizontal, vertical });
    prop::collection::vec(term, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn agrees_with_the_definition_also_when_the_kernel_is_wider_than_the_image(
        fine in terms(),
        coarse in terms(),
        height in prop_oneof![1_usize..40, 125_usize..135, 254_usize..260],
        width in prop_oneof![1_usize..40, 510_usize..516],
    ) {
        let image = Array2::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * 17) % 101) as f32 / 101.0);
        let fast = correlate_at_two_scales(PlaneView::from(&image), &fine, &coarse);
        let slow = correlate_reference(&image, &fine) + half_resolution_reference(&image, &coarse);
        for (a, b) in fast.iter().zip(&slow) {
            prop_assert!((a - b).abs() < 1e-3, "{} {} at {} x {}", a, b, height, width);
        }
    }

    #[test]
    fn several_planes_get_the_bits_of_each_by_itself_whatever_their_arrays_hold(
        fine in terms(),
        coarse in terms(),
        heights in prop::collection::vec(prop_oneof![1_usize..40, 254_usize..260], 1..4),
        width in 1_usize..70,
    ) {
        let image = |i: usize, height: usize| {
            Array2::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * (17 + i)) % 101) as f32 / 101.0)
        };
        let images: Vec<_> = heights.iter().enumerate().map(|(i, height)| image(i, *height)).collect();
        let mut out: Vec<_> = images.iter().map(|image| Array2::from_elem(image.dim(), f32::NAN)).collect();
        correlate_each(images.iter().map(PlaneView::from), &fine, &coarse, &mut out);
        for (image, out) in images.iter().zip(&out) {
            prop_assert_eq!(out, &correlate_at_two_scales(PlaneView::from(image), &fine, &coarse));
        }
    }
}
