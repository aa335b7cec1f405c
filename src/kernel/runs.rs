//! Connected regions as horizontal runs of pixels.

use ndarray::ArrayView2;

use crate::kernel::bits::BitMask;
use crate::kernel::tiling::{Tiling, groups_of, ranges};

/// Pixels `x0..x1` of row `y`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) y: u32,
    pub(crate) x0: u32,
    pub(crate) x1: u32,
}

impl Run {
    /// Number of pixels.
    pub(crate) fn len(self) -> usize {
        (self.x1 - self.x0) as usize
    }
}

/// Regions of one mask; the runs of a region are in reading order.
#[derive(Debug, Default)]
pub(crate) struct Regions {
    runs: Vec<Run>,
    /// Where each region's runs start, and the end of the last.
    starts: Vec<usize>,
    areas: Vec<usize>,
}

impl Regions {
    /// Number of regions.
    pub(crate) fn len(&self) -> usize {
        self.areas.len()
    }

    /// Runs of region `i`.
    pub(crate) fn runs(&self, i: usize) -> &[Run] {
        &self.runs[self.starts[i]..self.starts[i + 1]]
    }

    /// Number of pixels of region `i`.
    pub(crate) fn area(&self, i: usize) -> usize {
        self.areas[i]
    }
}

/// Room that is made for the runs of a row beforehand.
const EXPECTED_RUNS: usize = 16;

/// An image that is cut at several levels.
pub(crate) struct Levels<'a> {
    image: ArrayView2<'a, u8>,
    ranges: Vec<[u8; 2]>,
}

impl<'a> Levels<'a> {
    /// Of an image whose rows lie each in one piece.
    pub(crate) fn new(image: ArrayView2<'a, u8>) -> Self {
        Self { image, ranges: ranges(image) }
    }

    /// Regions of pixels with a value of `at_least` or more, joined by eight neighbours. Holes of up to
    /// `largest_hole` pixels are filled, with whatever lies in them; regions under `smallest` pixels (after
    /// filling) are dropped. Regions come in reading order of their first pixel.
    pub(crate) fn regions(&self, at_least: u8, largest_hole: usize, smallest: usize) -> Regions {
        let (height, width) = self.image.dim();
        let mut tiling = Tiling::with_capacity(height * EXPECTED_RUNS);
        let mut above = 0;
        let rows = self.image.rows().into_iter().zip(self.ranges.chunks(groups_of(width)));
        for (y, (row, ranges)) in rows.enumerate() {
            let here = tiling.runs.len();
            tiling.push_row(y, row.to_slice().unwrap_or(&[]), ranges, at_least);
            tiling.join_rows(above, here);
            above = here;
        }
        settle(tiling, (height, width), largest_hole, smallest)
    }
}

/// As [`Levels::regions`] for a mask.
pub(crate) fn regions_of_bits(mask: &BitMask, largest_hole: usize, smallest: usize) -> Regions {
    let mut tiling = Tiling::with_capacity(0);
    let (mut above, mut height) = (0, 0);
    for row in mask.rows() {
        let here = tiling.runs.len();
        tiling.push_bits(height, row, mask.width());
        tiling.join_rows(above, here);
        (above, height) = (here, height + 1);
    }
    settle(tiling, (height, mask.width()), largest_hole, smallest)
}

/// Settles which region each run belongs to.
fn settle(
    mut tiling: Tiling,
    (height, width): (usize, usize),
    largest_hole: usize,
    smallest: usize,
) -> Regions {
    const NONE: u32 = u32::MAX;
    let count = tiling.runs.len();
    let mut area = vec![0_usize; count];
    let mut at_frame = vec![false; count];
    // Every run hangs under an earlier one: one pass in order leaves each directly under its component's first.
    for i in 0..count {
        let root = tiling.parent[tiling.parent[i] as usize] as usize;
        tiling.parent[i] = root as u32;
        let run = tiling.runs[i];
        area[root] += run.len();
        at_frame[root] |=
            run.y == 0 || run.y as usize + 1 == height || run.x0 == 0 || run.x1 as usize == width;
    }
    // A component's first run has the surrounding component to its left; that one began earlier, so one
    // pass in reading order settles which region every component belongs to.
    let mut owner = vec![NONE; count];
    for i in 0..count {
        let root = tiling.parent[i] as usize;
        if root != i {
            owner[i] = owner[root];
            continue;
        }
        let around = if tiling.runs[i].x0 == 0 { NONE } else { owner[i - 1] };
        owner[i] = match (tiling.inside[i], at_frame[i]) {
            (true, _) if around == NONE => i as u32,
            (true, _) => around,
            (false, true) => NONE,
            (false, false) => {
                if area[i] <= largest_hole {
                    around
                } else {
                    NONE
                }
            }
        };
    }
    collect(&tiling.runs, &owner, smallest)
}

/// Groups runs by owner (the index of the region's first run; `u32::MAX` for none).
fn collect(runs: &[Run], owner: &[u32], smallest: usize) -> Regions {
    let mut area = vec![0_usize; runs.len()];
    let mut number = vec![0_usize; runs.len()];
    for (run, &o) in runs.iter().zip(owner) {
        if let Some(a) = area.get_mut(o as usize) {
            *a += run.len();
            number[o as usize] += 1;
        }
    }
    let mut out = Regions { starts: vec![0], ..Regions::default() };
    let mut next = vec![usize::MAX; runs.len()];
    let mut total = 0;
    for i in 0..runs.len() {
        if owner[i] as usize == i && area[i] >= smallest.max(1) {
            next[i] = total;
            total += number[i];
            out.starts.push(total);
            out.areas.push(area[i]);
        }
    }
    out.runs = vec![Run { y: 0, x0: 0, x1: 0 }; total];
    for (run, &o) in runs.iter().zip(owner) {
        if let Some(n) = next.get_mut(o as usize).filter(|n| **n != usize::MAX) {
            out.runs[*n] = *run;
            *n += 1;
        }
    }
    merge_neighbours(&mut out);
    out
}

/// Joins runs of a region that follow each other without a gap (a filled hole leaves such).
fn merge_neighbours(regions: &mut Regions) {
    let mut kept = 0;
    let mut starts = Vec::with_capacity(regions.starts.len());
    starts.push(0);
    for i in 0..regions.areas.len() {
        let first = kept;
        for j in regions.starts[i]..regions.starts[i + 1] {
            let run = regions.runs[j];
            if kept > first && regions.runs[kept - 1].y == run.y && regions.runs[kept - 1].x1 == run.x0 {
                regions.runs[kept - 1].x1 = run.x1;
            } else {
                regions.runs[kept] = run;
                kept += 1;
            }
        }
        starts.push(kept);
    }
    regions.runs.truncate(kept);
    regions.starts = starts;
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// Flood fill from a pixel over pixels that `same` accepts.
    fn flood(
        dim: (usize, usize),
        start: (usize, usize),
        corners: bool,
        same: impl Fn((usize, usize)) -> bool,
    ) -> Vec<(usize, usize)> {
        let mut seen = Array2::from_elem(dim, false);
        let mut stack = vec![start];
        let mut out = Vec::new();
        seen[start] = true;
        while let Some((y, x)) = stack.pop() {
            out.push((y, x));
            for dy in -1_isize..=1 {
                for dx in -1_isize..=1 {
                    if !corners && dy != 0 && dx != 0 {
                        continue;
                    }
                    let (v, u) = (y as isize + dy, x as isize + dx);
                    if v < 0 || u < 0 || v >= dim.0 as isize || u >= dim.1 as isize {
                        continue;
                    }
                    let p = (v as usize, u as usize);
                    if !seen[p] && same(p) {
                        seen[p] = true;
                        stack.push(p);
                    }
                }
            }
        }
        out.sort_unstable();
        out
    }

    /// The definition: fill every small hole, then label; a region that lay in a filled hole is gone.
    fn regions_reference(
        mask: &Array2<u8>,
        largest_hole: usize,
        smallest: usize,
    ) -> Vec<Vec<(usize, usize)>> {
        let (h, w) = mask.dim();
        let mut solid = mask.mapv(|v| v > 0);
        for y in 0..h {
            for x in 0..w {
                if mask[(y, x)] > 0 {
                    continue;
                }
                let hole = flood((h, w), (y, x), false, |p| mask[p] == 0);
                let frame = hole.iter().any(|&(v, u)| v == 0 || u == 0 || v + 1 == h || u + 1 == w);
                if !frame && hole.len() <= largest_hole {
                    hole.into_iter().for_each(|p| solid[p] = true);
                }
            }
        }
        let mut done = Array2::from_elem((h, w), false);
        let mut out = Vec::new();
        for y in 0..h {
            for x in 0..w {
                if solid[(y, x)] && !done[(y, x)] {
                    let region = flood((h, w), (y, x), true, |p| solid[p]);
                    region.iter().for_each(|&p| done[p] = true);
                    if region.len() >= smallest {
                        out.push(region);
                    }
                }
            }
        }
        out
    }

    proptest! {
        #[test]
        fn agrees_with_flood_fill(
            (h, w, bits) in (1_usize..9, 1_usize..45).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..3, h * w))
            }),
            hole in 0_usize..6,
            smallest in 1_usize..5,
        ) {
            let mask = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v.min(1));
            let fast = Levels::new(mask.view()).regions(1, hole, smallest);
            let mut bits = BitMask::default();
            bits.clear((h, w));
            let pixels = mask.indexed_iter().filter(|(_, v)| **v > 0);
            bits.paint(pixels.map(|((y, x), _)| Run { y: y as u32, x0: x as u32, x1: x as u32 + 1 }), true);
            let same = regions_of_bits(&bits, hole, smallest);
            prop_assert_eq!((&same.runs, &same.starts, &same.areas), (&fast.runs, &fast.starts, &fast.areas));
            let fast: Vec<Vec<(usize, usize)>> = (0..fast.len()).map(|i| {
                let pixels: Vec<_> = fast.runs(i).iter()
                    .flat_map(|r| (r.x0..r.x1).map(|x| (r.y as usize, x as usize))).collect();
                assert_eq!(pixels.len(), fast.area(i));
                pixels
            }).collect();
            prop_assert_eq!(fast, regions_reference(&mask, hole, smallest));
        }
    }
}
