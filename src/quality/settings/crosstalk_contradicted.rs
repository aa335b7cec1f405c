//! Supplied or disabled crosstalk that the signals of the specimen contradict.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use super::shift_contradicted::MIN_STANDARD_ERRORS;
use crate::colour::Colour;

const MIN_SHARE: Limit =
    Limit::new("difference of the two fractions of a signal's height", 0.05, "chosen for this crate");

/// Supplied or disabled crosstalk that the signals contradict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrosstalkContradicted {
    /// The fraction that was used.
    pub used: f64,
    /// The fraction that the signals show.
    pub measured: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "crosstalk_contradicted",
    meaning: "The crosstalk that was supplied, or disabled, contradicts the signals of the specimen: crosstalk passes as \
              signals, or signals as crosstalk. The colour is the one that the light comes from.",
    effect: "informs",
    limits: &[MIN_SHARE, MIN_STANDARD_ERRORS],
    sound: 0,
};

impl Figures for CrosstalkContradicted {
    fn message(&self, at: &About) -> String {
        format!(
            "The crosstalk of {} into {} in use ({:.2}, not estimated) contradicts the signals of this specimen ({:.2}): crosstalk passes as \
             signals, or signals as crosstalk.",
            at.colour_name(),
            at.other_name(),
            self.used,
            self.measured
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Let the crosstalk be estimated, or check the supplied value.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<CrosstalkContradicted>> {
    let supplied = &view.facts.supplied;
    let of_colour = |colour: Colour| {
        let measured = supplied.crosstalk_from[colour].filter(|_| !supplied.crosstalk_estimated[colour])?;
        let used = view.instrument.crosstalk_from[colour].map_or(0.0, |crosstalk| crosstalk.fraction);
        let by_error = MIN_STANDARD_ERRORS.value * measured.standard_error.unwrap_or(f64::INFINITY);
        ((measured.fraction - used).abs() > by_error.max(MIN_SHARE.value)).then(|| {
            let detail = CrosstalkContradicted { used, measured: measured.fraction };
            Raised::new(detail).of_colour(colour)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
