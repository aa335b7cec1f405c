//! A negative verdict that would be another one if red and green were exchanged.
//!
//! Deletions take the end that the assay does not count, so that lone signals of that end are few. Many of them, and few of the
//! end that counts, are what a specimen looks like whose channels have each other's names.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};

use crate::assay::{Assay, IsolatedMeaning, ProbeEnd};
use crate::classify::{NucleusCall, SignalPattern, class_of, is_rearranged};
use crate::colour::Colour;
use crate::decide::Verdict;
use crate::error::Result;
use crate::quality::about::{About, Withheld, part_of};
use crate::quality::check::{Check, FALSE_ALARM, Figures, Raised};
use crate::quality::question::Question;

/// A negative verdict that would be another one if red and green were exchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExchangedColours {
    /// Evaluable nuclei with a lone signal of the end that does not count.
    pub lone_uncounted: usize,
    /// Evaluable nuclei with a lone signal of the end that counts.
    pub lone_counted: usize,
    /// Rearranged nuclei if red and green are exchanged, those included whose meaning the assay leaves open.
    pub rearranged: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "exchanged_colours",
    meaning: "Nuclei show lone signals of the end that the assay does not count, and far fewer of the end that counts. With red \
              and green exchanged, the verdict would not be negative. The channels may have each other's names.",
    effect: "withholds a negative verdict",
    limits: &[FALSE_ALARM],
    sound: 0,
};

impl Figures for ExchangedColours {
    fn message(&self, at: &About) -> String {
        format!(
            "{} nuclei show a lone {} signal, which the assay does not count, and {} a lone {} one. With red and green exchanged, \
             {} are rearranged.",
            self.lone_uncounted,
            at.colour_name(),
            self.lone_counted,
            at.other_name(),
            part_of(self.rearranged, self.nuclei, "nuclei")
        )
    }

    fn action(&self, at: &About) -> Option<String> {
        Some(format!(
            "Check which channel is red and which is green (--channels). If they are right, look whether {} signals are missed.",
            at.other_name()
        ))
    }
}

/// The meaning of a lone signal of a colour.
fn meaning(colour: Colour, assay: &Assay) -> IsolatedMeaning {
    match assay.end_of(colour) {
        ProbeEnd::ThreePrime => assay.isolated.three_prime,
        ProbeEnd::FivePrime => assay.isolated.five_prime,
    }
}

/// Whether a nucleus is rearranged with red and green exchanged, or its meaning open.
fn may_be_rearranged(call: &NucleusCall, question: &Question<'_>) -> bool {
    let pattern = &call.pattern;
    let (isolated_red, isolated_green) = (pattern.isolated_green, pattern.isolated_red);
    let exchanged = SignalPattern { isolated_red, isolated_green, ..*pattern };
    let (assay, sex) = (question.assay(), question.sex);
    let is_open =
        class_of(&exchanged, assay, sex).isolated_meaning(assay) == Some(IsolatedMeaning::Equivocal);
    is_open || is_rearranged(&exchanged, assay, sex)
}

/// The chance of so few of the end that counts if both ends were lost alike.
fn chance(counted: usize, uncounted: usize) -> f64 {
    Binomial::new(0.5, (counted + uncounted) as u64).map_or(1.0, |alike| alike.cdf(counted as u64))
}

pub(super) fn check(question: &Question<'_>) -> Result<Vec<Raised<ExchangedColours>>> {
    let is_uncounted = |colour: &Colour| {
        let other = meaning(colour.other(), question.assay());
        meaning(*colour, question.assay()) == IsolatedMeaning::Negative
            && matches!(other, IsolatedMeaning::Positive | IsolatedMeaning::Equivocal)
    };
    let uncounted = Colour::BOTH.into_iter().find(is_uncounted);
    let Some(uncounted) = uncounted.filter(|_| question.ruling.verdict == Verdict::Negative) else {
        return Ok(Vec::new());
    };
    let calls = &question.evaluable.calls;
    // A nucleus of one colour only says that the other was missed.
    let lone = |colour: Colour| {
        let of = |call: &NucleusCall, colour| call.pattern.separated(colour);
        let is_lone = |call: &&&NucleusCall| {
            call.pattern.fused > 0 && of(call, colour) > 0 && of(call, colour.other()) == 0
        };
        calls.iter().filter(is_lone).count()
    };
    let (lone_uncounted, lone_counted) = (lone(uncounted), lone(uncounted.other()));
    let may_be_rearranged = |call: &NucleusCall| may_be_rearranged(call, question);
    if chance(lone_counted, lone_uncounted) >= FALSE_ALARM.value
        || question.evaluable.verdict_if(may_be_rearranged)? == Verdict::Negative
    {
        return Ok(Vec::new());
    }
    let rearranged = calls.iter().filter(|call| may_be_rearranged(call)).count();
    let detail = ExchangedColours { lone_uncounted, lone_counted, rearranged, nuclei: calls.len() };
    Ok(vec![Raised::new(detail).of_colour(uncounted).withhold(Withheld::Negative)])
}
