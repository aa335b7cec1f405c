//! A positive verdict that false spots may explain.
//!
//! Speckle and specks of stain lie outside nuclei as densely as inside. If the spots outside tell that so many intact nuclei
//! look rearranged that the verdict would be another one without them, it is not given.

use serde::{Deserialize, Serialize};

use crate::colour::PerColour;
use crate::decide::{
    Count, ExpectedNuclei, FalseSpotRate, Verdict, count_of, verdict_on, votes_without_explained,
};
use crate::error::Result;
use crate::quality::about::{About, Effect, Withheld};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::question::Question;

const MIN_FALSE: Limit = Limit::new(
    "nuclei expected to look rearranged by false spots, from which a verdict is withheld",
    1.0,
    "chosen for this crate: fewer change no count",
);
const MIN_FALSE_SHARE: Limit = Limit::new(
    "share of the nuclei that are expected to look rearranged by false spots, from which they are reported",
    0.05,
    "chosen for this crate: a third of the usual cutoff of 15 %",
);

/// Nuclei that may look rearranged by spots that are no signals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FalseSpots {
    /// False spots of each colour in one nucleus, as the spots outside nuclei tell.
    pub rate: PerColour<FalseSpotRate>,
    /// Intact nuclei that look rearranged.
    pub falsely_rearranged: ExpectedNuclei,
    /// Rearranged nuclei as counted.
    pub rearranged: usize,
    /// The count without the falsely rearranged nuclei at their upper bound.
    pub without_false: Count,
}

pub(crate) const CHECK: Check = Check {
    code: "false_spots",
    meaning: "Spots that are no signals, such as speckle, make intact nuclei look rearranged. The spots outside nuclei show how \
              many a nucleus has.",
    effect: "withholds a positive verdict that would be another one without the nuclei that false spots may explain; otherwise \
             informs",
    limits: &[MIN_FALSE, MIN_FALSE_SHARE],
    sound: 0,
};

impl Figures for FalseSpots {
    fn message(&self, at: &About) -> String {
        let (red, green) = (self.rate.red.per_nucleus, self.rate.green.per_nucleus);
        let spots = format!(
            "Spots outside nuclei are as dense as {red:.2} red and {green:.2} green ones in the area of a nucleus"
        );
        let (expected, at_most) = (self.falsely_rearranged.expected, self.falsely_rearranged.at_most.floor());
        let rearranged = self.rearranged;
        let without = match at.effect {
            Effect::Withhold(_) => "Without them the specimen would not be positive.",
            _ => "The rule gives the same verdict without them.",
        };
        format!(
            "{spots}: {expected:.1} of the {rearranged} rearranged nuclei, at most {at_most:.0}, may be intact. {without}"
        )
    }

    fn action(&self, at: &About) -> Option<String> {
        match at.effect {
            Effect::Withhold(_) => Some(
                "Look at the spots outside nuclei. Wash more stringently, or repeat the hybridisation."
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

pub(super) fn check(question: &Question<'_>) -> Result<Vec<Raised<FalseSpots>>> {
    let falsely_rearranged = question.explained_by_false_spots;
    if falsely_rearranged.expected < MIN_FALSE.value {
        return Ok(Vec::new());
    }
    let evaluable = question.evaluable;
    let votes = votes_without_explained(evaluable, falsely_rearranged.at_most.floor() as usize);
    let is_reported = falsely_rearranged.expected >= MIN_FALSE_SHARE.value * evaluable.calls.len() as f64;
    let finding = Raised::new(FalseSpots {
        rate: question.false_spots,
        falsely_rearranged,
        rearranged: evaluable.count().positive,
        without_false: count_of(&votes),
    });
    Ok(match question.ruling.verdict {
        Verdict::Positive if verdict_on(&votes, question.assay())? != Verdict::Positive => {
            vec![finding.withhold(Withheld::Positive)]
        }
        Verdict::Positive | Verdict::Negative if is_reported => vec![finding],
        _ => Vec::new(),
    })
}
