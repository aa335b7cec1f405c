//! A specimen without a pixel size.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

/// A specimen without a pixel size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PixelSizeUnknown {
    /// Fields without a pixel size.
    pub fields: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "pixel_size_unknown",
    meaning: "The pixel size is not known. Distances are measured in signal diameters alone, and nuclei are not judged by area.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for PixelSizeUnknown {
    fn message(&self, _: &About) -> String {
        let fields = if self.fields == 1 { "1 field".to_owned() } else { format!("{} fields", self.fields) };
        format!(
            "The pixel size of {fields} is not known: distances are measured in signal diameters alone, and nuclei are not \
             judged by area."
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Give the pixel size (--pixel-size UM).".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<PixelSizeUnknown>> {
    let fields = view.fields.iter().filter(|field| field.pixel_size.is_none()).count();
    if fields == 0 {
        return Vec::new();
    }
    vec![Raised::new(PixelSizeUnknown { fields })]
}
