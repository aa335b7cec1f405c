use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::detect::filter::Background;
use crate::kernel::camera_noise::Noise;

const NOISE: Noise = Noise { gain: 0.0, offset: 1.0, floor: 1.0 };

/// The definition, pixel by pixel.
fn maxima_reference(response: &Array2<f32>, filter: &MatchedFilter, snr: f64) -> Vec<(usize, usize)> {
    let radius = (1.6 * filter.sigma_px).max(1.0);
    let least = snr * filter.amplitude_sd(&NOISE, 0.0, 0.0);
    let beats = |(at, own): ((usize, usize), f32), (other_at, other): ((usize, usize), f32)| {
        let (dy, dx) = (other_at.0 as f64 - at.0 as f64, other_at.1 as f64 - at.1 as f64);
        dy * dy + dx * dx <= radius * radius && (other > own || (other == own && other_at < at))
    };
    response
        .indexed_iter()
        .map(|(at, v)| (at, *v))
        .filter(|&own| f64::from(own.1) > least)
        .filter(|&own| !response.indexed_iter().any(|(at, v)| beats(own, (at, *v))))
        .map(|(at, _)| at)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn maxima_are_those_of_the_definition(
        (height, width) in (1_usize..20, prop_oneof![1_usize..6, 30_usize..80]),
        sigma_px in 0.5..2.5_f64,
        levels in 3_u32..60,
        seed in any::<u64>(),
    ) {
        use rand::{RngExt as _, SeedableRng as _};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        // Few levels make plateaus.
        let response =
            Array2::from_shape_fn((height, width), |_| (levels as f32 * random.random::<f32>()).floor());
        let plane = Array2::<f32>::zeros((height, width));
        let search_image = SearchImage::new(PlaneView::from(&plane), None, None, &NOISE);
        let filter = MatchedFilter::new(sigma_px, 2.0, Background::Constant);
        prop_assert_eq!(
            local_maxima(&search_image, &response, &filter, 4.0),
            maxima_reference(&response, &filter, 4.0)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_spread_around_a_place_is_that_of_asking_row_and_column(
        (height, width) in (30_usize..60, 30_usize..90),
        sigma_px in 0.5..1.6_f64,
        seed in any::<u64>(),
    ) {
        use rand::{RngExt as _, SeedableRng as _};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut uniform = |scale: f32| Array2::from_shape_fn((height, width), |_| scale * random.random::<f32>());
        let (plane, response) = (uniform(200.0), uniform(30.0));
        // Of samples that lie column by column there are no rows.
        let columns = plane.t().as_standard_layout().into_owned();
        let surroundings = Surroundings::new(sigma_px);
        let [by_rows, by_columns] = [plane.view(), columns.t()].map(|plane| {
            let search_image = SearchImage::new(PlaneView::F32(plane), None, None, &NOISE);
            let all = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
            all.map(|at| surroundings.own_texture_sd(&search_image, (&response).into(), at, 150.0)).collect::<Vec<_>>()
        });
        prop_assert_eq!(by_rows, by_columns);
    }
}
