//! Two channels that are one image.
//!
//! Two exposures have independent noise. A copy has the same noise, also if its grey levels were scaled.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

const MIN_CORRELATION: Limit = Limit::new(
    "correlation of the noise of two channels",
    0.9,
    "measured: 0.03 at most between exposures, a third in colour JPEG, 0.98 and more between copies",
);

/// The pairs of channels that are compared, in the order of [`FieldFacts::noise_correlation`].
const CHANNEL_PAIRS: [[&str; 2]; 3] = [["red", "green"], ["counterstain", "red"], ["counterstain", "green"]];

/// Two channels that are one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DuplicateChannel {
    /// The two channels.
    pub channels: [String; 2],
    /// Correlation of their noise, -1 to 1.
    pub noise_correlation: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "duplicate_channel",
    meaning: "Two channels of a field are the same image, so that their signals say nothing about each other.",
    effect: "withholds any verdict",
    limits: &[MIN_CORRELATION],
    sound: 0,
};

impl Figures for DuplicateChannel {
    fn message(&self, _: &About) -> String {
        let [a, b] = &self.channels;
        format!("{a} and {b} are the same image (correlation of their noise {:.3}).", self.noise_correlation)
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Check which file and channel was given for each colour.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<DuplicateChannel>> {
    let of_field = view.facts.fields.iter().flat_map(|field| {
        let found = CHANNEL_PAIRS.into_iter().zip(field.noise_correlation);
        found.filter_map(|(channels, correlation)| {
            let noise_correlation = correlation.filter(|r| *r >= MIN_CORRELATION.value)?;
            let channels = channels.map(str::to_owned);
            let detail = DuplicateChannel { channels, noise_correlation };
            Some(Raised::new(detail).in_field(&field.name).withhold(Withheld::AnyVerdict))
        })
    });
    of_field.collect()
}
