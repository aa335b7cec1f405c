//! All explanations of the candidates of one nucleus, summed exactly.
//!
//! Each candidate is background, an isolated signal, or one of a red-green pair (intact or split locus). An explanation says so
//! for every candidate. Its weight is the product of the weights of its terms. The sum over all explanations gives the
//! probability of each term, and the most probable explanation is the reading. Sums run over the subsets of greens
//! already used, one red after the other, so no explanation is left out and none is counted twice.

use ndarray::{Array2, Axis};

use crate::colour::{Colour, PerColour};

/// A number for each term that a red and a green candidate can be together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct PairTerms {
    /// Intact locus.
    pub(crate) fused: f64,
    /// Split locus.
    pub(crate) split: f64,
    /// Background that is one source seen in both colours.
    pub(crate) coincident: f64,
    /// Debris with light of its own in both colours.
    pub(crate) debris: f64,
    /// Red signal whose green candidate is crosstalk.
    pub(crate) red_with_crosstalk: f64,
    /// Green signal whose red candidate is crosstalk.
    pub(crate) green_with_crosstalk: f64,
}

impl PairTerms {
    /// Each number times a factor.
    fn times(&self, factor: f64) -> Self {
        Self {
            fused: self.fused * factor,
            split: self.split * factor,
            coincident: self.coincident * factor,
            debris: self.debris * factor,
            red_with_crosstalk: self.red_with_crosstalk * factor,
            green_with_crosstalk: self.green_with_crosstalk * factor,
        }
    }
}

/// Weights of the terms, relative to background for each candidate involved.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Weights {
    /// Isolated signal, per candidate.
    pub(crate) isolated: PerColour<Vec<f64>>,
    /// Pairs, `[(red, green)]`.
    pub(crate) pairs: Array2<PairTerms>,
}

/// Probability of each term.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Probabilities {
    /// Isolated signal, per candidate.
    pub(crate) isolated: PerColour<Vec<f64>>,
    pub(crate) pairs: Array2<PairTerms>,
}

/// Probability that no signal is isolated or split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NoneSeparated {
    /// No red one.
    pub(crate) red: f64,
    /// No green one.
    pub(crate) green: f64,
    /// Neither.
    pub(crate) both: f64,
}

impl Probabilities {
    /// Probability of being a signal, per red.
    pub(crate) fn red_is_signal(&self) -> Vec<f64> {
        let sum = |i: usize, term: fn(&PairTerms) -> f64| self.pairs.row(i).iter().map(term).sum::<f64>();
        let paired = |i| sum(i, |p| p.fused) + sum(i, |p| p.split) + sum(i, |p| p.red_with_crosstalk);
        self.isolated.red.iter().enumerate().map(|(i, lone)| (lone + paired(i)).clamp(0.0, 1.0)).collect()
    }

    /// Probability of being a signal, per green.
    pub(crate) fn green_is_signal(&self) -> Vec<f64> {
        let sum = |j: usize, term: fn(&PairTerms) -> f64| self.pairs.column(j).iter().map(term).sum::<f64>();
        let paired = |j| sum(j, |p| p.fused) + sum(j, |p| p.split) + sum(j, |p| p.green_with_crosstalk);
        self.isolated.green.iter().enumerate().map(|(j, lone)| (lone + paired(j)).clamp(0.0, 1.0)).collect()
    }
}

/// The kind of a candidate in an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CandidateKind {
    /// Noise, texture or speckle.
    Background,
    /// A source of light in both channels that is no signal.
    Coincident,
    /// Crosstalk of a signal of the other colour.
    Crosstalk,
    /// A hybridisation signal.
    Signal,
}

/// An explanation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Explanation {
    /// The kind of each candidate.
    pub(crate) kinds: PerColour<Vec<CandidateKind>>,
    /// Whether a signal of the colour is isolated or split.
    pub(crate) separated: PerColour<bool>,
}

/// A term of a pair that an explanation may use.
#[derive(Clone, Copy)]
struct PairOption {
    weight: f64,
    kinds: PerColour<CandidateKind>,
    separated: PerColour<bool>,
}

/// The terms that a sum may use.
#[derive(Clone, Copy)]
struct Allowed {
    separated_red: bool,
    separated_green: bool,
}

impl Weights {
    fn reds(&self) -> usize {
        self.isolated.red.len()
    }

    fn greens(&self) -> usize {
        self.isolated.green.len()
    }

    fn single_red(&self, i: usize, allowed: Allowed) -> f64 {
        1.0 + if allowed.separated_red { self.isolated.red[i] } else { 0.0 }
    }

    /// Weight of a red with each green.
    fn pairs_of(&self, i: usize, allowed: Allowed) -> impl Iterator<Item = f64> {
        self.pairs.row(i).into_iter().map(move |pair| {
            let mut weight = pair.fused + pair.coincident + pair.debris;
            if allowed.separated_red && allowed.separated_green {
                weight += pair.split;
            }
            if allowed.separated_red {
                weight += pair.red_with_crosstalk;
            }
            if allowed.separated_green {
                weight += pair.green_with_crosstalk;
            }
            weight
        })
    }

    /// Product over the unused greens, for each subset of used ones.
    fn unused(&self, allowed: Allowed) -> Vec<f64> {
        let mut products = Vec::with_capacity(1 << self.greens());
        products.push(1.0);
        for lone in &self.isolated.green {
            let single = 1.0 + if allowed.separated_green { *lone } else { 0.0 };
            // The subsets with this green follow those without it.
            let without = products.len();
            products.extend_from_within(..);
            products[..without].iter_mut().for_each(|product| *product *= single);
        }
        products
    }

    /// `forward[(i, used)]`: sum over the first `i` reds that use just these greens.
    fn forward(&self, allowed: Allowed) -> Array2<f64> {
        let subsets = 1_usize << self.greens();
        let mut forward = Array2::zeros((self.reds() + 1, subsets));
        forward[(0, 0)] = 1.0;
        let mut pairs = Vec::with_capacity(self.greens());
        for i in 0..self.reds() {
            let single = self.single_red(i, allowed);
            pairs.clear();
            pairs.extend(self.pairs_of(i, allowed));
            let (before, mut after) = forward.view_mut().split_at(Axis(0), i + 1);
            let mut after = after.row_mut(0);
            for (used, &weight) in before.row(i).iter().enumerate() {
                if weight == 0.0 {
                    continue;
                }
                after[used] += weight * single;
                for (j, pair) in pairs.iter().enumerate().filter(|(j, _)| used & (1 << j) == 0) {
                    after[used | (1 << j)] += weight * pair;
                }
            }
        }
        forward
    }

    /// Weight of all explanations that use just these greens in pairs, for each subset of greens.
    fn by_used(&self, forward: &Array2<f64>, unused: &[f64]) -> Vec<f64> {
        forward.row(self.reds()).iter().zip(unused).map(|(a, b)| a * b).collect()
    }

    fn total(&self, allowed: Allowed) -> f64 {
        self.by_used(&self.forward(allowed), &self.unused(allowed)).iter().sum()
    }

    /// The probability of each term.
    pub(crate) fn probabilities(&self) -> Probabilities {
        let (reds, greens) = (self.reds(), self.greens());
        let all = Allowed { separated_red: true, separated_green: true };
        let unused = self.unused(all);
        let forward = self.forward(all);
        let by_used = self.by_used(&forward, &unused);
        let total: f64 = by_used.iter().sum();
        let mut p = Probabilities {
            isolated: PerColour { red: vec![0.0; reds], green: vec![0.0; greens] },
            pairs: Array2::default((reds, greens)),
        };
        for (j, (p, lone)) in p.isolated.green.iter_mut().zip(&self.isolated.green).enumerate() {
            let share = lone / (1.0 + lone);
            let without = by_used.iter().enumerate().filter(|(used, _)| used & (1 << j) == 0);
            *p = without.map(|(_, weight)| weight).sum::<f64>() * share / total;
        }
        let mut backward = unused;
        let mut pairs = Vec::with_capacity(greens);
        for i in (0..reds).rev() {
            let single_red = self.single_red(i, all);
            // Weight of all explanations of the others, for each green with that one left to this red, and with none.
            let (mut others, mut with_none_left) = (vec![0.0; greens], 0.0);
            pairs.clear();
            pairs.extend(self.pairs_of(i, all));
            for (used, &weight) in forward.row(i).iter().enumerate() {
                // More greens than there are reds ahead cannot be used.
                if weight == 0.0 {
                    backward[used] = 0.0;
                    continue;
                }
                with_none_left += weight * backward[used];
                let mut before = backward[used] * single_red;
                for (j, pair) in pairs.iter().enumerate().filter(|(j, _)| used & (1 << j) == 0) {
                    // Larger subsets come later: this one is still the sum of the red after.
                    let after = backward[used | (1 << j)];
                    others[j] += weight * after;
                    before += after * pair;
                }
                backward[used] = before;
            }
            p.isolated.red[i] = self.isolated.red[i] * with_none_left / total;
            for ((p, pair), others) in p.pairs.row_mut(i).iter_mut().zip(self.pairs.row(i)).zip(others) {
                *p = pair.times(others / total);
            }
        }
        p
    }

    /// The weights if isolated signals and split loci were commoner by these factors.
    pub(crate) fn scaled(&self, isolated: PerColour<f64>, split: f64) -> Self {
        let of = |colour: Colour| self.isolated[colour].iter().map(|w| w * isolated[colour]).collect();
        let pairs = self.pairs.map(|pair| PairTerms {
            split: pair.split * split,
            red_with_crosstalk: pair.red_with_crosstalk * isolated.red,
            green_with_crosstalk: pair.green_with_crosstalk * isolated.green,
            ..*pair
        });
        Self { isolated: PerColour::from_fn(of), pairs }
    }

    /// The probability that no signal is isolated or split.
    pub(crate) fn none_separated(&self) -> NoneSeparated {
        let total = |separated_red, separated_green| self.total(Allowed { separated_red, separated_green });
        let all = total(true, true);
        NoneSeparated {
            red: total(false, true) / all,
            green: total(true, false) / all,
            both: total(false, false) / all,
        }
    }

    /// The most probable explanation.
    pub(crate) fn most_probable(&self) -> Explanation {
        let (reds, greens) = (self.reds(), self.greens());
        let subsets = 1_usize << greens;
        // Best weight so far and the choice that led there.
        let mut best = Array2::from_elem((reds + 1, subsets), f64::NEG_INFINITY);
        let mut choice = Array2::from_elem((reds + 1, subsets), None);
        best[(0, 0)] = 0.0;
        for i in 0..reds {
            let lone = self.isolated.red[i].max(1.0).ln();
            let pairs: Vec<f64> = (0..greens)
                .map(|j| self.most_probable_pair(i, j).weight.max(f64::MIN_POSITIVE).ln())
                .collect();
            for used in 0..subsets {
                let weight = best[(i, used)];
                if weight == f64::NEG_INFINITY {
                    continue;
                }
                let single = weight + lone;
                if single > best[(i + 1, used)] {
                    best[(i + 1, used)] = single;
                    choice[(i + 1, used)] = None;
                }
                for j in (0..greens).filter(|j| used & (1 << j) == 0) {
                    let paired = weight + pairs[j];
                    let with = (i + 1, used | (1 << j));
                    if paired > best[with] {
                        best[with] = paired;
                        choice[with] = Some(j);
                    }
                }
            }
        }
        let alone: Vec<f64> = self.isolated.green.iter().map(|lone| lone.max(1.0).ln()).collect();
        let whole = |used: usize| {
            best[(reds, used)] + (0..greens).filter(|j| used & (1 << j) == 0).map(|j| alone[j]).sum::<f64>()
        };
        let (mut used, mut most_probable) = (0, whole(0));
        for candidate in 1..subsets {
            let weight = whole(candidate);
            if weight > most_probable {
                (used, most_probable) = (candidate, weight);
            }
        }
        let mut kinds = PerColour {
            red: vec![CandidateKind::Background; reds],
            green: vec![CandidateKind::Background; greens],
        };
        let mut separated = PerColour::both(false);
        for j in (0..greens).filter(|j| used & (1 << j) == 0) {
            if self.isolated.green[j] > 1.0 {
                kinds.green[j] = CandidateKind::Signal;
                separated.green = true;
            }
        }
        for i in (0..reds).rev() {
            if let Some(j) = choice[(i + 1, used)] {
                let option = self.most_probable_pair(i, j);
                (kinds.red[i], kinds.green[j]) = (option.kinds.red, option.kinds.green);
                separated.red |= option.separated.red;
                separated.green |= option.separated.green;
                used &= !(1 << j);
            } else if self.isolated.red[i] > 1.0 {
                kinds.red[i] = CandidateKind::Signal;
                separated.red = true;
            }
        }
        Explanation { kinds, separated }
    }

    /// The most probable term of a pair; of equal ones the first.
    fn most_probable_pair(&self, i: usize, j: usize) -> PairOption {
        use CandidateKind::{Coincident, Crosstalk, Signal};
        let pair = &self.pairs[(i, j)];
        let option = |weight, kinds: [CandidateKind; 2], separated: [bool; 2]| PairOption {
            weight,
            kinds: kinds.into(),
            separated: separated.into(),
        };
        let others = [
            option(pair.split, [Signal, Signal], [true, true]),
            option(pair.coincident, [Coincident, Coincident], [false, false]),
            option(pair.debris, [Coincident, Coincident], [false, false]),
            option(pair.red_with_crosstalk, [Signal, Crosstalk], [true, false]),
            option(pair.green_with_crosstalk, [Crosstalk, Signal], [false, true]),
        ];
        let fused = option(pair.fused, [Signal, Signal], [false, false]);
        others.into_iter().fold(fused, |best, other| if other.weight > best.weight { other } else { best })
    }
}

#[cfg(test)]
mod tests;
