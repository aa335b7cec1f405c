//! Supplied camera noise that the specimen contradicts.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

const MIN_RATIO: Limit = Limit::new(
    "ratio of the two standard deviations, either way",
    1.5,
    "chosen for this crate: the estimate is up to 15 % too high, and a data sheet is not the camera at hand",
);

/// Supplied camera noise that the specimen contradicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoiseContradicted {
    /// Standard deviation that was used, at the background of signals, grey levels.
    pub used: f64,
    /// Standard deviation that the specimen shows there, grey levels.
    pub measured: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "noise_contradicted",
    meaning: "The camera noise that was supplied contradicts the specimen: noise may pass as signals, or signals as noise.",
    effect: "informs",
    limits: &[MIN_RATIO],
    sound: 0,
};

impl Figures for NoiseContradicted {
    fn message(&self, at: &About) -> String {
        format!(
            "The supplied camera noise in {} ({:.1} grey levels at the background of signals) contradicts this specimen \
             ({:.1}): noise may pass as signals, or signals as noise.",
            at.colour_name(),
            self.used,
            self.measured
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Let the noise be estimated, or check the supplied values.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<NoiseContradicted>> {
    let of_colour = |colour: Colour| {
        let found = view.facts.supplied.noise[colour]?;
        ((found.used / found.measured).ln().abs() > MIN_RATIO.value.ln()).then(|| {
            let detail = NoiseContradicted { used: found.used, measured: found.measured };
            Raised::new(detail).of_colour(colour)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
