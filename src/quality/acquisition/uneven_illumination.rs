//! A channel whose light falls off towards the corners of the field.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, percent};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use super::counterstain_bleed_through::exceeds;

const MAX_CORNER_LOSS: Limit = Limit::new(
    "share of the light missing in the corners of the field",
    0.5,
    "it halves the height of signals",
);

/// A channel whose light falls off towards the corners of the field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnevenIllumination {
    /// The channel: counterstain, red or green.
    pub channel: String,
    /// Share of the light missing in the corners, 0 to 1.
    pub corner_loss: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "uneven_illumination",
    meaning: "The light of a channel falls off towards the corners of the field, where signals may be missed.",
    effect: "informs",
    limits: &[MAX_CORNER_LOSS],
    sound: 0,
};

impl Figures for UnevenIllumination {
    fn message(&self, _: &About) -> String {
        format!(
            "{} of the {} light is missing in the corners of the field.",
            percent(self.corner_loss),
            self.channel
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Align the lamp, or use the middle of the camera only.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<UnevenIllumination>> {
    let of_channel = |(channel, light): (&str, Option<crate::calibrate::Illumination>)| {
        let light = light.filter(|l| exceeds(l.corner_loss, l.standard_error, MAX_CORNER_LOSS.value))?;
        let detail = UnevenIllumination { channel: channel.to_owned(), corner_loss: light.corner_loss };
        Some(Raised::new(detail))
    };
    view.instrument.illumination.named().into_iter().filter_map(of_channel).collect()
}
