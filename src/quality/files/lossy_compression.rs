//! Fields that were stored with lossy compression.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

use crate::field::FieldNote;
use crate::quality::field_names::{fields_where, named};

/// Fields that were stored with lossy compression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LossyCompression {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Names of those that keep their colours at half the resolution or less.
    pub colours_halved: Vec<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "lossy_compression",
    meaning: "Fields are JPEG images. Faint signals and edges may be altered. Where the JPEG keeps colours at half the resolution, \
              red and green run into each other, and split signals look fused.",
    effect: "informs; withholds a negative verdict where colours are kept at half the resolution",
    limits: &[],
    sound: 0,
};

impl Figures for LossyCompression {
    fn message(&self, _: &About) -> String {
        let lossy = format!(
            "JPEG compression of {} is lossy: faint signals and edges may be altered.",
            named(&self.fields)
        );
        if self.colours_halved.is_empty() {
            return lossy;
        }
        let halved = named(&self.colours_halved);
        format!(
            "{lossy} Colours of {halved} are kept at half the resolution: split and isolated signals may look fused."
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Score the original files.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<LossyCompression>> {
    let with = |is_so: fn(&FieldNote) -> bool| fields_where(view, |field| field.notes.iter().any(is_so));
    let fields = with(|note| matches!(note, FieldNote::LossyCompression { .. }));
    let colours_halved = with(|note| matches!(note, FieldNote::ColoursHalved { .. }));
    if fields.is_empty() {
        return Vec::new();
    }
    let is_halved = !colours_halved.is_empty();
    let raised = Raised::new(LossyCompression { fields, colours_halved });
    vec![if is_halved { raised.withhold(Withheld::Negative) } else { raised }]
}
