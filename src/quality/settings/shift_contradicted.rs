//! A supplied or disabled chromatic shift that the pairs of the specimen contradict.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

const MIN_DIAMETERS: Limit = Limit::new(
    "difference of the two shifts in signal diameters",
    0.5,
    "chosen for this crate: a quarter of the usual distance of split signals",
);
pub(super) const MIN_STANDARD_ERRORS: Limit =
    Limit::new("difference in standard errors of the estimate", 4.0, "chosen for this crate");

/// A supplied or disabled chromatic shift that the pairs contradict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShiftContradicted {
    /// The shift that was used, rows and columns, px.
    pub used_px: [f64; 2],
    /// The shift that the pairs show, px.
    pub measured_px: [f64; 2],
    /// Pairs that show it.
    pub pairs: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "shift_contradicted",
    meaning: "The chromatic shift that was supplied, or disabled, contradicts the pairs of the specimen, so that pairs would be \
              misjudged.",
    effect: "withholds any verdict",
    limits: &[MIN_DIAMETERS, MIN_STANDARD_ERRORS],
    sound: 0,
};

impl Figures for ShiftContradicted {
    fn message(&self, _: &About) -> String {
        let ([y, x], [v, u]) = (self.used_px, self.measured_px);
        format!(
            "The chromatic shift in use ({y:.1},{x:.1} px, not estimated) contradicts the pairs of this specimen ({v:.1},{u:.1} px \
             from {} pairs): pairs would be misjudged.",
            self.pairs
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Let the shift be estimated.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<ShiftContradicted>> {
    let Some(found) = view.facts.supplied.shift else { return Vec::new() };
    let (used_px, measured_px) = (found.used_px, [found.measured.y_px, found.measured.x_px]);
    let apart_px = (measured_px[0] - used_px[0]).hypot(measured_px[1] - used_px[1]);
    let by_error = MIN_STANDARD_ERRORS.value * found.measured.standard_error_px.unwrap_or(f64::INFINITY);
    if apart_px <= by_error.max(MIN_DIAMETERS.value * found.signal_diameter_px) {
        return Vec::new();
    }
    let detail = ShiftContradicted { used_px, measured_px, pairs: found.measured.pairs };
    vec![Raised::new(detail).withhold(Withheld::AnyVerdict)]
}
