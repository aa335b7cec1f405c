//! Sums of small trees for many candidates at a time.
//!
//! A tree's leaves are numbered from left to right. Of an inner node whose value goes right, none of the leaves on
//! the left can be where the walk ends; the first leaf that no node rules out is (Lucchese et al. 2015, `QuickScorer`,
//! SIGIR, p. 73). No step depends on the one before, and each is the same for all candidates.

use crate::kernel::dispatch::vectorised;
use crate::segment::score::BoostedTrees;

/// Candidates that are scored together: enough that the compiler makes loops over them, and compares eight at once.
pub(super) const TOGETHER: usize = 64;

/// Leaves of a tree at most: one bit each.
const MAX_LEAVES: usize = 32;

/// An inner node.
#[derive(Debug, Clone, Copy)]
struct Node {
    feature: usize,
    threshold: f32,
    /// Leaves that remain when the value goes right: all but those on the left.
    kept: u32,
}

/// A model made ready for scoring.
pub(super) struct Ensemble<'a> {
    model: &'a BoostedTrees,
    nodes: Vec<Node>,
    leaves: Vec<f32>,
    /// Where each tree's nodes and leaves end.
    ends: Vec<(usize, usize)>,
}

impl<'a> Ensemble<'a> {
    /// Prepares a model; `None` if one of its trees has more than 32 leaves or is not a tree.
    pub(super) fn new(model: &'a BoostedTrees) -> Option<Self> {
        let mut out = Self { model, nodes: Vec::new(), leaves: Vec::new(), ends: Vec::new() };
        for tree in &model.trees {
            let first_leaf = out.leaves.len();
            let first_node = out.nodes.len();
            // What is still to be visited, the leftmost last: a child, or the node whose left side ends here.
            let mut open = vec![(if tree.feature.is_empty() { -1 } else { 0_i16 }, None)];
            while let Some((child, left_of)) = open.pop() {
                if let Some((node, before)) = left_of {
                    let on_the_left = ones(out.leaves.len() - first_leaf) & !ones(before);
                    let node: &mut Node = out.nodes.get_mut::<usize>(node)?;
                    node.kept = !on_the_left;
                }
                let Ok(i) = usize::try_from(child) else {
                    out.leaves.push(*tree.leaf.get((-1 - child) as usize)?);
                    if out.leaves.len() - first_leaf > MAX_LEAVES {
                        return None;
                    }
                    continue;
                };
                // The right side comes after the left one.
                open.push((*tree.right.get(i)?, Some((out.nodes.len(), out.leaves.len() - first_leaf))));
                open.push((*tree.left.get(i)?, None));
                let (feature, threshold) = (usize::from(*tree.feature.get(i)?), *tree.threshold.get(i)?);
                out.nodes.push(Node { feature, threshold, kept: 0 });
                if out.nodes.len() - first_node >= MAX_LEAVES {
                    return None;
                }
            }
            out.ends.push((out.nodes.len(), out.leaves.len()));
        }
        Some(out)
    }

    /// The sums for up to [`TOGETHER`] rows of features.
    pub(super) fn predict(&self, rows: &[impl AsRef<[f32]>]) -> [f32; TOGETHER] {
        let mut columns = vec![[0.0_f32; TOGETHER]; self.model.features.len()];
        for (i, row) in rows.iter().enumerate().take(TOGETHER) {
            for (column, &v) in columns.iter_mut().zip(row.as_ref()) {
                column[i] = v;
            }
        }
        vectorised(
            #[inline(always)]
            || self.sums(&columns),
        )
    }

    #[inline(always)]
    fn sums(&self, columns: &[[f32; TOGETHER]]) -> [f32; TOGETHER] {
        let mut sums = [0.0_f32; TOGETHER];
        let (mut node, mut leaf) = (0, 0);
        for &(last_node, last_leaf) in &self.ends {
            let mut left = [u32::MAX; TOGETHER];
            for node in &self.nodes[node..last_node] {
                let Some(column) = columns.get(node.feature) else { continue };
                for (left, &value) in left.iter_mut().zip(column) {
                    // All bits where the value goes left. No branch: which way it goes is anyone's guess.
                    let goes_left = u32::from(value <= node.threshold).wrapping_neg();
                    *left &= goes_left | node.kept;
                }
            }
            let mut leaves = [0.0; MAX_LEAVES];
            leaves[..last_leaf - leaf].copy_from_slice(&self.leaves[leaf..last_leaf]);
            for (sum, left) in sums.iter_mut().zip(left) {
                *sum += leaves[left.trailing_zeros() as usize % MAX_LEAVES];
            }
            (node, leaf) = (last_node, last_leaf);
        }
        sums.map(|sum| self.model.base + sum)
    }
}

/// A number with its lowest `n` bits set.
fn ones(n: usize) -> u32 {
    (0..n.min(32)).fold(0, |bits, i| bits | 1 << i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::score::{ScoreModel, Tree};
    use proptest::prelude::*;

    /// A tree that grows by splitting leaf after leaf.
    fn tree(splits: &[(usize, u16, f32)]) -> Tree {
        let mut tree = Tree { leaf: vec![0.5], ..Tree::default() };
        for &(at, feature, threshold) in splits {
            let leaf = at % tree.leaf.len();
            let child = -1 - leaf as i16;
            let node = tree.feature.len() as i16;
            for side in [&mut tree.left, &mut tree.right] {
                side.iter_mut().filter(|c| **c == child).for_each(|c| *c = node);
            }
            tree.feature.push(feature);
            tree.threshold.push(threshold);
            tree.left.push(child);
            tree.right.push(-1 - tree.leaf.len() as i16);
            tree.leaf.push(threshold * 3.0 + f32::from(feature));
        }
        tree
    }

    proptest! {
        #[test]
        fn agrees_with_walking_each_tree(
            splits in prop::collection::vec(
                prop::collection::vec((0_usize..99, 0_u16..4, -1.0_f32..1.0), 0..31), 0..6),
            rows in prop::collection::vec(prop::collection::vec(-1.0_f32..1.0, 4), 1..TOGETHER),
        ) {
            let model = BoostedTrees {
                features: (0..4).map(|i| i.to_string()).collect(),
                base: 0.25,
                trees: splits.iter().map(|s| tree(s)).collect(),
            };
            let found = Ensemble::new(&model).unwrap().predict(&rows);
            for (row, found) in rows.iter().zip(found) {
                prop_assert_eq!(model.predict(row), found);
            }
        }
    }

    #[test]
    fn large_trees_are_left_to_the_walk_and_the_built_in_model_has_none() {
        let large = tree(&(0..32).map(|i| (i, 0, i as f32)).collect::<Vec<_>>());
        let model = BoostedTrees { features: vec!["a".into()], base: 0.0, trees: vec![large] };
        assert!(Ensemble::new(&model).is_none());
        let model = ScoreModel::built_in().unwrap();
        assert!(Ensemble::new(&model.alone).is_some() && Ensemble::new(&model.in_context).is_some());
    }
}
