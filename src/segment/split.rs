//! Parts of a component by the necks in its shape.

use crate::kernel::basins::Basins;
use crate::kernel::dispatch::vectorised;
use crate::kernel::distance::RowDistances;
use crate::kernel::gaussian::Smoother;
use crate::kernel::padded::{LANES, Padded, Span, spans_of};
use crate::kernel::run::Run;
use crate::segment::candidate::{Candidate, Origin};
use crate::segment::crop::Crop;
use crate::segment::forest::{COMPONENT, Forest};
use crate::segment::necks::{Merges, merge};
use crate::segment::working_image::WorkingImage;

/// Smoothing of the distance transform, in typical diameters.
const DISTANCE_SMOOTHING: f64 = 0.06;

/// A component of the forest lies in a part if at least this share of it does.
const SHARE_IN_PART: f64 = 0.95;

/// Splits components; its images serve one after the other.
pub(super) struct Splitter {
    /// The component's pixels, in the crop around it.
    runs: Vec<Run>,
    /// The groups of pixels that they lie in.
    spans: Vec<Span>,
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
            spans: Vec::new(),
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
        spans_of(&self.runs, &mut self.spans);
        self.depth.reshape(crop.dim());
        self.distances.distances(&self.runs, &self.spans, &mut self.depth);
        let stride = self.depth.stride;
        self.smoother.smooth_spans(self.depth.rows_mut(), crop.dim().1, stride, &self.spans);
        vectorised(
            #[inline(always)]
            || keep_positive(&mut self.depth, &self.runs, &self.spans),
        );
        self.basins.find(&self.depth, &self.runs, &self.spans);
        let Some(merges) = merge(&self.basins) else { return Vec::new() };
        let mut parts = self.parts(&crop, &merges, component);
        self.host_components(&mut parts, &crop, &merges, forest, i);
        parts
    }
}

/// Makes an image that is 0 but in the spans of some runs positive in the runs and 0 outside.
#[inline(always)]
fn keep_positive(image: &mut Padded, runs: &[Run], spans: &[Span]) {
    for span in spans {
        let (start, end) = (image.at(span.y, span.first * LANES), image.at(span.y, span.end * LANES));
        for group in image.values[start..end].as_chunks_mut::<LANES>().0 {
            *group = group.map(|v| if v.is_finite() { v.max(f32::MIN_POSITIVE) } else { 0.0 });
        }
    }
    // Where the run before ends, and the last group that it lies in.
    let (mut end, mut end_of_group) = (0, 0);
    for run in runs {
        let start = image.at(run.y as usize, run.x0 as usize);
        let group = start / LANES * LANES;
        image.values[end..end_of_group.min(start)].fill(0.0);
        image.values[group.max(end)..start].fill(0.0);
        end = start + run.len();
        end_of_group = end.next_multiple_of(LANES);
    }
    image.values[end..end_of_group].fill(0.0);
}

impl Splitter {
    /// Runs of each leaf, in reading order.
    fn leaf_runs(&self, crop: &Crop, merges: &Merges) -> Vec<Vec<Run>> {
        let mut count = vec![0; merges.leaves];
        for &(_, basin) in &self.basins.runs {
            count[merges.leaf_of[basin as usize]] += 1;
        }
        let mut out: Vec<Vec<Run>> = count.into_iter().map(Vec::with_capacity).collect();
        for &(run, basin) in &self.basins.runs {
            push(&mut out[merges.leaf_of[basin as usize]], crop.outwards(run));
        }
        out
    }

    /// The merge tree: see [`Splitter::split`].
    fn parts(&self, crop: &Crop, merges: &Merges, component: &Candidate) -> Vec<Candidate> {
        let mut runs = self.leaf_runs(crop, merges);
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
        let pieces = Pieces::new(&self.basins.runs, crop.dim().0);
        while let Some((d, held)) = open.pop() {
            let component = &forest.components[d];
            share.fill(0);
            pieces.meet(crop.inwards(&component.runs), |basin, length| {
                share[last - merges.leaf_of[basin as usize]] += length;
            });
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

/// Runs of basins in reading order, and where each row's begin.
struct Pieces<'a> {
    runs: &'a [(Run, u32)],
    rows: Vec<usize>,
}

impl<'a> Pieces<'a> {
    fn new(runs: &'a [(Run, u32)], height: usize) -> Self {
        let mut rows = vec![0; height];
        for (i, (run, _)) in runs.iter().enumerate().rev() {
            rows[run.y as usize] = i;
        }
        Self { runs, rows }
    }

    /// Calls `each` with the basin and the length that it has in common with runs in reading order.
    fn meet(&self, runs: impl Iterator<Item = Run>, mut each: impl FnMut(u32, usize)) {
        let (mut at, mut y) = (0, u32::MAX);
        for run in runs {
            if run.y != y {
                (at, y) = (self.rows[run.y as usize], run.y);
            }
            while let Some((piece, basin)) = self.runs.get(at).filter(|(piece, _)| piece.y == y) {
                let (x0, x1) = (piece.x0.max(run.x0), piece.x1.min(run.x1));
                if x0 < x1 {
                    each(*basin, (x1 - x0) as usize);
                }
                if piece.x1 > run.x1 {
                    break;
                }
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs of equal values of an image 20 px wide, 0 left out.
    fn runs_of(pixels: &[u32]) -> Vec<(Run, u32)> {
        let mut out: Vec<(Run, u32)> = Vec::new();
        for (i, &v) in (0..).zip(pixels) {
            let (y, x) = (i / 20, i % 20);
            match out.last_mut() {
                Some((run, value)) if *value == v && run.y == y && run.x1 == x => run.x1 += 1,
                _ if v > 0 => out.push((Run { y, x0: x, x1: x + 1 }, v)),
                _ => {}
            }
        }
        out
    }

    proptest! {
        #[test]
        fn what_pieces_have_in_common_with_runs_is_that_of_their_pixels(
            basins in prop::collection::vec(0_u32..4, 60),
            region in prop::collection::vec(0_u32..2, 60),
        ) {
            let (pieces, runs) = (runs_of(&basins), runs_of(&region));
            let mut found = [0; 4];
            Pieces::new(&pieces, 3).meet(runs.iter().map(|(run, _)| *run), |basin, n| found[basin as usize] += n);
            for basin in 1..4 {
                let both = basins.iter().zip(&region).filter(|&(b, r)| *b == basin && *r == 1);
                prop_assert_eq!(found[basin as usize], both.count());
            }
        }
    }
}
