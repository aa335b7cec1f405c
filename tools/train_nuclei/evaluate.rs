//! Average precision of label images.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::Array2;

/// Overlaps (intersection over union) that a match must exceed.
pub(crate) const OVERLAPS: [f64; 9] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9];

/// Matches, spurious and missed nuclei at each of [`OVERLAPS`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    counts: [[usize; 3]; 9],
}

impl Tally {
    /// Compares two label images of the same size.
    pub(crate) fn of(truth: &Array2<u32>, found: &Array2<u32>) -> Self {
        let mut common: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let (mut true_area, mut found_area) = (BTreeMap::new(), BTreeMap::new());
        for (&t, &f) in truth.iter().zip(found) {
            if t != 0 {
                *true_area.entry(t).or_insert(0_usize) += 1;
            }
            if f != 0 {
                *found_area.entry(f).or_insert(0_usize) += 1;
            }
            if t != 0 && f != 0 {
                *common.entry((t, f)).or_insert(0) += 1;
            }
        }
        let mut pairs: Vec<(f64, u32, u32)> = common
            .into_iter()
            .map(|((t, f), n)| (n as f64 / (true_area[&t] + found_area[&f] - n) as f64, t, f))
            .collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let (mut used_true, mut used_found) = (BTreeSet::new(), BTreeSet::new());
        let mut counts = [[0, found_area.len(), true_area.len()]; 9];
        for (overlap, t, f) in pairs {
            if used_true.contains(&t) || used_found.contains(&f) {
                continue;
            }
            used_true.insert(t);
            used_found.insert(f);
            for (c, &least) in counts.iter_mut().zip(&OVERLAPS) {
                if overlap > least {
                    *c = [c[0] + 1, c[1] - 1, c[2] - 1];
                }
            }
        }
        Self { counts }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (a, b) in self.counts.iter_mut().flatten().zip(other.counts.iter().flatten()) {
            *a += b;
        }
    }

    /// True positives over true positives, spurious and missed, at each overlap.
    pub(crate) fn precision(&self) -> [f64; 9] {
        self.counts.map(|[m, s, f]| m as f64 / (m + s + f).max(1) as f64)
    }

    /// At an overlap of 0.5, and the mean from 0.5 to 0.9.
    pub(crate) fn summary(&self) -> (f64, f64) {
        let p = self.precision();
        (p[0], p.iter().sum::<f64>() / p.len() as f64)
    }

    /// Matched, spurious and missed at an overlap of 0.5.
    pub(crate) fn at_half(&self) -> [usize; 3] {
        self.counts[0]
    }
}
