//! The distribution of the heights of a probe's signals: log-normal, with a wider tail.

use crate::statistics::normal;

/// Share of signals with heights beyond the log-normal (clusters, stretched chromatin, partly lost probe).
const TAIL_SHARE: f64 = 0.05;
/// Spread of that tail in units of the main one.
const TAIL_SPREAD: f64 = 1.8;

/// Density of the main part and of the tail at `z` standard deviations of the logarithm, per standard deviation.
pub(crate) fn parts(z: f64) -> [f64; 2] {
    [(1.0 - TAIL_SHARE) * normal(z), TAIL_SHARE / TAIL_SPREAD * normal(z / TAIL_SPREAD)]
}

/// Density of heights at `z` standard deviations of the logarithm, per standard deviation.
pub(crate) fn density(z: f64) -> f64 {
    let [main, tail] = parts(z);
    main + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::below;

    #[test]
    fn density_and_share_below_belong_together() {
        let step = 1e-3;
        let sum = |of: fn(f64) -> f64, end: f64| -> f64 {
            (0..20_000).map(|i| of(end - (f64::from(i) + 0.5) * step) * step).sum()
        };
        for z in [-2.0, -0.5, 0.0, 1.3] {
            assert!((sum(normal, z) - below(z)).abs() < 1e-6, "{z}");
        }
        assert!((sum(density, 10.0) - 1.0).abs() < 1e-6);
        let [main, tail] = parts(4.0);
        assert!(tail > main && density(4.0) > 2.0 * normal(4.0));
    }
}
