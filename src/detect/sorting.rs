//! The ways in which the candidates of one nucleus can be sorted, summed exactly.
//!
//! Each candidate is false, a signal of its own, or one of a red-green pair (intact or split locus). Each
//! complete sorting has a weight, the product of those of its parts; the sum over all sortings gives the
//! probability of each part, and the heaviest sorting is the reading. Sums run over the subsets of greens
//! already used, one red after the other, so no sorting is left out and none is counted twice.

/// Weights of the parts, relative to "false" for each candidate involved.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Weights {
    /// Signal of its own, per red.
    pub(crate) lone_red: Vec<f64>,
    /// Signal of its own, per green.
    pub(crate) lone_green: Vec<f64>,
    /// Intact locus, `[red][green]`.
    pub(crate) fused: Vec<Vec<f64>>,
    /// Split locus, `[red][green]`.
    pub(crate) split: Vec<Vec<f64>>,
    /// False candidates that are one source seen in both colours: `[red][green]`.
    pub(crate) coincident: Vec<Vec<f64>>,
    /// Red signal whose green companion is crosstalk: `[red][green]`.
    pub(crate) red_with_ghost: Vec<Vec<f64>>,
    /// Green signal whose red companion is crosstalk.
    pub(crate) green_with_ghost: Vec<Vec<f64>>,
}

/// Probability of each part.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Probabilities {
    pub(crate) lone_red: Vec<f64>,
    pub(crate) lone_green: Vec<f64>,
    pub(crate) fused: Vec<Vec<f64>>,
    pub(crate) split: Vec<Vec<f64>>,
    pub(crate) coincident: Vec<Vec<f64>>,
    pub(crate) red_with_ghost: Vec<Vec<f64>>,
    pub(crate) green_with_ghost: Vec<Vec<f64>>,
    /// Probability that no red signal stands alone or split.
    pub(crate) no_separated_red: f64,
    /// Probability that no green signal stands alone or split.
    pub(crate) no_separated_green: f64,
    /// Probability of neither.
    pub(crate) none_separated: f64,
}

impl Probabilities {
    /// Probability of being a signal, per red.
    pub(crate) fn red_is_signal(&self) -> Vec<f64> {
        let row = |p: &[Vec<f64>], i: usize| p[i].iter().sum::<f64>();
        (0..self.lone_red.len())
            .map(|i| {
                let paired = row(&self.fused, i) + row(&self.split, i) + row(&self.red_with_ghost, i);
                (self.lone_red[i] + paired).clamp(0.0, 1.0)
            })
            .collect()
    }

    /// Probability of being a signal, per green.
    pub(crate) fn green_is_signal(&self) -> Vec<f64> {
        let column = |p: &[Vec<f64>], j: usize| p.iter().map(|row| row[j]).sum::<f64>();
        (0..self.lone_green.len())
            .map(|j| {
                let paired =
                    column(&self.fused, j) + column(&self.split, j) + column(&self.green_with_ghost, j);
                (self.lone_green[j] + paired).clamp(0.0, 1.0)
            })
            .collect()
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
        let mut weight = self.fused[i][j] + self.coincident[i][j];
        if allowed.separated_red && allowed.separated_green {
            weight += self.split[i][j];
        }
        if allowed.separated_red {
            weight += self.red_with_ghost[i][j];
        }
        if allowed.separated_green {
            weight += self.green_with_ghost[i][j];
        }
        weight
    }

    /// The same for a red with each green.
    fn pairs(&self, i: usize, allowed: Allowed) -> Vec<f64> {
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
            let pairs = self.pairs(i, allowed);
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
            fused: vec![vec![0.0; greens]; reds],
            split: vec![vec![0.0; greens]; reds],
            coincident: vec![vec![0.0; greens]; reds],
            red_with_ghost: vec![vec![0.0; greens]; reds],
            green_with_ghost: vec![vec![0.0; greens]; reds],
            ..Probabilities::default()
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
            let pairs = self.pairs(i, all);
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
                    p.fused[i][j] += common * self.fused[i][j];
                    p.split[i][j] += common * self.split[i][j];
                    p.coincident[i][j] += common * self.coincident[i][j];
                    p.red_with_ghost[i][j] += common * self.red_with_ghost[i][j];
                    p.green_with_ghost[i][j] += common * self.green_with_ghost[i][j];
                    before[used] += after * pairs[j];
                }
            }
            backward = before;
        }
        p.no_separated_red = self.total(Allowed { separated_red: false, separated_green: true }) / total;
        p.no_separated_green = self.total(Allowed { separated_red: true, separated_green: false }) / total;
        p.none_separated = self.total(Allowed { separated_red: false, separated_green: false }) / total;
        p
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
            for used in 0..subsets {
                let weight = best[i][used];
                if weight == f64::NEG_INFINITY {
                    continue;
                }
                let single = weight + self.lone_red[i].max(1.0).ln();
                if single > best[i + 1][used] {
                    best[i + 1][used] = single;
                    choice[i + 1][used] = None;
                }
                for j in (0..greens).filter(|j| used & (1 << j) == 0) {
                    let paired = weight + self.heaviest_pair(i, j).0.max(f64::MIN_POSITIVE).ln();
                    if paired > best[i + 1][used | (1 << j)] {
                        best[i + 1][used | (1 << j)] = paired;
                        choice[i + 1][used | (1 << j)] = Some(j);
                    }
                }
            }
        }
        let rest = |used: usize| -> f64 {
            (0..greens).filter(|j| used & (1 << j) == 0).map(|j| self.lone_green[j].max(1.0).ln()).sum()
        };
        let mut used = 0;
        for candidate in 1..subsets {
            if best[reds][candidate] + rest(candidate) > best[reds][used] + rest(used) {
                used = candidate;
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
        let mut best = (self.fused[i][j], Part::Signal, Part::Signal);
        for option in [
            (self.split[i][j], Part::Signal, Part::Signal),
            (self.coincident[i][j], Part::InBothChannels, Part::InBothChannels),
            (self.red_with_ghost[i][j], Part::Signal, Part::Ghost),
            (self.green_with_ghost[i][j], Part::Ghost, Part::Signal),
        ] {
            if option.0 > best.0 {
                best = option;
            }
        }
        best
    }
}
