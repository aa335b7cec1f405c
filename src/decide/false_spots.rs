//! The effect of spots that are no signals on the count.
//!
//! Speckle and specks of stain lie outside nuclei as well as inside. Their density outside nuclei is the rate at which an
//! intact nucleus shows an isolated signal that is none.

use serde::{Deserialize, Serialize};

use super::evaluable::Evaluable;
use super::loss_effect::{ExpectedNuclei, shows_both_ends};
use super::tally::Vote;
use crate::assay::{Assay, Sex};
use crate::classify::{NucleusCall, SignalPattern, is_rearranged};
use crate::colour::{Colour, PerColour};

/// False spots of one colour that a nucleus shows, as the spots outside nuclei tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FalseSpotRate {
    /// Expected number in one nucleus.
    pub per_nucleus: f64,
    /// Upper bound.
    pub at_most: f64,
}

/// Evaluable nuclei that are expected to look rearranged only by false spots. `deviations` are the standard deviations of
/// the upper bound.
pub(crate) fn explained_by_false_spots(
    evaluable: &[&NucleusCall],
    rate: &PerColour<FalseSpotRate>,
    (assay, sex): (&Assay, Option<Sex>),
    deviations: f64,
) -> ExpectedNuclei {
    let called = evaluable.iter().filter(|call| call.rearranged).count() as f64;
    let intact = evaluable.len() as f64 - called;
    let expected = |chance: f64| (intact * chance / (1.0 - chance).max(f64::MIN_POSITIVE)).min(called);
    let mean = expected(chance_of_false_call(rate, |rate| rate.per_nucleus, assay, sex));
    let upper = expected(chance_of_false_call(rate, |rate| rate.at_most, assay, sex));
    ExpectedNuclei { expected: mean, at_most: (upper + deviations * upper.sqrt()).min(called) }
}

/// The chance that an intact nucleus counts as rearranged by false spots. The spots of a nucleus are independent (Poisson).
fn chance_of_false_call(
    rate: &PerColour<FalseSpotRate>,
    of: fn(&FalseSpotRate) -> f64,
    assay: &Assay,
    sex: Option<Sex>,
) -> f64 {
    let [red, green] = Colour::BOTH.map(|colour| 1.0 - (-of(&rate[colour])).exp());
    let counts = |isolated_red, isolated_green| {
        let pattern = SignalPattern { fused: 2, split: 0, isolated_red, isolated_green };
        if is_rearranged(&pattern, assay, sex) { 1.0 } else { 0.0 }
    };
    red * (1.0 - green) * counts(1, 0) + (1.0 - red) * green * counts(0, 1) + red * green * counts(1, 1)
}

/// The votes if so many of the rearranged nuclei were intact. False spots explain those by isolated signals first.
pub(crate) fn votes_without_explained(evaluable: &Evaluable<'_>, explained: usize) -> Vec<Vote> {
    let is_isolated = |call: &&&NucleusCall| call.rearranged && !shows_both_ends(&call.pattern);
    let isolated = evaluable.calls.iter().filter(is_isolated).count().min(explained);
    evaluable.votes_without([isolated, explained - isolated])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::{ClassifyParams, NucleusEvidence, classify};
    use crate::error::Result;

    fn rate(red: f64, green: f64) -> PerColour<FalseSpotRate> {
        PerColour { red, green }.map(|at| FalseSpotRate { per_nucleus: at, at_most: at })
    }

    #[test]
    fn false_reds_explain_as_many_nuclei_as_show_one() -> Result<()> {
        let alk = Assay::builtin("alk")?;
        let calls: Vec<NucleusCall> = (1..=100)
            .map(|id| {
                let isolated_red = usize::from(id <= 30);
                let pattern = SignalPattern { fused: 2, isolated_red, ..SignalPattern::default() };
                classify(&NucleusEvidence::of_pattern(id, pattern), &alk, None, &ClassifyParams::default())
            })
            .collect();
        let evaluable = Evaluable::of(&calls, &alk);
        let explained = |rate| explained_by_false_spots(&evaluable.calls, &rate, (&alk, None), 0.0).expected;
        assert_eq!(explained(rate(0.0, 0.0)), 0.0);
        // An isolated green is no rearrangement of ALK.
        assert_eq!(explained(rate(0.0, 2.0)), 0.0);
        // Of 70 intact and all falsely called nuclei three in ten show a red.
        assert!((explained(rate(-(0.7_f64.ln()), 0.0)) - 30.0).abs() < 1e-9);
        assert!((explained(rate(-(0.9_f64.ln()), 0.0)) - 7.0 / 0.9).abs() < 1e-9);
        assert_eq!(explained(rate(50.0, 50.0)), 30.0);
        let left = votes_without_explained(&evaluable, 8).iter().filter(|vote| vote.rearranged).count();
        assert_eq!(left, 22);
        Ok(())
    }
}
