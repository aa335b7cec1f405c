//! The heights of detected signals, if the heights of all signals follow a distribution.

use crate::resolve::height_distribution::density;
use crate::statistics::{below, normal};

/// Sums over heights take steps of this size, and this many to either side, in standard deviations of the logarithm.
const STEP: f64 = 0.25;
const STEPS: i32 = 24;
/// Noise over height up to which the measured height is log-normal too, to a hundredth of the spread.
const SMALL_NOISE: f64 = 0.1;
/// Height above the threshold that no noise hides, in standard deviations of the noise.
const MAX_NOISE: f64 = 6.0;
/// Range of the logarithmic spread that is tried.
const LOG_SD_RANGE: [f64; 2] = [0.05, 1.5];

/// The height that a signal must exceed to be detected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limit {
    /// Measured height from which it is a candidate, grey levels.
    pub(crate) threshold: f64,
    /// Standard deviation of the measured height of a signal near the threshold.
    pub(crate) noise: f64,
}

/// A detected signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Seen {
    /// Measured height, grey levels.
    pub(crate) height: f64,
    /// Standard deviation of that measurement.
    pub(crate) noise: f64,
    /// The height that a signal at its place must exceed.
    pub(crate) limit: Limit,
}

/// The distribution of the heights of all signals of a colour: log-normal with a wider tail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HeightLaw {
    pub(crate) log_height: f64,
    pub(crate) log_sd: f64,
}

/// Mean measured height of a signal of a height. The highest place near it is measured, and noise moves it to where noise adds:
/// for a filter matched to the signal by noise^2 / height, up to the noise itself where the two are alike.
pub(crate) fn highest_of(height: f64, noise: f64) -> f64 {
    height + noise * (noise / height).min(1.0)
}

impl HeightLaw {
    /// Signals without height.
    pub(crate) const ALL_LOST: Self = Self { log_height: f64::NEG_INFINITY, log_sd: LOG_SD_RANGE[0] };

    /// The distribution with a logarithmic height and the logarithm of its standard deviation.
    pub(crate) fn of([log_height, log_log_sd]: [f64; 2]) -> Self {
        Self { log_height, log_sd: log_log_sd.exp().clamp(LOG_SD_RANGE[0], LOG_SD_RANGE[1]) }
    }

    /// Heights and their weights, which sum to 1.
    pub(crate) fn nodes(&self) -> Vec<(f64, f64)> {
        let mut nodes: Vec<(f64, f64)> = (-STEPS..=STEPS)
            .map(|k| {
                let z = STEP * f64::from(k);
                ((self.log_height + self.log_sd * z).exp(), density(z))
            })
            .collect();
        let sum: f64 = nodes.iter().map(|n| n.1).sum();
        nodes.iter_mut().for_each(|n| n.1 /= sum);
        nodes
    }

    /// Share of the signals that are lost at each limit; nothing where there is none.
    pub(crate) fn lost(&self, limits: &[Option<Limit>]) -> Vec<f64> {
        let nodes = self.nodes();
        limits.iter().map(|limit| limit.map_or(0.0, |l| Self::lost_at(l, &nodes))).collect()
    }

    /// Mean share lost.
    pub(crate) fn mean_lost(&self, limits: &[Limit]) -> f64 {
        let nodes = self.nodes();
        limits.iter().map(|limit| Self::lost_at(*limit, &nodes)).sum::<f64>() / limits.len().max(1) as f64
    }

    fn lost_at(limit: Limit, nodes: &[(f64, f64)]) -> f64 {
        let noise = limit.noise.max(f64::MIN_POSITIVE);
        let highest = limit.threshold + MAX_NOISE * noise;
        // Folded from 0: a sum of nothing is -0.
        nodes.iter().take_while(|(height, _)| *height < highest).fold(0.0, |lost, (height, weight)| {
            lost + weight * below((limit.threshold - highest_of(*height, noise)) / noise)
        })
    }

    /// Log density of a measured height, per unit of its logarithm, among those above its limit.
    pub(crate) fn log_likelihood(&self, seen: &Seen, nodes: &[(f64, f64)]) -> f64 {
        let relative_noise = seen.noise / seen.height;
        let all = if relative_noise < SMALL_NOISE {
            let sd = self.log_sd.hypot(relative_noise);
            density((seen.height.ln() - self.log_height) / sd) / sd
        } else {
            let noise = seen.noise;
            let sum: f64 =
                nodes.iter().map(|(h, w)| w * normal((seen.height - highest_of(*h, noise)) / noise)).sum();
            sum * seen.height / noise
        };
        let seen_share = 1.0 - Self::lost_at(seen.limit, nodes);
        (all / seen_share.max(f64::MIN_POSITIVE)).max(1e-30).ln()
    }
}
