//! The ways in which the candidates of one nucleus can be sorted, summed exactly.
//!
//! Each candidate is false, a signal of its own, or one of a red-green pair (intact or split locus). Each
//! complete sorting has a weight, the product of those of its parts; the sum over all sortings gives the
//! probability of each part, and the heaviest sorting is the reading. Sums run over the subsets of greens
//! already used, one red after the other, so no sorting is left out and none is counted twice.

use ndarray::{Array2, Axis};

/// A number for each part that a red and a green candidate can be together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct PairParts {
    /// Intact locus.
    pub(crate) fused: f64,
    /// Split locus.
    pub(crate) split: f64,
    /// False candidates that are one source seen in both colours.
    pub(crate) coincident: f64,
    /// Debris with light of its own in both colours.
    pub(crate) debris: f64,
    /// Red signal whose green companion is crosstalk.
    pub(crate) red_with_ghost: f64,
    /// Green signal whose red companion is crosstalk.
    pub(crate) green_with_ghost: f64,
}

impl PairParts {
    /// Each number times a factor.
    fn times(&self, factor: f64) -> Self {
        Self {
            fused: self.fused * factor,
            split: self.split * factor,
            coincident: self.coincident * factor,
            debris: self.debris * factor,
            red_with_ghost: self.red_with_ghost * factor,
            green_with_ghost: self.green_with_ghost * factor,
        }
    }
}

/// Weights of the parts, relative to "false" for each candidate involved.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Weights {
    /// Signal of its own, per red.
    pub(crate) lone_red: Vec<f64>,
    /// Signal of its own, per green.
    pub(crate) lone_green: Vec<f64>,
    /// Pairs, `[(red, green)]`.
    pub(crate) pairs: Array2<PairParts>,
}

/// Probability of each part.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Probabilities {
    pub(crate) lone_red: Vec<f64>,
    pub(crate) lone_green: Vec<f64>,
    pub(crate) pairs: Array2<PairParts>,
}

/// Probability that no signal stands alone or split.
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
        let sum = |i: usize, part: fn(&PairParts) -> f64| self.pairs.row(i).iter().map(part).sum::<f64>();
        let paired = |i| sum(i, |p| p.fused) + sum(i, |p| p.split) + sum(i, |p| p.red_with_ghost);
        self.lone_red.iter().enumerate().map(|(i, lone)| (lone + paired(i)).clamp(0.0, 1.0)).collect()
    }

    /// Probability of being a signal, per green.
    pub(crate) fn green_is_signal(&self) -> Vec<f64> {
        let sum = |j: usize, part: fn(&PairParts) -> f64| self.pairs.column(j).iter().map(part).sum::<f64>();
        let paired = |j| sum(j, |p| p.fused) + sum(j, |p| p.split) + sum(j, |p| p.green_with_ghost);
        self.lone_green.iter().enumerate().map(|(j, lone)| (lone + paired(j)).clamp(0.0, 1.0)).collect()
    }
}

/// What a candidate is in the heaviest sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Noise, texture, speckle.
    False,
    /// Something that gives light in both channels.
    InBothChannels,
    /// Crosstalk of a signal of the other colour.
    Ghost,
    Signal,
}

/// The heaviest sorting: which candidates are signals.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sorting {
    pub(crate) red: Vec<Part>,
    pub(crate) green: Vec<Part>,
}

/// Which parts a sum may use.
#[derive(Clone, Copy)]
struct Allowed {
    separated_red: bool,
    separated_green: bool,
}

impl Weights {
    fn reds(&self) -> usize {
        self.lone_red.len()
    }

    fn greens(&self) -> usize {
        self.lone_green.len()
    }

    fn single_red(&self, i: usize, allowed: Allowed) -> f64 {
        1.0 + if allowed.separated_red { self.lone_red[i] } else { 0.0 }
    }

    /// Weight of a red with each green.
    fn pairs_of(&self, i: usize, allowed: Allowed) -> impl Iterator<Item = f64> {
        self.pairs.row(i).into_iter().map(move |pair| {
            let mut weight = pair.fused + pair.coincident + pair.debris;
            if allowed.separated_red && allowed.separated_green {
                weight += pair.split;
            }
            if allowed.separated_red {
                weight += pair.red_with_ghost;
            }
            if allowed.separated_green {
                weight += pair.green_with_ghost;
            }
            weight
        })
    }

    /// Product over the unused greens, for each subset of used ones.
    fn unused(&self, allowed: Allowed) -> Vec<f64> {
        let mut products = Vec::with_capacity(1 << self.greens());
        products.push(1.0);
        for lone in &self.lone_green {
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

    /// Weight of all sortings that use just these greens in pairs, for each subset of greens.
    fn by_used(&self, forward: &Array2<f64>, unused: &[f64]) -> Vec<f64> {
        forward.row(self.reds()).iter().zip(unused).map(|(a, b)| a * b).collect()
    }

    fn total(&self, allowed: Allowed) -> f64 {
        self.by_used(&self.forward(allowed), &self.unused(allowed)).iter().sum()
    }

    /// The probability of each part.
    pub(crate) fn probabilities(&self) -> Probabilities {
        let (reds, greens) = (self.reds(), self.greens());
        let all = Allowed { separated_red: true, separated_green: true };
        let unused = self.unused(all);
        let forward = self.forward(all);
        let by_used = self.by_used(&forward, &unused);
        let total: f64 = by_used.iter().sum();
        let mut p = Probabilities {
            lone_red: vec![0.0; reds],
            lone_green: vec![0.0; greens],
            pairs: Array2::default((reds, greens)),
        };
        for (j, (p, lone)) in p.lone_green.iter_mut().zip(&self.lone_green).enumerate() {
            let share = lone / (1.0 + lone);
            let without = by_used.iter().enumerate().filter(|(used, _)| used & (1 << j) == 0);
            *p = without.map(|(_, weight)| weight).sum::<f64>() * share / total;
        }
        let mut backward = unused;
        let mut pairs = Vec::with_capacity(greens);
        for i in (0..reds).rev() {
            let single_red = self.single_red(i, all);
            // Weight of all sortings of the others, for each green with that one left to this red, and with none.
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
                    // Larger subsets come later: this one is still that of the red after.
                    let after = backward[used | (1 << j)];
                    others[j] += weight * after;
                    before += after * pair;
                }
                backward[used] = before;
            }
            p.lone_red[i] = self.lone_red[i] * with_none_left / total;
            for ((p, pair), others) in p.pairs.row_mut(i).iter_mut().zip(self.pairs.row(i)).zip(others) {
                *p = pair.times(others / total);
            }
        }
        p
    }

    /// The probability that nothing is separated.
    pub(crate) fn none_separated(&self) -> NoneSeparated {
        let total = |separated_red, separated_green| self.total(Allowed { separated_red, separated_green });
        let all = total(true, true);
        NoneSeparated {
            red: total(false, true) / all,
            green: total(true, false) / all,
            both: total(false, false) / all,
        }
    }

    /// The heaviest sorting.
    pub(crate) fn heaviest(&self) -> Sorting {
        let (reds, greens) = (self.reds(), self.greens());
        let subsets = 1_usize << greens;
        // Best weight so far and the choice that led there.
        let mut best = Array2::from_elem((reds + 1, subsets), f64::NEG_INFINITY);
        let mut choice = Array2::from_elem((reds + 1, subsets), None);
        best[(0, 0)] = 0.0;
        for i in 0..reds {
            let lone = self.lone_red[i].max(1.0).ln();
            let pairs: Vec<f64> =
                (0..greens).map(|j| self.heaviest_pair(i, j).0.max(f64::MIN_POSITIVE).ln()).collect();
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
        let alone: Vec<f64> = self.lone_green.iter().map(|lone| lone.max(1.0).ln()).collect();
        let whole = |used: usize| {
            best[(reds, used)] + (0..greens).filter(|j| used & (1 << j) == 0).map(|j| alone[j]).sum::<f64>()
        };
        let (mut used, mut heaviest) = (0, whole(0));
        for candidate in 1..subsets {
            let weight = whole(candidate);
            if weight > heaviest {
                (used, heaviest) = (candidate, weight);
            }
        }
        let mut sorting = Sorting { red: vec![Part::False; reds], green: vec![Part::False; greens] };
        for j in (0..greens).filter(|j| used & (1 << j) == 0) {
            if self.lone_green[j] > 1.0 {
                sorting.green[j] = Part::Signal;
            }
        }
        for i in (0..reds).rev() {
            if let Some(j) = choice[(i + 1, used)] {
                let (_, red, green) = self.heaviest_pair(i, j);
                sorting.red[i] = red;
                sorting.green[j] = green;
                used &= !(1 << j);
            } else if self.lone_red[i] > 1.0 {
                sorting.red[i] = Part::Signal;
            }
        }
        sorting
    }

    fn heaviest_pair(&self, i: usize, j: usize) -> (f64, Part, Part) {
        let pair = &self.pairs[(i, j)];
        let mut best = (pair.fused, Part::Signal, Part::Signal);
        for option in [
            (pair.split, Part::Signal, Part::Signal),
            (pair.coincident, Part::InBothChannels, Part::InBothChannels),
            (pair.debris, Part::InBothChannels, Part::InBothChannels),
            (pair.red_with_ghost, Part::Signal, Part::Ghost),
            (pair.green_with_ghost, Part::Ghost, Part::Signal),
        ] {
            if option.0 > best.0 {
                best = option;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests;
