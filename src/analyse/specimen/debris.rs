//! How much of a nucleus lies under debris, where no signal could be told from it.

use std::f64::consts::PI;

use crate::colour::Colour;
use crate::detect::candidate::{Candidate, FWHM_PER_SIGMA};
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::resolve::explanations::CandidateKind;
use crate::resolve::model::SpecimenModel;
use crate::resolve::nucleus::ResolvedNucleus;
use crate::resolve::rejection::{Rejection, is_as_high_as_signals};

/// Share of the nucleus' area under what is as bright as signals but is none, in the colour in which it is larger: a disc
/// around each whose radius is its width at half maximum, within which a signal is one spot with it. At most 1.
pub(super) fn covered_share(
    nucleus: &NucleusCandidates,
    decision: &ResolvedNucleus,
    model: &SpecimenModel,
) -> f64 {
    let covered = Colour::BOTH.map(|colour| {
        let found = nucleus.of(colour).iter().zip(decision.of(colour));
        found
            .filter(|(candidate, (_, part))| is_debris(*part, candidate, colour, model))
            .map(|(candidate, _)| PI * (FWHM_PER_SIGMA * candidate.sigma_px).powi(2))
            .sum::<f64>()
    });
    (covered[0].max(covered[1]) / nucleus.area_px.max(1.0)).min(1.0)
}

fn is_debris(part: CandidateKind, candidate: &Candidate, colour: Colour, model: &SpecimenModel) -> bool {
    match Rejection::of(part, candidate, colour, model) {
        Some(Rejection::UnlikeSignals) => true,
        Some(Rejection::InBothChannels) => is_as_high_as_signals(candidate.amplitude, model.height(colour)),
        _ => false,
    }
}
