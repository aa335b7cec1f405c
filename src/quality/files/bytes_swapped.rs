//! Samples of 16 bits whose two bytes were exchanged.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

/// A channel whose samples make a picture only with their bytes exchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BytesSwapped {
    /// The channels: counterstain, red, green.
    pub channels: Vec<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "bytes_swapped",
    meaning: "The samples of a channel are noise as they are, and a picture with their two bytes exchanged: a program took the \
              file for one of the other byte order.",
    effect: "withholds any verdict",
    limits: &[],
    sound: 0,
};

impl Figures for BytesSwapped {
    fn message(&self, _: &About) -> String {
        format!("The two bytes of the samples of {} are exchanged.", self.channels.join(" and "))
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Export the pictures again, with the byte order that the camera's program wrote.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<BytesSwapped>> {
    let swapped = view.facts.fields.iter().filter(|field| !field.bytes_swapped.is_empty());
    let raised = swapped.map(|field| {
        let channels = field.bytes_swapped.iter().map(|role| role.name().to_owned()).collect();
        Raised::new(BytesSwapped { channels }).in_field(&field.name).withhold(Withheld::AnyVerdict)
    });
    raised.collect()
}
