//! The candidates of each nucleus resolved with the fitted model.

use rayon::prelude::*;

use crate::colour::{Colour, PerColour};
use crate::detect::candidate::Candidate;
use crate::detect::defocus::DefocusAttenuation;
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::resolve::balance;
use crate::resolve::explanations::{CandidateKind, NoneSeparated, Probabilities, Weights};
use crate::resolve::model::{SpecimenModel, WeighedNucleus};

/// The candidates of one nucleus with their probabilities and kinds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResolvedNucleus {
    /// Probability of being a signal, and kind in the most probable explanation, per red candidate.
    pub(crate) red: Vec<(f64, CandidateKind)>,
    /// The same per green candidate.
    pub(crate) green: Vec<(f64, CandidateKind)>,
    /// Probability that no signal is isolated or split.
    pub(crate) none_separated: NoneSeparated,
    /// The same if separated signals were as common as at the cutoff.
    pub(crate) none_separated_at_cutoff: NoneSeparated,
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

/// Resolves the candidates of every nucleus with the fitted model. `share_at_cutoff` is the share of rearranged nuclei that the
/// assay's cutoff states.
pub(crate) fn resolve(
    nuclei: &[NucleusCandidates],
    model: &SpecimenModel,
    share_at_cutoff: f64,
) -> Vec<ResolvedNucleus> {
    let (isolated, split) = model.rarer_than(share_at_cutoff);
    let (mut resolved, open): (Vec<ResolvedNucleus>, Vec<Option<WeighedNucleus>>) = nuclei
        .par_iter()
        .map(|nucleus| {
            let weighed = model.weigh(nucleus);
            let weights = &weighed.weights;
            let p = weights.probabilities();
            let signal = PerColour { red: p.red_is_signal(), green: p.green_is_signal() };
            let kinds = weights.most_probable().kinds;
            let of = |colour: Colour| {
                // Candidates that are not considered are background.
                let mut all = vec![(0.0, CandidateKind::Background); nucleus.of(colour).len()];
                let found = signal[colour].iter().zip(&kinds[colour]);
                for (c, (&p, &kind)) in weighed.considered[colour].iter().zip(found) {
                    all[c.index] = (p, kind);
                }
                all
            };
            let resolved = ResolvedNucleus {
                red: of(Colour::Red),
                green: of(Colour::Green),
                none_separated: weights.none_separated(),
                none_separated_at_cutoff: weights.scaled(isolated, split).none_separated(),
                fused: FusedEnds::of(weights, &p),
            };
            let is_open = balance::is_open(&resolved.none_separated);
            (resolved, is_open.then_some(weighed))
        })
        .unzip();
    let none: Vec<NoneSeparated> = resolved.iter().map(|nucleus| nucleus.none_separated).collect();
    let factors = balance::factors(&none, &open);
    if factors != PerColour::both(1.0) {
        for (nucleus, weighed) in resolved.iter_mut().zip(open) {
            let Some(WeighedNucleus { considered, weights }) = weighed else { continue };
            let PerColour { red, green } = balance::explain(&weights, factors).kinds;
            considered.red.iter().zip(red).for_each(|(c, kind)| nucleus.red[c.index].1 = kind);
            considered.green.iter().zip(green).for_each(|(c, kind)| nucleus.green[c.index].1 = kind);
        }
    }
    resolved
}

/// Probability that a candidate outside every nucleus is a signal, if it is none of the false spots there.
pub(crate) fn outside_nuclei_at_locus(
    model: &SpecimenModel,
    colour: Colour,
    candidate: &Candidate,
    attenuation: &DefocusAttenuation,
) -> f64 {
    isolated(model, colour, candidate, attenuation, model.signals[colour].background_weight(candidate))
}

/// Probability that a candidate outside every nucleus is a signal.
pub(crate) fn outside_nuclei(
    model: &SpecimenModel,
    colour: Colour,
    candidate: &Candidate,
    attenuation: &DefocusAttenuation,
) -> f64 {
    let background = model.background(candidate, colour, model.usual_area_px);
    isolated(model, colour, candidate, attenuation, background)
}

/// Probability that a candidate is an isolated signal rather than this background.
fn isolated(
    model: &SpecimenModel,
    colour: Colour,
    candidate: &Candidate,
    attenuation: &DefocusAttenuation,
    background: f64,
) -> f64 {
    let odds = model.signals[colour].odds(candidate, attenuation, &model.blur, background);
    let weight = model.isolated_rate[colour] * model.blur.mean(&odds);
    weight / (1.0 + weight)
}
