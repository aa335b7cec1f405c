//! Evaluable nuclei with a pair in the assay's grey zone.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Raised};

use crate::quality::question::Question;

/// Evaluable nuclei with a pair in the assay's grey zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GreyZonePairs {
    /// Nuclei with such a pair.
    pub uncertain: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "grey_zone_pairs",
    meaning: "Evaluable nuclei have a pair in the assay's grey zone, neither clearly fused nor clearly split.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for GreyZonePairs {
    fn message(&self, _: &About) -> String {
        format!(
            "{} have a pair in the assay's grey zone.",
            part_of(self.uncertain, self.nuclei, "evaluable nuclei")
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Raised<GreyZonePairs>> {
    let calls = &question.evaluable.calls;
    let uncertain = calls.iter().filter(|call| call.uncertain).count();
    if uncertain == 0 {
        return Vec::new();
    }
    vec![Raised::new(GreyZonePairs { uncertain, nuclei: calls.len() })]
}
