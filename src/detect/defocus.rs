//! The attenuation of signals out of focus by the filter that finds them.

use crate::detect::filter::MatchedFilter;

/// Number of steps of blur.
pub(crate) const STEPS: usize = 4;
/// Width of a signal in each step over its width in focus. The steps lie as far apart as the widths of strong signals scatter;
/// beyond the last one a signal has a fifth of its height or less.
const WIDENING: [f64; STEPS] = [1.0, 1.3, 1.7, 2.3];

/// A number for each step of blur.
pub(crate) type BySteps = [f64; STEPS];

/// Logarithm of the widening of each step.
pub(crate) fn log_widening(step: usize) -> f64 {
    WIDENING[step].ln()
}

/// The attenuation of signals out of focus by a filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DefocusAttenuation {
    /// Logarithm of the height in each step over the height in focus.
    log_height: BySteps,
}

impl Default for DefocusAttenuation {
    /// The attenuation of the peak itself, without a filter.
    fn default() -> Self {
        Self { log_height: WIDENING.map(|w| -2.0 * w.ln()) }
    }
}

impl DefocusAttenuation {
    /// The attenuation by a filter.
    pub(crate) fn of(filter: &MatchedFilter) -> Self {
        let passed = WIDENING.map(|w| filter.height_of_spot(w * filter.sigma_px) / (w * w));
        let in_focus = passed[0].max(f64::MIN_POSITIVE);
        Self { log_height: passed.map(|p| (p / in_focus).max(1e-9).ln()) }
    }

    /// Logarithm of the height in a step over the height in focus.
    pub(crate) fn log_height(&self, step: usize) -> f64 {
        self.log_height[step]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::filter::Background;

    #[test]
    fn the_further_out_of_focus_the_less_a_filter_gives_of_a_signal() {
        for (sigma_px, support, background) in [
            (1.9, 2.0, Background::Paraboloid),
            (1.0, 1.4, Background::Paraboloid),
            (2.6, 3.0, Background::Constant),
        ] {
            let attenuation = DefocusAttenuation::of(&MatchedFilter::new(sigma_px, support, background));
            assert_eq!(attenuation.log_height(0), 0.0);
            for step in 1..STEPS {
                // The height falls with the square of the width; a filter that takes in the surroundings makes up for some
                // of it, one that does not loses more.
                let lost = -attenuation.log_height(step);
                let widening = log_widening(step);
                assert!(lost > widening && lost < 4.0 * widening, "{step}: {lost} {widening}");
                assert!(lost > -attenuation.log_height(step - 1), "{step}");
            }
        }
    }
}
