//! Fields whose pixel size is from the resolution tags of a plain TIFF.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::field::FieldNote;
use crate::quality::field_names::{fields_where, named};

/// Fields whose pixel size is from the resolution tags of a plain TIFF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PixelSizeFromTags {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Pixel size of the first such field, um.
    pub pixel_um: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "pixel_size_from_tags",
    meaning: "The pixel size is from the resolution tags of a plain TIFF, which seldom come from a microscope.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for PixelSizeFromTags {
    fn message(&self, _: &About) -> String {
        format!(
            "The pixel size of {} um is from the resolution tags of {}, which seldom come from a microscope.",
            self.pixel_um,
            named(&self.fields)
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Check the pixel size, or give it (--pixel-size UM).".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<PixelSizeFromTags>> {
    let pixel_um_of = |notes: &[FieldNote]| {
        notes.iter().find_map(|note| match note {
            FieldNote::PixelSizeFromTags { pixel_um, .. } => Some(*pixel_um),
            _ => None,
        })
    };
    let fields = fields_where(view, |field| pixel_um_of(&field.notes).is_some());
    let Some(pixel_um) = view.facts.fields.iter().find_map(|field| pixel_um_of(&field.notes)) else {
        return Vec::new();
    };
    vec![Raised::new(PixelSizeFromTags { fields, pixel_um })]
}
