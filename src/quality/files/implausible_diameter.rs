//! Fields whose typical nucleus diameter is not that of nuclei.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::segment::SegmentNote;

/// A field whose typical nucleus diameter is not that of nuclei.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImplausibleDiameter {
    /// Diameter measured in the image, um.
    pub found_um: f64,
    /// The nearest plausible diameter, which was used, um.
    pub used_um: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "implausible_diameter",
    meaning: "The typical nucleus diameter measured in a field is not that of nuclei. The nearest plausible one was used.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for ImplausibleDiameter {
    fn message(&self, _: &About) -> String {
        format!(
            "The typical nucleus diameter of {:.1} um is not plausible, and {:.1} um was used.",
            self.found_um, self.used_um
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Check the pixel size, and which channel shows the counterstain.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<ImplausibleDiameter>> {
    let found = view.facts.fields.iter().flat_map(|field| {
        field.segment_notes.iter().filter_map(|note| match note {
            SegmentNote::ImplausibleDiameter { found_um, used_um } => {
                let detail = ImplausibleDiameter { found_um: *found_um, used_um: *used_um };
                Some(Raised::new(detail).in_field(&field.name))
            }
            _ => None,
        })
    });
    found.collect()
}
