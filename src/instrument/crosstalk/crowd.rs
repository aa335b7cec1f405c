//! Where the ratios of companions crowd.

use crate::instrument::crosstalk::companions::Companion;
use crate::instrument::crosstalk::{Crosstalk, MAX_MEASURED};

/// Spreads of log ratios of one crosstalk from what noise does not tell: next to none where all signals are as wide, and
/// as much as errors of the filter and uneven light make of it.
const KERNELS_LOG_RATIO: [f64; 2] = [0.1, 0.04];
/// The most from noise.
const MAX_RELATIVE_NOISE: f64 = 0.25;

/// Where ratios crowd.
pub(super) struct Crowd {
    pub(super) mode: f64,
    /// Reach to either side, in log ratio.
    reach: f64,
    /// Ratios within it.
    pub(super) count: f64,
}

impl Crowd {
    /// Distance from the mode in units of the reach.
    pub(super) fn off(&self, ratio: f64) -> f64 {
        (ratio / self.mode).ln().abs() / self.reach
    }

    /// Whether a ratio is of the crowd.
    pub(super) fn holds(&self, ratio: f64) -> bool {
        self.off(ratio) < 1.0
    }

    pub(super) fn crosstalk(&self, companions: &[Companion]) -> Crosstalk {
        let squares: f64 =
            companions.iter().filter(|c| self.holds(c.ratio)).map(|c| (c.ratio - self.mode).powi(2)).sum();
        Crosstalk {
            fraction: self.mode,
            standard_error: Some(squares.sqrt() / self.count),
            signals: self.count as usize,
            used: true,
        }
    }
}

/// The crowds of low ratios, from the widest kernel and the lowest ratio on.
pub(super) fn crowds(companions: &[Companion]) -> Vec<Crowd> {
    KERNELS_LOG_RATIO.iter().flat_map(|kernel| of_kernel(companions, *kernel)).collect()
}

fn of_kernel(companions: &[Companion], kernel: f64) -> Vec<Crowd> {
    /// Steps of the mean shift.
    const STEPS: usize = 15;
    let low: Vec<&Companion> = companions.iter().filter(|c| c.ratio <= MAX_MEASURED).collect();
    let spread = |c: &Companion| kernel.hypot(c.relative_noise.min(MAX_RELATIVE_NOISE));
    let weight = |c: &Companion, at: f64| {
        let sd = spread(c);
        (-0.5 * ((c.ratio / at).ln() / sd).powi(2)).exp() / sd
    };
    let mean = |at: f64, f: &dyn Fn(&Companion) -> f64| {
        let weights: f64 = low.iter().map(|c| weight(c, at)).sum();
        (weights > f64::MIN_POSITIVE).then(|| low.iter().map(|c| weight(c, at) * f(c)).sum::<f64>() / weights)
    };
    let from = |start: i32| {
        let mut mode = MAX_MEASURED / (2.0 * kernel * f64::from(start)).exp();
        for _ in 0..STEPS {
            mode = mean(mode, &|c| c.ratio.ln())?.exp();
        }
        let reach = 2.0 * mean(mode, &|c| spread(c).powi(2))?.sqrt();
        let crowd = Crowd { mode, reach, count: 0.0 };
        let count = companions.iter().filter(|c| crowd.holds(c.ratio)).count() as f64;
        Some(Crowd { count, ..crowd })
    };
    // Down to a twentieth of the largest crosstalk, in steps as wide as a crowd's reach.
    let starts = (20_f64.ln() / (2.0 * kernel)).ceil() as i32;
    (0..=starts).rev().filter_map(from).collect()
}
