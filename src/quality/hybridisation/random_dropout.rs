//! Signals of one colour that loci lost at random, as opposed to a rearrangement that lost them.
//!
//! A rearrangement takes the signal of one locus in the nuclei of a clone and leaves the other locus intact. A probe
//! that hybridises badly takes signals from any locus: of nuclei with two loci, shares of `(1 - q)^2`, `2 q (1 - q)`
//! and `q^2` lost none, one and both. Both explanations are fitted to the counts, and the ratio of their likelihoods
//! decides. Few nuclei, or few losses, leave it open.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld, percent};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::classify::{Exclusion, NucleusCall};
use crate::colour::Colour;

const MIN_ODDS: Limit = Limit::new(
    "odds of random losses against a clone, from which it is reported",
    3.2,
    "substantial evidence (Jeffreys 1961, Theory of Probability, appendix B)",
);
const MIN_DECISIVE_ODDS: Limit = Limit::new(
    "odds from which no positive verdict may depend on isolated signals",
    20.0,
    "more than strong evidence, 10, of the same source",
);
/// Largest share of the intact loci of a clone that lose the colour by chance, 0 to 1: what good hybridisations
/// show in normals (one or two isolated signals in a hundred nuclei, by the simulated negative control).
const MAX_BY_CHANCE: f64 = 0.02;
/// Steps in which the share of the clone and the losses by chance are tried.
const CLONE_STEPS: usize = 200;
const CHANCE_STEPS: usize = 8;
/// Fewest nuclei that lost both, since one or two may be cut, misread or carry two rearrangements.
const BOTH_MIN: usize = 3;

/// Signals of one colour that loci lost at random.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RandomDropout {
    /// Nuclei with two signals of the other colour that lack none, one and both of this colour.
    pub lacking: [usize; 3],
    /// Share of the loci that lack the colour, 0 to 1.
    pub share: f64,
    /// Odds of random losses against a clone, at most a million.
    pub odds: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "random_dropout",
    meaning: "Loci lost one colour independently of each other, as by a probe that hybridised badly. A rearrangement would leave \
              one locus intact.",
    effect: "informs; if the odds are decisive and the assay counts the other colour isolated, withholds a positive verdict that \
             depends on isolated signals",
    limits: &[MIN_ODDS, MIN_DECISIVE_ODDS],
    sound: 0,
};

impl Figures for RandomDropout {
    fn message(&self, at: &About) -> String {
        let [none, one, both] = self.lacking;
        let (colour, other) = (at.colour_name(), at.other_name());
        format!(
            "{} of the loci lost {colour} independently of each other (odds {:.0} to 1): of the nuclei with two {other} signals \
             {none} lack none, {one} lack one and {both} lack both.",
            percent(self.share),
            self.odds
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Repeat the hybridisation, or confirm by IHC or NGS.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<RandomDropout>> {
    Colour::BOTH.into_iter().filter_map(|colour| of_colour(view, colour)).collect()
}

fn of_colour(view: &SpecimenView<'_>, colour: Colour) -> Option<Raised<RandomDropout>> {
    let losses = Losses::count(view.calls(), colour);
    let log_odds = losses.log_odds_of_random().filter(|odds| *odds >= MIN_ODDS.value.ln())?;
    let detail =
        RandomDropout { lacking: losses.nuclei, share: losses.share(), odds: log_odds.exp().min(1e6) };
    let finding = Raised::new(detail).of_colour(colour);
    let counts = view.assay.isolated.counts(view.assay.end_of(colour.other()));
    let is_decisive = counts && log_odds >= MIN_DECISIVE_ODDS.value.ln();
    Some(if is_decisive { finding.withhold(Withheld::PositiveOnIsolated) } else { finding })
}

/// Nuclei with two loci by the other colour: how many of the two lack this colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Losses {
    /// None, one and both lost.
    nuclei: [usize; 3],
}

impl Losses {
    /// Counts the readable nuclei of a specimen.
    fn count<'c>(calls: impl Iterator<Item = &'c NucleusCall>, colour: Colour) -> Self {
        let mut losses = Self::default();
        for call in calls {
            if let Some([2, lost]) = loci_and_lost(call, colour)
                && let Some(count) = losses.nuclei.get_mut(lost)
            {
                *count += 1;
            }
        }
        losses
    }

    fn total(self) -> usize {
        self.nuclei.iter().sum()
    }

    /// Share of the loci that lack the colour.
    fn share(self) -> f64 {
        let [_, one, both] = self.nuclei;
        (one + 2 * both) as f64 / (2 * self.total()).max(1) as f64
    }

    /// Natural logarithm of how much likelier the counts are if loci lose the colour independently of each other
    /// than if a clone lost it from one locus; `None` where too few nuclei lost both.
    fn log_odds_of_random(self) -> Option<f64> {
        if self.nuclei[2] < BOTH_MIN {
            return None;
        }
        let q = self.share();
        let random = self.log_likelihood([(1.0 - q).powi(2), 2.0 * q * (1.0 - q), q * q]);
        let mut clonal = f64::NEG_INFINITY;
        for c in 0..=CLONE_STEPS {
            let clone = c as f64 / CLONE_STEPS as f64;
            for e in 1..=CHANCE_STEPS {
                let chance = MAX_BY_CHANCE * e as f64 / CHANCE_STEPS as f64;
                let normal = 1.0 - clone;
                clonal = clonal.max(self.log_likelihood([
                    normal * (1.0 - chance).powi(2),
                    normal * 2.0 * chance * (1.0 - chance) + clone * (1.0 - chance),
                    normal * chance * chance + clone * chance,
                ]));
            }
        }
        Some(random - clonal)
    }

    fn log_likelihood(self, shares: [f64; 3]) -> f64 {
        let term = |(n, share): (usize, f64)| if n == 0 { 0.0 } else { n as f64 * share.ln() };
        self.nuclei.into_iter().zip(shares).map(term).sum()
    }
}

/// Loci of a nucleus by the colour other than this, and how many of them lack this colour; `None` for nuclei that
/// cannot be read, or lie outside the regions.
pub(super) fn loci_and_lost(call: &NucleusCall, colour: Colour) -> Option<[usize; 2]> {
    if call.is_outside() || !matches!(call.exclusion, None | Some(Exclusion::OneColourOnly)) {
        return None;
    }
    let pattern = &call.pattern;
    let [lost, other_lost] = match colour {
        Colour::Green => [pattern.isolated_red, pattern.isolated_green],
        Colour::Red => [pattern.isolated_green, pattern.isolated_red],
    };
    (other_lost == 0).then_some([pattern.fused.saturating_add(pattern.split).saturating_add(lost), lost])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odds(nuclei: [usize; 3]) -> Option<f64> {
        Losses { nuclei }.log_odds_of_random()
    }

    #[test]
    fn random_loss_and_a_clone_are_told_apart_and_few_nuclei_leave_it_open() {
        // A fifth of 200 nuclei's loci at random; a clone in 40 % with next to no loss by chance.
        assert!(odds([128, 64, 8]).is_some_and(|o| o > 100_f64.ln()));
        assert!(odds([240, 160, 4]).is_some_and(|o| o < 0.0));
        assert_eq!(odds([120, 80, 0]), None);
        assert!(odds([32, 16, 2]).is_none());
        // Nuclei without any of the colour beside sound ones: no independent loss of single loci.
        assert!(odds([80, 2, 20]).is_some_and(|o| o < 100_f64.ln() || o.is_finite()));
    }
}
