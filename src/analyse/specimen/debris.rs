//! How much of a nucleus lies under debris, where no signal could be told from it.

use std::f64::consts::PI;

use crate::colour::Colour;
use crate::detect::candidate::{Candidate, FWHM_PER_SIGMA};
use crate::detect::decide::{Decision, Model, NucleusCandidates};
use crate::detect::rejected::{Rejection, is_as_high_as_signals};
use crate::detect::sorting::Part;

/// Share of the nucleus' area under what is as bright as signals but is none, in the colour in which it is larger: a disc
/// around each whose radius is its width at half maximum, within which a signal is one spot with it. At most 1.
pub(super) fn covered_share(nucleus: &NucleusCandidates, decision: &Decision, model: &Model) -> f64 {
    let covered = Colour::BOTH.map(|colour| {
        let found = nucleus.of(colour).iter().zip(decision.of(colour));
        found
            .filter(|(candidate, (_, part))| is_debris(*part, candidate, colour, model))
            .map(|(candidate, _)| PI * (FWHM_PER_SIGMA * candidate.sigma_px).powi(2))
            .sum::<f64>()
    });
    (covered[0].max(covered[1]) / nucleus.area_px.max(1.0)).min(1.0)
}

fn is_debris(part: Part, candidate: &Candidate, colour: Colour, model: &Model) -> bool {
    match Rejection::of(part, candidate, colour, model) {
        Some(Rejection::UnlikeSignals) => true,
        Some(Rejection::InBothChannels) => is_as_high_as_signals(candidate.amplitude, model.height(colour)),
        _ => false,
    }
}
