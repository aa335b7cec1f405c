//! A probe that failed: half of the nuclei that should show it do not.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld, part_of};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use crate::classify::Exclusion;
use crate::colour::Colour;

const MAX_WITHOUT: Limit = Limit::new(
    "share of the nuclei with two signals of one colour that lack the other, or in which it is too weak",
    0.5,
    "chosen for this crate",
);

/// A probe that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProbeFailed {
    /// Nuclei without the colour.
    pub without: usize,
    /// Nuclei in which the colour is too weak to be seen.
    pub weak: usize,
    /// Whole nuclei with two or more signals of the other colour.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "probe_failed",
    meaning: "A probe did not hybridise in half of the nuclei. A rearrangement leaves one locus intact, so most nuclei should \
              show both colours.",
    effect: "withholds any verdict",
    limits: &[MIN_NUCLEI, MAX_WITHOUT],
    sound: 0,
};

impl Figures for ProbeFailed {
    fn message(&self, at: &About) -> String {
        format!(
            "The {} probe failed: {} show none of it, or it is too weak to be seen there.",
            at.colour_name(),
            part_of(
                self.without + self.weak,
                self.nuclei,
                &format!("nuclei with two {} signals", at.other_name())
            )
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Repeat the hybridisation.".to_owned())
    }
}

/// Nuclei that should show both colours, and those of them that lack one altogether.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) nuclei: usize,
    pub(super) without: usize,
    /// Those in which the colour is too weak to be seen.
    pub(super) weak: usize,
}

impl Missing {
    /// Counts the whole nuclei, where nuclei are counted, with two or more signals of the other colour, and those without any of `colour`.
    pub(super) fn count(view: &SpecimenView<'_>, colour: Colour) -> Self {
        let mut missing = Self::default();
        for nucleus in view.fields.iter().flat_map(|field| &field.nuclei) {
            let (call, is_weak) = (&nucleus.call, nucleus.weak);
            let whole = !call.is_outside()
                && matches!(call.exclusion, None | Some(Exclusion::OneColourOnly | Exclusion::WeakProbe));
            let [here, other] = [colour, colour.other()].map(|c| call.pattern.signals(c));
            if whole && other >= 2 && !is_weak[colour.other()] {
                missing.nuclei += 1;
                missing.weak += usize::from(is_weak[colour]);
                missing.without += usize::from(here == 0 && !is_weak[colour]);
            }
        }
        missing
    }

    /// Share of the nuclei without the colour.
    pub(super) fn share(self) -> f64 {
        self.without as f64 / self.nuclei.max(1) as f64
    }

    /// Share of the nuclei in which the colour is too weak.
    pub(super) fn weak_share(self) -> f64 {
        self.weak as f64 / self.nuclei.max(1) as f64
    }

    /// Whether they are enough for a statement.
    pub(super) fn is_enough(self) -> bool {
        self.nuclei >= MIN_NUCLEI.count()
    }

    /// Whether the probe failed: said once, by this check.
    pub(super) fn failed(self) -> bool {
        self.is_enough() && self.share() + self.weak_share() >= MAX_WITHOUT.value
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<ProbeFailed>> {
    let of_colour = |colour: Colour| {
        let found = Missing::count(view, colour);
        found.failed().then(|| {
            let detail = ProbeFailed { without: found.without, weak: found.weak, nuclei: found.nuclei };
            Raised::new(detail).of_colour(colour).withhold(Withheld::AnyVerdict)
        })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_is_missing_from_half_of_the_nuclei_has_failed() {
        let failed = |without, weak, nuclei| Missing { nuclei, without, weak }.failed();
        assert!(!failed(5, 0, 100) && !failed(25, 0, 100) && !failed(49, 0, 100));
        assert!(failed(50, 0, 100) && failed(30, 20, 100));
        assert!(!failed(9, 0, 9), "too few nuclei");
    }
}
