//! As many nuclei with separated signals as are expected.
//!
//! The most probable reading of each nucleus is right most often, but where many nuclei are alike and doubtful it errs to one
//! side in all of them: of ten nuclei that are rearranged with a probability of 0.4 none is called, and four are. The percentage
//! of a specimen must not lean to a side. So the odds of separated signals are raised or lowered, for all nuclei alike,
//! until as many show them as the probabilities add up to.

use rayon::prelude::*;

use crate::colour::{Colour, PerColour};
use crate::resolve::explanations::{Explanation, NoneSeparated, Weights};
use crate::resolve::model::WeighedNucleus;

/// Probability of no separated signal within which a nucleus is open: outside, no factor turns it.
const OPEN: [f64; 2] = [0.2, 0.8];
/// Largest factor by which the odds are raised or lowered: a reading is at least a quarter as probable as all others.
const MAX_FACTOR: f64 = 3.0;
/// Number of nuclei too few or too many from which the odds are changed.
const MIN_DIFFERENCE: f64 = 1.0;
/// Steps of bisection of the logarithm of the factor: to a hundredth.
const STEPS: usize = 8;

/// Whether a factor may turn the reading of a nucleus.
pub(super) fn is_open(none: &NoneSeparated) -> bool {
    [none.red, none.green].iter().any(|p| (OPEN[0]..=OPEN[1]).contains(p))
}

/// The most probable explanation with odds of separated signals changed by these factors.
pub(super) fn explain(weights: &Weights, factors: PerColour<f64>) -> Explanation {
    weights.scaled(factors, (factors.red * factors.green).sqrt()).most_probable()
}

/// The factors for the odds of separated reds and greens; 1 where the readings are in balance.
pub(super) fn factors(none: &[NoneSeparated], open: &[Option<WeighedNucleus>]) -> PerColour<f64> {
    let mut factors = PerColour::both(1.0);
    for colour in Colour::BOTH {
        let shown = |p: &NoneSeparated| if colour == Colour::Red { 1.0 - p.red } else { 1.0 - p.green };
        let expected: f64 = none.iter().map(shown).sum();
        let settled = none.iter().zip(open).filter(|(p, open)| open.is_none() && shown(p) > 0.5).count();
        let called = |log_factor: f64| {
            let mut tried = factors;
            tried[colour] = log_factor.exp();
            let shows = |weighed: &&WeighedNucleus| explain(&weighed.weights, tried).separated[colour];
            (settled + open.par_iter().flatten().filter(shows).count()) as f64
        };
        if (called(0.0) - expected).abs() < MIN_DIFFERENCE {
            continue;
        }
        let [mut low, mut high] = [-MAX_FACTOR.ln(), MAX_FACTOR.ln()];
        for _ in 0..STEPS {
            let middle = f64::midpoint(low, high);
            *(if called(middle) < expected { &mut low } else { &mut high }) = middle;
        }
        let [of_low, of_high] = [low, high].map(|factor| (called(factor) - expected).abs());
        factors[colour] = if of_low <= of_high { low } else { high }.exp();
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nuclei of one red candidate each, which is an isolated signal with this probability.
    fn nuclei(probabilities: &[f64]) -> (Vec<NoneSeparated>, Vec<Option<WeighedNucleus>>) {
        let one = |p: f64| {
            let isolated = PerColour { red: vec![p / (1.0 - p)], green: Vec::new() };
            let weights = Weights { isolated, ..Weights::default() };
            let weights = Weights { pairs: ndarray::Array2::default((1, 0)), ..weights };
            let none = weights.none_separated();
            let weighed = WeighedNucleus { considered: PerColour::default(), weights };
            (none, is_open(&none).then_some(weighed))
        };
        probabilities.iter().map(|p| one(*p)).unzip()
    }

    fn called(probabilities: &[f64]) -> usize {
        let (none, open) = nuclei(probabilities);
        let factors = factors(&none, &open);
        assert_eq!(factors.green, 1.0);
        let turned = open.iter().flatten().filter(|w| explain(&w.weights, factors).separated.red).count();
        turned + none.iter().zip(&open).filter(|(p, open)| open.is_none() && p.red < 0.5).count()
    }

    #[test]
    fn as_many_are_called_as_are_expected() {
        let rising: Vec<f64> = (0..20).map(|i| 0.3 + 0.01 * f64::from(i)).collect();
        assert_eq!(called(&rising), 8);
        let high: Vec<f64> = rising.iter().map(|p| 1.0 - p).collect();
        assert_eq!(called(&high), 12);
    }

    #[test]
    fn clear_nuclei_stay_and_improbable_readings_are_not_called() {
        assert_eq!(called(&[0.999, 0.99, 0.001, 0.002, 0.001]), 2);
        // Five are expected, but each of them is wrong four times of five.
        assert_eq!(called(&[0.19; 26]), 0);
        assert_eq!(called(&[]), 0);
    }
}
