use super::*;
use proptest::prelude::*;
use rand::SeedableRng as _;

#[test]
fn gives_the_height_of_a_spot_on_any_background_it_ignores() {
    for (background, curvature) in [(Background::Constant, 0.0), (Background::Paraboloid, 0.3)] {
        for (sigma, support) in [(1.7, 1.6), (0.8, 1.4), (1.5, 3.0)] {
            let filter = MatchedFilter::new(sigma, support, background);
            for (y0, x0) in [(30, 30), (30, 31), (31, 30), (31, 31)] {
                let image = Array2::from_shape_fn((63, 63), |(y, x)| {
                    let (dy, dx) = (y as f64 - y0 as f64, x as f64 - x0 as f64);
                    let r2 = dy * dy + dx * dx;
                    (200.0 * (-r2 / (2.0 * sigma * sigma)).exp() + 1000.0 + 2.0 * dx - dy + curvature * r2)
                        as f32
                });
                let response = filter.response(PlaneView::from(&image));
                let height = response[(y0, x0)];
                assert!((height - 200.0).abs() < 0.1, "{height} at {y0} {x0} with {sigma} {support}");
                assert!(response[(17, 16)].abs() < 0.1, "{}", response[(17, 16)]);
            }
        }
    }
}

#[test]
fn its_noise_is_that_of_the_camera() {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    // Uniform samples of variance 1/12.
    let image = Array2::from_shape_fn((200, 200), |_| rng.random::<f32>());
    let noise = Noise { gain: 0.0, offset: 1.0 / 12.0, floor: 1.0 / 12.0 };
    for (sigma, support) in [(1.5, 2.0), (0.8, 1.4)] {
        let filter = MatchedFilter::new(sigma, support, Background::Paraboloid);
        let response = filter.response(PlaneView::from(&image));
        let sd = f64::from(response.iter().map(|v| v * v).sum::<f32>() / response.len() as f32).sqrt();
        let expected = filter.amplitude_sd(&noise, 0.0, 0.0);
        assert!((sd / expected - 1.0).abs() < 0.05, "{sd} {expected}");
    }
}

/// The least-squares amplitude at a place, as the module says: all weights, no separable terms, nothing at half
/// resolution.
fn amplitude_reference(
    image: &Array2<f32>,
    (y0, x0): (usize, usize),
    (sigma, support): (f64, f64),
    background: Background,
) -> f64 {
    let s = support * sigma;
    // What is fitted: spot, constant, bowl.
    let shapes = if background == Background::Constant { 2 } else { 3 };
    let (mut normal, mut right) = ([[0.0_f64; 3]; 3], [0.0_f64; 3]);
    let reach = (5.0 * s).ceil() as isize;
    for (dy, dx) in (-reach..=reach).flat_map(|y| (-reach..=reach).map(move |x| (y, x))) {
        let r2 = (dy * dy + dx * dx) as f64;
        let weight = (-r2 / (2.0 * s * s)).exp();
        let shape = [(-r2 / (2.0 * sigma * sigma)).exp(), 1.0, r2];
        let sample = image[(y0.checked_add_signed(dy).unwrap(), x0.checked_add_signed(dx).unwrap())];
        for i in 0..shapes {
            right[i] += weight * shape[i] * f64::from(sample);
            for j in 0..shapes {
                normal[i][j] += weight * shape[i] * shape[j];
            }
        }
    }
    // Eliminated from the last to the first, which is left with the amplitude.
    for last in (1..shapes).rev() {
        for row in 0..last {
            let factor = normal[row][last] / normal[last][last];
            let pivot = normal[last];
            normal[row].iter_mut().zip(pivot).for_each(|(v, p)| *v -= factor * p);
            right[row] -= factor * right[last];
        }
    }
    right[0] / normal[0][0]
}

/// A filter by background, sigma and support, and by how much its noise may differ from that of least squares, in
/// standard deviations of the latter: windows cut at three sigma leave little, the more so with a bowl; the background at
/// half resolution, interpolated linearly, leaves more.
fn filters() -> impl Strategy<Value = (Background, f64, f64, f64)> {
    use Background::{Constant, Paraboloid};
    let full = |background, tolerance| (Just(background), 0.7..1.0_f64, 1.4..1.95_f64, Just(tolerance));
    let half = |background, support, tolerance| (Just(background), 1.3..2.2_f64, support, Just(tolerance));
    prop_oneof![
        full(Constant, 0.01),
        full(Paraboloid, 0.07),
        half(Constant, 1.6..3.0, 0.3),
        half(Paraboloid, 2.0..3.0, 0.5),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn agrees_with_least_squares_pixel_by_pixel(
        seed in any::<u64>(),
        (background, sigma, support, tolerance) in filters(),
        height in 2.0..90.0_f64,
    ) {
        const PLACES: usize = 9;
        let filter = MatchedFilter::new(sigma, support, background);
        let margin = (5.0 * sigma * support).ceil() as usize + 1;
        let side = 2 * margin + PLACES;
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let spot = (margin + rng.random_range(0..PLACES), margin + rng.random_range(0..PLACES));
        let shape = Array2::from_shape_fn((side, side), |(y, x)| {
            let r2 = (y.abs_diff(spot.0).pow(2) + x.abs_diff(spot.1).pow(2)) as f64;
            (300.0 + height * (-r2 / (2.0 * sigma * sigma)).exp()) as f32
        });
        let in_middle = f64::from(filter.response(PlaneView::from(&shape))[spot]);
        prop_assert!((in_middle - height).abs() < 0.01, "{} {}", in_middle, height);
        let slow = amplitude_reference(&shape, spot, (sigma, support), background);
        prop_assert!((slow - height).abs() < 0.01, "{} {}", slow, height);

        // Noise of variance 1, at every phase of half resolution.
        let noise = Array2::from_shape_fn((side, side), |_| 12.0_f32.sqrt() * (rng.random::<f32>() - 0.5));
        let response = filter.response(PlaneView::from(&noise));
        let places = (0..PLACES * PLACES).map(|i| (margin + i / PLACES, margin + i % PLACES));
        let squares: f64 = places
            .map(|place| {
                let slow = amplitude_reference(&noise, place, (sigma, support), background);
                (f64::from(response[place]) - slow).powi(2)
            })
            .sum();
        let sd = filter.amplitude_sd(&Noise { gain: 0.0, offset: 1.0, floor: 1.0 }, 0.0, 0.0);
        let difference = (squares / (PLACES * PLACES) as f64).sqrt();
        prop_assert!(difference < tolerance * sd, "{} of {}", difference, sd);
    }
}
