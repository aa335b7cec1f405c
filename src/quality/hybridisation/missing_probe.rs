//! A probe that is missing from many nuclei that should show it.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of, percent};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use super::probe_failed::Missing;
use crate::colour::Colour;

const MAX_MISSING: Limit = Limit::new(
    "share of the nuclei with two signals of one colour that lack the other",
    0.1,
    "loci that hybridise with a chance of two in three each would give that share",
);

/// A probe that is missing from many nuclei.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MissingProbe {
    /// Nuclei without the colour.
    pub without: usize,
    /// Whole nuclei with two or more signals of the other colour.
    pub nuclei: usize,
    /// Share of intact nuclei that would show an isolated signal if loci missed the colour at random, 0 to 1.
    pub isolated_by_chance: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "missing_probe",
    meaning: "Many nuclei lack one colour altogether. Loci that miss it at random make intact nuclei look rearranged.",
    effect: "informs",
    limits: &[MIN_NUCLEI, MAX_MISSING],
    sound: 0,
};

impl Figures for MissingProbe {
    fn message(&self, at: &About) -> String {
        let (colour, other) = (at.colour_name(), at.other_name());
        format!(
            "{} show no {colour} one. Loci that miss it at random would give {} of the intact \
             nuclei an isolated {other} signal.",
            part_of(self.without, self.nuclei, &format!("nuclei with two {other} signals")),
            percent(self.isolated_by_chance)
        )
    }

    fn action(&self, at: &About) -> Option<String> {
        Some(format!("Look at the {} channel: the probe may have failed.", at.colour_name()))
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<MissingProbe>> {
    let of_colour = |colour: Colour| {
        let found = Missing::count(view, colour);
        (found.is_enough() && !found.failed() && found.share() > MAX_MISSING.value).then(|| {
            // Loci that miss the colour independently of each other: of nuclei with two, p^2 miss both.
            let missed = found.share().sqrt();
            let isolated_by_chance = 2.0 * missed * (1.0 - missed);
            let detail = MissingProbe { without: found.without, nuclei: found.nuclei, isolated_by_chance };
            Raised::new(detail).of_colour(colour)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
