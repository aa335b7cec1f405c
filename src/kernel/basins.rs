//! Basins of attraction of the maxima of an image, and the passes between them.

use crate::kernel::dispatch::vectorised;
use crate::kernel::padded::{LANES, Padded};
use crate::kernel::runs::Run;

/// Marks pixels that belong to no basin.
pub(crate) const NO_BASIN: u32 = u32::MAX;

/// Pixels that are compared at once.
const GROUP: usize = 4;

/// Marks basins, other than positions of pixels.
const KNOWN: u32 = 1 << 31;

/// The highest pass between two basins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pass {
    /// The basins, the smaller number first.
    pub(crate) between: (u32, u32),
    /// Height of the pass: the largest value v such that neighbouring pixels of both have at least v.
    pub(crate) height: f32,
}

/// Every pixel with a positive value goes to the maximum that steepest ascent over its eight neighbours leads
/// to (equal values: the earlier pixel is the higher one, so that a plateau has one summit).
///
/// Serves one image after the other.
#[derive(Debug, Default)]
pub(crate) struct Basins {
    /// Where each pixel leads to, then its basin; in rows without a run, what an earlier image left.
    of: Vec<u32>,
    /// Pixels of one basin, in reading order, and the basin.
    pub(crate) runs: Vec<(Run, u32)>,
    /// Value of each basin's maximum.
    pub(crate) peaks: Vec<f32>,
    /// One entry per pair of touching basins, by the pair.
    pub(crate) passes: Vec<Pass>,
}

impl Basins {
    /// Finds the basins of an image that is positive in `runs` alone, which are in reading order and do not touch each
    /// other in a row. The passes are left out if there is but one basin.
    pub(crate) fn find(&mut self, image: &Padded, runs: &[Run]) {
        self.of.resize(image.values.len(), NO_BASIN);
        vectorised(
            #[inline(always)]
            || uphill(image, runs, &mut self.of),
        );
        self.climb(image, runs);
        self.passes.clear();
        self.runs.clear();
        if self.peaks.len() < 2 {
            return;
        }
        for run in runs {
            let start = image.at(run.y as usize, 0);
            let of = &self.of[start + run.x0 as usize..start + run.x1 as usize];
            for_each_run(of, |basin, x0, x1| {
                let (x0, x1) = (run.x0 + x0 as u32, run.x0 + x1 as u32);
                self.runs.push((Run { y: run.y, x0, x1 }, basin));
            });
        }
        self.meet_within_rows(image);
        self.meet_between_rows(image);
    }

    /// Follows the ways up from every pixel to its basin.
    fn climb(&mut self, image: &Padded, runs: &[Run]) {
        let Self { of, peaks, .. } = self;
        peaks.clear();
        for run in runs {
            let first = image.at(run.y as usize, run.x0 as usize);
            for start in first..first + run.len() {
                if of[start] >= KNOWN {
                    continue;
                }
                let mut here = start;
                let mut next = of[here];
                while next < KNOWN && next as usize != here {
                    here = next as usize;
                    next = of[here];
                }
                if next < KNOWN {
                    next = KNOWN | peaks.len() as u32;
                    peaks.push(image.values[here]);
                    of[here] = next;
                }
                let basin = next;
                let mut here = start;
                while of[here] != basin {
                    here = std::mem::replace(&mut of[here], basin) as usize;
                }
            }
        }
    }

    /// Calls `each` with the basin and the length of every piece of a run.
    #[inline]
    pub(crate) fn within(&self, image: &Padded, run: Run, mut each: impl FnMut(u32, usize)) {
        let start = image.at(run.y as usize, run.x0 as usize);
        for_each_run(&self.of[start..start + run.len()], |basin, x0, x1| each(basin, x1 - x0));
    }

    fn meet_within_rows(&mut self, image: &Padded) {
        for pair in self.runs.windows(2) {
            let [(left, a), (right, b)] = pair else { continue };
            if left.y == right.y && left.x1 == right.x0 {
                let at = image.at(right.y as usize, right.x0 as usize);
                meet(&mut self.passes, *a, *b, image.values[at - 1].min(image.values[at]));
            }
        }
    }

    fn meet_between_rows(&mut self, image: &Padded) {
        let mut first = 0;
        for &(low, b) in &self.runs {
            // The first run above that reaches the one below, if by a corner.
            while self.runs[first].0.y + 1 < low.y
                || (self.runs[first].0.y + 1 == low.y && self.runs[first].0.x1 < low.x0)
            {
                first += 1;
            }
            let above = self.runs[first..].iter();
            for &(high, a) in above.take_while(|(high, _)| high.y + 1 == low.y && high.x0 <= low.x1) {
                if a != b {
                    meet(&mut self.passes, a, b, highest_between(image, high, low));
                }
            }
        }
    }
}

/// The largest value that two neighbours both have, one of a run and one of a run in the next row.
fn highest_between(image: &Padded, high: Run, low: Run) -> f32 {
    let (above, below) = (image.at(high.y as usize, 0), image.at(low.y as usize, 0));
    let mut highest = 0.0_f32;
    for x in low.x0.max(high.x0.saturating_sub(1))..low.x1.min(high.x1 + 1) {
        let neighbours = x.saturating_sub(1).max(high.x0) as usize..(x + 2).min(high.x1) as usize;
        let neighbours = &image.values[above + neighbours.start..above + neighbours.end];
        let most = neighbours.iter().fold(0.0_f32, |a, &v| a.max(v));
        highest = highest.max(image.values[below + x as usize].min(most));
    }
    highest
}

/// Enters that two basins touch into the passes, which are kept by their pair.
fn meet(met: &mut Vec<Pass>, a: u32, b: u32, height: f32) {
    if a == b {
        return;
    }
    let pass = Pass { between: (a.min(b), a.max(b)), height };
    match met.binary_search_by(|p| p.between.cmp(&pass.between)) {
        Ok(i) => met[i].height = met[i].height.max(pass.height),
        Err(i) => met.insert(i, pass),
    }
}

/// Calls `each` with the basin, first position and end of every run of equal basin.
#[inline]
fn for_each_run(of: &[u32], mut each: impl FnMut(u32, usize, usize)) {
    let mut start = 0;
    while let Some(&basin) = of.get(start) {
        let end = start + count_equal(&of[start..], basin);
        if basin != NO_BASIN {
            each(basin & !KNOWN, start, end);
        }
        start = end;
    }
}

/// How many of the first values are equal to `basin`.
#[inline]
fn count_equal(of: &[u32], basin: u32) -> usize {
    let groups = of.as_chunks::<GROUP>().0;
    // A group is compared as a whole.
    let differs = |group: &[u32; GROUP]| group.iter().fold(0, |bits, &b| bits | (b ^ basin)) != 0;
    let equal = GROUP * groups.iter().position(differs).unwrap_or(groups.len());
    equal + of[equal..].iter().position(|&b| b != basin).unwrap_or(of.len() - equal)
}

/// Uphill neighbour of each pixel of the rows that have runs, [`NO_BASIN`] outside the runs; a maximum is its own.
#[inline(always)]
fn uphill(image: &Padded, runs: &[Run], up: &mut [u32]) {
    let stride = image.stride;
    let mut runs = runs.iter();
    let mut next = runs.next();
    while let Some(first) = next {
        let mut last = first;
        next = runs.next();
        while let Some(run) = next.filter(|run| run.y == first.y) {
            last = run;
            next = runs.next();
        }
        let whole_row = image.at(first.y as usize, 0);
        up[whole_row..whole_row + stride].fill(NO_BASIN);
        let start = image.at(first.y as usize, first.x0 as usize);
        let count = ((last.x1 - first.x0) as usize).next_multiple_of(LANES);
        let row = |start: usize| &image.values[start - 1..][..count + 2];
        let (above, here, below) = (row(start - stride), row(start), row(start + stride));
        steepest(above, here, below, &mut up[start..start + count], start as i32, stride as i32);
    }
}

/// Uphill neighbours of the pixels of one row: the rows begin a pixel before and end a pixel behind.
#[inline(always)]
fn steepest(above: &[f32], here: &[f32], below: &[f32], up: &mut [u32], start: i32, stride: i32) {
    let count = up.len() / LANES * LANES;
    let (above, here, below) = (&above[..count + 2], &here[..count + 2], &below[..count + 2]);
    for (x, up) in up[..count].iter_mut().enumerate() {
        let mut best = above[x];
        let mut step = -stride - 1;
        let mut look = |value: f32, to: i32| {
            // In reading order: of equal values the earlier stays.
            (best, step) = if value > best { (value, to) } else { (best, step) };
        };
        look(above[x + 1], -stride);
        look(above[x + 2], -stride + 1);
        look(here[x], -1);
        look(here[x + 1], 0);
        look(here[x + 2], 1);
        look(below[x], stride - 1);
        look(below[x + 1], stride);
        look(below[x + 2], stride + 1);
        *up = if here[x + 1] > 0.0 { (start + x as i32 + step) as u32 } else { NO_BASIN };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn neighbours((y, x): (usize, usize), (h, w): (usize, usize)) -> Vec<(usize, usize)> {
        (y.saturating_sub(1)..(y + 2).min(h))
            .flat_map(|v| (x.saturating_sub(1)..(x + 2).min(w)).map(move |u| (v, u)))
            .collect()
    }

    fn summit_reference(image: &Array2<f32>, mut p: (usize, usize)) -> (usize, usize) {
        loop {
            let mut best = p;
            for n in neighbours(p, image.dim()) {
                if image[n] > image[best] || (image[n] == image[best] && n < best) {
                    best = n;
                }
            }
            if best == p {
                return p;
            }
            p = best;
        }
    }

    proptest! {
        #[test]
        fn agrees_with_climbing_from_every_pixel(
            (h, w, values) in (1_usize..9, 1_usize..40).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..9, h * w))
            }),
        ) {
            let image = Array2::from_shape_vec((h, w), values).unwrap().mapv(f32::from);
            let (mut padded, mut fast, mut runs) = (Padded::default(), Basins::default(), Vec::<Run>::new());
            for around in [(9, 45), (h, w)] {
                // What an earlier, larger image left does no harm.
                padded.reshape(around);
                padded.rows_mut().fill(0.0);
                runs.clear();
                for ((y, x), &v) in image.indexed_iter() {
                    let at = padded.at(y, x);
                    padded.values[at] = v;
                    let (y, x) = (y as u32, x as u32);
                    match runs.last_mut().filter(|r| r.y == y && r.x1 == x) {
                        Some(run) if v > 0.0 => run.x1 += 1,
                        _ if v > 0.0 => runs.push(Run { y, x0: x, x1: x + 1 }),
                        _ => {}
                    }
                }
                fast.find(&padded, &runs);
            }
            let of = |(y, x)| fast.of[padded.at(y, x)];
            let number = |p| (of(p) & !KNOWN) as usize;
            let summit = |p| summit_reference(&image, p);
            let mut heights: BTreeMap<(u32, u32), f32> = BTreeMap::new();
            for (p, &v) in image.indexed_iter() {
                if v <= 0.0 {
                    // Rows without a pixel are passed over.
                    prop_assert!(of(p) == NO_BASIN || runs.iter().all(|r| r.y as usize != p.0));
                    continue;
                }
                prop_assert_eq!(of(p), of(summit(p)));
                prop_assert_eq!(fast.peaks[number(p)], image[summit(p)]);
                for q in neighbours(p, (h, w)) {
                    if image[q] > 0.0 && summit(q) != summit(p) {
                        prop_assert!(of(q) != of(p));
                        let key = (number(p).min(number(q)) as u32, number(p).max(number(q)) as u32);
                        let height = heights.entry(key).or_insert(0.0);
                        *height = height.max(image[p].min(image[q]));
                    }
                }
            }
            if fast.peaks.len() > 1 {
                let pixels: usize = fast.runs.iter().map(|(run, _)| run.len()).sum();
                prop_assert_eq!(pixels, image.iter().filter(|v| **v > 0.0).count());
                for (run, basin) in &fast.runs {
                    prop_assert!((run.x0..run.x1).all(|x| number((run.y as usize, x as usize)) == *basin as usize));
                }
                for run in &runs {
                    let mut length = 0;
                    fast.within(&padded, *run, |_, n| length += n);
                    prop_assert_eq!(length, run.len());
                }
            }
            let found: BTreeMap<_, _> = fast.passes.iter().map(|p| (p.between, p.height)).collect();
            prop_assert_eq!(found, heights);
        }
    }
}
