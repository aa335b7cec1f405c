//! The candidates of each nucleus resolved with the fitted model.

use rayon::prelude::*;

use crate::colour::{Colour, PerColour};
use crate::detect::candidate::Candidate;
use crate::detect::defocus::DefocusAttenuation;
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::resolve::explanations::{CandidateKind, NoneSeparated, Probabilities, Weights};
use crate::resolve::model::{Considered, SpecimenModel, WeighedNucleus};

/// The candidates of one nucleus with their probabilities and kinds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResolvedNucleus {
    /// Probability of being a signal, and kind in the most probable explanation, per red candidate.
    pub(crate) red: Vec<(f64, CandidateKind)>,
    /// The same per green candidate.
    pub(crate) green: Vec<(f64, CandidateKind)>,
    /// Probability that no signal is isolated or split.
    pub(crate) none_separated: NoneSeparated,
    /// Its intact loci.
    pub(crate) fused: FusedEnds,
}

/// Intact loci, and those of their ends that are signals only by the other end: isolated, they would be missed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct FusedEnds {
    pub(crate) loci: f64,
    pub(crate) isolated_misses: PerColour<f64>,
}

impl FusedEnds {
    /// The intact loci of one nucleus, each counted by its probability.
    fn of(weights: &Weights, p: &Probabilities) -> Self {
        let mut ends = Self::default();
        for ((i, j), pair) in p.pairs.indexed_iter() {
            ends.loci += pair.fused;
            let missed = |isolated: f64| if isolated < 1.0 { pair.fused } else { 0.0 };
            ends.isolated_misses.red += missed(weights.isolated.red[i]);
            ends.isolated_misses.green += missed(weights.isolated.green[j]);
        }
        ends
    }

    /// The intact loci of several nuclei, summed in their order.
    pub(crate) fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), |sum, own| Self {
            loci: sum.loci + own.loci,
            isolated_misses: sum.isolated_misses.zip(own.isolated_misses).map(|(sum, own)| sum + own),
        })
    }
}

impl ResolvedNucleus {
    /// Probability and kind of each candidate of a colour.
    pub(crate) fn of(&self, colour: Colour) -> &[(f64, CandidateKind)] {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }

    /// Whether the nucleus has a signal of a colour.
    pub(crate) fn shows(&self, colour: Colour) -> bool {
        self.of(colour).iter().any(|(_, kind)| *kind == CandidateKind::Signal)
    }
}

/// Resolves the candidates of every nucleus with the fitted model.
pub(crate) fn resolve(nuclei: &[NucleusCandidates], model: &SpecimenModel) -> Vec<ResolvedNucleus> {
    let of_all = |considered: &[Considered], p: &[f64], kinds: &[CandidateKind], len: usize| {
        // Candidates that are not considered are background.
        let mut all = vec![(0.0, CandidateKind::Background); len];
        for ((c, &p), kind) in considered.iter().zip(p).zip(kinds) {
            all[c.index] = (p, *kind);
        }
        all
    };
    nuclei
        .par_iter()
        .map(|nucleus| {
            let WeighedNucleus { considered, weights } = model.weigh(nucleus);
            let kinds = weights.most_probable();
            let p = weights.probabilities();
            ResolvedNucleus {
                red: of_all(&considered.red, &p.red_is_signal(), &kinds.red, nucleus.red.len()),
                green: of_all(&considered.green, &p.green_is_signal(), &kinds.green, nucleus.green.len()),
                none_separated: weights.none_separated(),
                fused: FusedEnds::of(&weights, &p),
            }
        })
        .collect()
}

/// Probability that a candidate outside every nucleus is a signal.
pub(crate) fn outside_nuclei(
    model: &SpecimenModel,
    colour: Colour,
    candidate: &Candidate,
    attenuation: &DefocusAttenuation,
) -> f64 {
    let odds = model.signals[colour].odds(candidate, attenuation, &model.blur);
    let weight = model.isolated_rate[colour] * model.blur.mean(&odds);
    weight / (1.0 + weight)
}
