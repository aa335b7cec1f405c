//! The ways in which the candidates of one nucleus can be sorted, summed exactly.
//!
//! Each candidate is false, a signal of its own, or one of a red-green pair (intact or split locus). Each
//! complete sorting has a weight, the product of those of its parts; the sum over all sortings gives the
//! probability of each part, and the heaviest sorting is the reading. Sums run over the subsets of greens
//! already used, one red after the other, so no sorting is left out and none is counted twice.

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

/// Weights of the parts, relative to "false" for each candidate involved.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Weights {
    /// Signal of its own, per red.
    pub(crate) lone_red: Vec<f64>,
    /// Signal of its own, per green.
    pub(crate) lone_green: Vec<f64>,
    /// Pairs, `[red][green]`.
    pub(crate) pairs: Vec<Vec<PairParts>>,
}

/// Probability of each part.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Probabilities {
    pub(crate) lone_red: Vec<f64>,
    pub(crate) lone_green: Vec<f64>,
    pub(crate) pairs: Vec<Vec<PairParts>>,
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
        let sum = |row: &[PairParts], part: fn(&PairParts) -> f64| row.iter().map(part).sum::<f64>();
        let paired = |row: &[PairParts]| {
            sum(row, |p| p.fused) + sum(row, |p| p.split) + sum(row, |p| p.red_with_ghost)
        };
        self.lone_red
            .iter()
            .zip(&self.pairs)
            .map(|(lone, row)| (lone + paired(row)).clamp(0.0, 1.0))
            .collect()
    }

    /// Probability of being a signal, per green.
    pub(crate) fn green_is_signal(&self) -> Vec<f64> {
        let sum =
            |j: usize, part: fn(&PairParts) -> f64| self.pairs.iter().map(|row| part(&row[j])).sum::<f64>();
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

    fn pair(&self, i: usize, j: usize, allowed: Allowed) -> f64 {
        let pair = &self.pairs[i][j];
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
    }

    /// [`Self::pair`] of a red with each green.
    fn pairs_of(&self, i: usize, allowed: Allowed) -> Vec<f64> {
        (0..self.greens()).map(|j| self.pair(i, j, allowed)).collect()
    }

    /// Product over the unused greens, for each subset of used ones.
    fn unused(&self, allowed: Allowed) -> Vec<f64> {
        let n = self.greens();
        (0..1_usize << n)
            .map(|used| {
                (0..n)
                    .filter(|j| used & (1 << j) == 0)
                    .map(|j| 1.0 + if allowed.separated_green { self.lone_green[j] } else { 0.0 })
                    .product()
            })
            .collect()
    }

    /// `forward[i][used]`: sum over the first `i` reds that use just these greens.
    fn forward(&self, allowed: Allowed) -> Vec<Vec<f64>> {
        let subsets = 1_usize << self.greens();
        let mut forward = vec![vec![0.0; subsets]; self.reds() + 1];
        forward[0][0] = 1.0;
        for i in 0..self.reds() {
            let single = self.single_red(i, allowed);
            let pairs = self.pairs_of(i, allowed);
            for used in 0..subsets {
                let weight = forward[i][used];
                if weight == 0.0 {
                    continue;
                }
                forward[i + 1][used] += weight * single;
                for (j, pair) in pairs.iter().enumerate().filter(|(j, _)| used & (1 << j) == 0) {
                    forward[i + 1][used | (1 << j)] += weight * pair;
                }
            }
        }
        forward
    }

    fn total(&self, allowed: Allowed) -> f64 {
        let unused = self.unused(allowed);
        let forward = self.forward(allowed);
        forward[self.reds()].iter().zip(&unused).map(|(a, b)| a * b).sum()
    }

    /// The probability of each part.
    pub(crate) fn probabilities(&self) -> Probabilities {
        let (reds, greens) = (self.reds(), self.greens());
        let all = Allowed { separated_red: true, separated_green: true };
        let unused = self.unused(all);
        let forward = self.forward(all);
        let subsets = unused.len();
        let total: f64 = forward[reds].iter().zip(&unused).map(|(a, b)| a * b).sum();
        let mut p = Probabilities {
            lone_red: vec![0.0; reds],
            lone_green: vec![0.0; greens],
            pairs: vec![vec![PairParts::default(); greens]; reds],
        };
        for j in 0..greens {
            let share = self.lone_green[j] / (1.0 + self.lone_green[j]);
            p.lone_green[j] = (0..subsets)
                .filter(|used| used & (1 << j) == 0)
                .map(|used| forward[reds][used] * unused[used])
                .sum::<f64>()
                * share
                / total;
        }
        let mut backward = unused;
        for i in (0..reds).rev() {
            let pairs = self.pairs_of(i, all);
            let mut before = vec![0.0; subsets];
            for used in 0..subsets {
                // More greens than there are reds ahead cannot be used.
                if forward[i][used] == 0.0 {
                    continue;
                }
                let single = backward[used];
                p.lone_red[i] += forward[i][used] * self.lone_red[i] * single / total;
                before[used] += single * self.single_red(i, all);
                for j in (0..greens).filter(|j| used & (1 << j) == 0) {
                    let after = backward[used | (1 << j)];
                    let common = forward[i][used] * after / total;
                    let (sum, pair) = (&mut p.pairs[i][j], &self.pairs[i][j]);
                    sum.fused += common * pair.fused;
                    sum.split += common * pair.split;
                    sum.coincident += common * pair.coincident;
                    sum.debris += common * pair.debris;
                    sum.red_with_ghost += common * pair.red_with_ghost;
                    sum.green_with_ghost += common * pair.green_with_ghost;
                    before[used] += after * pairs[j];
                }
            }
            backward = before;
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
        let mut best = vec![vec![f64::NEG_INFINITY; subsets]; reds + 1];
        let mut choice = vec![vec![None; subsets]; reds + 1];
        best[0][0] = 0.0;
        for i in 0..reds {
            let lone = self.lone_red[i].max(1.0).ln();
            let pairs: Vec<f64> =
                (0..greens).map(|j| self.heaviest_pair(i, j).0.max(f64::MIN_POSITIVE).ln()).collect();
            for used in 0..subsets {
                let weight = best[i][used];
                if weight == f64::NEG_INFINITY {
                    continue;
                }
                let single = weight + lone;
                if single > best[i + 1][used] {
                    best[i + 1][used] = single;
                    choice[i + 1][used] = None;
                }
                for j in (0..greens).filter(|j| used & (1 << j) == 0) {
                    let paired = weight + pairs[j];
                    if paired > best[i + 1][used | (1 << j)] {
                        best[i + 1][used | (1 << j)] = paired;
                        choice[i + 1][used | (1 << j)] = Some(j);
                    }
                }
            }
        }
        let alone: Vec<f64> = self.lone_green.iter().map(|lone| lone.max(1.0).ln()).collect();
        let whole = |used: usize| {
            best[reds][used] + (0..greens).filter(|j| used & (1 << j) == 0).map(|j| alone[j]).sum::<f64>()
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
            if let Some(j) = choice[i + 1][used] {
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
        let pair = &self.pairs[i][j];
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
