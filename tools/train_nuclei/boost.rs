//! Gradient boosting of small regression trees on binned features (squared error). The same input gives the
//! same trees for any number of threads: a feature's histogram is summed by one thread, in row order.

use breakapart::segment::{BoostedTrees, Tree};
use rayon::prelude::*;

/// How the trees are grown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoostParams {
    /// Number of trees.
    pub(crate) trees: usize,
    /// Leaves of a tree.
    pub(crate) leaves: usize,
    /// Share of each tree's correction that is taken.
    pub(crate) rate: f64,
    /// Fewest rows in a leaf.
    pub(crate) smallest_leaf: usize,
    /// Share of the rows that each tree is grown on, and of the features it may look at.
    pub(crate) row_share: f64,
    /// See `row_share`.
    pub(crate) feature_share: f64,
}

/// Histogram bins of a feature.
const BINS: usize = 128;
/// Rows among which bin edges are placed, at most.
const EDGE_SAMPLES: usize = 100_000;
/// Pulls leaf values towards zero, in rows.
const SHRINKAGE: f64 = 5.0;

#[derive(Clone, Copy, Default)]
struct Bin {
    sum: f64,
    weight: f64,
    rows: u32,
}

/// One feature: the upper edge of each bin, and every row's bin.
struct Column {
    edges: Vec<f32>,
    bins: Vec<u8>,
}

impl Column {
    fn new(rows: &[Vec<f32>], feature: usize) -> Self {
        let step = (rows.len() / EDGE_SAMPLES).max(1);
        let mut values: Vec<f32> = rows.iter().step_by(step).map(|r| r[feature]).collect();
        values.sort_unstable_by(f32::total_cmp);
        let mut edges: Vec<f32> = (1..BINS)
            .map(|i| values[(i * values.len() / BINS).min(values.len() - 1)])
            // Edges are stored with six figures, so they are compared with six figures.
            .map(|v| format!("{v:.5e}").parse().unwrap_or(v))
            .collect();
        edges.dedup();
        let bins = rows.iter().map(|r| edges.partition_point(|&e| e < r[feature]) as u8).collect();
        Self { edges, bins }
    }
}

impl Column {
    /// Whether a row's value is at or below one of the edges.
    fn goes_left(&self, row: usize, edge: f32) -> bool {
        self.edges.get(self.bins[row] as usize).is_some_and(|&e| e <= edge)
    }
}

struct Split {
    gain: f64,
    feature: usize,
    bin: u8,
}

struct Leaf {
    rows: Vec<u32>,
    histograms: Vec<Vec<Bin>>,
    split: Option<Split>,
    /// Inner node that leads here, and whether by its left.
    from: Option<(usize, bool)>,
}

fn histograms(
    columns: &[Column],
    looked_at: &[bool],
    rows: &[u32],
    residual: &[f32],
    weights: &[f32],
) -> Vec<Vec<Bin>> {
    columns
        .par_iter()
        .zip(looked_at)
        .map(|(c, &looked_at)| {
            let mut bins = vec![Bin::default(); c.edges.len() + 1];
            for &r in rows.iter().filter(|_| looked_at) {
                let bin = &mut bins[c.bins[r as usize] as usize];
                let weight = f64::from(weights[r as usize]);
                bin.sum += weight * f64::from(residual[r as usize]);
                bin.weight += weight;
                bin.rows += 1;
            }
            bins
        })
        .collect()
}

fn best_split(histograms: &[Vec<Bin>], smallest_leaf: usize) -> Option<Split> {
    let mut best: Option<Split> = None;
    for (feature, bins) in histograms.iter().enumerate() {
        let total = bins.iter().map(|b| b.sum).sum::<f64>();
        let count = bins.iter().map(|b| b.rows as usize).sum::<usize>();
        let weight = bins.iter().map(|b| b.weight).sum::<f64>();
        let worth = |sum: f64, weight: f64| sum * sum / (weight + SHRINKAGE);
        let (mut sum, mut w, mut n) = (0.0, 0.0, 0);
        for (bin, b) in bins.iter().enumerate().take(bins.len() - 1) {
            sum += b.sum;
            w += b.weight;
            n += b.rows as usize;
            if n < smallest_leaf || count.saturating_sub(n) < smallest_leaf {
                continue;
            }
            let gain = worth(sum, w) + worth(total - sum, weight - w) - worth(total, weight);
            if gain > best.as_ref().map_or(1e-9, |s| s.gain) {
                best = Some(Split { gain, feature, bin: bin as u8 });
            }
        }
    }
    best
}

/// Fits `targets` by rows of features called `names`.
pub(crate) fn fit(
    names: Vec<String>,
    rows: &[Vec<f32>],
    targets: &[f32],
    weights: &[f32],
    params: BoostParams,
) -> BoostedTrees {
    let columns: Vec<Column> = (0..names.len()).into_par_iter().map(|f| Column::new(rows, f)).collect();
    let base = (targets.iter().map(|&t| f64::from(t)).sum::<f64>() / targets.len().max(1) as f64) as f32;
    let mut residual: Vec<f32> = targets.iter().map(|t| t - base).collect();
    let trees = (0..params.trees).map(|i| grow(&columns, &mut residual, weights, params, i as u64)).collect();
    BoostedTrees { features: names, base, trees }
}

/// A number from 0 to 1 that looks random, the same for the same two keys (`SplitMix64`).
fn share(key: u64, item: u64) -> f64 {
    let mut z = (key << 32 | item).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Grows tree number `key`, best split first, and takes its prediction off the residual.
fn grow(columns: &[Column], residual: &mut [f32], weights: &[f32], params: BoostParams, key: u64) -> Tree {
    let rows: Vec<u32> =
        (0..residual.len() as u32).filter(|&r| share(2 * key, u64::from(r)) < params.row_share).collect();
    let looked_at: Vec<bool> =
        (0..columns.len()).map(|f| share(2 * key + 1, f as u64) < params.feature_share).collect();
    let root = histograms(columns, &looked_at, &rows, residual, weights);
    let split = best_split(&root, params.smallest_leaf);
    let mut leaves = vec![Leaf { rows, histograms: root, split, from: None }];
    let mut tree = Tree::default();
    while leaves.len() < params.leaves {
        let gain = |l: &Leaf| l.split.as_ref().map_or(0.0, |s| s.gain);
        let mut widest = 0;
        for i in 1..leaves.len() {
            if gain(&leaves[i]) > gain(&leaves[widest]) {
                widest = i;
            }
        }
        let Some(split) = leaves[widest].split.take() else { break };
        let parent = leaves.swap_remove(widest);
        let node = tree.feature.len();
        tree.feature.push(split.feature as u16);
        tree.threshold.push(columns[split.feature].edges[split.bin as usize]);
        tree.left.push(0);
        tree.right.push(0);
        link(&mut tree, parent.from, node as i16);
        let bins = &columns[split.feature].bins;
        let (left, right): (Vec<u32>, Vec<u32>) =
            parent.rows.iter().partition(|&&r| bins[r as usize] <= split.bin);
        let left_is_small = left.len() < right.len();
        let small =
            histograms(columns, &looked_at, if left_is_small { &left } else { &right }, residual, weights);
        let large = subtract(&parent.histograms, &small);
        let (lh, rh) = if left_is_small { (small, large) } else { (large, small) };
        for (rows, histograms, is_left) in [(left, lh, true), (right, rh, false)] {
            let split = best_split(&histograms, params.smallest_leaf);
            leaves.push(Leaf { rows, histograms, split, from: Some((node, is_left)) });
        }
    }
    for leaf in leaves {
        let (sum, weight) = leaf.rows.iter().fold((0.0, 0.0), |(sum, weight), &r| {
            let w = f64::from(weights[r as usize]);
            (sum + w * f64::from(residual[r as usize]), weight + w)
        });
        let value = params.rate * sum / (weight + SHRINKAGE);
        let value = (value * 1e5).round() as f32 / 1e5;
        let index = -1 - tree.leaf.len() as i16;
        link(&mut tree, leaf.from, index);
        tree.leaf.push(value);
    }
    residual.par_iter_mut().enumerate().for_each(|(r, residual)| {
        let mut node = if tree.feature.is_empty() { -1 } else { 0_i16 };
        while let Ok(i) = usize::try_from(node) {
            let goes_left = columns[tree.feature[i] as usize].goes_left(r, tree.threshold[i]);
            node = if goes_left { tree.left[i] } else { tree.right[i] };
        }
        *residual -= tree.leaf[(-1 - node) as usize];
    });
    tree
}

fn link(tree: &mut Tree, from: Option<(usize, bool)>, to: i16) {
    match from {
        Some((node, true)) => tree.left[node] = to,
        Some((node, false)) => tree.right[node] = to,
        None => {}
    }
}

fn subtract(whole: &[Vec<Bin>], part: &[Vec<Bin>]) -> Vec<Vec<Bin>> {
    let minus =
        |a: &Bin, b: &Bin| Bin { sum: a.sum - b.sum, weight: a.weight - b.weight, rows: a.rows - b.rows };
    whole.iter().zip(part).map(|(w, p)| w.iter().zip(p).map(|(a, b)| minus(a, b)).collect()).collect()
}
