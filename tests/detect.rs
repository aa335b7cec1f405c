//! Detection in images whose spots are known.

use breakapart::detect::{DetectParams, Signal, detect};
use breakapart::{Colour, Error, PixelSize, PlaneView};
use ndarray::{Array2, Axis};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal, Poisson};

const SIGMA_PX: f64 = 1.5;

/// Spots on a jittered grid, none nearer to another than 20 px.
fn places(size: usize, seed: u64) -> Vec<(f64, f64)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let jitter = Normal::new(0.0_f64, 1.0).unwrap();
    let mut at = |cell: usize| 32.0 * cell as f64 + 16.0 + jitter.sample(&mut random).clamp(-5.0, 5.0);
    let cells = size / 32;
    let mut places = Vec::new();
    for row in 0..cells {
        for column in 0..cells {
            places.push((at(row), at(column)));
        }
    }
    places
}

/// Spots of `height` photoelectrons on a `background` of so many, counted by a camera with read noise, at two
/// electrons a grey level above an offset of 100.
fn image(size: usize, places: &[(f64, f64)], height: f64, background: f64, seed: u64) -> Array2<u16> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let read_noise = Normal::new(0.0_f64, 1.6).unwrap();
    let mut light = Array2::from_elem((size, size), background);
    for (sy, sx) in places {
        for ((y, x), v) in light.indexed_iter_mut() {
            let d2 = (y as f64 - sy).powi(2) + (x as f64 - sx).powi(2);
            if d2 < 100.0 {
                *v += height * (-d2 / (2.0 * SIGMA_PX * SIGMA_PX)).exp();
            }
        }
    }
    light.mapv(|mean| {
        let electrons = Poisson::new(mean).unwrap().sample(&mut random) + read_noise.sample(&mut random);
        (100.0 + electrons / 2.0).round().max(0.0) as u16
    })
}

fn found<'a>(image: impl Into<PlaneView<'a>>) -> Vec<Signal> {
    detect(image.into(), Colour::Red, None, &DetectParams::default()).unwrap()
}

/// Distance to the found signal next to each place.
fn errors(places: &[(f64, f64)], signals: &[Signal]) -> Vec<f64> {
    let nearest = |p: &(f64, f64)| {
        signals.iter().map(|s| (s.y_px - p.0).hypot(s.x_px - p.1)).fold(f64::INFINITY, f64::min)
    };
    places.iter().map(nearest).collect()
}

/// Checks that the same signals are found as in `signals`, each at the place that `moved` gives.
fn assert_same(signals: &[Signal], other: &[Signal], moved: impl Fn(f64, f64) -> (f64, f64), what: &str) {
    assert_eq!(other.len(), signals.len(), "{what}");
    let expected: Vec<_> = signals.iter().map(|s| moved(s.y_px, s.x_px)).collect();
    let worst = errors(&expected, other).into_iter().fold(0.0, f64::max);
    assert!(worst < 0.05, "{what}: a signal lies {worst} px from its place");
}

#[test]
fn every_spot_is_found_once_as_near_to_its_place_as_its_noise_allows() {
    let places = places(384, 1);
    // From bright to faint, against a dark and a bright background. Photoelectrons.
    for (height, background) in
        [(400.0, 50.0), (100.0, 50.0), (60.0, 50.0), (1000.0, 2000.0), (300.0, 2000.0)]
    {
        let signals = found(&image(384, &places, height, background, 2));
        assert_eq!(signals.len(), places.len(), "{height} on {background}");
        let errors = errors(&places, &signals);
        assert!(errors.iter().all(|e| *e < 1.0), "{height} on {background}: {errors:?}");
        let rmse = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
        // No estimate of both coordinates can be better than sqrt(2) sigma / SNR.
        let snr = signals.iter().map(|s| s.snr).sum::<f64>() / signals.len() as f64;
        let least = std::f64::consts::SQRT_2 * SIGMA_PX / snr;
        // The peak of a parabola is not quite that of a spot, which shows where there is little noise.
        assert!(rmse < 1.5 * least + 0.03, "{height} on {background}: {rmse} px, at best {least} px");
    }
}

#[test]
fn height_light_and_width_are_those_of_the_spots() {
    let places = places(384, 3);
    let signals = found(&image(384, &places, 400.0, 50.0, 4));
    let median = |value: &dyn Fn(&Signal) -> f64| {
        let mut values: Vec<f64> = signals.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    // Two electrons a grey level.
    let height = median(&|s| s.amplitude);
    assert!((height / 200.0 - 1.0).abs() < 0.06, "{height}");
    let light = median(&|s| s.intensity);
    assert!((light / (200.0 * std::f64::consts::TAU * SIGMA_PX * SIGMA_PX) - 1.0).abs() < 0.1, "{light}");
    let diameter = median(&|s| s.diameter_px);
    assert!((diameter / (2.3548 * SIGMA_PX) - 1.0).abs() < 0.04, "{diameter}");
    assert!(signals.iter().all(|s| s.colour == Colour::Red && s.nucleus_id == 0 && s.probability > 0.5));
}

#[test]
fn gain_offset_and_sample_type_change_nothing() {
    let image = image(256, &places(256, 5), 80.0, 60.0, 6);
    let signals = found(&image);
    assert!(signals.len() > 50);
    let stay = |y, x| (y, x);
    for (gain, offset) in [(2, 0), (1, 5000), (16, 1000)] {
        let other = found(&image.mapv(|v| v * gain + offset));
        assert_same(&signals, &other, stay, &format!("gain {gain}, offset {offset}"));
    }
    assert_same(&signals, &found(&image.mapv(|v| f32::from(v) / 1024.0)), stay, "float");
    assert_same(&signals, &found(&image.mapv(|v| f32::from(v) - 200.0)), stay, "background below zero");
    assert_same(&signals, &found(&image.mapv(|v| v.min(255) as u8)), stay, "8-bit");
}

#[test]
fn turning_and_flipping_turn_and_flip_the_signals() {
    let image = image(256, &places(256, 7), 80.0, 60.0, 8);
    let signals = found(&image);
    let last = 255.0;
    assert_same(&signals, &found(&image.t().to_owned()), |y, x| (x, y), "transposed");
    let mut upside_down = image.clone();
    upside_down.invert_axis(Axis(0));
    assert_same(&signals, &found(&upside_down), |y, x| (last - y, x), "upside down");
    let mut mirrored = image.clone();
    mirrored.invert_axis(Axis(1));
    assert_same(&signals, &found(&mirrored), |y, x| (y, last - x), "mirrored");
    assert_same(&signals, &found(&mirrored.t().to_owned()), |y, x| (last - x, y), "turned");
}

/// Signals at a seventh of the brightest one's height count as much, and no place is drawn to one side.
#[test]
fn dim_signals_among_bright_ones_are_found_without_bias() {
    let places = places(256, 31);
    let (bright, dim): (Vec<_>, Vec<_>) = places.iter().enumerate().partition(|(i, _)| i % 2 == 0);
    let only = |some: &[(usize, &(f64, f64))]| some.iter().map(|(_, p)| **p).collect::<Vec<_>>();
    for seed in 0..4 {
        let light = image(256, &only(&bright), 210.0, 60.0, seed);
        let weak = image(256, &only(&dim), 30.0, 0.001, seed + 100);
        // The offset of the second camera image is taken off again.
        let both = Array2::from_shape_fn((256, 256), |at| (light[at] + weak[at]).saturating_sub(100));
        let signals = found(&both);
        let errors = errors(&places, &signals);
        let missed = errors.iter().filter(|e| **e > 1.5).count();
        assert!(missed <= 3, "{missed} of {} missed", places.len());
        assert!(signals.len() <= places.len() - missed + 1, "{} signals", signals.len());
        let near = places.iter().filter_map(|p| {
            signals.iter().map(|s| (s.y_px - p.0, s.x_px - p.1)).find(|d| d.0.hypot(d.1) < 1.5)
        });
        let (mut y, mut x, mut n) = (0.0, 0.0, 0.0);
        for (dy, dx) in near {
            (y, x, n) = (y + dy, x + dx, n + 1.0);
        }
        assert!((y / n).abs() < 0.1 && (x / n).abs() < 0.1, "{} {}", y / n, x / n);
    }
}

#[test]
fn noise_alone_holds_next_to_no_signals() {
    let mut signals = 0;
    for seed in 0..5 {
        for background in [1.0, 30.0, 3000.0] {
            signals += found(&image(256, &[], 0.0, background, seed)).len();
        }
    }
    // 15 images, each with room for some ten thousand spots.
    assert!(signals <= 2, "{signals} signals");
}

#[test]
fn shading_and_broad_light_are_no_signals() {
    let shaded = |y: usize, x: usize| 200.0 + 3.0 * y as f64 + 300.0 * (x as f64 / 60.0).sin();
    let blob = |y: usize, x: usize| {
        4000.0 * (-((y as f64 - 120.0).powi(2) + (x as f64 - 120.0).powi(2)) / (2.0 * 20.0 * 20.0)).exp()
    };
    let places = places(256, 9);
    let flat = image(256, &places, 300.0, 200.0, 10);
    let uneven =
        Array2::from_shape_fn((256, 256), |(y, x)| flat[(y, x)] + (shaded(y, x) + blob(y, x)) as u16);
    let signals = found(&uneven);
    let errors = errors(&places, &signals);
    assert!(errors.iter().filter(|e| **e < 1.0).count() + 2 >= places.len(), "{errors:?}");
    assert!(signals.len() <= places.len() + 2, "{} signals of {}", signals.len(), places.len());
}

#[test]
fn images_without_information_hold_no_signals() {
    for dim in [(0, 0), (1, 1), (2, 2), (3, 3), (1, 7), (7, 1), (1, 300), (17, 9), (64, 64)] {
        for value in [0, 1, 700, u16::MAX] {
            assert!(found(&Array2::from_elem(dim, value)).is_empty(), "{dim:?} {value}");
        }
        for value in [0.0, -1e30, f32::MAX, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(found(&Array2::from_elem(dim, value)).is_empty(), "{dim:?} {value}");
        }
    }
    // A single bright pixel in the smallest images: whatever it is, it lies within them.
    for size in 1..8 {
        let mut image = Array2::from_elem((size, size), 100_u16);
        image[(size / 2, size / 2)] = 5000;
        let inside = -0.5..size as f64 - 0.5;
        assert!(found(&image).iter().all(|s| inside.contains(&s.y_px) && inside.contains(&s.x_px)), "{size}");
    }
}

#[test]
fn pixels_without_data_cost_only_the_spots_that_they_cover() {
    let places = places(256, 11);
    let whole = image(256, &places, 200.0, 60.0, 12).mapv(f32::from);
    for missing in [f32::NAN, f32::INFINITY] {
        let mut holed = whole.clone();
        for ((y, x), v) in holed.indexed_iter_mut() {
            if (100..140).contains(&y) && (60..120).contains(&x) {
                *v = missing;
            }
        }
        let signals = found(&holed);
        // Where the filter reaches into the hole there is no measurement either.
        let far = |y: f64, x: f64| !(84.0..156.0).contains(&y) || !(44.0..136.0).contains(&x);
        let seen: Vec<_> = places.iter().copied().filter(|p| far(p.0, p.1)).collect();
        assert!(seen.len() < places.len() && errors(&seen, &signals).iter().all(|e| *e < 1.0), "{missing}");
        assert_eq!(signals.iter().filter(|s| far(s.y_px, s.x_px)).count(), seen.len(), "{missing}");
        let hole = |s: &&Signal| (101.0..138.0).contains(&s.y_px) && (61.0..118.0).contains(&s.x_px);
        assert_eq!(signals.iter().filter(hole).count(), 0, "{missing}");
    }
}

#[test]
fn the_same_signals_for_any_number_of_threads() {
    let image = image(256, &places(256, 13), 80.0, 60.0, 14);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| found(&image))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn parameters_out_of_range_are_refused_by_name() {
    let image = Array2::<u16>::zeros((8, 8));
    let mut params = DetectParams::default();
    params.candidate_snr = f64::NAN;
    let pixel_size = Some(PixelSize::from_um(0.1).unwrap());
    let error = detect(PlaneView::from(&image), Colour::Green, pixel_size, &params).unwrap_err();
    assert!(matches!(error, Error::InvalidParameter { .. }));
    assert!(error.to_string().contains("candidate_snr"), "{error}");
}

#[test]
fn a_constant_added_to_an_image_changes_nothing() {
    let places = places(384, 15);
    for background in [50.0, 400.0] {
        let float = image(384, &places, 150.0, background, 16).mapv(f32::from);
        let signals = found(&float);
        assert!(signals.len() >= places.len() - 1, "{} of {}", signals.len(), places.len());
        for constant in [-5_000.0, -300.0, 5_000.0] {
            let moved = found(&float.mapv(|v| v + constant));
            assert_same(&signals, &moved, |y, x| (y, x), &format!("{constant} on {background}"));
        }
    }
}

#[test]
fn a_sample_that_is_not_a_number_costs_no_spot_beside_it() {
    let places = places(384, 15);
    let sound = image(384, &places, 150.0, 50.0, 16).mapv(f32::from);
    let signals = found(&sound);
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut float = sound.clone();
        // Some 4 to 12 px from a spot each, and one row of the camera.
        for (i, (y, x)) in places.iter().enumerate() {
            float[(y.round() as usize + 4 + i % 8, x.round() as usize)] = value;
        }
        float.row_mut(1).fill(value);
        assert_same(&signals, &found(&float), |y, x| (y, x), &format!("{value}"));
    }
}
