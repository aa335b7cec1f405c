//! Fields whose file states another pixel size than the supplied one.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::field::FieldNote;
use crate::quality::field_names::{fields_where, named};

/// Fields whose file states another pixel size than the supplied one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PixelSizeOverridden {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Pixel size in the file of the first such field, um.
    pub stated_um: f64,
    /// Supplied pixel size, um.
    pub used_um: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "pixel_size_overridden",
    meaning: "The supplied pixel size was used, and the file states another one.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for PixelSizeOverridden {
    fn message(&self, _: &About) -> String {
        format!(
            "The file states {} um per pixel in {}. The supplied {} um was used.",
            self.stated_um,
            named(&self.fields),
            self.used_um
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<PixelSizeOverridden>> {
    let overridden = |notes: &[FieldNote]| {
        notes.iter().find_map(|note| match note {
            FieldNote::PixelSizeOverridden { stated_um, used_um, .. } => Some([*stated_um, *used_um]),
            _ => None,
        })
    };
    let fields = fields_where(view, |field| overridden(&field.notes).is_some());
    let Some([stated_um, used_um]) = view.facts.fields.iter().find_map(|field| overridden(&field.notes))
    else {
        return Vec::new();
    };
    vec![Raised::new(PixelSizeOverridden { fields, stated_um, used_um })]
}
