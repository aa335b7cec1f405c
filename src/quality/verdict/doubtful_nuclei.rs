//! Doubtful nuclei that, called the other way, give the opposite verdict.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Raised};

use crate::decide::Verdict;
use crate::error::Result;
use crate::quality::question::Question;

/// Doubtful nuclei that, called the other way, give the opposite verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DoubtfulNuclei {
    /// Doubtful nuclei.
    pub doubtful: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "doubtful_nuclei",
    meaning: "The probability of some nuclei leaves their call open. Called the other way, they give the opposite verdict.",
    effect: "asks for confirmation",
    limits: &[],
    sound: 0,
};

impl Figures for DoubtfulNuclei {
    fn message(&self, _: &About) -> String {
        format!(
            "{} are doubtful. Called the other way, they give the opposite verdict.",
            part_of(self.doubtful, self.nuclei, "evaluable nuclei")
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look at them (column `doubtful`), count more nuclei, or confirm by IHC or NGS.".to_owned())
    }
}

pub(super) fn check(question: &Question<'_>, verdict: Verdict) -> Result<Vec<Raised<DoubtfulNuclei>>> {
    let evaluable = question.evaluable;
    // That too few nuclei are left without them turns nothing.
    let is_turned = match verdict {
        Verdict::Positive => {
            evaluable.verdict_if(|call| call.rearranged && !call.doubtful)? == Verdict::Negative
        }
        Verdict::Negative => {
            evaluable.verdict_if(|call| call.rearranged || call.doubtful)? == Verdict::Positive
        }
        Verdict::Equivocal | Verdict::NotEvaluable => false,
    };
    if !is_turned {
        return Ok(Vec::new());
    }
    let doubtful = evaluable.calls.iter().filter(|call| call.doubtful).count();
    let detail = DoubtfulNuclei { doubtful, nuclei: evaluable.calls.len() };
    Ok(vec![Raised::new(detail).confirm()])
}
