//! The detection limit: the share of a probe's signals that lie below it.
//!
//! The detected signals of a weak probe look stronger than all its signals are: signals below the threshold are missing among
//! them, and noise carries some over it and others under it. The distribution of all heights, log-normal with a wider tail, is
//! fitted by maximum likelihood to the heights that were detected, each conditional on being above its own threshold and
//! measured with its own noise (a truncated sample: Cohen 1959, Technometrics 1:217). Its share below the threshold of
//! each nucleus is the share that this nucleus loses.

mod height_law;

use serde::{Deserialize, Serialize};

pub(crate) use height_law::{HeightLaw, Limit, Seen};

/// The share of one colour's signals below the detection limit, estimated from the heights of the detected ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignalLoss {
    /// Share of the signals that are lost, 0 to 1: the mean over nuclei.
    pub share: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its upper bound (one-sided, at the confidence level of the parameters).
    pub at_most: f64,
    /// Median height of all signals, detected or not, grey levels.
    pub height: f64,
    /// Standard deviation of the logarithm of that height.
    pub log_sd: f64,
    /// Number of signals that it was estimated from.
    pub signals: usize,
}

/// The distribution fitted to a specimen, and the one at the pessimistic end of its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LossFit {
    pub(crate) law: HeightLaw,
    pub(crate) pessimistic: HeightLaw,
    pub(crate) loss: SignalLoss,
}

/// Minimal number of signals for an estimate; with fewer a specimen has too few nuclei for a verdict.
const MIN_SIGNALS: usize = 30;
/// Usual standard deviation of the logarithm of heights, and the standard deviation of its own logarithm between probes and specimens:
/// 0.2 to 0.6 holds most. Few signals leave it there; a hundred outweigh it.
const USUAL_LOG_SD: f64 = 0.35;
const USUAL_LOG_SD_SPREAD: f64 = 0.4;
/// Steps for numerical derivatives: median and spread, both logarithms.
const DIFFERENCE: [f64; 2] = [1e-3, 1e-3];
/// Maximal number of rounds of Newton's method, and the change at which it has settled.
const ROUNDS: usize = 40;
const SETTLED: f64 = 1e-5;
/// Largest step of a round, log units.
const MAX_STEP: f64 = 0.25;
/// A distribution wider by this factor than the model of signals has it, and the mean share below the detection limit up to
/// which nothing is lost even by it: one signal in ten thousand is far from one nucleus of a specimen. Then no fit is needed.
const WIDER: f64 = 1.5;
const NOTHING_LOST: f64 = 1e-4;

/// Log posterior of the distribution.
fn objective(seen: &[Seen], parameters: [f64; 2]) -> f64 {
    let law = HeightLaw::of(parameters);
    let nodes = law.nodes();
    let off = (parameters[1] - USUAL_LOG_SD.ln()) / USUAL_LOG_SD_SPREAD;
    seen.iter().map(|s| law.log_likelihood(s, &nodes)).sum::<f64>() - 0.5 * off * off
}

/// Value, gradient and second derivatives (median, both, spread) of the log posterior.
fn derivatives(seen: &[Seen], [x, y]: [f64; 2]) -> (f64, [f64; 2], [f64; 3]) {
    let [a, b] = DIFFERENCE;
    let at = |i: f64, j: f64| objective(seen, [x + i * a, y + j * b]);
    let middle = at(0.0, 0.0);
    let [right, left, up, down] = [at(1.0, 0.0), at(-1.0, 0.0), at(0.0, 1.0), at(0.0, -1.0)];
    let [same, other] = [at(1.0, 1.0) + at(-1.0, -1.0), at(1.0, -1.0) + at(-1.0, 1.0)];
    let gradient = [(right - left) / (2.0 * a), (up - down) / (2.0 * b)];
    let second = [
        (right - 2.0 * middle + left) / (a * a),
        (same - other) / (4.0 * a * b),
        (up - 2.0 * middle + down) / (b * b),
    ];
    (middle, gradient, second)
}

/// Covariance from second derivatives; `None` where the parameters are not determined.
fn covariance([xx, xy, yy]: [f64; 3]) -> Option<[f64; 3]> {
    let determinant = xx * yy - xy * xy;
    (xx < 0.0 && yy < 0.0 && determinant > 0.0)
        .then(|| [-yy / determinant, xy / determinant, -xx / determinant])
}

/// The maximum of the log posterior and its covariance; `None` where the signals do not determine it.
fn maximum(seen: &[Seen], start: [f64; 2]) -> Option<([f64; 2], [f64; 3])> {
    let mut at = start;
    for _ in 0..ROUNDS {
        let (value, gradient, second) = derivatives(seen, at);
        let step = covariance(second).map_or_else(
            || gradient.map(|g| g.signum() * 0.5 * MAX_STEP),
            |[xx, xy, yy]| [xx * gradient[0] + xy * gradient[1], xy * gradient[0] + yy * gradient[1]],
        );
        let mut step = step.map(|s| s.clamp(-MAX_STEP, MAX_STEP));
        while step[0].abs().max(step[1].abs()) > SETTLED
            && objective(seen, [at[0] + step[0], at[1] + step[1]]) < value
        {
            step = step.map(|s| 0.5 * s);
        }
        at = [at[0] + step[0], at[1] + step[1]];
        if step[0].abs().max(step[1].abs()) <= SETTLED {
            return covariance(derivatives(seen, at).2).map(|covariance| (at, covariance));
        }
    }
    None
}

/// Fits the distribution of heights to the detected signals, starting from `start`, and returns the share of all signals that
/// is lost at the `limits` of the nuclei, with an upper bound `deviations` standard errors above.
///
/// If the signals do not determine the distribution, as when most are lost, all of them may be: the bound is 1.
///
/// `None` with too few signals or nuclei.
pub(crate) fn estimate(
    seen: &[Seen],
    limits: &[Limit],
    start: HeightLaw,
    deviations: f64,
) -> Option<LossFit> {
    if seen.len() < MIN_SIGNALS || limits.is_empty() {
        return None;
    }
    let fit = |law: HeightLaw, pessimistic: HeightLaw, standard_error: f64| {
        let share = law.mean_lost(limits);
        let loss = SignalLoss {
            share,
            standard_error,
            at_most: pessimistic.mean_lost(limits).max(share),
            height: law.log_height.exp(),
            log_sd: law.log_sd,
            signals: seen.len(),
        };
        LossFit { law, pessimistic, loss }
    };
    let wider = HeightLaw { log_sd: WIDER * start.log_sd, ..start };
    let at_most = wider.mean_lost(limits);
    if at_most <= NOTHING_LOST {
        return Some(fit(start, wider, (at_most - start.mean_lost(limits)).max(0.0)));
    }
    let Some((at, [xx, xy, yy])) = maximum(seen, [start.log_height, start.log_sd.ln()]) else {
        return Some(fit(start, HeightLaw::ALL_LOST, 1.0));
    };
    let mean = |parameters: [f64; 2]| HeightLaw::of(parameters).mean_lost(limits);
    let [a, b] = DIFFERENCE;
    let slope = [
        (mean([at[0] + a, at[1]]) - mean([at[0] - a, at[1]])) / (2.0 * a),
        (mean([at[0], at[1] + b]) - mean([at[0], at[1] - b])) / (2.0 * b),
    ];
    let along = [xx * slope[0] + xy * slope[1], xy * slope[0] + yy * slope[1]];
    let standard_error = (slope[0] * along[0] + slope[1] * along[1]).max(0.0).sqrt();
    let worst = if standard_error > 0.0 {
        [0, 1].map(|i| at[i] + deviations * along[i] / standard_error)
    } else {
        at
    };
    Some(fit(HeightLaw::of(at), HeightLaw::of(worst), standard_error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::detection_limit::height_law::highest_of;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, Normal};

    const NOISE: f64 = 10.0;
    const LIMIT: Limit = Limit { threshold: 40.0, noise: NOISE };

    /// Signals of a median height over the noise that pass the threshold, and the share of all that do not.
    fn specimen(snr: f64, log_sd: f64, signals: usize, seed: u64) -> (Vec<Seen>, f64) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let [heights, noise] =
            [(snr * NOISE).ln(), 0.0].map(|m| Normal::new(m, if m == 0.0 { NOISE } else { log_sd }).unwrap());
        let seen: Vec<Seen> = (0..signals)
            .map(|_| highest_of(heights.sample(&mut random).exp(), NOISE) + noise.sample(&mut random))
            .filter(|height| *height > LIMIT.threshold)
            .map(|height| Seen { height, noise: NOISE, limit: LIMIT })
            .collect();
        let lost = 1.0 - seen.len() as f64 / signals as f64;
        (seen, lost)
    }

    fn read(seen: &[Seen]) -> Option<LossFit> {
        // As the model of signals has it: mean and standard deviation of the detected heights.
        let start = HeightLaw { log_height: (1.1 * 7.0 * NOISE).ln(), log_sd: 0.25 };
        estimate(seen, &[LIMIT], start, 1.645)
    }

    #[test]
    fn the_share_lost_is_found_whatever_it_is() {
        for (snr, log_sd) in [
            (4.5, 0.3),
            (5.0, 0.3),
            (6.0, 0.3),
            (7.0, 0.3),
            (8.0, 0.3),
            (6.0, 0.45),
            (8.0, 0.45),
            (12.0, 0.3),
        ] {
            let runs: Vec<(f64, SignalLoss)> = (0..20)
                .map(|seed| {
                    let (seen, lost) = specimen(snr, log_sd, 250, seed);
                    (lost, read(&seen).unwrap().loss)
                })
                .collect();
            let n = runs.len() as f64;
            let truth = runs.iter().map(|r| r.0).sum::<f64>() / n;
            let mean = runs.iter().map(|r| r.1.share).sum::<f64>() / n;
            let error = runs.iter().map(|r| r.1.standard_error).sum::<f64>() / n;
            let scatter = (runs.iter().map(|r| (r.1.share - mean).powi(2)).sum::<f64>() / n).sqrt();
            let covered = runs.iter().filter(|r| r.1.at_most >= truth).count();
            println!(
                "{snr} {log_sd}: lost {truth:.4}, read {mean:.4}, error {error:.4}, scatter {scatter:.4}, covered {covered}"
            );
            assert!((mean - truth).abs() < 0.01 + 0.15 * truth, "{snr} {log_sd}: {truth} {mean}");
            assert!(covered >= 16, "{snr} {log_sd}: {covered} of 20");
            assert!(
                scatter < 1.6 * error + 1e-3 && error < 1.8 * scatter + 1e-3,
                "{snr} {log_sd}: {scatter} {error}"
            );
        }
    }

    #[test]
    fn bright_signals_lose_nothing_and_few_tell_nothing() {
        let (seen, lost) = specimen(40.0, 0.3, 250, 1);
        let fit = read(&seen).unwrap();
        assert!(lost == 0.0 && fit.loss.at_most < 1e-4, "{:?}", fit.loss);
        assert!(
            (fit.loss.log_sd - 0.3).abs() < 0.06 && (fit.loss.height / 400.0).ln().abs() < 0.06,
            "{:?}",
            fit.loss
        );
        // Where the sorting's law already says so, it is not fitted.
        let start = HeightLaw { log_height: 1000_f64.ln(), log_sd: 0.3 };
        let found = estimate(&specimen(100.0, 0.3, 250, 1).0, &[LIMIT], start, 1.645).unwrap();
        assert!(found.law == start && found.loss.share <= found.loss.at_most && found.loss.at_most < 1e-4);
        assert_eq!(read(&seen[..MIN_SIGNALS - 1]), None);
        assert_eq!(estimate(&seen, &[], HeightLaw { log_height: 6.0, log_sd: 0.3 }, 1.645), None);
    }

    #[test]
    fn a_loss_of_most_is_found_and_heights_that_tell_nothing_rule_none_out() {
        for (snr, seed) in [(1.0, 2), (2.0, 4)] {
            let (seen, lost) = specimen(snr, 0.3, 20_000, seed);
            let loss = read(&seen).unwrap().loss;
            assert!((loss.share - lost).abs() < 0.05 && loss.at_most > loss.share, "{snr}: {lost}, {loss:?}");
        }
        // No law of this kind has heights of one value.
        let same = [Seen { height: 41.0, noise: NOISE, limit: LIMIT }; 40];
        assert!(read(&same).unwrap().loss.at_most > 0.99);
    }
}
