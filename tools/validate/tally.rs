//! Counts of what was read right and wrong, and the measures made of them.

use std::ops::AddAssign;

/// Found, false and missed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    pub(crate) missed: usize,
}

impl Found {
    pub(crate) fn new(right: usize, read: usize, truth: usize) -> Self {
        Self { right, wrong: read - right, missed: truth - right }
    }

    /// Found over found, false and missed: average precision as nuclei challenges define it.
    pub(crate) fn average_precision(self) -> f64 {
        share(self.right, self.right + self.wrong + self.missed)
    }

    pub(crate) fn f1(self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

impl AddAssign for Found {
    fn add_assign(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

/// Counts over one or more fields.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Nuclei that overlap by half or more.
    pub(crate) nuclei: Found,
    /// Red and green signals.
    pub(crate) signals: [Found; 2],
    /// True nuclei that a reader would score, and the rearranged ones among them.
    pub(crate) scorable: [usize; 2],
    /// Scorable nuclei that were found and evaluated.
    pub(crate) evaluated: usize,
    /// Evaluated ones with every count right.
    pub(crate) exact: usize,
    /// Evaluated ones by true (first) and read (second) status: 0 = intact, 1 = rearranged.
    pub(crate) status: [[usize; 2]; 2],
    /// All nuclei counted by the reading, and those read as rearranged.
    pub(crate) read: [usize; 2],
}

impl Tally {
    pub(crate) fn evaluated_share(&self) -> f64 {
        share(self.evaluated, self.scorable[0])
    }

    pub(crate) fn exact_share(&self) -> f64 {
        share(self.exact, self.evaluated)
    }

    pub(crate) fn status_share(&self) -> f64 {
        share(self.status[0][0] + self.status[1][1], self.evaluated)
    }

    /// Rearranged among the scorable.
    pub(crate) fn true_percent(&self) -> f64 {
        percent(self.scorable[1], self.scorable[0])
    }

    /// Rearranged among the counted, as the report says; not a number if nothing was counted.
    pub(crate) fn read_percent(&self) -> f64 {
        if self.read[0] == 0 { f64::NAN } else { percent(self.read[1], self.read[0]) }
    }

    pub(crate) fn percent_error(&self) -> f64 {
        self.read_percent() - self.true_percent()
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.nuclei += other.nuclei;
        for (mine, theirs) in self.signals.iter_mut().zip(other.signals) {
            *mine += theirs;
        }
        for i in 0..2 {
            self.scorable[i] += other.scorable[i];
            self.read[i] += other.read[i];
            for j in 0..2 {
                self.status[i][j] += other.status[i][j];
            }
        }
        self.evaluated += other.evaluated;
        self.exact += other.exact;
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * share(part, whole)
}
