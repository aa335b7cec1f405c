//! The order in which the basins of a shape merge over its necks.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::kernel::basins::Basins;

/// Basins separated by less than this (pass over lower summit) are one.
const SHALLOWEST_NECK: f32 = 0.97;

/// Order in which basins merge.
pub(super) struct Merges {
    /// Number of leaves: groups of basins with no neck between them.
    pub(super) leaves: usize,
    /// Leaf of each basin.
    pub(super) leaf_of: Vec<usize>,
    /// Both sides (leaves, then merges in order) and the neck between them.
    pub(super) steps: Vec<(usize, usize, f32)>,
}

impl Merges {
    /// Index of the first leaf in a list of parts whose last index is `last`.
    pub(super) fn first_leaf(&self, last: usize) -> usize {
        last + 1 - self.leaves
    }
}

/// A neck that waits to be merged: the widest relative to the lower summit goes first.
#[derive(PartialEq)]
struct Neck {
    ratio: f32,
    pass: usize,
}
impl Eq for Neck {}
impl Ord for Neck {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ratio.total_cmp(&other.ratio).then(other.pass.cmp(&self.pass))
    }
}
impl PartialOrd for Neck {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn find(group: &mut [usize], mut i: usize) -> usize {
    while group[i] != i {
        group[i] = group[group[i]];
        i = group[i];
    }
    i
}

/// Merges basins pairwise in the order of pass over lower summit; `None` if there is no neck at all, or the
/// basins do not hang together.
pub(super) fn merge(basins: &Basins) -> Option<Merges> {
    let n = basins.peaks.len();
    let mut group: Vec<usize> = (0..n).collect();
    let mut peak = basins.peaks.clone();
    let ratio =
        |pass: usize, peak: &[f32], a: usize, b: usize| basins.passes[pass].height / peak[a].min(peak[b]);
    let mut queue: BinaryHeap<Neck> = basins
        .passes
        .iter()
        .enumerate()
        .map(|(i, p)| Neck { ratio: ratio(i, &peak, p.between.0 as usize, p.between.1 as usize), pass: i })
        .collect();
    let mut merged: Vec<(usize, usize, f32)> = Vec::new();
    while let Some(neck) = queue.pop() {
        let (a, b) = basins.passes[neck.pass].between;
        let (a, b) = (find(&mut group, a as usize), find(&mut group, b as usize));
        if a == b {
            continue;
        }
        let now = ratio(neck.pass, &peak, a, b);
        if now < neck.ratio {
            queue.push(Neck { ratio: now, pass: neck.pass });
            continue;
        }
        let (low, high) = (a.min(b), a.max(b));
        peak[low] = peak[low].max(peak[high]);
        group[high] = low;
        merged.push((low, high, now));
    }
    if merged.len() + 1 != n {
        return None;
    }
    let shallow = merged.iter().take_while(|m| m.2 > SHALLOWEST_NECK).count();
    if shallow == merged.len() {
        return None;
    }
    // The first merges join basins without a neck into leaves.
    let mut leaf_group: Vec<usize> = (0..n).collect();
    for &(low, high, _) in &merged[..shallow] {
        leaf_group[high] = low;
    }
    let mut node = vec![usize::MAX; n];
    let mut leaves = 0;
    let leaf_of = (0..n)
        .map(|i| {
            let root = find(&mut leaf_group, i);
            if node[root] == usize::MAX {
                node[root] = leaves;
                leaves += 1;
            }
            node[root]
        })
        .collect();
    let mut steps = Vec::with_capacity(merged.len() - shallow);
    for &(low, high, neck) in &merged[shallow..] {
        steps.push((node[low], node[high], neck));
        node[low] = leaves + steps.len() - 1;
    }
    Some(Merges { leaves, leaf_of, steps })
}
