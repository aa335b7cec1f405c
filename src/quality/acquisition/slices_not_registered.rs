//! Slices of a stack whose displacement against each other could not be measured.
//!
//! A stage that drifts moves the signals from slice to slice. The displacement is measured on the fine structure of all
//! channels and undone. Where neighbouring slices have no structure in common, or are displaced further than is looked for,
//! that fails: a signal may then stand in several places of the projection.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

/// Slices of a stack whose displacement against each other could not be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SlicesNotRegistered {
    /// Slices that could not be registered to the slice before.
    pub slices: usize,
    /// Slices of the stack.
    pub of: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "slices_not_registered",
    meaning: "Slices of a stack could not be registered to their neighbours, so that one signal may be seen as several.",
    effect: "withholds any verdict",
    limits: &[],
    sound: 0,
};

impl Figures for SlicesNotRegistered {
    fn message(&self, _: &About) -> String {
        format!(
            "{} of {} slices could not be registered to the slice before: their signals may stand in other places.",
            self.slices, self.of
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some(
            "Acquire the stack again; check that the stage holds still and that all slices show the field."
                .to_owned(),
        )
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<SlicesNotRegistered>> {
    let stacks = view.fields.iter().filter(|field| !field.nuclei.is_empty());
    let raised = stacks.filter_map(|field| {
        let depth = field.depth.filter(|depth| depth.slices_not_registered > 0)?;
        let detail = SlicesNotRegistered { slices: depth.slices_not_registered, of: depth.slices };
        Some(Raised::new(detail).in_field(&field.name).withhold(Withheld::AnyVerdict))
    });
    raised.collect()
}
