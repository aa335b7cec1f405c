//! A verdict that would be another one without the nuclei that show one colour only.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::decide::{Verdict, Vote, verdict_on};
use crate::error::Result;
use crate::quality::question::Question;

/// A verdict that would be another one without the nuclei that show one colour only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OneColourNuclei {
    /// Evaluable nuclei with signals of one colour only.
    pub one_colour: usize,
    /// Rearranged nuclei among the others.
    pub others_rearranged: usize,
    /// The other evaluable nuclei.
    pub others: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "one_colour_nuclei",
    meaning: "The verdict depends on nuclei with signals of one colour only, which this assay counts and others leave out.",
    effect: "asks for confirmation",
    limits: &[],
    sound: 0,
};

impl Figures for OneColourNuclei {
    fn message(&self, _: &About) -> String {
        format!(
            "The verdict depends on {} nuclei with signals of one colour only. Of the others {} of {} are rearranged.",
            self.one_colour, self.others_rearranged, self.others
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look whether the missing colour hybridised in them, and confirm by IHC or NGS.".to_owned())
    }
}

pub(super) fn check(question: &Question<'_>, verdict: Verdict) -> Result<Vec<Raised<OneColourNuclei>>> {
    let all = &question.evaluable.calls;
    let others = question.evaluable.count_without(|call| call.pattern.one_colour_only());
    if !verdict.is_decided() || others.total == all.len() {
        return Ok(Vec::new());
    }
    let votes: Vec<Vote> = all
        .iter()
        .filter(|call| !call.pattern.one_colour_only())
        .map(|call| Vote { rearranged: call.rearranged, pattern: call.pattern.to_string() })
        .collect();
    if verdict_on(&votes, question.assay())? == verdict {
        return Ok(Vec::new());
    }
    let detail = OneColourNuclei {
        one_colour: all.len() - others.total,
        others_rearranged: others.positive,
        others: others.total,
    };
    Ok(vec![Raised::new(detail).confirm()])
}
