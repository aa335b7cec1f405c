//! A two-stage verdict that is based on some of the evaluable nuclei.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::assay::Decision;
use crate::quality::question::Question;

/// A two-stage verdict that is based on some of the evaluable nuclei.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TwoStageSubset {
    /// Nuclei of the stages.
    pub used: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "two_stage_subset",
    meaning: "The verdict is based on the nuclei that the two-stage rule asks for. The percentage and its interval count all nuclei.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for TwoStageSubset {
    fn message(&self, _: &About) -> String {
        format!(
            "The verdict is based on {} of {} evaluable nuclei, as the two-stage rule asks. The percentage counts all of them.",
            self.used, self.nuclei
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Raised<TwoStageSubset>> {
    let nuclei = question.evaluable.calls.len();
    let (Decision::TwoStage(_), Some(stage)) = (&question.assay().decision, question.ruling.stages.last())
    else {
        return Vec::new();
    };
    if stage.evaluable >= nuclei {
        return Vec::new();
    }
    vec![Raised::new(TwoStageSubset { used: stage.evaluable, nuclei })]
}
