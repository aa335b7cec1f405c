//! Fields that were stored with lossy compression.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::field::FieldNote;
use crate::quality::field_names::{fields_where, named};

/// Fields that were stored with lossy compression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LossyCompression {
    /// Names of the fields.
    pub fields: Vec<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "lossy_compression",
    meaning: "Fields are JPEG images. Faint signals and edges may be altered, and red and green run into each other.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for LossyCompression {
    fn message(&self, _: &About) -> String {
        format!(
            "JPEG compression of {} is lossy: faint signals and edges may be altered.",
            named(&self.fields)
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Score the original files.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<LossyCompression>> {
    let fields = fields_where(view, |field| {
        field.notes.iter().any(|note| matches!(note, FieldNote::LossyCompression { .. }))
    });
    if fields.is_empty() {
        return Vec::new();
    }
    vec![Raised::new(LossyCompression { fields })]
}
