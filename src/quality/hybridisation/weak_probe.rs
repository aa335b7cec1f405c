//! A probe that is too weak to be seen in many nuclei.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use super::probe_failed::Missing;
use crate::colour::Colour;

const MAX_WEAK: Limit = Limit::new(
    "share of the nuclei with two signals of one colour in which the other is too weak",
    0.25,
    "chosen for this crate: such nuclei are not counted, and some of a tissue section always lie in haze",
);

/// A probe that is too weak to be seen in many nuclei.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WeakProbe {
    /// Nuclei in which the colour is too weak.
    pub weak: usize,
    /// Whole nuclei with two or more signals of the other colour.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "weak_probe",
    meaning: "In many nuclei the signals of one colour would not stand out of the noise. These nuclei are not counted.",
    effect: "informs",
    limits: &[MIN_NUCLEI, MAX_WEAK],
    sound: 0,
};

impl Figures for WeakProbe {
    fn message(&self, at: &About) -> String {
        format!(
            "{} signals would not stand out of the noise in {}. These nuclei are not counted.",
            at.colour_name(),
            part_of(self.weak, self.nuclei, &format!("nuclei with two {} signals", at.other_name()))
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Use a longer exposure, or repeat the hybridisation.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<WeakProbe>> {
    let of_colour = |colour: Colour| {
        let found = Missing::count(view, colour);
        (found.is_enough() && !found.failed() && found.weak_share() > MAX_WEAK.value).then(|| {
            let detail = WeakProbe { weak: found.weak, nuclei: found.nuclei };
            Raised::new(detail).of_colour(colour)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
