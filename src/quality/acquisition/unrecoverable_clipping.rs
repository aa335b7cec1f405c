//! Signals at the camera's limit whose height their flanks do not tell.
//!
//! Their crosstalk into the other colour goes with that height. Crosstalk is a property of the filters: where most signals
//! are whole and none of it was found, there is none, and the heights of the others decide nothing.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Effect, Withheld};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

const MAX_PER_NUCLEUS: Limit = Limit::new(
    "clipped signals of unknown height over the number of nuclei",
    0.5,
    "chosen for this crate: the crosstalk of a quarter of the signals is then unknown",
);

const MAX_OF_SIGNALS: Limit = Limit::new(
    "clipped signals of unknown height over all signals of the colour in nuclei",
    0.5,
    "chosen for this crate: with fewer, most signals show what crosstalk there is",
);

/// Clipped signals whose height is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnrecoverableClipping {
    /// Clipped signals whose height is not known.
    pub unknown: usize,
    /// All clipped signals.
    pub clipped: usize,
    /// Signals of the colour in nuclei.
    pub signals: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "unrecoverable_clipping",
    meaning: "Many signals are clipped so low that their height is not known. Nor is their crosstalk into the other colour.",
    effect: "withholds any verdict if most signals are so, or if crosstalk was found; otherwise informs",
    limits: &[MAX_PER_NUCLEUS, MAX_OF_SIGNALS],
    sound: 0,
};

impl Figures for UnrecoverableClipping {
    fn message(&self, at: &About) -> String {
        let (unknown, clipped, colour) = (self.unknown, self.clipped, at.colour_name());
        let fact = format!(
            "{unknown} of {clipped} {colour} signals at the camera's limit are clipped too low to restore their height"
        );
        if at.effect == Effect::Inform {
            return format!("{fact}. All {} {colour} signals together show no crosstalk.", self.signals);
        }
        format!("{fact}: their crosstalk is unknown.")
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Acquire again with a shorter exposure.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<UnrecoverableClipping>> {
    let nuclei = view.nuclei();
    let of_colour = |colour: Colour| {
        let clipped: usize = view.facts.fields.iter().map(|f| f.clipped[colour].peaks).sum();
        let restored: usize = view.facts.fields.iter().map(|f| f.clipped[colour].restored).sum();
        let unknown = clipped.saturating_sub(restored);
        let is_found = nuclei > 0 && unknown as f64 > MAX_PER_NUCLEUS.value * nuclei as f64;
        is_found.then(|| {
            let all = view.fields.iter().flat_map(|field| &field.signals);
            let signals = all.filter(|s| s.colour == colour && s.nucleus_id > 0).count();
            let finding = Raised::new(UnrecoverableClipping { unknown, clipped, signals }).of_colour(colour);
            let is_most = unknown as f64 > MAX_OF_SIGNALS.value * signals as f64;
            if is_most || view.instrument.crosstalk_from[colour].is_some() {
                finding.withhold(Withheld::AnyVerdict)
            } else {
                finding
            }
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
