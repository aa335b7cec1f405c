//! A specimen without a pixel size.

use serde::{Deserialize, Serialize};

use crate::quality::finding::Figures;
use crate::quality::{Check, Finding, SpecimenView, registry::Detail};

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
    fn message(&self, _: &Finding) -> String {
        "The pixel size is not known: distances are measured in signal diameters alone, and nuclei are not judged by area."
            .to_owned()
    }

    fn action(&self, _: &Finding) -> Option<String> {
        Some("Give the pixel size (--pixel-size UM).".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    let fields = view.fields.iter().filter(|field| field.pixel_size.is_none()).count();
    if fields == 0 {
        return Vec::new();
    }
    vec![Finding::new(Detail::PixelSizeUnknown(PixelSizeUnknown { fields }))]
}
