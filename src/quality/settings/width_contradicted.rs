//! A supplied or nominal signal diameter that the specimen contradicts.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use super::shift_contradicted::MIN_STANDARD_ERRORS;
use crate::colour::Colour;

const MIN_RATIO: Limit = Limit::new(
    "ratio of the two diameters, either way",
    1.3,
    "chosen for this crate: no specimen changed at ratios of 0.95 and 1.4, one did at 0.65",
);

/// A supplied or nominal signal diameter that the specimen contradicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WidthContradicted {
    /// The diameter that was used, px.
    pub used_px: f64,
    /// The diameter that the signals show, px.
    pub measured_px: f64,
    /// Signals that show it.
    pub signals: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "width_contradicted",
    meaning: "The signal diameter that was supplied, or the nominal one, contradicts the specimen: signals may be missed, and \
              pairs misjudged.",
    effect: "informs",
    limits: &[MIN_RATIO, MIN_STANDARD_ERRORS],
    sound: 0,
};

impl Figures for WidthContradicted {
    fn message(&self, at: &About) -> String {
        format!(
            "The {} signal diameter in use ({:.1} px, not estimated) contradicts this specimen ({:.1} px from {} signals): \
             signals may be missed, and pairs misjudged.",
            at.colour_name(),
            self.used_px,
            self.measured_px,
            self.signals
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Let the diameter be estimated, or check the supplied value and the pixel size.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<WidthContradicted>> {
    let of_colour = |colour: Colour| {
        let found = view.facts.supplied.diameter_px[colour]?;
        let apart = (found.used.ln() - found.measured.ln()).abs();
        let limit = (MIN_STANDARD_ERRORS.value * found.log_error).max(MIN_RATIO.value.ln());
        (apart > limit).then(|| {
            let detail = WidthContradicted {
                used_px: found.used,
                measured_px: found.measured,
                signals: found.signals,
            };
            Raised::new(detail).of_colour(colour)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
