//! Parts of a component by the necks in its shape.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::kernel::basins::Basins;
use crate::kernel::dispatch::vectorised;
use crate::kernel::distance::RowDistances;
use crate::kernel::gaussian::Smoother;
use crate::kernel::padded::Padded;
use crate::kernel::runs::Run;
use crate::segment::candidate::{COMPONENT, Candidate, Forest, Origin};
use crate::segment::working_image::WorkingImage;

/// Smoothing of the distance transform, in typical diameters.
const DISTANCE_SMOOTHING: f64 = 0.06;
/// Basins parted by less than this (pass over lower summit) are one.
const SHALLOWEST_NECK: f32 = 0.97;

/// A component of the forest lies in a part if at least this share of it does.
const SHARE_IN_PART: f64 = 0.95;

/// Splits components; its images serve one after the other.
pub(super) struct Splitter {
    /// The component's pixels, in the crop around it.
    runs: Vec<Run>,
    /// Smoothed distance to the outside.
    depth: Padded,
    distances: RowDistances,
    smoother: Smoother,
    basins: Basins,
}

impl Splitter {
    /// For the components of an image.
    pub(super) fn new(image: &WorkingImage) -> Self {
        Self {
            runs: Vec::new(),
            depth: Padded::default(),
            distances: RowDistances::default(),
            smoother: Smoother::new((DISTANCE_SMOOTHING * image.diameter_px).max(0.5)),
            basins: Basins::default(),
        }
    }

    /// The merge tree of component `i`: first the component itself, without its runs, then its
    /// parts, each before those within it.
    /// Each part may also be replaced by the brighter components that lie in it. Empty if it has no neck.
    pub(super) fn split(&mut self, forest: &Forest, i: usize, image: &WorkingImage) -> Vec<Candidate> {
        let component = &forest.components[i];
        let crop = Crop::around(&component.runs, image.levels.dim());
        self.runs.clear();
        self.runs.extend(crop.inwards(&component.runs));
        self.depth.reshape(crop.dim());
        self.distances.distances(&self.runs, &mut self.depth);
        let stride = self.depth.stride;
        self.smoother.smooth(self.depth.rows_mut(), crop.width, stride);
        vectorised(
            #[inline(always)]
            || keep_positive(&mut self.depth, &self.runs),
        );
        self.basins.find(&self.depth, &self.runs);
        let Some(merges) = merge(&self.basins) else { return Vec::new() };
        let mut parts = crop.parts(&self.basins, &merges, component);
        self.host_components(&mut parts, &crop, &merges, forest, i);
        parts
    }
}

/// Makes an image positive in the runs and 0 outside.
#[inline(always)]
fn keep_positive(image: &mut Padded, runs: &[Run]) {
    let mut end = image.at(0, 0);
    for run in runs {
        let start = image.at(run.y as usize, run.x0 as usize);
        image.values[end..start].fill(0.0);
        end = start + run.len();
        for v in &mut image.values[start..end] {
            *v = if v.is_finite() { v.max(f32::MIN_POSITIVE) } else { 0.0 };
        }
    }
    let last = image.at(image.dim.0, 0);
    image.values[end..last].fill(0.0);
}

/// A rectangle of the working image.
pub(super) struct Crop {
    pub(super) y0: usize,
    pub(super) x0: usize,
    height: usize,
    width: usize,
}

impl Crop {
    /// The runs' bounding box with a pixel around it where the image goes on.
    pub(super) fn around(runs: &[Run], (height, width): (usize, usize)) -> Self {
        let y0 = runs.first().map_or(0, |r| r.y as usize);
        let y1 = runs.last().map_or(0, |r| r.y as usize + 1);
        let x0 = runs.iter().map(|r| r.x0 as usize).min().unwrap_or(0);
        let x1 = runs.iter().map(|r| r.x1 as usize).max().unwrap_or(0);
        let (y0, x0) = (y0.saturating_sub(1), x0.saturating_sub(1));
        let (y1, x1) = ((y1 + 1).min(height), (x1 + 1).min(width));
        Self { y0, x0, height: y1 - y0, width: x1 - x0 }
    }

    /// Number of rows and columns.
    pub(super) fn dim(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// Runs of the image, which lie in the rectangle, by their places in it.
    pub(super) fn inwards(&self, runs: &[Run]) -> impl Iterator<Item = Run> {
        let (y0, x0) = (self.y0 as u32, self.x0 as u32);
        runs.iter().map(move |r| Run { y: r.y - y0, x0: r.x0 - x0, x1: r.x1 - x0 })
    }

    /// A run of the rectangle by its place in the image.
    pub(super) fn outwards(&self, run: Run) -> Run {
        let (y0, x0) = (self.y0 as u32, self.x0 as u32);
        Run { y: run.y + y0, x0: run.x0 + x0, x1: run.x1 + x0 }
    }

    /// Runs of each leaf, in reading order.
    fn leaf_runs(&self, basins: &Basins, merges: &Merges) -> Vec<Vec<Run>> {
        let mut out: Vec<Vec<Run>> = (0..merges.leaves).map(|_| Vec::with_capacity(self.height)).collect();
        for &(run, basin) in &basins.runs {
            push(&mut out[merges.leaf_of[basin as usize]], self.outwards(run));
        }
        out
    }

    fn parts(&self, basins: &Basins, merges: &Merges, component: &Candidate) -> Vec<Candidate> {
        let mut runs = self.leaf_runs(basins, merges);
        let mut count = vec![1_usize; merges.leaves];
        for (k, &(a, b, _)) in merges.steps.iter().enumerate() {
            // The last merge is the component, which has its runs.
            let last = k + 1 == merges.steps.len();
            let joined = if last { Vec::new() } else { joined(&runs[a], &runs[b]) };
            runs.push(joined);
            count.push(count[a] + count[b]);
        }
        // Reverse the order so that parents come first.
        let last = runs.len() - 1;
        let mut out: Vec<Candidate> =
            runs.into_iter().rev().map(|r| Candidate::new(r, component.level, Origin::Part)).collect();
        for (i, &n) in count.iter().enumerate() {
            out[last - i].basins = n;
        }
        for (k, &(a, b, neck)) in merges.steps.iter().enumerate() {
            let whole = last - (merges.leaves + k);
            let parts = [last - a, last - b];
            out[whole].alternatives.push(parts.to_vec());
            out[whole].neck_within = neck;
            for p in parts {
                out[p].neck_beside = neck;
            }
        }
        out
    }
}

impl Splitter {
    /// Lists, for every part, the largest components of the forest within it.
    fn host_components(
        &self,
        parts: &mut [Candidate],
        crop: &Crop,
        merges: &Merges,
        forest: &Forest,
        i: usize,
    ) {
        let last = parts.len() - 1;
        let mut above = vec![0; parts.len()];
        for (k, part) in parts.iter().enumerate() {
            part.alternatives.iter().flatten().for_each(|&p| above[p] = k);
        }
        let mut hosted: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
        // A component and the part that holds the component it was reached from (0: none smaller than all).
        let mut open: Vec<(usize, usize)> = forest.children[i].iter().map(|&d| (d, 0)).collect();
        let mut share = vec![0_usize; parts.len()];
        while let Some((d, held)) = open.pop() {
            let component = &forest.components[d];
            share.fill(0);
            for run in crop.inwards(&component.runs) {
                self.basins.within(&self.depth, run, |basin, length| {
                    share[last - merges.leaf_of[basin as usize]] += length;
                });
            }
            // Parts come before those within them: sum up from the back; the last that holds enough is the
            // smallest.
            let mut smallest = 0;
            for k in (1..=last).rev() {
                if share[k] as f64 >= SHARE_IN_PART * component.area as f64 {
                    smallest = k;
                    break;
                }
                share[above[k]] += share[k];
            }
            let mut k = smallest;
            while k != held && k != 0 {
                hosted[k].push(d);
                k = above[k];
            }
            if smallest < merges.first_leaf(last) {
                open.extend(forest.children[d].iter().map(|&e| (e, smallest)));
            }
        }
        for (part, list) in parts.iter_mut().zip(hosted) {
            if !list.is_empty() {
                part.alternatives.push(list.into_iter().map(|d| d + COMPONENT).collect());
            }
        }
    }
}

/// Appends a run, or makes the last one longer if it follows without a gap.
fn push(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        Some(last) if last.y == run.y && last.x1 == run.x0 => last.x1 = run.x1,
        _ => runs.push(run),
    }
}

/// The runs of two disjoint regions in reading order.
fn joined(a: &[Run], b: &[Run]) -> Vec<Run> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        let first = (left.y, left.x0) < (right.y, right.x0);
        if let Some(run) = if first { a.next() } else { b.next() } {
            push(&mut out, *run);
        }
    }
    a.chain(b).for_each(|run| push(&mut out, *run));
    out
}

/// Order in which basins merge.
struct Merges {
    /// Number of leaves: groups of basins with no neck between them.
    leaves: usize,
    /// Leaf of each basin.
    leaf_of: Vec<usize>,
    /// Both sides (leaves, then merges in order) and the neck between them.
    steps: Vec<(usize, usize, f32)>,
}

impl Merges {
    /// Index of the first leaf in a list of parts whose last index is `last`.
    fn first_leaf(&self, last: usize) -> usize {
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
fn merge(basins: &Basins) -> Option<Merges> {
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
