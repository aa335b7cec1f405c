//! Fields that are stacks and were read as their maximum projection.

use serde::{Deserialize, Serialize};

use super::{fields_where, named};
use crate::field::FieldNote;
use crate::quality::finding::Figures;
use crate::quality::{Check, Finding, SpecimenView, registry::Detail};

/// Fields that are stacks and were read as their maximum projection.
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
    meaning: "Stacks were read as their maximum projection, in which signals at different depths may seem to touch.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for StackProjected {
    fn message(&self, _: &Finding) -> String {
        format!(
            "Stacks of up to {} slices were read as their maximum projection ({}): signals at different depths may seem to touch.",
            self.slices,
            named(&self.fields)
        )
    }

    fn action(&self, _: &Finding) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
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
    vec![Finding::new(Detail::StackProjected(StackProjected { fields, slices }))]
}
