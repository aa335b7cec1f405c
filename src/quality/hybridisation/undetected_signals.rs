//! Signals so weak that many intact nuclei are expected to look rearranged.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, percent};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

const MAX_EXPECTED: Limit = Limit::new(
    "share of intact nuclei of which an end is expected below detection",
    0.05,
    "a third of a cutoff of 15 %",
);

/// Signals so weak that many intact nuclei are expected to look rearranged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UndetectedSignals {
    /// Share of intact nuclei expected to show the other colour isolated, 0 to 1.
    pub expected: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "undetected_signals",
    meaning: "Signals of one colour are so weak that some lie below detection, and intact nuclei show the other one isolated.",
    effect: "informs; the share lost decides by `detection_loss`",
    limits: &[MIN_NUCLEI, MAX_EXPECTED],
    sound: 0,
};

impl Figures for UndetectedSignals {
    fn message(&self, at: &About) -> String {
        format!(
            "{} signals are weak: {} of the intact nuclei are expected to show an isolated {} signal.",
            at.colour_name(),
            percent(self.expected),
            at.other_name()
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Use a longer exposure, or repeat the hybridisation.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<UndetectedSignals>> {
    let of_colour = |colour: Colour| {
        let losses: Vec<f64> = view
            .evaluable()
            .map(|call| call.lost[colour.index()].expected)
            .map(|loss| 2.0 * loss * (1.0 - loss))
            .collect();
        let expected = losses.iter().sum::<f64>() / losses.len().max(1) as f64;
        let is_found = losses.len() >= MIN_NUCLEI.count() && expected > MAX_EXPECTED.value;
        is_found.then(|| Raised::new(UndetectedSignals { expected }).of_colour(colour))
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
