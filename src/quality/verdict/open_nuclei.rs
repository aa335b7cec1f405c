//! Nuclei whose meaning the assay leaves open, if counting them the other way gives another verdict.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Raised};

use crate::decide::Verdict;
use crate::quality::question::Question;

/// Nuclei whose meaning the assay leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OpenNuclei {
    /// Open nuclei.
    pub open: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "open_nuclei",
    meaning: "The assay leaves open how some nuclei count (equivocal isolated signals, pairs in an uncertain grey zone). Counted \
              the other way, they give another verdict.",
    effect: "asks for confirmation; the verdict is equivocal",
    limits: &[],
    sound: 0,
};

impl Figures for OpenNuclei {
    fn message(&self, _: &About) -> String {
        format!(
            "The assay leaves open how {} count. Counted the other way, they give another verdict.",
            part_of(self.open, self.nuclei, "evaluable nuclei")
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look at these nuclei, and confirm by IHC or NGS.".to_owned())
    }
}

pub(super) fn check(question: &Question<'_>, verdict: Verdict) -> Vec<Raised<OpenNuclei>> {
    let Some(open) = question.ruling.open.filter(|_| verdict == Verdict::Equivocal) else {
        return Vec::new();
    };
    let detail = OpenNuclei { open, nuclei: question.evaluable.calls.len() };
    vec![Raised::new(detail).confirm()]
}
