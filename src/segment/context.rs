//! What the second score knows of a candidate beside its own features: how it compares with what the first
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
];
/// Number of features.
pub(super) const COUNT: usize = 12;

/// Score that a region must exceed to be in the first selection; as the default of the final one.
const FIRST_MINIMUM: f32 = 0.35;

fn position(name: &str) -> usize {
    features::NAMES.iter().position(|n| *n == name).unwrap_or(0)
}

/// The context features of every candidate, from its own features, its brightness and its first score.
pub(super) fn context(
    candidates: &[Candidate],
    own: &[[f32; features::COUNT]],
    brightness: &[f32],
    alone: &[f32],
) -> Vec<[f32; COUNT]> {
    let choice = choose(candidates, alone, FIRST_MINIMUM);
    let median = |value: &dyn Fn(usize) -> f32, at: f64| {
        let mut values: Vec<f32> = choice.chosen.iter().map(|&i| value(i)).collect();
        quantiles(&mut values, [at])[0]
    };
    let log_brightness = |i: usize| brightness[i].max(f32::MIN_POSITIVE).ln();
    let (solidity, contrast, sharpness, cut) =
        (position("solidity"), position("contrast"), position("edge_sharpness"), position("cut_position"));
    let log_area = |i: usize| (candidates[i].area.max(1) as f32).ln();
    let middle = [
        median(&log_area, 0.5),
        median(&log_brightness, 0.5),
        median(&|i| own[i][solidity], 0.5),
        median(&|i| own[i][contrast], 0.5),
        median(&|i| own[i][sharpness], 0.5),
        median(&|i| own[i][cut], 0.5),
    ];
    let spread = median(&log_area, 0.75) - median(&log_area, 0.25);
    let known = !choice.chosen.is_empty();
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
            let relative = |v: f32, k: usize| if known { v - middle[k] } else { 0.0 };
            [
                score(i),
                relative(log_area(i), 0),
                relative(log_brightness(i), 1).clamp(-8.0, 8.0),
                relative(own[i][solidity], 2),
                relative(own[i][contrast], 3),
                relative(own[i][sharpness], 4),
                choice.best_within[i],
                within[i],
                around[i],
                (choice.count_within[i] as f32 + 1.0).ln(),
                relative(own[i][cut], 5),
                spread,
            ]
        })
        .collect()
}
