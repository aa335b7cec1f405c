use super::*;
use ndarray::array;
use proptest::prelude::*;

proptest! {
    #[test]
    fn block_means_agree_with_the_definition(h in 1_usize..15, w in 1_usize..15, factor in 1_usize..6) {
        let image = Array2::from_shape_fn((h, w), |(y, x)| ((y * 7 + x * 13) % 19) as f32);
        let fast = block_means(PlaneView::from(&image), factor);
        prop_assert_eq!(fast.dim(), (h.div_ceil(factor), w.div_ceil(factor)));
        for ((i, j), &v) in fast.indexed_iter() {
            let block: Vec<f32> = image.indexed_iter()
                .filter(|((y, x), _)| y / factor == i && x / factor == j).map(|(_, &v)| v).collect();
            let mean = block.iter().sum::<f32>() / block.len() as f32;
            prop_assert!((v - mean).abs() < 1e-4);
        }
    }

    #[test]
    fn whole_numbers_give_the_bits_that_floats_give(
        (h, w, values) in (1_usize..40, 1_usize..40).prop_flat_map(|(h, w)| {
            (Just(h), Just(w), prop::collection::vec(any::<u16>(), h * w))
        }),
        factor in 1_usize..20,
    ) {
        let wide = Array2::from_shape_vec((h, w), values).unwrap();
        let narrow = wide.mapv(|v| (v >> 8) as u8);
        let bits = |plane: PlaneView<'_>| block_means(plane, factor).mapv(f32::to_bits);
        prop_assert_eq!(bits(PlaneView::from(&wide)), bits(PlaneView::from(&wide.mapv(f32::from))));
        prop_assert_eq!(bits(PlaneView::from(&narrow)), bits(PlaneView::from(&narrow.mapv(f32::from))));
    }
}

#[test]
fn bilinear_meets_the_pixels_and_the_middle_between_them() {
    let image = array![[0.0, 2.0], [4.0, 10.0]];
    let between = Bilinear::new(image.view()).unwrap();
    let at = |y, x| between.at(y, x);
    assert_eq!((at(0.0, 0.0), at(1.0, 1.0), at(0.5, 0.5)), (0.0, 10.0, 4.0));
    assert_eq!((at(-3.0, 0.0), at(1.0, 7.0)), (0.0, 10.0));
}

proptest! {
    #[test]
    fn many_positions_are_read_as_one_by_one(places in prop::collection::vec((0.0_f32..6.0, 0.0_f32..4.0), 0..110)) {
        let image = Array2::from_shape_fn((8, 6), |(y, x)| ((y * 7 + x * 13) % 19) as f32);
        let between = Bilinear::new(image.view()).unwrap();
        let (y, x): (Vec<f32>, Vec<f32>) = places.into_iter().unzip();
        for near_edge in [false, true] {
            let mut found = vec![0.0; y.len()];
            between.at_each(&y, &x, near_edge, &mut found);
            for ((found, y), x) in found.into_iter().zip(&y).zip(&x) {
                prop_assert_eq!(found, between.at(*y, *x));
            }
        }
    }
}

/// The definition: the four pixels around a position, each by the area of the rectangle across.
fn bilinear_reference(image: &Array2<f32>, y: f32, x: f32) -> f64 {
    let (height, width) = image.dim();
    let (y, x) = (f64::from(y).clamp(0.0, (height - 1) as f64), f64::from(x).clamp(0.0, (width - 1) as f64));
    image
        .indexed_iter()
        .map(|((v, u), value)| {
            let beside = |place: f64, pixel: usize| (1.0 - (place - pixel as f64).abs()).max(0.0);
            beside(y, v) * beside(x, u) * f64::from(*value)
        })
        .sum()
}

proptest! {
    #[test]
    fn bilinear_agrees_with_the_definition(
        (h, w, values) in (1_usize..9, 1_usize..9).prop_flat_map(|(h, w)| {
            (Just(h), Just(w), prop::collection::vec(-1000.0_f32..5000.0, h * w))
        }),
        places in prop::collection::vec((-3.0_f32..12.0, -3.0_f32..12.0), 1..20),
    ) {
        let image = Array2::from_shape_vec((h, w), values).unwrap();
        let between = Bilinear::new(image.view()).unwrap();
        let whole = places.iter().map(|(y, x)| (y.round(), x.round()));
        for (y, x) in places.iter().copied().chain(whole) {
            let (found, expected) = (f64::from(between.at(y, x)), bilinear_reference(&image, y, x));
            prop_assert!((found - expected).abs() < 0.01, "{} {} at {} {}", found, expected, y, x);
        }
        let columns: Vec<_> = places.iter().map(|place| between.column(place.1)).collect();
        let mut along = vec![0.0; places.len()];
        between.along(h - 1, &columns, &mut along);
        for (found, (_, x)) in along.into_iter().zip(places) {
            prop_assert_eq!(found, between.at((h - 1) as f32, x));
        }
    }
}
