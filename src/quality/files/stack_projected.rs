//! Fields that are stacks, in which distances are measured in the plane.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::assay::Dimensions;
use crate::field::FieldNote;
use crate::quality::field_names::{fields_where, named};

/// Fields that are stacks, in which distances are measured in the plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StackProjected {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Most slices of a stack.
    pub slices: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "stack_projected",
    meaning: "The distances of signals in stacks were measured in the plane, in which signals at different depths may seem to touch.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for StackProjected {
    fn message(&self, _: &About) -> String {
        format!(
            "The assay measures distances in the plane, also in stacks ({}, up to {} slices): signals at different depths may seem to touch.",
            named(&self.fields),
            self.slices
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<StackProjected>> {
    if view.assay.split.min_distance.dims == Dimensions::Three {
        return Vec::new();
    }
    let slices_of = |notes: &[FieldNote]| {
        notes
            .iter()
            .filter_map(|note| match note {
                FieldNote::StackProjected { slices, .. } => Some(*slices),
                _ => None,
            })
            .max()
    };
    let fields = fields_where(view, |field| slices_of(&field.notes).is_some());
    let Some(slices) = view.facts.fields.iter().filter_map(|field| slices_of(&field.notes)).max() else {
        return Vec::new();
    };
    vec![Raised::new(StackProjected { fields, slices })]
}
