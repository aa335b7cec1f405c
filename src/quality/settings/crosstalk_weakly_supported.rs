//! A large crosstalk correction that few signals support.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

const MIN_FRACTION: Limit = Limit::new(
    "crosstalk that counts as large",
    0.3,
    "chosen for this crate: a good part of a signal's height",
);
const MIN_SIGNALS: Limit =
    Limit::new("signals that must show a large crosstalk", 12.0, "chosen for this crate");

/// A large crosstalk correction that few signals support.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrosstalkWeaklySupported {
    /// The corrected fraction of a signal's height.
    pub fraction: f64,
    /// Signals that show it.
    pub signals: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "crosstalk_weakly_supported",
    meaning: "A large crosstalk was corrected that few signals show. Intact pairs may have been taken for crosstalk. The colour \
              is the one that the light comes from.",
    effect: "informs",
    limits: &[MIN_FRACTION, MIN_SIGNALS],
    sound: 0,
};

impl Figures for CrosstalkWeaklySupported {
    fn message(&self, at: &About) -> String {
        format!(
            "A crosstalk of {} into {} of {:.2} was corrected that only {} signals show.",
            at.colour_name(),
            at.other_name(),
            self.fraction,
            self.signals
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look whether pairs were taken for crosstalk, or supply the value of your filters.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<CrosstalkWeaklySupported>> {
    let supplied = &view.facts.supplied;
    let of_colour = |colour: Colour| {
        let found = supplied.crosstalk_from[colour].filter(|_| supplied.crosstalk_estimated[colour])?;
        (found.fraction > MIN_FRACTION.value && found.signals < MIN_SIGNALS.count()).then(|| {
            let detail = CrosstalkWeaklySupported { fraction: found.fraction, signals: found.signals };
            Raised::new(detail).of_colour(colour)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
