//! Basins of attraction of the maxima of an image, and the passes between them.

use crate::kernel::dispatch::vectorised;
use crate::kernel::padded::{LANES, Padded, Span};
use crate::kernel::run::Run;

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
    /// Where each pixel of a run leads to, then its basin; outside the runs, values of an earlier image.
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
    /// other in a row; `spans` are theirs. The passes are left out if there is but one basin.
    pub(crate) fn find(&mut self, image: &Padded, runs: &[Run], spans: &[Span]) {
        self.of.resize(image.values.len(), NO_BASIN);
        vectorised(
            #[inline(always)]
            || uphill(image, spans, &mut self.of),
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
                let mut end = of[start] as usize;
                let mut basin = of[end];
                while basin < KNOWN && basin as usize != end {
                    end = basin as usize;
                    basin = of[end];
                }
                if basin < KNOWN {
                    basin = KNOWN | peaks.len() as u32;
                    peaks.push(image.values[end]);
                    of[end] = basin;
                }
                let mut here = start;
                while here != end {
                    here = std::mem::replace(&mut of[here], basin) as usize;
                }
            }
        }
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

/// Uphill neighbour of each pixel of the spans, [`NO_BASIN`] where the image is 0; a maximum is its own.
#[inline(always)]
fn uphill(image: &Padded, spans: &[Span], up: &mut [u32]) {
    let stride = image.stride;
    for span in spans {
        for group in span.first..span.end {
            let start = image.at(span.y, group * LANES);
            // A pixel before the group and one behind it are looked at, too.
            let row = |start: usize| image.values.get(start - 1..).and_then(|row| row.first_chunk());
            if let (Some(above), Some(here), Some(below)) =
                (row(start - stride), row(start), row(start + stride))
                && let Some(up) = up.get_mut(start..).and_then(|up| up.first_chunk_mut())
            {
                *up = steepest(above, here, below, start as i32, stride as i32);
            }
        }
    }
}

/// Pixels of a group and their neighbours in a row.
type WithNeighbours = [f32; LANES + 2];

/// Uphill neighbours of a group of pixels of one row.
#[inline(always)]
fn steepest(
    above: &WithNeighbours,
    here: &WithNeighbours,
    below: &WithNeighbours,
    start: i32,
    stride: i32,
) -> [u32; LANES] {
    let mut up = [NO_BASIN; LANES];
    for (x, up) in up.iter_mut().enumerate() {
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
    up
}

// By its path, since a benchmark includes this file elsewhere.
#[cfg(test)]
#[path = "basins/tests.rs"]
mod tests;
