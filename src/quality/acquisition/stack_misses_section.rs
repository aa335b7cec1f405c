//! Stacks that end within the section.
//!
//! Signals lie at all depths of a section. Those beyond the last slice are brightest in the last slice: there they pile up.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;
use crate::reading::FieldDepth;

const MIN_PILE: Limit = Limit::new(
    "signals in the last slice over the signals in a slice within the stack",
    2.5,
    "signals beyond the last slice by more than one and a half distances of slices; with half a distance, 1 is expected",
);
const MIN_SHARE: Limit = Limit::new(
    "share of the signals that lie in the first or the last slice",
    0.15,
    "chosen for this crate: the cutoffs of assays are about as large",
);
const MIN_SIGNALS: Limit = Limit::new(
    "signals in nuclei that tell",
    30.0,
    "chosen for this crate: with fewer, chance piles up as many",
);

/// Stacks that end within the section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StackMissesSection {
    /// Signals in nuclei of all stacks.
    pub signals: usize,
    /// Those in the first slice.
    pub in_first: usize,
    /// Those in the last slice.
    pub in_last: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "stack_misses_section",
    meaning: "Stacks end within the section: signals pile up in the first or the last slice, and those further away are not seen.",
    effect: "withholds any verdict",
    limits: &[MIN_PILE, MIN_SHARE, MIN_SIGNALS],
    sound: 0,
};

impl Figures for StackMissesSection {
    fn message(&self, _: &About) -> String {
        format!(
            "{} of {} signals lie in the first slice and {} in the last: the stacks end within the section, and signals \
             further away are not seen.",
            self.in_first, self.signals, self.in_last
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Acquire stacks that begin below the section and end above it.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<StackMissesSection>> {
    let (mut found, mut slices) = (StackMissesSection { signals: 0, in_first: 0, in_last: 0 }, 0.0_f64);
    for field in view.fields {
        let Some(FieldDepth { last_z_px, .. }) = field.depth else { continue };
        let own = field.signals.iter().filter(|signal| signal.nucleus_id > 0);
        let depths = || own.clone().filter_map(|signal| signal.z_px);
        found.signals += depths().count();
        found.in_first += depths().filter(|z_px| *z_px <= 0.0).count();
        found.in_last += depths().filter(|z_px| *z_px >= last_z_px).count();
        slices = slices.max(last_z_px);
    }
    let at_ends = found.in_first + found.in_last;
    let in_a_slice = (found.signals - at_ends) as f64 / (slices - 1.0).max(1.0);
    let is_pile = found.in_first.max(found.in_last) as f64 >= MIN_PILE.value * in_a_slice.max(1.0);
    let is_much = at_ends as f64 >= MIN_SHARE.value * found.signals as f64;
    if found.signals < MIN_SIGNALS.count() || !is_pile || !is_much {
        return Vec::new();
    }
    vec![Raised::new(found).withhold(Withheld::AnyVerdict)]
}
