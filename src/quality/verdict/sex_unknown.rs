//! An X-linked gene of a patient whose sex is not known.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::quality::question::Question;

/// An X-linked gene of a patient whose sex is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SexUnknown {
    /// The gene.
    pub gene: String,
}

pub(crate) const CHECK: Check = Check {
    code: "sex_unknown",
    meaning: "The gene lies on X and the patient's sex was not supplied. Two copies are taken for normal.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for SexUnknown {
    fn message(&self, _: &About) -> String {
        format!(
            "{} lies on X and the patient's sex is not known: two copies are taken for normal.",
            self.gene
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Give the sex (--sex female|male).".to_owned())
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Raised<SexUnknown>> {
    let assay = question.assay();
    if !assay.x_linked || question.sex.is_some() {
        return Vec::new();
    }
    vec![Raised::new(SexUnknown { gene: assay.gene.clone() })]
}
