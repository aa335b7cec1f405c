//! Features of a candidate in its context, beside its own: how it compares with the candidates that the first
//! score would select in this image, and with the regions that contain it or lie in it.

use crate::kernel::histogram::quantiles;
use crate::segment::candidate::Candidate;
use crate::segment::choice::choose;
use crate::segment::features;

/// Names of the features, in order.
pub(super) const NAMES: [&str; COUNT] = [
    "score_alone",
    "log_area_ratio",
    "log_brightness_ratio",
    "solidity_difference",
    "contrast_ratio",
    "sharpness_ratio",
    "best_value_within",
    "best_score_within",
    "best_score_around",
    "log_count_within",
    "cut_ratio",
    "area_spread",
    "regret",
    "regret_of_place",
];
/// Number of features.
pub(super) const COUNT: usize = 14;

/// Score that a region must exceed to be in the first selection; as the default of the final one.
const FIRST_MINIMUM: f32 = 0.35;

/// Regrets are cut here: past it they say no more.
const MAX_REGRET: f32 = 5.0;

fn position(name: &str) -> usize {
    features::NAMES.iter().position(|n| *n == name).unwrap_or(0)
}

/// Medians over some nuclei.
#[derive(Debug, Clone)]
pub(super) struct Usual {
    log_area: f32,
    log_brightness: f32,
    solidity: f32,
    contrast: f32,
    sharpness: f32,
    cut: f32,
    area_spread: f32,
    known: bool,
}

fn log_area(candidate: &Candidate) -> f32 {
    (candidate.area.max(1) as f32).ln()
}

fn log_brightness(brightness: f32) -> f32 {
    brightness.max(f32::MIN_POSITIVE).ln()
}

impl Usual {
    /// Of the candidates `chosen`.
    pub(super) fn of(
        candidates: &[Candidate],
        own: &[[f32; features::COUNT]],
        brightness: &[f32],
        chosen: &[usize],
    ) -> Self {
        let median = |value: &dyn Fn(usize) -> f32, at: f64| {
            let mut values: Vec<f32> = chosen.iter().map(|&i| value(i)).collect();
            quantiles(&mut values, [at])[0]
        };
        let feature = |name: &str| {
            let k = position(name);
            median(&|i| own[i][k], 0.5)
        };
        let area = |at: f64| median(&|i| log_area(&candidates[i]), at);
        Self {
            log_area: area(0.5),
            log_brightness: median(&|i| log_brightness(brightness[i]), 0.5),
            solidity: feature("solidity"),
            contrast: feature("contrast"),
            sharpness: feature("edge_sharpness"),
            cut: feature("cut_position"),
            area_spread: area(0.75) - area(0.25),
            known: !chosen.is_empty(),
        }
    }
}

/// Typical values of the first selection.
pub(super) fn usual_of_first(
    candidates: &[Candidate],
    own: &[[f32; features::COUNT]],
    brightness: &[f32],
    alone: &[f32],
) -> Usual {
    Usual::of(candidates, own, brightness, &choose(candidates, alone, FIRST_MINIMUM).chosen)
}

/// The context features of every candidate, from its own features, its brightness and its first score. `usual` holds the
/// typical values of the nuclei; without it they are those of the first selection.
pub(super) fn context(
    candidates: &[Candidate],
    own: &[[f32; features::COUNT]],
    brightness: &[f32],
    alone: &[f32],
    usual: Option<&Usual>,
) -> Vec<[f32; COUNT]> {
    let choice = choose(candidates, alone, FIRST_MINIMUM);
    let first = || Usual::of(candidates, own, brightness, &choice.chosen);
    let usual = usual.cloned().unwrap_or_else(first);
    let (solidity, contrast, sharpness, cut) =
        (position("solidity"), position("contrast"), position("edge_sharpness"), position("cut_position"));
    let score = |i: usize| if candidates[i].eligible { alone[i] } else { 0.0 };
    let mut around = vec![0.0_f32; candidates.len()];
    let mut within = vec![0.0_f32; candidates.len()];
    for (i, c) in candidates.iter().enumerate() {
        for &j in c.alternatives.iter().flatten() {
            around[j] = around[j].max(around[i]).max(score(i));
        }
    }
    for (i, c) in candidates.iter().enumerate().rev() {
        for &j in c.alternatives.iter().flatten() {
            within[i] = within[i].max(within[j]).max(score(j));
        }
    }
    (0..candidates.len())
        .map(|i| {
            let relative = |v: f32, middle: f32| if usual.known { v - middle } else { 0.0 };
            [
                score(i),
                relative(log_area(&candidates[i]), usual.log_area),
                relative(log_brightness(brightness[i]), usual.log_brightness).clamp(-8.0, 8.0),
                relative(own[i][solidity], usual.solidity),
                relative(own[i][contrast], usual.contrast),
                relative(own[i][sharpness], usual.sharpness),
                choice.best_within[i],
                within[i],
                around[i],
                (choice.count_within[i] as f32 + 1.0).ln(),
                relative(own[i][cut], usual.cut),
                usual.area_spread,
                choice.regret[i].min(MAX_REGRET),
                choice.regret_of_place[i].min(MAX_REGRET),
            ]
        })
        .collect()
}
