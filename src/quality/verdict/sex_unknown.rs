//! An X-linked gene of a patient whose sex is not known.

use serde::{Deserialize, Serialize};

use super::Question;
use crate::quality::finding::Figures;
use crate::quality::{Check, Finding, registry::Detail};

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
    fn message(&self, _: &Finding) -> String {
        format!(
            "{} lies on X and the patient's sex is not known: two copies are taken for normal.",
            self.gene
        )
    }

    fn action(&self, _: &Finding) -> Option<String> {
        Some("Give the sex (--sex female|male).".to_owned())
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Finding> {
    let assay = question.assay();
    if !assay.x_linked || question.sex.is_some() {
        return Vec::new();
    }
    vec![Finding::new(Detail::SexUnknown(SexUnknown { gene: assay.gene.clone() }))]
}
