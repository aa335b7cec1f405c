use super::*;
use proptest::prelude::{prop, prop_assert_eq, proptest};
use rand::{RngExt as _, SeedableRng as _};

fn candidate(y_px: f64, x_px: f64) -> Candidate {
    Candidate {
        y_px,
        x_px,
        nucleus_id: 1,
        amplitude: 500.0,
        photon_sd: 20.0,
        texture_sd: 10.0,
        sigma_px: 2.0,
        width_ratio: 1.0,
        background: 100.0,
        threshold: 80.0,
        z_px: None,
    }
}

/// Nuclei with an intact and a split locus each, green displaced by `shift` and scattered by 1 px.
fn nuclei(shift: ChromaticShift) -> Vec<NucleusCandidates> {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut uniform = move |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
    (0..80)
        .map(|_| {
            let centre = [uniform(50.0, 974.0), uniform(50.0, 974.0)];
            let mut red = Vec::new();
            let mut green = Vec::new();
            for scatter in [1.5, 25.0] {
                let place = centre.map(|c| c + uniform(-25.0, 25.0));
                let [dy, dx] = shift.at(place.map(|p| p - 511.5));
                red.push(candidate(place[0], place[1]));
                let (sy, sx) = (uniform(-scatter, scatter), uniform(-scatter, scatter));
                green.push(candidate(place[0] + dy + sy, place[1] + dx + sx));
            }
            NucleusCandidates {
                red,
                green,
                area_px: 5000.0,
                field_centre_px: [511.5, 511.5],
                ..NucleusCandidates::default()
            }
        })
        .collect()
}

fn estimated(truth: ChromaticShift) -> Option<ChromaticShift> {
    let nuclei = nuclei(truth);
    estimate(&nuclei.iter().collect::<Vec<_>>(), 4.6)
}

#[test]
fn a_constant_shift_is_found_and_no_field_dependence_is_made_up() {
    let found = estimated(ChromaticShift { y_px: 6.0, x_px: -7.0, ..NONE });
    assert!(
        found.is_some_and(|s| (s.y_px - 6.0).abs() < 0.4
            && (s.x_px + 7.0).abs() < 0.4
            && !s.depends_on_place()),
        "{found:?}"
    );
}

#[test]
fn magnification_and_rotation_are_followed_over_the_field() {
    for (magnification, rotation) in [(0.004, 0.0), (0.012, 0.003), (-0.015, -0.004)] {
        let truth = ChromaticShift { y_px: 2.0, x_px: 1.5, magnification, rotation, ..NONE };
        let found = estimated(truth);
        assert!(
            found.is_some_and(|s| (s.magnification - magnification).abs() < 0.0015
                && (s.rotation - rotation).abs() < 0.0015),
            "{truth:?}: {found:?}"
        );
    }
}

#[test]
fn unrelated_signals_support_no_shift() {
    let mut nuclei = nuclei(NONE);
    for (i, nucleus) in nuclei.iter_mut().enumerate() {
        for (k, green) in nucleus.green.iter_mut().enumerate() {
            green.y_px += 20.0 * ((i * 2 + k) as f64 * 2.4).sin();
            green.x_px += 20.0 * ((i * 2 + k) as f64 * 2.4).cos();
        }
    }
    let found = estimate(&nuclei.iter().collect::<Vec<_>>(), 4.6);
    assert!(found.is_none(), "{found:?}");
}

#[test]
fn loci_whose_ends_lie_apart_in_any_direction_support_no_shift() {
    for (least, most) in [(2.0, 6.0), (4.0, 8.0), (7.0, 7.2), (3.0, 11.0)] {
        for seed in 0..6 {
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let mut uniform = move |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
            let mut nuclei = nuclei(NONE);
            for nucleus in &mut nuclei {
                for (red, green) in nucleus.red.iter().zip(&mut nucleus.green) {
                    let (gap, direction) = (uniform(least, most), uniform(0.0, std::f64::consts::TAU));
                    green.y_px = red.y_px + gap * direction.sin();
                    green.x_px = red.x_px + gap * direction.cos();
                }
            }
            let found = estimate(&nuclei.iter().collect::<Vec<_>>(), 4.6);
            assert!(found.is_none(), "{least} to {most}, seed {seed}: {found:?}");
        }
    }
}

proptest! {
    #[test]
    fn the_densest_vector_is_the_one_of_the_definition(
        places in prop::collection::vec((-8_i32..9, -8_i32..9), 0..900),
        kernel_px in 0.3..4.0_f64,
    ) {
        let vectors: Vec<Vector> =
            places.iter().map(|&(y, x)| Vector { y: f64::from(y), x: f64::from(x), place: [0.0; 2] }).collect();
        let starts = vectors.iter().step_by(vectors.len().div_ceil(MAX_STARTS).max(1));
        let density = |at: &Vector| -> f64 {
            let squared = |v: &Vector| (v.y - at.y).powi(2) + (v.x - at.x).powi(2);
            vectors.iter().map(|v| (-squared(v) / (2.0 * kernel_px * kernel_px)).exp()).sum()
        };
        let expected = starts.max_by(|a, b| density(a).total_cmp(&density(b)));
        let found = densest(&vectors, kernel_px);
        prop_assert_eq!(found.map(std::ptr::from_ref), expected.map(std::ptr::from_ref));
    }
}
