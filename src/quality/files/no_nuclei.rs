//! Fields without any nucleus.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::{FieldFacts, SpecimenView};

use crate::segment::SegmentNote;

/// A field without any nucleus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoNuclei {
    /// The reason that the segmentation gives, if it gives one.
    pub reason: Option<SegmentNote>,
}

pub(crate) const CHECK: Check = Check {
    code: "no_nuclei",
    meaning: "No nucleus was found in a field.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for NoNuclei {
    fn message(&self, _: &About) -> String {
        match &self.reason {
            Some(reason) => format!("No nucleus was found: {reason}."),
            None => "No nucleus was found.".to_owned(),
        }
    }

    fn action(&self, _: &About) -> Option<String> {
        Some(
            "Check that the field holds tissue in focus, and which channel shows the counterstain."
                .to_owned(),
        )
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<NoNuclei>> {
    let empty = view.fields.iter().zip(&view.facts.fields).filter(|(field, _)| field.nuclei.is_empty());
    let finding = |(field, facts): (&crate::reading::FieldReading, &FieldFacts)| {
        let mut reasons = facts.segment_notes.iter();
        let reason = reasons.find(|note| !matches!(note, SegmentNote::ImplausibleDiameter { .. })).copied();
        Raised::new(NoNuclei { reason }).in_field(&field.name)
    };
    empty.map(finding).collect()
}
