//! Light of the counterstain in a probe channel that is high beside the signals.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

const MAX_OVER_SIGNALS: Limit = Limit::new(
    "counterstain's light in the probe channel of the median nucleus over the typical signal height",
    0.25,
    "measured: at 0.45, signals of simulated sections are lost that are found without that light",
);
/// Standard errors by which an estimate must exceed its limit.
const MIN_STANDARD_ERRORS: f64 = 2.0;
/// Signal-to-noise ratio below which a signal height measures nothing.
const MIN_SNR: f64 = 1.0;

/// Light of the counterstain in a probe channel that is high beside the signals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CounterstainBleedThrough {
    /// Share of the counterstain's light that is seen in the probe channel.
    pub fraction: f64,
    /// The light in the median nucleus over the typical signal height.
    pub over_signals: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "counterstain_bleed_through",
    meaning: "The counterstain's light in a probe channel is high beside the signals, so that weak signals may drown in it.",
    effect: "informs",
    limits: &[MAX_OVER_SIGNALS],
    sound: 0,
};

impl Figures for CounterstainBleedThrough {
    fn message(&self, at: &About) -> String {
        format!(
            "The counterstain's light in the {} channel of nuclei ({:.3} of it) is {:.1} times as high as the signals: weak \
             signals may drown in it.",
            at.colour_name(),
            self.fraction,
            self.over_signals
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Check the filters, and which file or channel was given.".to_owned())
    }
}

/// Whether a value exceeds a limit by more than its error.
pub(super) fn exceeds(value: f64, error: Option<f64>, limit: f64) -> bool {
    value - MIN_STANDARD_ERRORS * error.unwrap_or(0.0) > limit
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<CounterstainBleedThrough>> {
    let of_colour = |colour: Colour| {
        // Light that was subtracted drowns nothing.
        let bleed = view.instrument.counterstain_into[colour].filter(|bleed| !bleed.used)?;
        let snr = view.instrument.signal_height_snr[colour]?;
        if snr < MIN_SNR {
            return None;
        }
        let over_signals = bleed.light? / view.instrument.signal_height[colour];
        let error = bleed.standard_error.map(|error| over_signals * error / bleed.fraction);
        let is_found = over_signals.is_finite() && exceeds(over_signals, error, MAX_OVER_SIGNALS.value);
        is_found.then(|| {
            let detail = CounterstainBleedThrough { fraction: bleed.fraction, over_signals };
            Raised::new(detail).of_colour(colour)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
