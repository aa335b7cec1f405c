//! A negative verdict that would be another one with the nuclei left out for showing one colour only.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::assay::IsolatedMeaning;
use crate::classify::{Exclusion, NucleusCall, class_of};
use crate::decide::{Verdict, Vote, verdict_on};
use crate::error::Result;
use crate::quality::question::Question;

/// A negative verdict that would be another one with the nuclei left out for showing one colour only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OneColourLeftOut {
    /// Nuclei left out, of the kind that counts or is open.
    pub left_out: usize,
    /// Rearranged nuclei if these are counted as rearranged.
    pub rearranged: usize,
    /// Evaluable nuclei if these are counted.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "one_colour_left_out",
    meaning: "The assay leaves out nuclei with signals of one colour only. Counted as rearranged, they would give another \
              verdict than negative.",
    effect: "asks for confirmation",
    limits: &[],
    sound: 0,
};

impl Figures for OneColourLeftOut {
    fn message(&self, _: &About) -> String {
        format!(
            "{} nuclei with signals of one colour only are left out. Counted as rearranged, they would make {} of {}, and \
             another verdict.",
            self.left_out, self.rearranged, self.nuclei
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look whether the missing colour hybridised in them, and confirm by IHC or NGS.".to_owned())
    }
}

pub(super) fn check(question: &Question<'_>, verdict: Verdict) -> Result<Vec<Raised<OneColourLeftOut>>> {
    if verdict != Verdict::Negative {
        return Ok(Vec::new());
    }
    // The meaning of isolated signals if a single one were enough.
    let mut counting = question.assay().clone();
    counting.evaluable.min_each_colour = 0;
    counting.isolated.requires_fused = false;
    let counts = |call: &&NucleusCall| {
        let meaning = class_of(&call.pattern, &counting, question.sex).isolated_meaning(&counting);
        !call.is_outside()
            && call.exclusion == Some(Exclusion::OneColourOnly)
            && matches!(meaning, Some(IsolatedMeaning::Positive | IsolatedMeaning::Equivocal))
    };
    let left_out: Vec<&NucleusCall> = question.calls.iter().filter(counts).collect();
    let mut votes = question.evaluable.votes(|call| call.rearranged);
    votes.extend(left_out.iter().map(|call| Vote { rearranged: true, pattern: call.pattern.to_string() }));
    if verdict_on(&votes, question.assay())? == verdict {
        return Ok(Vec::new());
    }
    let (left_out, count) = (left_out.len(), question.evaluable.count());
    let (rearranged, nuclei) = (count.positive + left_out, count.total + left_out);
    let detail = OneColourLeftOut { left_out, rearranged, nuclei };
    Ok(vec![Raised::new(detail).confirm()])
}
