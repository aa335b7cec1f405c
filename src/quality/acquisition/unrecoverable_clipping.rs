//! Signals at the camera's limit whose height their flanks do not tell.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

const MAX_PER_NUCLEUS: Limit = Limit::new(
    "clipped signals of unknown height over the number of nuclei",
    0.5,
    "chosen for this crate: the crosstalk of a quarter of the signals is then unknown",
);

/// Clipped signals whose height is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnrecoverableClipping {
    /// Clipped signals whose height is not known.
    pub unknown: usize,
    /// All clipped signals.
    pub clipped: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "unrecoverable_clipping",
    meaning: "Many signals are clipped so low that their height is not known. Nor is their crosstalk into the other colour.",
    effect: "withholds any verdict",
    limits: &[MAX_PER_NUCLEUS],
    sound: 0,
};

impl Figures for UnrecoverableClipping {
    fn message(&self, at: &About) -> String {
        format!(
            "{} of {} {} signals at the camera's limit are clipped too low to restore their height: their crosstalk is unknown.",
            self.unknown,
            self.clipped,
            at.colour_name()
        )
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
            let detail = UnrecoverableClipping { unknown, clipped };
            Raised::new(detail).of_colour(colour).withhold(Withheld::AnyVerdict)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
