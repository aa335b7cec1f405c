//! Nuclei that another program found.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

/// Nuclei that another program found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NucleiSupplied {
    /// Nuclei that were supplied.
    pub supplied: usize,
    /// All nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "nuclei_supplied",
    meaning: "Another program found the nuclei. How good their outlines are, and whether nuclei overlap, is not known: their score \
              is 1, and none is left out because it overlaps with another.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for NucleiSupplied {
    fn message(&self, _: &About) -> String {
        format!(
            "Another program found {} of {} nuclei: none of these is left out because it overlaps with another or is ill outlined.",
            self.supplied, self.nuclei
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<NucleiSupplied>> {
    let all = || view.fields.iter().flat_map(|field| &field.nuclei);
    let supplied = all().filter(|own| own.nucleus.source_id.is_some()).count();
    if supplied == 0 {
        return Vec::new();
    }
    vec![Raised::new(NucleiSupplied { supplied, nuclei: all().count() })]
}
