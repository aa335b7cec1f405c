//! A two-stage rule whose first stage is undecided, without nuclei for the second one.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::assay::Decision;
use crate::decide::Verdict;
use crate::quality::question::Question;

/// A two-stage rule without nuclei for its second stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecondStageNeeded {
    /// Rearranged nuclei of the first stage.
    pub rearranged: usize,
    /// Nuclei of the first stage.
    pub nuclei: usize,
    /// Nuclei that the second stage asks for.
    pub needed: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "second_stage_needed",
    meaning: "The first stage of the assay's two-stage rule is undecided, and there are no nuclei for the second one.",
    effect: "asks for confirmation; the verdict is equivocal by the assay's rule",
    limits: &[],
    sound: 0,
};

impl Figures for SecondStageNeeded {
    fn message(&self, _: &About) -> String {
        format!(
            "{} of {} nuclei of the first stage are rearranged, which leaves it undecided.",
            self.rearranged, self.nuclei
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some(format!("Let a second reader count {} more nuclei.", self.needed))
    }
}

pub(super) fn check(question: &Question<'_>, verdict: Verdict) -> Vec<Raised<SecondStageNeeded>> {
    let (assay, ruling) = (question.assay(), question.ruling);
    let Decision::TwoStage(_) = assay.decision else { return Vec::new() };
    let Some(stage) = ruling.stages.last().filter(|_| ruling.open.is_none()) else { return Vec::new() };
    if verdict != Verdict::Equivocal {
        return Vec::new();
    }
    let needed = assay.reading.stages.get(1).map_or(0, |stage| stage.cells);
    let detail = SecondStageNeeded { rearranged: stage.rearranged, nuclei: stage.evaluable, needed };
    vec![Raised::new(detail).confirm()]
}
