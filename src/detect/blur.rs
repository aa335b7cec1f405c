//! Signals out of focus one by one: a section is deeper than the focus reaches, so some loci lie above or below it.
//!
//! Defocus spreads a signal's light and adds none: a signal so many times as wide is lower by the square of it, and the
//! matched filter, which is made for signals in focus, gives less still. Both ends of an intact locus lie at one
//! height, so they are blurred alike; the ends of a split one, and a false candidate, need not be.

use crate::detect::filter::MatchedFilter;

/// Number of steps of blur.
pub(crate) const STEPS: usize = 4;
/// Width of a signal over that in focus in each step, which lie as far apart as widths of strong signals scatter; beyond the last
/// a signal has a fifth of its height or less.
const WIDENING: [f64; STEPS] = [1.0, 1.3, 1.7, 2.3];
/// Signals in focus, and out of it in each further step, that are assumed beside those seen.
const PSEUDO_IN_FOCUS: f64 = 20.0;
const PSEUDO_OUT_OF_FOCUS: f64 = 0.1;
/// Share before it is learned of each step out of focus.
const STARTING_SHARE: f64 = 0.1;
/// A step with a smaller share than this is left out from then on.
const LEAST_SHARE: f64 = 0.04;
/// Signals are out of focus one by one if such a share of them is in the first step, or in all steps together. Loci lie at all
/// heights, so where some are far out of focus more are somewhat. Autofluorescence, debris and speckle pass for up to 0.09 of
/// the signals in the first step and 0.21 in all where the focus is as deep as the section; where it is not, 0.12 and more
/// are in the first (simulated sections with and without stroma).
const LEAST_IN_FIRST_STEP: f64 = 0.1;
const LEAST_OUT_OF_FOCUS: f64 = 0.25;
/// A smaller share than this in all steps after one round is not looked into.
const LEAST_AT_FIRST: f64 = 0.08;

/// A number for each step of blur.
pub(crate) type BySteps = [f64; STEPS];

/// Logarithm of the widening of each step.
pub(crate) fn log_widening(step: usize) -> f64 {
    WIDENING[step].ln()
}

/// What a filter makes of signals out of focus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dimming {
    /// Logarithm of the height over that in focus, of each step.
    log_height: BySteps,
}

impl Default for Dimming {
    /// That of the signals themselves, by however they are measured.
    fn default() -> Self {
        Self { log_height: WIDENING.map(|w| -2.0 * w.ln()) }
    }
}

impl Dimming {
    /// That of a filter.
    pub(crate) fn of(filter: &MatchedFilter) -> Self {
        let passed = WIDENING.map(|w| filter.height_of_spot(w * filter.sigma_px) / (w * w));
        let in_focus = passed[0].max(f64::MIN_POSITIVE);
        Self { log_height: passed.map(|p| (p / in_focus).max(1e-9).ln()) }
    }

    /// Logarithm of the height over that in focus.
    pub(crate) fn log_height(&self, step: usize) -> f64 {
        self.log_height[step]
    }
}

/// Shares of the signals of a specimen in each step of blur.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Blur {
    shares: BySteps,
}

impl Default for Blur {
    /// All signals are in focus.
    fn default() -> Self {
        Self { shares: std::array::from_fn(|step| if step == 0 { 1.0 } else { 0.0 }) }
    }
}

impl Blur {
    /// Signals in every step, before they are looked at.
    pub(crate) fn assumed() -> Self {
        let mut shares = [STARTING_SHARE; STEPS];
        shares[0] = 1.0 - (STEPS - 1) as f64 * STARTING_SHARE;
        Self { shares }
    }

    /// Whether it is worth a closer look.
    pub(crate) fn may_be(&self) -> bool {
        self.out_of_focus() >= LEAST_AT_FIRST
    }

    /// Whether so many signals are out of focus that they cannot all be something else.
    pub(crate) fn is_plausible(&self) -> bool {
        self.shares[1] >= LEAST_IN_FIRST_STEP || self.out_of_focus() >= LEAST_OUT_OF_FOCUS
    }

    /// The steps in which there are signals at all, with their shares.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (usize, f64)> {
        self.shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0)
    }

    /// Share of the signals that are not in focus.
    pub(crate) fn out_of_focus(&self) -> f64 {
        self.shares[1..].iter().sum()
    }

    /// The mean over the signals of what holds for each step.
    pub(crate) fn mean(&self, of: &BySteps) -> f64 {
        self.shares.iter().zip(of).map(|(share, v)| share * v).sum()
    }

    /// Share of each step where what is seen has these densities.
    pub(crate) fn given(&self, densities: &BySteps) -> BySteps {
        let total = self.mean(densities);
        if total > 0.0 {
            std::array::from_fn(|step| self.shares[step] * densities[step] / total)
        } else {
            Self::default().shares
        }
    }

    /// Takes over the number of signals in each step.
    pub(crate) fn update(&mut self, counts: &BySteps) {
        let pseudo = |step: usize| if step == 0 { PSEUDO_IN_FOCUS } else { PSEUDO_OUT_OF_FOCUS };
        let total: f64 = counts.iter().enumerate().map(|(step, n)| n + pseudo(step)).sum();
        for (step, (share, n)) in self.shares.iter_mut().zip(counts).enumerate() {
            let found = (n + pseudo(step)) / total;
            *share = if *share > 0.0 && (step == 0 || found >= LEAST_SHARE) { found } else { 0.0 };
        }
        let sum: f64 = self.shares.iter().sum();
        self.shares = self.shares.map(|share| share / sum);
    }
}

/// Two numbers for each step, multiplied.
pub(crate) fn product(a: &BySteps, b: &BySteps) -> BySteps {
    std::array::from_fn(|step| a[step] * b[step])
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
            let dimming = Dimming::of(&MatchedFilter::new(sigma_px, support, background));
            assert_eq!(dimming.log_height(0), 0.0);
            for step in 1..STEPS {
                // The height falls with the square of the width; a filter that takes in the surroundings makes up for some
                // of it, one that does not loses more.
                let lost = -dimming.log_height(step);
                let widening = log_widening(step);
                assert!(lost > widening && lost < 4.0 * widening, "{step}: {lost} {widening}");
                assert!(lost > -dimming.log_height(step - 1), "{step}");
            }
        }
    }

    #[test]
    fn steps_that_few_signals_are_in_are_left_out_for_good() {
        let mut blur = Blur::assumed();
        blur.update(&[80.0, 20.0, 0.5, 0.0]);
        let steps: Vec<usize> = blur.steps().map(|s| s.0).collect();
        assert_eq!(steps, [0, 1]);
        assert!((blur.out_of_focus() - 0.167).abs() < 0.001, "{}", blur.out_of_focus());
        blur.update(&[80.0, 20.0, 30.0, 0.0]);
        assert_eq!(blur.steps().count(), 2);
        let shares: f64 = blur.steps().map(|s| s.1).sum();
        assert!((shares - 1.0).abs() < 1e-12);
        assert_eq!(blur.given(&[0.0; STEPS])[0], 1.0);
        let given = blur.given(&[1.0, 5.0, 9.0, 9.0]);
        assert!((given[0] - given[1]).abs() < 0.02 && given[2] == 0.0, "{given:?}");
    }

    #[test]
    fn what_stroma_makes_of_widths_is_not_blur() {
        let blur = |shares: [f64; STEPS]| Blur { shares };
        for (shares, may_be, plausible) in [
            ([1.0, 0.0, 0.0, 0.0], false, false),
            ([0.79, 0.08, 0.13, 0.0], true, false),
            ([0.86, 0.0, 0.06, 0.08], true, false),
            ([0.84, 0.16, 0.0, 0.0], true, true),
            ([0.7, 0.0, 0.3, 0.0], true, true),
        ] {
            assert_eq!(
                (blur(shares).may_be(), blur(shares).is_plausible()),
                (may_be, plausible),
                "{shares:?}"
            );
        }
    }
}
