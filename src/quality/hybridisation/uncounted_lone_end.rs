//! Many isolated signals of the end of the gene that the assay does not count.
//!
//! Deletions take the end that does not count, so the end that counts stands alone. Many of the other kind point to missed
//! signals, to bleed-through, or to colours that were exchanged.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;

const MAX_SHARE: Limit = Limit::new(
    "share of the nuclei with a fused pair that show an isolated signal of the end that does not count",
    0.15,
    "chosen for this crate",
);

/// Many isolated signals of the end that the assay does not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UncountedLoneEnd {
    /// Evaluable nuclei with such a signal.
    pub isolated: usize,
    /// Evaluable nuclei with a fused pair.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "uncounted_lone_end",
    meaning: "Many nuclei show an isolated signal of the end that the assay does not count: the other colour is missed or \
              bleeds through, or the colours are exchanged.",
    effect: "informs",
    limits: &[MIN_NUCLEI, MAX_SHARE],
    sound: 0,
};

impl Figures for UncountedLoneEnd {
    fn message(&self, at: &About) -> String {
        format!(
            "{} show an isolated {} signal, which the assay does not count.",
            part_of(self.isolated, self.nuclei, "nuclei with a fused pair"),
            at.colour_name()
        )
    }

    fn action(&self, at: &About) -> Option<String> {
        let (colour, other) = (at.colour_name(), at.other_name());
        Some(format!(
            "Look whether {other} signals are missed, whether {other} light is seen in the {colour} channel, and whether red and \
             green are exchanged."
        ))
    }
}

/// Whether the check finds anything.
pub(in crate::quality) fn is_found(view: &SpecimenView<'_>) -> bool {
    !check(view).is_empty()
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<UncountedLoneEnd>> {
    Colour::BOTH.into_iter().filter_map(|colour| of_colour(view, colour)).collect()
}

fn of_colour(view: &SpecimenView<'_>, colour: Colour) -> Option<Raised<UncountedLoneEnd>> {
    let counts = |colour: Colour| view.assay.isolated.counts(view.assay.end_of(colour));
    if counts(colour) || !counts(colour.other()) {
        return None;
    }
    let with_pair: Vec<_> = view.evaluable().filter(|call| call.pattern.fused > 0).collect();
    let is_isolated =
        |call: &&&crate::classify::NucleusCall| call.pattern.separated(colour) > call.pattern.split;
    let isolated = with_pair.iter().filter(is_isolated).count();
    let is_many = isolated as f64 > MAX_SHARE.value * with_pair.len() as f64;
    (with_pair.len() >= MIN_NUCLEI.count() && is_many).then(|| {
        let detail = UncountedLoneEnd { isolated, nuclei: with_pair.len() };
        Raised::new(detail).of_colour(colour)
    })
}
