//! Parameters of heights with a heavy tail.

use serde::{Deserialize, Serialize};

use super::Check;

/// The light of signals is a mixture: most draw from a gamma distribution, some from a wide lognormal one. It takes
/// the place of [`AmplitudeDistribution`](super::AmplitudeDistribution) and its spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HeavyTail {
    /// Coefficient of variation of the gamma distribution; its mean is `signal_electrons`. 0.05 to 1. Default 0.35.
    pub cv: f64,
    /// Share of signals that draw from the lognormal distribution, 0 to 1. Default 0.2.
    pub tail_share: f64,
    /// Standard deviation of the logarithm there; the median is `signal_electrons`. 0 to 1.5. Default 0.7.
    pub tail_spread: f64,
}

impl Default for HeavyTail {
    fn default() -> Self {
        Self { cv: 0.35, tail_share: 0.2, tail_spread: 0.7 }
    }
}

impl HeavyTail {
    pub(super) fn checks(&self) -> Vec<Check> {
        vec![
            ("heavy_tail.cv", self.cv, 0.05..=1.0),
            ("heavy_tail.tail_share", self.tail_share, 0.0..=1.0),
            ("heavy_tail.tail_spread", self.tail_spread, 0.0..=1.5),
        ]
    }
}
