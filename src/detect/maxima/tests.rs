use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::detect::filter::Background;
use crate::detect::params::DetectParams;
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
        let params = DetectParams::default();
        let scene = Scene::new(PlaneView::from(&plane), None, None, &NOISE, &params);
        let filter = MatchedFilter::new(sigma_px, 2.0, Background::Constant);
        prop_assert_eq!(
            local_maxima(&scene, &response, &filter, 4.0),
            maxima_reference(&response, &filter, 4.0)
        );
    }
}
