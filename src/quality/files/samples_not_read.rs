//! Fields whose pixels hold samples that were not read, such as alpha.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::field::FieldNote;
use crate::quality::field_names::{fields_where, named};

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
    fn message(&self, _: &About) -> String {
        format!("Samples beyond the colours (alpha) were not read ({}).", named(&self.fields))
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<SamplesNotRead>> {
    let fields = fields_where(view, |field| {
        field.notes.iter().any(|note| matches!(note, FieldNote::SamplesNotRead { .. }))
    });
    if fields.is_empty() {
        return Vec::new();
    }
    vec![Raised::new(SamplesNotRead { fields })]
}
