//! Which ends of which loci are doubled, and how far apart the sisters lie.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::conditions::Sisters;
use super::emitter::{Emitter, SignalKind};
use super::nucleus::normal;

/// Standard deviation along each axis by which red and green of one chromatid differ in place, um. They are
/// neighbours on it, so red and green of a doubled locus point the same way.
const STRAY_UM: f64 = 0.05;
/// Least light of a sister relative to its signal.
const LEAST_LIGHT: f64 = 0.3;
/// Distances drawn before the largest is taken.
const ATTEMPTS: usize = 40;

/// One copy of an end: its way from the middle of both, um, and its light relative to the signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chromatid {
    pub(super) y: f64,
    pub(super) x: f64,
    pub(super) light: f64,
}

impl Chromatid {
    pub(super) const SINGLE: Self = Self { y: 0.0, x: 0.0, light: 1.0 };
}

/// The copies of each signal of a nucleus, one or two, in the order of the signals; those of a locus follow one
/// another.
pub(super) fn copies(sisters: &Sisters, signals: &[Emitter], rng: &mut ChaCha8Rng) -> Vec<Vec<Chromatid>> {
    let in_time = rng.random_bool(sisters.nuclei_share);
    let mut all = Vec::with_capacity(signals.len());
    for locus in signals.chunk_by(|a, b| a.locus == b.locus) {
        let replicated = rng.random_bool(sisters.replicated_share) && in_time;
        let one_end = rng.random_bool(sisters.one_end_share).then(|| rng.random_range(0..2));
        let way = half_way(sisters, rng);
        for signal in locus {
            // Ends that were pulled apart lie on chromatin of their own.
            let own_way = half_way(sisters, rng);
            let (y, x) = if signal.kind == SignalKind::Split { own_way } else { way };
            let (y, x) = (y + normal(0.0, STRAY_UM, rng), x + normal(0.0, STRAY_UM, rng));
            let lights = [(); 2].map(|()| (1.0 + normal(0.0, sisters.light_cv, rng)).max(LEAST_LIGHT));
            let doubled = replicated && one_end.is_none_or(|end| end == signal.colour.index());
            all.push(if doubled {
                vec![Chromatid { y: -y, x: -x, light: lights[0] }, Chromatid { y, x, light: lights[1] }]
            } else {
                vec![Chromatid::SINGLE]
            });
        }
    }
    all
}

/// Half of the way from one sister to the other.
fn half_way(sisters: &Sisters, rng: &mut ChaCha8Rng) -> (f64, f64) {
    let angle: f64 = rng.random_range(0.0..TAU);
    let mut distance = sisters.distance_max_um;
    for _ in 0..ATTEMPTS {
        let share: f64 = rng.random_range(f64::MIN_POSITIVE..1.0);
        let drawn = sisters.distance_um * (-2.0 * share.ln()).sqrt();
        if drawn <= sisters.distance_max_um {
            distance = drawn;
            break;
        }
    }
    (distance / 2.0 * angle.sin(), distance / 2.0 * angle.cos())
}
