//! Fewer fields than the assay asks for.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::decide::minimum_cells;
use crate::quality::question::Question;

/// Fewer fields than the assay asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TooFewFields {
    /// Fields read.
    pub fields: usize,
    /// Fields that the assay asks for.
    pub needed: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "too_few_fields",
    meaning: "Fewer fields were read than the assay asks for, so that the counts are from few areas of the tumour.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for TooFewFields {
    fn message(&self, _: &About) -> String {
        let were_read = if self.fields == 1 { "field was" } else { "fields were" };
        format!("{} {were_read} read, and the assay asks for {}.", self.fields, self.needed)
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Raised<TooFewFields>> {
    let needed = question.assay().reading.fields_min;
    // More nuclei come from more fields: said once.
    if question.evaluable.count().total < minimum_cells(question.assay()) {
        return Vec::new();
    }
    let Some(fields) = question.fields.filter(|fields| *fields < needed) else { return Vec::new() };
    vec![Raised::new(TooFewFields { fields, needed })]
}
