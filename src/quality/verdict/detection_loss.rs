//! A verdict that may depend on signals below detection.
//!
//! Intact nuclei that lost a signal may look rearranged, and rearranged ones that lost an end may look intact. The verdict
//! must be the same without the first at their upper bound, and with the second at theirs.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Effect, Withheld, percent};
use crate::quality::check::{Check, Figures, Limit, Raised};

use super::borderline::band_of;
use crate::classify::LostShare;
use crate::colour::PerColour;
use crate::decide::{Count, ExpectedNuclei, Verdict, count_of, verdict_on};
use crate::error::Result;
use crate::quality::question::Question;

const MIN_WRONG: Limit = Limit::new(
    "nuclei expected to be called wrongly by loss, from which it is reported",
    1.0,
    "chosen for this crate: fewer change no count",
);
const MIN_WRONG_SHARE: Limit = Limit::new(
    "their share of the nuclei that are counted as rearranged, from which it is reported",
    0.05,
    "chosen for this crate: less is small beside the interval",
);
/// Lost share of a colour from which it is named beside the colour that loses most.
const MIN_NAMED: f64 = 0.01;

/// Nuclei that may be called wrongly since signals lie below detection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DetectionLoss {
    /// Intact nuclei that look rearranged.
    pub falsely_rearranged: ExpectedNuclei,
    /// Rearranged nuclei that look intact.
    pub hidden: ExpectedNuclei,
    /// Rearranged nuclei as counted.
    pub rearranged: usize,
    /// The count without the falsely rearranged nuclei at their upper bound.
    pub without_false: Count,
    /// Share of each colour's signals below detection, mean over the evaluable nuclei.
    pub lost: PerColour<LostShare>,
    /// Those of the hidden nuclei whose isolated signals are seen, but not told from noise and false spots.
    pub unrecognised: ExpectedNuclei,
}

pub(crate) const CHECK: Check = Check {
    code: "detection_loss",
    meaning: "Signals below detection make intact nuclei look rearranged. They hide rearranged ones, as signals do that are not told from noise.",
    effect: "withholds a positive verdict that would be another one without the nuclei that loss may explain, and a negative one \
             that would be another one with the nuclei that it may hide; asks for confirmation if the rest lies in the \
             borderline band; otherwise informs",
    limits: &[MIN_WRONG, MIN_WRONG_SHARE],
    sound: 0,
};

impl DetectionLoss {
    /// The reasons for which signals are not seen, in words.
    fn reasons(&self) -> String {
        let unclear = (self.unrecognised.at_most >= self.hidden.at_most / 2.0
            && self.unrecognised.at_most > 0.0)
            .then(|| "isolated signals are hard to tell from noise and false spots".to_owned());
        let most = self.lost.iter().map(|(_, lost)| lost.at_most).fold(0.0, f64::max);
        let weak = self.lost.iter().filter(|(_, lost)| lost.at_most >= MIN_NAMED.min(most));
        let weak: Vec<String> = weak
            .map(|(colour, lost)| {
                let (expected, at_most) = (percent(lost.expected), percent(lost.at_most));
                format!("{expected} of the {colour} signals (at most {at_most}) lie below detection")
            })
            .collect();
        // Loss is named if there is no other reason.
        let weak = (unclear.is_none() || most >= MIN_NAMED).then(|| weak.join(", and "));
        unclear.into_iter().chain(weak).collect::<Vec<String>>().join("; ")
    }
}

impl Figures for DetectionLoss {
    fn message(&self, at: &About) -> String {
        let (reasons, rearranged) = (self.reasons(), self.rearranged);
        let (wrong, hidden) = (self.falsely_rearranged, self.hidden);
        match at.effect {
            Effect::Withhold(Withheld::Negative) => format!(
                "{reasons}: {:.1} rearranged nuclei, at most {:.0}, are expected to look intact. With them the specimen would \
                 not be negative.",
                hidden.expected,
                hidden.at_most.floor()
            ),
            Effect::Withhold(_) => format!(
                "{reasons}: {:.1} of the {rearranged} rearranged nuclei, at most {:.0}, are expected to be intact. Without them \
                 the specimen would not be positive.",
                wrong.expected,
                wrong.at_most.floor()
            ),
            Effect::Confirm => format!(
                "{reasons}: without the nuclei that this may explain {} of {} are rearranged, in the borderline band.",
                self.without_false.positive, self.without_false.total
            ),
            Effect::Inform => format!(
                "{reasons}: {:.1} of the {rearranged} rearranged nuclei are expected to be intact, and {:.1} others to be \
                 rearranged. The rule gives the same verdict without them; the percentage depends on them.",
                wrong.expected, hidden.expected
            ),
        }
    }

    fn action(&self, at: &About) -> Option<String> {
        let again = "Repeat the hybridisation, or acquire again with a longer exposure";
        match at.effect {
            Effect::Inform => None,
            Effect::Confirm => Some(format!("{again}, or confirm by IHC or NGS.")),
            Effect::Withhold(_) => Some(format!("{again}.")),
        }
    }
}

pub(super) fn check(question: &Question<'_>) -> Result<Vec<Raised<DetectionLoss>>> {
    let verdict = question.ruling.verdict;
    let effect = question.loss_effect;
    let (without_verdict, without_false) = without_false(question)?;
    let wrong = ExpectedNuclei {
        expected: effect.falsely_isolated.expected + effect.falsely_split.expected,
        at_most: effect.falsely_isolated.at_most.floor() + effect.falsely_split.at_most.floor(),
    };
    let rearranged = question.evaluable.count().positive;
    let detail = DetectionLoss {
        falsely_rearranged: wrong,
        hidden: effect.hidden,
        rearranged,
        without_false,
        lost: mean_lost(question),
        unrecognised: effect.unrecognised,
    };
    let finding = Raised::new(detail);
    let is_near = without_false.positive < rearranged && band_of(without_false, question.assay()).is_some();
    let least = MIN_WRONG.value.max(MIN_WRONG_SHARE.value * rearranged as f64);
    let is_reported = wrong.expected.max(effect.hidden.expected) >= least;
    Ok(match verdict {
        Verdict::Positive if without_verdict != verdict => vec![finding.withhold(Withheld::Positive)],
        Verdict::Positive if is_near => vec![finding.confirm()],
        Verdict::Negative if with_hidden(question)? != verdict => vec![finding.withhold(Withheld::Negative)],
        Verdict::Positive | Verdict::Negative if is_reported => vec![finding],
        _ => Vec::new(),
    })
}

/// The verdict and the count without the nuclei that loss may explain.
fn without_false(question: &Question<'_>) -> Result<(Verdict, Count)> {
    let effect = question.loss_effect;
    let wrong = [effect.falsely_isolated, effect.falsely_split].map(|n| n.at_most.floor() as usize);
    let votes = question.evaluable.votes_without(wrong);
    Ok((verdict_on(&votes, question.assay())?, count_of(&votes)))
}

/// The verdict with as many more rearranged nuclei as loss may hide. They show the commonest pattern of the rearranged ones.
fn with_hidden(question: &Question<'_>) -> Result<Verdict> {
    let mut left = question.loss_effect.hidden.at_most.floor() as usize;
    let mut patterns = std::collections::BTreeMap::<String, usize>::new();
    for call in question.evaluable.calls.iter().filter(|call| call.rearranged) {
        *patterns.entry(call.pattern.to_string()).or_default() += 1;
    }
    let usual = patterns.into_iter().max_by_key(|(_, nuclei)| *nuclei).map(|(pattern, _)| pattern);
    let mut all = question.evaluable.votes(|call| call.rearranged);
    for vote in all.iter_mut().filter(|vote| !vote.rearranged) {
        let Some(fewer) = left.checked_sub(1) else { break };
        left = fewer;
        vote.rearranged = true;
        if let Some(usual) = &usual {
            vote.pattern.clone_from(usual);
        }
    }
    verdict_on(&all, question.assay())
}

/// The share of each colour's signals that is lost, mean over the evaluable nuclei.
fn mean_lost(question: &Question<'_>) -> PerColour<LostShare> {
    let calls = &question.evaluable.calls;
    let nuclei = calls.len().max(1) as f64;
    PerColour::from_fn(|colour| {
        let mean = |of: fn(LostShare) -> f64| {
            calls.iter().map(|call| of(call.lost[colour.index()])).sum::<f64>() / nuclei
        };
        LostShare { expected: mean(|lost| lost.expected), at_most: mean(|lost| lost.at_most) }
    })
}
