//! Fields of which nuclei cover hardly anything, or nearly all.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

const MIN_COVERAGE: Limit = Limit::new(
    "share of a field that nuclei cover, at least",
    0.005,
    "some ten nuclei in a field of 1000 x 1000 px at 0.16 um",
);
const MAX_COVERAGE: Limit = Limit::new(
    "share of a field that nuclei cover, at most",
    0.85,
    "discs packed as densely as they can be cover 0.91",
);

/// A field of which nuclei cover hardly anything, or nearly all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NucleusCoverage {
    /// Share of the field that nuclei cover, 0 to 1.
    pub coverage: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "nucleus_coverage",
    meaning: "Nuclei cover hardly anything of a field, or so much that they lie over each other or that background was taken for \
              nuclei.",
    effect: "informs",
    limits: &[MIN_COVERAGE, MAX_COVERAGE],
    sound: 0,
};

impl Figures for NucleusCoverage {
    fn message(&self, _: &About) -> String {
        let covered = 100.0 * self.coverage;
        if self.coverage < MIN_COVERAGE.value {
            format!("Nuclei cover only {covered:.2} % of the field.")
        } else {
            format!("Nuclei cover {covered:.0} % of the field: they lie over each other.")
        }
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look at the outlines in the overlay.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<NucleusCoverage>> {
    let sound = MIN_COVERAGE.value..=MAX_COVERAGE.value;
    let with_nuclei = view.fields.iter().filter(|field| !field.nuclei.is_empty());
    with_nuclei
        .filter(|field| !sound.contains(&field.quality.nucleus_coverage))
        .map(|field| {
            let detail = NucleusCoverage { coverage: field.quality.nucleus_coverage };
            Raised::new(detail).in_field(&field.name)
        })
        .collect()
}
