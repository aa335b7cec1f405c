//! A channel of which many samples are at the camera's limit.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

const MAX_SHARE: Limit = Limit::new(
    "share of a channel's samples at the camera's limit",
    0.002,
    "signals cover about that share of a field: the heights of most would be unknown",
);

/// A channel of which many samples are at the camera's limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SaturatedChannel {
    /// The channel: counterstain, red or green.
    pub channel: String,
    /// Share of its samples at the limit, 0 to 1.
    pub share: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "saturated_channel",
    meaning: "Many samples of a channel are at the camera's limit, so that heights are lost.",
    effect: "informs",
    limits: &[MAX_SHARE],
    sound: 0,
};

impl Figures for SaturatedChannel {
    fn message(&self, _: &About) -> String {
        format!("{:.2} % of the {} samples are at the camera's limit.", 100.0 * self.share, self.channel)
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Use a shorter exposure.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<SaturatedChannel>> {
    let of_field = |field: &crate::reading::FieldReading| {
        let shares = field.quality.saturated.named().into_iter();
        let found = shares.filter(|(_, share)| *share > MAX_SHARE.value).map(|(channel, share)| {
            let detail = SaturatedChannel { channel: channel.to_owned(), share };
            Raised::new(detail).in_field(&field.name)
        });
        found.collect::<Vec<_>>()
    };
    view.fields.iter().flat_map(of_field).collect()
}
