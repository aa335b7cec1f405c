//! Fields whose pixels hold samples that were not read, such as alpha.

use serde::{Deserialize, Serialize};

use super::{fields_where, named};
use crate::field::FieldNote;
use crate::quality::finding::Figures;
use crate::quality::{Check, Finding, SpecimenView, registry::Detail};

/// Fields whose pixels hold samples that were not read, such as alpha.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SamplesNotRead {
    /// Names of the fields.
    pub fields: Vec<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "samples_not_read",
    meaning: "The pixels of a file hold samples beyond the colours (alpha), which were not read.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for SamplesNotRead {
    fn message(&self, _: &Finding) -> String {
        format!("Samples beyond the colours (alpha) were not read ({}).", named(&self.fields))
    }

    fn action(&self, _: &Finding) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    let fields = fields_where(view, |field| {
        field.notes.iter().any(|note| matches!(note, FieldNote::SamplesNotRead { .. }))
    });
    if fields.is_empty() {
        return Vec::new();
    }
    vec![Finding::new(Detail::SamplesNotRead(SamplesNotRead { fields }))]
}
