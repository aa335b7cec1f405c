//! The parts of a signal and its light: heavy tails, sisters, polymers.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma};

use super::conditions::{Conditions, HeavyTail, Probes};
use super::emitter::{Emitter, Source};
use super::nucleus::normal;
use super::polymer::chain;
use super::random::{Purpose, Streams};
use super::sisters::{Chromatid, copies};

/// Streams of a nucleus, so that one of these leaves the others as they are.
const TAIL: u32 = 0;
const SISTERS: u32 = 1;
const POLYMERS: u32 = 2;

/// Gives the signals of a nucleus, number `nucleus` of a field, their shape. Without any of these parameters they
/// stay what they are: one round spot or two.
pub(super) fn shape_signals(
    signals: &mut [Emitter],
    conditions: &Conditions,
    streams: &Streams,
    [field, nucleus]: [u32; 2],
) {
    let probes = &conditions.probes;
    let stream = |which: u32| streams.stream(Purpose::Shapes, [field, nucleus, which]);
    if let Some(tail) = &probes.heavy_tail {
        let mut rng = stream(TAIL);
        for signal in signals.iter_mut() {
            signal.electrons = probes.typical_electrons(signal.colour) * draw_factor(tail, &mut rng);
        }
    }
    if probes.sisters.is_none() && probes.polymer.is_none() {
        return;
    }
    let all_copies = match &probes.sisters {
        Some(sisters) => copies(sisters, signals, &mut stream(SISTERS)),
        None => vec![vec![Chromatid::SINGLE]; signals.len()],
    };
    let mut rng = stream(POLYMERS);
    for (signal, copies) in signals.iter_mut().zip(all_copies) {
        signal.copies = copies.iter().map(|copy| parts(probes, copy, &mut rng)).collect();
    }
}

/// The sources of one copy of a signal.
fn parts(probes: &Probes, copy: &Chromatid, rng: &mut ChaCha8Rng) -> Vec<Source> {
    let mut sources = target(probes, rng);
    for source in &mut sources {
        source.y += copy.y;
        source.x += copy.x;
        source.light *= copy.light;
    }
    sources
}

/// The sources of a probe that has hybridised once, about its middle.
pub(super) fn target(probes: &Probes, rng: &mut ChaCha8Rng) -> Vec<Source> {
    match &probes.polymer {
        Some(polymer) => chain(polymer, rng),
        None => vec![Source { extent_um: probes.extent_sigma_um, ..Source::POINT }],
    }
}

fn draw_factor(tail: &HeavyTail, rng: &mut ChaCha8Rng) -> f64 {
    let variance = tail.cv * tail.cv;
    let body = Gamma::new(1.0 / variance, variance).map_or(1.0, |gamma| gamma.sample(rng));
    let wide = normal(0.0, tail.tail_spread, rng).exp();
    if rng.random_bool(tail.tail_share) { wide } else { body }
}
