//! The loci of a nucleus and the light of their signals.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma};

use super::conditions::{AmplitudeDistribution, Conditions, Pattern, Probes};
use super::emitter::{Emitter, SignalKind};
use super::nucleus::{Body, normal};
use crate::colour::Colour;

/// Loci lie this deep within the body at most (share of the way to its surface), so that their signals lie
/// within the visible outline.
const LOCUS_DEPTH: f64 = 0.8;
/// The ends of split pairs lie within this share.
const SPLIT_DEPTH: f64 = 0.88;
/// Places tried for a locus before the last one is taken.
const ATTEMPTS: usize = 80;
/// Share of isolated red among rearranged nuclei of [`Pattern::Mixed`].
const MIXED_ISOLATED_SHARE: f64 = 1.0 / 3.0;

type Point = (f64, f64, f64);

/// The signals of a nucleus that lie in the section and have hybridised.
pub(super) fn place_signals(body: &Body, conditions: &Conditions, rng: &mut ChaCha8Rng) -> Vec<Emitter> {
    let probes = &conditions.probes;
    let extra = if rng.random_bool(probes.gain_share) { rng.random_range(1..=2) } else { 0 };
    let rearranged = match (body.carries, rng.random_bool(probes.biallelic_share)) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => 2,
    };
    let pattern = rearranged_kind(probes.pattern, rng);
    let mut placed: Vec<Point> = Vec::new();
    let mut emitters = Vec::new();
    for locus in 1..=probes.copies + extra {
        let kind = if locus <= rearranged {
            pattern
        } else if rng.random_bool(probes.normal_split_share) {
            SignalKind::Split
        } else {
            SignalKind::Fused
        };
        let (red, green) = place_locus(body, kind, probes, &placed, rng);
        placed.extend([red, green]);
        for (colour, (y, x, z)) in [(Colour::Red, red), (Colour::Green, green)] {
            let share = if colour == Colour::Green { probes.green_share } else { 1.0 };
            let electrons = share * draw_electrons(probes, rng);
            let half_doublet = rng.random_bool(probes.doublet_share).then(|| {
                let half = probes.doublet_max_um * rng.random_range(0.25..=0.5);
                let angle: f64 = rng.random_range(0.0..TAU);
                (half * angle.sin(), half * angle.cos())
            });
            let hybridised = !rng.random_bool(probes.dropout[colour.index()]);
            let present = match kind {
                SignalKind::Red => colour == Colour::Red,
                SignalKind::Green => colour == Colour::Green,
                SignalKind::Fused | SignalKind::Split => true,
            };
            let in_section = conditions.section_um <= 0.0 || (0.0..=conditions.section_um).contains(&z);
            if present && hybridised && in_section {
                let copies = Vec::new();
                emitters.push(Emitter { locus, kind, colour, y, x, z, electrons, half_doublet, copies });
            }
        }
    }
    emitters
}

fn rearranged_kind(pattern: Pattern, rng: &mut ChaCha8Rng) -> SignalKind {
    let isolated = rng.random_bool(MIXED_ISOLATED_SHARE);
    match pattern {
        Pattern::IsolatedRed => SignalKind::Red,
        Pattern::IsolatedGreen => SignalKind::Green,
        Pattern::Mixed if isolated => SignalKind::Red,
        Pattern::Split | Pattern::Mixed => SignalKind::Split,
    }
}

fn draw_electrons(probes: &Probes, rng: &mut ChaCha8Rng) -> f64 {
    let spread = probes.signal_spread;
    let factor = match probes.amplitude_distribution {
        AmplitudeDistribution::LogNormal => normal(0.0, spread, rng).exp(),
        AmplitudeDistribution::Gamma => {
            let variance = spread * spread;
            Gamma::new(1.0 / variance, variance).map_or(1.0, |gamma| gamma.sample(rng))
        }
    };
    probes.signal_electrons * factor
}

/// Red and green end of a locus, clear of those already placed where there is room.
fn place_locus(
    body: &Body,
    kind: SignalKind,
    probes: &Probes,
    placed: &[Point],
    rng: &mut ChaCha8Rng,
) -> (Point, Point) {
    let mut ends = Default::default();
    for _ in 0..ATTEMPTS {
        let middle = body.random_point(LOCUS_DEPTH, rng);
        let half_gap = half_gap(kind, probes, rng);
        let shifted = |sign: f64| {
            (middle.0 + sign * half_gap.0, middle.1 + sign * half_gap.1, middle.2 + sign * half_gap.2)
        };
        ends = (shifted(-1.0), shifted(1.0));
        let inside = [ends.0, ends.1].iter().all(|&(y, x, z)| {
            let relative = body.relative_distance(y, x);
            relative <= SPLIT_DEPTH && (z - body.z).abs() <= body.half_height_at(relative)
        });
        let clear = placed.iter().all(|other| {
            [ends.0, ends.1]
                .iter()
                .all(|end| (end.0 - other.0).hypot(end.1 - other.1) >= probes.locus_spacing_um)
        });
        if inside && clear {
            break;
        }
    }
    ends
}

/// Half of the vector from the red to the green end.
fn half_gap(kind: SignalKind, probes: &Probes, rng: &mut ChaCha8Rng) -> Point {
    if kind == SignalKind::Split {
        let angle: f64 = rng.random_range(0.0..TAU);
        let half = rng.random_range(probes.split_min_um..=probes.split_max_um) / 2.0;
        // The ends part in space; their heights differ about as much as the heights in an intact locus.
        let rise = normal(0.0, probes.fused_gap_sd_um, rng) / 2.0;
        return (half * angle.sin(), half * angle.cos(), rise);
    }
    let mut gap = [0.0_f64; 3];
    for _ in 0..ATTEMPTS {
        gap = gap.map(|_| normal(0.0, probes.fused_gap_sd_um, rng));
        if gap[0].hypot(gap[1]) <= probes.fused_gap_max_um {
            return (gap[0] / 2.0, gap[1] / 2.0, gap[2] / 2.0);
        }
    }
    (0.0, 0.0, gap[2] / 2.0)
}
