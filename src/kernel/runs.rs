//! Connected regions as horizontal runs of pixels.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::kernel::bits::BitMask;
use crate::kernel::run::Run;
use crate::kernel::tiling::Tiling;

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

/// Regions of an image cut at 1, 2, ... `cuts`: of pixels with at least that value, joined by eight neighbours. Holes of up
/// to `largest_hole` pixels are filled, with whatever lies in them; regions under `smallest` pixels (after filling) are
/// dropped. Regions come in reading order of their first pixel. Rows of the image lie each in one piece.
pub(crate) fn regions_of_cuts(
    image: ArrayView2<'_, u8>,
    cuts: u8,
    largest_hole: usize,
    smallest: usize,
) -> Vec<Regions> {
    let tilings = Tiling::of_cuts(image, cuts);
    tilings.into_par_iter().map(|tiling| settle(tiling, image.nrows(), largest_hole, smallest)).collect()
}

/// As [`regions_of_cuts`] for a mask.
pub(crate) fn regions_of_bits(mask: &BitMask, largest_hole: usize, smallest: usize) -> Regions {
    let mut tiling = Tiling::with_capacity(0);
    let mut height = 0;
    for row in mask.rows() {
        tiling.push_bits(height, row, mask.width());
        height += 1;
    }
    settle(tiling, height, largest_hole, smallest)
}

/// Stands for no region.
const NONE: u32 = u32::MAX;
/// Two counts side by side: this is one of the second.
const SECOND: u64 = 1 << 32;
/// Beside a count: that it is of a component at the frame.
const AT_FRAME: u64 = 1 << 63;

/// Settles which region each run belongs to.
fn settle(mut tiling: Tiling, height: usize, largest_hole: usize, smallest: usize) -> Regions {
    tiling.join_rows();
    let Tiling { runs, parent, row_starts } = &mut tiling;
    // Of each component, at its first run: its pixels, and whether it is at the frame.
    let mut size = vec![0_u64; runs.len()];
    // Every run hangs under an earlier one: one pass in order leaves each directly under its component's first.
    for (i, (run, _)) in runs.iter().enumerate() {
        let root = parent[parent[i] as usize];
        parent[i] = root;
        size[root as usize] += run.len() as u64;
    }
    let ends = row_starts.iter().skip(1).copied().chain([runs.len()]);
    for (y, (start, end)) in row_starts.iter().copied().zip(ends).enumerate() {
        let inner = if y == 0 || y + 1 == height { end } else { (start + 1).min(end) };
        for i in (start..inner).chain([end - 1]) {
            size[parent[i] as usize] |= AT_FRAME;
        }
    }
    // A component's first run has the surrounding component to its left; that one began earlier, so one
    // pass in reading order settles which region every component belongs to: the region of its first run.
    let mut filled = false;
    let mut firsts = Vec::new();
    for i in 0..runs.len() {
        let (run, inside) = runs[i];
        let root = parent[i] as usize;
        // From here on the parent is the region's first run.
        parent[i] = if root == i {
            let around = if run.x0 == 0 { NONE } else { parent[i - 1] };
            // From here on this is of the region that may begin here: its pixels and its runs.
            let size = std::mem::take(&mut size[i]);
            let is_hole = !inside && size < AT_FRAME && size <= largest_hole as u64;
            filled |= is_hole && around != NONE;
            match inside {
                true if around == NONE => {
                    firsts.push(i);
                    i as u32
                }
                true => around,
                false if is_hole => around,
                false => NONE,
            }
        } else {
            parent[root]
        };
        if let Some(size) = size.get_mut(parent[i] as usize) {
            *size += run.len() as u64 + SECOND;
        }
    }
    let mut out = collect(runs, parent, &firsts, size, smallest);
    if filled {
        merge_neighbours(&mut out);
    }
    out
}

/// Groups runs by owner (the index of the region's first run). `size` holds, at each of those `firsts`, the region's pixels and
/// runs.
fn collect(
    runs: &[(Run, bool)],
    owner: &[u32],
    firsts: &[usize],
    mut size: Vec<u64>,
    smallest: usize,
) -> Regions {
    let mut out = Regions { starts: vec![0], ..Regions::default() };
    let mut total = 0;
    for &i in firsts {
        let (area, number) = ((size[i] % SECOND) as usize, (size[i] / SECOND) as usize);
        let kept = area >= smallest.max(1);
        // Where the region's next run goes.
        size[i] = if kept { total as u64 } else { u64::MAX };
        if kept {
            total += number;
            out.starts.push(total);
            out.areas.push(area);
        }
    }
    out.runs = vec![Run { y: 0, x0: 0, x1: 0 }; total];
    for ((run, _), &o) in runs.iter().zip(owner) {
        if let Some(next) = size.get_mut(o as usize)
            && let Some(place) = out.runs.get_mut(*next as usize)
        {
            *place = *run;
            *next += 1;
        }
    }
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
            cut in 1_u8..3,
            hole in 0_usize..6,
            smallest in 1_usize..5,
        ) {
            let image = Array2::from_shape_vec((h, w), bits).unwrap();
            let mask = image.mapv(|v| u8::from(v >= cut));
            let cuts = regions_of_cuts(image.view(), 2, hole, smallest);
            prop_assert_eq!(cuts.len(), 2);
            let fast = &cuts[usize::from(cut) - 1];
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
