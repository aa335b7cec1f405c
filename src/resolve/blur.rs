//! Signals out of focus one by one: a section is deeper than the focus reaches, so some loci lie above or below it.
//!
//! Defocus spreads the light of a signal and adds none: its height falls with the square of its width, and the
//! matched filter, which is made for signals in focus, reduces it further. Both ends of an intact locus lie at one
//! depth, so they are blurred alike; the ends of a split one, and background, need not be.

use crate::detect::defocus::{BySteps, STEPS};

/// Pseudo-signals in focus, and in each further step.
const PSEUDO_IN_FOCUS: f64 = 20.0;
const PSEUDO_OUT_OF_FOCUS: f64 = 0.1;
/// Share of each step out of focus before it is fitted.
const STARTING_SHARE: f64 = 0.1;
/// A step with a smaller share is left out from then on.
const MIN_SHARE: f64 = 0.04;
/// Signals are out of focus one by one if at least this share of them is in the first step, or in all steps together. Loci lie at all
/// heights, so where some are far out of focus more are somewhat. Autofluorescence, debris and speckle pass for up to 0.09 of
/// the signals in the first step and 0.21 in all where the focus is as deep as the section; where it is not, 0.12 and more
/// are in the first (simulated sections with and without stroma).
const MIN_IN_FIRST_STEP: f64 = 0.1;
const MIN_OUT_OF_FOCUS: f64 = 0.25;
/// A smaller share in all steps after one round is not followed.
const MIN_AFTER_ONE_ROUND: f64 = 0.08;

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
    /// Signals in every step: the state before the fit.
    pub(crate) fn assumed() -> Self {
        let mut shares = [STARTING_SHARE; STEPS];
        shares[0] = 1.0 - (STEPS - 1) as f64 * STARTING_SHARE;
        Self { shares }
    }

    /// Whether enough signals seem out of focus to go on with the fit.
    pub(crate) fn may_be(&self) -> bool {
        self.out_of_focus() >= MIN_AFTER_ONE_ROUND
    }

    /// Whether more signals are out of focus than could be something else.
    pub(crate) fn is_plausible(&self) -> bool {
        self.shares[1] >= MIN_IN_FIRST_STEP || self.out_of_focus() >= MIN_OUT_OF_FOCUS
    }

    /// The steps in which there are signals at all, with their shares.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (usize, f64)> {
        self.shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0)
    }

    /// Share of the signals that are not in focus.
    pub(crate) fn out_of_focus(&self) -> f64 {
        self.shares[1..].iter().sum()
    }

    /// The mean over the signals of a number for each step.
    pub(crate) fn mean(&self, of: &BySteps) -> f64 {
        self.shares.iter().zip(of).map(|(share, v)| share * v).sum()
    }

    /// Probability of each step for a candidate with these densities.
    pub(crate) fn posterior(&self, densities: &BySteps) -> BySteps {
        let total = self.mean(densities);
        if total > 0.0 {
            std::array::from_fn(|step| self.shares[step] * densities[step] / total)
        } else {
            Self::default().shares
        }
    }

    /// Updates the shares by the number of signals in each step.
    pub(crate) fn update(&mut self, counts: &BySteps) {
        let pseudo = |step: usize| if step == 0 { PSEUDO_IN_FOCUS } else { PSEUDO_OUT_OF_FOCUS };
        let total: f64 = counts.iter().enumerate().map(|(step, n)| n + pseudo(step)).sum();
        for (step, (share, n)) in self.shares.iter_mut().zip(counts).enumerate() {
            let found = (n + pseudo(step)) / total;
            *share = if *share > 0.0 && (step == 0 || found >= MIN_SHARE) { found } else { 0.0 };
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
        assert_eq!(blur.posterior(&[0.0; STEPS])[0], 1.0);
        let given = blur.posterior(&[1.0, 5.0, 9.0, 9.0]);
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
