use super::*;
use crate::detect::candidate::Candidate;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const DIAMETER_PX: f64 = 3.0;
const RED: f64 = 4000.0;

fn candidate(place: [f64; 2], amplitude: f64) -> Candidate {
    Candidate {
        y_px: place[0],
        x_px: place[1],
        nucleus_id: 1,
        amplitude,
        photon_sd: 15.0,
        texture_sd: 15.0,
        sigma_px: 1.27,
        width_ratio: 1.0,
        background: 100.0,
        threshold: 60.0,
        z_px: None,
    }
}

/// About normal.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

/// Nuclei with so many lone reds, and so many pairs with green of `height` of red's. Green lies as noise puts it, and for
/// pairs as far off as the colours of a locus are; a share of red leaks.
fn nuclei(
    seed: u64,
    (lone, pairs): (usize, usize),
    height: f64,
    leak: f64,
    scatter: f64,
) -> Vec<NucleusCandidates> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let near = |place: [f64; 2], sd: f64, rng: &mut ChaCha8Rng| place.map(|p| p + sd * normal(rng));
    let nucleus = |red: Vec<Candidate>, green: Vec<Candidate>| NucleusCandidates {
        red,
        green,
        area_px: 5000.0,
        field_centre_px: [511.5, 511.5],
        ..NucleusCandidates::default()
    };
    (0..lone + pairs)
        .map(|i| {
            let red = RED * (0.25 * normal(&mut rng)).exp();
            let at = candidate([50.0, 50.0], red);
            let crosstalk = leak * red * (1.0 + 0.02 * normal(&mut rng));
            let own = if i < lone { 0.0 } else { height * RED * (0.25 * normal(&mut rng)).exp() };
            if own + crosstalk == 0.0 {
                return nucleus(vec![at], vec![]);
            }
            // The two add up to a spot between them.
            let beside = near([50.0, 50.0], scatter * DIAMETER_PX, &mut rng);
            let drawn = beside.map(|b| 50.0 + (b - 50.0) * own / (own + crosstalk));
            nucleus(vec![at], vec![candidate(near(drawn, 0.03, &mut rng), own + crosstalk)])
        })
        .collect()
}

fn found(nuclei: &[NucleusCandidates]) -> Option<Crosstalk> {
    estimate(nuclei, Colour::Red, DIAMETER_PX).crosstalk
}

#[test]
fn crosstalk_as_high_as_the_signals_of_a_faint_colour_is_found() {
    for (height, leak) in [(0.15, 0.14), (0.2, 0.16), (0.2, 0.19), (0.35, 0.28), (0.35, 0.33), (0.5, 0.47)] {
        for seed in 0..10 {
            let found = found(&nuclei(seed, (22, 174), height, leak, 0.2)).map(|c| c.fraction);
            assert!(found.is_some_and(|f| (f / leak - 1.0).abs() < 0.05), "{height} {leak} {seed} {found:?}");
        }
    }
}

#[test]
fn chance_pairs_are_not_crosstalk() {
    for height in [0.25, 0.4, 0.5, 0.7, 1.0] {
        for scatter in [0.1, 0.2, 0.25] {
            let invented = (0..40).filter(|s| found(&nuclei(*s, (0, 102), height, 0.0, scatter)).is_some());
            assert_eq!(invented.count(), 0, "{height} {scatter}");
        }
    }
}

#[test]
fn reds_with_nothing_beside_them_speak_against_crosstalk() {
    for seed in 0..10 {
        assert_eq!(found(&nuclei(seed, (22, 174), 0.35, 0.0, 0.2)), None, "{seed}");
    }
}

#[test]
fn intact_loci_with_crosstalk_added_are_not_crosstalk() {
    for (height, leak) in [(0.2, 0.16), (0.2, 0.19), (0.35, 0.33)] {
        for seed in 0..20 {
            let found = found(&nuclei(seed, (0, 196), height, leak, 0.2));
            assert!(found.is_none_or(|c| c.fraction < 1.3 * leak), "{height} {leak} {seed} {found:?}");
        }
    }
}
