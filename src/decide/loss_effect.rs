//! The effect of signals below detection on the count.
//!
//! A nucleus that lost a signal of one colour shows the other one alone. Where the assay counts that, intact nuclei look
//! rearranged; where it does not, rearranged nuclei look intact. How often, follows from the share of signals lost in each
//! nucleus ([`LostShare`]): every signal of what it shows is lost or not, and the assay's rule is applied to what is left.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assay::{Assay, Sex};
use crate::classify::{LostShare, NucleusCall, SignalPattern, UNMODELLED_ERROR, is_rearranged};
use crate::colour::Colour;

/// A number of nuclei as expected, and its upper bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpectedNuclei {
    /// Expected number.
    pub expected: f64,
    /// Upper bound: the upper bound of the share lost, and chance.
    pub at_most: f64,
}

/// Evaluable nuclei that may be called wrongly since signals lie below detection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LossEffect {
    /// Intact ones that lost a signal and are counted as rearranged by the one left alone.
    pub falsely_isolated: ExpectedNuclei,
    /// Intact ones that lost a red and a green signal of two loci and look split.
    pub falsely_split: ExpectedNuclei,
    /// Rearranged ones that lost a signal, or of which a signal was not taken for one, and are not counted as such.
    pub hidden: ExpectedNuclei,
    /// Those of them of which a signal was not taken for one.
    pub unrecognised: ExpectedNuclei,
}

/// Chances of what a nucleus shows: counted as rearranged by signals of one colour alone, and by both.
#[derive(Debug, Clone, Copy, Default)]
struct Chances {
    isolated: f64,
    split: f64,
}

/// Fused pairs, reds and greens apart.
type Shown = (usize, usize, usize);

/// Spreads what a nucleus may show over what becomes of one more locus or end.
fn spread(shown: &BTreeMap<Shown, f64>, outcomes: &[(Shown, f64)]) -> BTreeMap<Shown, f64> {
    let mut next = BTreeMap::new();
    for ((fused, red, green), chance) in shown {
        for ((f, r, g), share) in outcomes.iter().filter(|(_, share)| *share > 0.0) {
            *next.entry((fused + f, red + r, green + g)).or_insert(0.0) += chance * share;
        }
    }
    next
}

/// How a nucleus with these signals is read if each is lost with the chance of its colour.
fn read_with_loss(truth: &SignalPattern, lost: [f64; 2], assay: &Assay, sex: Option<Sex>) -> Chances {
    let [red, green] = lost;
    let [seen_red, seen_green] = lost.map(|share| 1.0 - share);
    let pair = [
        ((1, 0, 0), seen_red * seen_green),
        ((0, 1, 0), seen_red * green),
        ((0, 0, 1), red * seen_green),
        ((0, 0, 0), red * green),
    ];
    let mut shown = BTreeMap::from([((0, 0, 0), 1.0)]);
    for _ in 0..truth.fused {
        shown = spread(&shown, &pair);
    }
    for _ in 0..truth.separated(Colour::Red) {
        shown = spread(&shown, &[((0, 1, 0), seen_red), ((0, 0, 0), red)]);
    }
    for _ in 0..truth.separated(Colour::Green) {
        shown = spread(&shown, &[((0, 0, 1), seen_green), ((0, 0, 0), green)]);
    }
    let mut chances = Chances::default();
    for ((fused, isolated_red, isolated_green), chance) in shown {
        let pattern = SignalPattern { fused, split: 0, isolated_red, isolated_green };
        if is_rearranged(&pattern, assay, sex) {
            let both = isolated_red > 0 && isolated_green > 0;
            *(if both { &mut chances.split } else { &mut chances.isolated }) += chance;
        }
    }
    chances
}

/// Whether a nucleus shows both ends apart, which one lost signal does not make.
pub(crate) fn shows_both_ends(pattern: &SignalPattern) -> bool {
    Colour::BOTH.iter().all(|colour| pattern.separated(*colour) > 0)
}

/// Sums over nuclei, and the variances of the numbers that they stand for.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    mean: f64,
    variance: f64,
}

impl Sum {
    fn add(&mut self, chance: f64) {
        self.mean += chance;
        self.variance += chance * (1.0 - chance);
    }
}

/// Sums of falsely isolated, falsely split and hidden nuclei, given the loss that `share` takes from each nucleus.
fn sums(
    evaluable: &[&NucleusCall],
    share: impl Fn(LostShare) -> f64,
    (assay, sex): (&Assay, Option<Sex>),
) -> [Sum; 3] {
    let [mut isolated, mut split, mut hidden] = [Sum::default(); 3];
    for call in evaluable {
        let lost = call.lost.map(&share);
        if lost == [0.0; 2] {
            continue;
        }
        let pattern = &call.pattern;
        if !shows_both_ends(pattern) {
            // As if whatever stands alone had lost its partner.
            let alone = Colour::BOTH.iter().map(|c| pattern.separated(*c)).sum::<usize>();
            let intact =
                SignalPattern { fused: pattern.fused.saturating_add(alone), ..SignalPattern::default() };
            let chances = read_with_loss(&intact, lost, assay, sex);
            isolated.add(chances.isolated);
            split.add(chances.split);
        }
        if call.rearranged {
            // For each that is still seen as rearranged, so many are not: geometric.
            let chances = read_with_loss(pattern, lost, assay, sex);
            let seen = (chances.isolated + chances.split).clamp(f64::MIN_POSITIVE, 1.0);
            hidden.mean += (1.0 - seen) / seen;
            hidden.variance += (1.0 - seen) / (seen * seen);
        }
    }
    [isolated, split, hidden]
}

impl LossEffect {
    /// What the shares lost in the evaluable nuclei make expect, with upper bounds of so many standard deviations.
    pub(crate) fn of(
        evaluable: &[&NucleusCall],
        assay_and_sex: (&Assay, Option<Sex>),
        deviations: f64,
    ) -> Self {
        let expected = sums(evaluable, |lost| lost.expected, assay_and_sex);
        let at_most = sums(evaluable, |lost| lost.at_most, assay_and_sex);
        // No more are falsely called than are called.
        let called = |both: bool| {
            let of_kind = |c: &&&NucleusCall| c.rearranged && shows_both_ends(&c.pattern) == both;
            evaluable.iter().filter(of_kind).count() as f64
        };
        let most = [called(false), called(true), f64::INFINITY];
        let [falsely_isolated, falsely_split, hidden] = [0, 1, 2].map(|i| ExpectedNuclei {
            expected: expected[i].mean.min(most[i]),
            at_most: (at_most[i].mean + deviations * at_most[i].variance.sqrt())
                .max(expected[i].mean)
                .min(most[i]),
        });
        let unrecognised = unrecognised(evaluable, deviations);
        let hidden = ExpectedNuclei {
            expected: hidden.expected + unrecognised.expected,
            at_most: hidden.at_most + unrecognised.at_most,
        };
        Self { falsely_isolated, falsely_split, hidden, unrecognised }
    }
}

/// Nuclei that are not counted as rearranged although they may be: their signals are seen, but not told from noise and false
/// spots. The upper bound holds if rearranged nuclei are as common as at the cutoff: where nothing can be told, it lies there.
fn unrecognised(evaluable: &[&NucleusCall], deviations: f64) -> ExpectedNuclei {
    let (mut expected, mut at_cutoff) = (0.0, Sum::default());
    for call in evaluable.iter().filter(|call| !call.rearranged) {
        expected += call.probability_rearranged.map_or(0.0, |p| (p - UNMODELLED_ERROR).max(0.0));
        at_cutoff.add(call.probability_at_cutoff.unwrap_or(0.0));
    }
    let at_most = at_cutoff.mean + deviations * at_cutoff.variance.sqrt();
    ExpectedNuclei { expected, at_most: at_most.max(expected) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    fn pattern(fused: usize, isolated_red: usize, isolated_green: usize) -> SignalPattern {
        SignalPattern { fused, split: 0, isolated_red, isolated_green }
    }

    #[test]
    fn an_intact_nucleus_shows_a_lone_red_as_often_as_a_green_is_lost() -> Result<()> {
        let (alk, ewsr1) = (Assay::builtin("alk")?, Assay::builtin("ewsr1")?);
        let q = 0.1;
        let intact = read_with_loss(&pattern(2, 0, 0), [0.0, q], &alk, None);
        assert!((intact.isolated - (1.0 - (1.0 - q) * (1.0 - q))).abs() < 1e-12 && intact.split == 0.0);
        // Lost red leaves green, which the assay does not count.
        let intact = read_with_loss(&pattern(2, 0, 0), [q, 0.0], &alk, None);
        assert_eq!((intact.isolated, intact.split), (0.0, 0.0));
        // A red of one locus and a green of the other.
        let both = read_with_loss(&pattern(2, 0, 0), [q, q], &ewsr1, None);
        assert!((both.split - 2.0 * (q * (1.0 - q)).powi(2)).abs() < 1e-12 && both.isolated == 0.0);
        // A split nucleus that lost a green of two still shows a red alone, or both ends.
        let split = read_with_loss(&pattern(1, 1, 1), [0.0, q], &alk, None);
        assert!((split.isolated + split.split - 1.0).abs() < 1e-12);
        // It is hidden where its red end is lost and the intact locus is not broken up by that too.
        let split = read_with_loss(&pattern(1, 1, 1), [q, 0.0], &alk, None);
        assert!((split.split - (1.0 - q)).abs() < 1e-12 && split.isolated == 0.0);
        Ok(())
    }
}
