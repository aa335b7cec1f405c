//! Modes of the ratios of coincident pairs.

use crate::calibrate::crosstalk::coincident_pairs::CoincidentPair;

/// Standard deviations of log ratios of one crosstalk beyond noise: for the errors of the filter and uneven light, and for
/// signals that are all of one width.
const KERNELS_LOG_RATIO: [f64; 2] = [0.1, 0.04];
/// Largest crosstalk that is measured, if it is plain: channels of different gain make it look larger.
pub(super) const MAX_MEASURED: f64 = 0.5;
/// Largest contribution of noise.
const MAX_RELATIVE_NOISE: f64 = 0.25;

/// A mode of the ratios.
pub(super) struct RatioMode {
    /// The ratio at the mode.
    pub(super) ratio: f64,
    /// Reach to either side, in log ratio.
    reach: f64,
    /// Number of ratios within it.
    pub(super) count: f64,
}

impl RatioMode {
    /// Distance from the mode in units of the reach.
    pub(super) fn off(&self, ratio: f64) -> f64 {
        (ratio / self.ratio).ln().abs() / self.reach
    }

    /// Whether a ratio belongs to the mode.
    pub(super) fn holds(&self, ratio: f64) -> bool {
        self.off(ratio) < 1.0
    }
}

/// The modes of low ratios, from the widest kernel and the lowest ratio on.
pub(super) fn ratio_modes(pairs: &[CoincidentPair]) -> Vec<RatioMode> {
    KERNELS_LOG_RATIO.iter().flat_map(|kernel| of_kernel(pairs, *kernel)).collect()
}

fn of_kernel(pairs: &[CoincidentPair], kernel: f64) -> Vec<RatioMode> {
    /// Steps of the mean shift.
    const STEPS: usize = 15;
    let low: Vec<&CoincidentPair> = pairs.iter().filter(|c| c.ratio <= MAX_MEASURED).collect();
    let spread = |c: &CoincidentPair| kernel.hypot(c.relative_noise.min(MAX_RELATIVE_NOISE));
    let weight = |c: &CoincidentPair, at: f64| {
        let sd = spread(c);
        (-0.5 * ((c.ratio / at).ln() / sd).powi(2)).exp() / sd
    };
    let mean = |at: f64, f: &dyn Fn(&CoincidentPair) -> f64| {
        let weights: f64 = low.iter().map(|c| weight(c, at)).sum();
        (weights > f64::MIN_POSITIVE).then(|| low.iter().map(|c| weight(c, at) * f(c)).sum::<f64>() / weights)
    };
    let from = |start: i32| {
        let mut ratio = MAX_MEASURED / (2.0 * kernel * f64::from(start)).exp();
        for _ in 0..STEPS {
            ratio = mean(ratio, &|c| c.ratio.ln())?.exp();
        }
        let reach = 2.0 * mean(ratio, &|c| spread(c).powi(2))?.sqrt();
        let mode = RatioMode { ratio, reach, count: 0.0 };
        let count = pairs.iter().filter(|c| mode.holds(c.ratio)).count() as f64;
        Some(RatioMode { count, ..mode })
    };
    // Down to a twentieth of the largest crosstalk, in steps as wide as a mode's reach.
    let starts = (20_f64.ln() / (2.0 * kernel)).ceil() as i32;
    (0..=starts).rev().filter_map(from).collect()
}
