//! A specimen that is positive only because isolated signals count.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::classify::NucleusClass;
use crate::decide::Verdict;
use crate::quality::question::Question;

/// A specimen that is positive only because isolated signals count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IsolatedOnly {
    /// Nuclei that are rearranged by isolated signals.
    pub isolated: usize,
    /// Nuclei that are rearranged by split signals.
    pub split: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "isolated_only",
    meaning: "The specimen is positive only because isolated signals count. Sequencing confirmed 4 of 10 ALK specimens with \
              isolated red signals alone, and 12 of 15 with split signals (doi 10.18632/oncotarget.12705).",
    effect: "asks for confirmation",
    limits: &[],
    sound: 3,
};

impl Figures for IsolatedOnly {
    fn message(&self, _: &About) -> String {
        format!(
            "Positive only by isolated signals ({} of {}); by split signals {} of {}.",
            self.isolated, self.nuclei, self.split, self.nuclei
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look whether the missing colour hybridised, and confirm by IHC or NGS.".to_owned())
    }
}

pub(super) fn check(question: &Question<'_>, verdict: Verdict) -> Vec<Raised<IsolatedOnly>> {
    if !question.ruling.depends_on_isolated || verdict != Verdict::Positive {
        return Vec::new();
    }
    let rearranged = || question.evaluable.calls.iter().filter(|call| call.rearranged);
    let split = rearranged().filter(|call| call.class == NucleusClass::Split).count();
    let isolated = rearranged().count() - split;
    let detail = IsolatedOnly { isolated, split, nuclei: question.evaluable.calls.len() };
    vec![Raised::new(detail).confirm()]
}
