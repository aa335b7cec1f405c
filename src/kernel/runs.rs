//! Connected regions as horizontal runs of pixels.

use ndarray::ArrayView2;

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

/// Pixels of a row that are looked at together.
const GROUP: usize = 32;

/// Room that is made for the runs of a row beforehand.
const EXPECTED_RUNS: usize = 16;

/// The highest bit of each of eight bytes, and the lowest.
const EACH_HIGH: u64 = 0x8080_8080_8080_8080;
const EACH_LOW: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each of eight bytes tells whether it is `at_least` or more.
#[inline]
fn reached(bytes: u64, at_least: u8) -> u64 {
    // With its highest bit set no byte borrows from the next; the result's bit compares the lower seven.
    let lower = (bytes | EACH_HIGH) - u64::from(at_least & 0x7f) * EACH_LOW;
    (if at_least < 0x80 { lower | bytes } else { lower & bytes }) & EACH_HIGH
}

/// Runs that tile a mask's rows, alternating between inside and outside, joined into components.
struct Tiling {
    runs: Vec<Run>,
    inside: Vec<bool>,
    parent: Vec<u32>,
}

impl Tiling {
    fn with_capacity(runs: usize) -> Self {
        Self {
            runs: Vec::with_capacity(runs),
            inside: Vec::with_capacity(runs),
            parent: Vec::with_capacity(runs),
        }
    }

    fn find(&mut self, mut i: u32) -> u32 {
        while self.parent[i as usize] != i {
            let up = self.parent[self.parent[i as usize] as usize];
            self.parent[i as usize] = up;
            i = up;
        }
        i
    }

    /// Joins two components under the run that comes first.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a as u32), self.find(b as u32));
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        self.parent[high as usize] = low;
    }

    fn push_row(&mut self, y: usize, row: &[u8], at_least: u8) {
        let Some(first) = row.first() else { return };
        let mut inside = *first >= at_least;
        let mut x0 = 0;
        let (groups, rest) = row.as_chunks::<GROUP>();
        // What lies past the end of the row is as the end of it.
        let mut last = [row[row.len() - 1]; GROUP];
        last[..rest.len()].copy_from_slice(rest);
        for (i, group) in groups.iter().chain(Some(&last)).enumerate() {
            let mut words = [0_u64; GROUP / 8];
            for (word, bytes) in words.iter_mut().zip(group.as_chunks::<8>().0) {
                *word = reached(u64::from_le_bytes(*bytes), at_least);
            }
            let now = if inside { EACH_HIGH } else { 0 };
            if words.iter().fold(0, |any, word| any | (word ^ now)) == 0 {
                continue;
            }
            for (j, word) in words.iter().enumerate() {
                let mut changes = word ^ if inside { EACH_HIGH } else { 0 };
                while changes != 0 {
                    let at = changes.trailing_zeros() / 8;
                    let x1 = GROUP * i + 8 * j + at as usize;
                    self.push(y, x0, x1, inside);
                    (x0, inside) = (x1, !inside);
                    changes ^= EACH_HIGH << (8 * at);
                }
            }
        }
        self.push(y, x0, row.len(), inside);
    }

    fn push(&mut self, y: usize, x0: usize, x1: usize, inside: bool) {
        self.parent.push(self.runs.len() as u32);
        self.runs.push(Run { y: y as u32, x0: x0 as u32, x1: x1 as u32 });
        self.inside.push(inside);
    }

    /// Joins the rows `above..here` and `here..`: inside by eight neighbours, outside by four.
    fn join_rows(&mut self, above: usize, here: usize) {
        let (mut a, mut b, end) = (above, here, self.runs.len());
        while a < here && b < end {
            if self.inside[a] == self.inside[b] {
                self.join(a, b);
            }
            match self.runs[a].x1.cmp(&self.runs[b].x1) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => {
                    // Both rows change here: two inside runs may meet at a corner.
                    if a + 1 < here && b + 1 < end && self.inside[a] != self.inside[b] {
                        if self.inside[a] { self.join(a, b + 1) } else { self.join(a + 1, b) }
                    }
                    a += 1;
                    b += 1;
                }
            }
        }
    }
}

/// Regions of pixels with a value of `at_least` or more, joined by eight neighbours. Holes of up to
/// `largest_hole` pixels are filled, with whatever lies in them; regions under `smallest` pixels (after
/// filling) are dropped. Regions come in reading order of their first pixel.
pub(crate) fn regions(
    image: ArrayView2<'_, u8>,
    at_least: u8,
    largest_hole: usize,
    smallest: usize,
) -> Regions {
    const NONE: u32 = u32::MAX;
    let (height, width) = image.dim();
    let mut tiling = Tiling::with_capacity(height * EXPECTED_RUNS);
    let mut above = 0;
    let mut scratch;
    for (y, row) in image.rows().into_iter().enumerate() {
        let here = tiling.runs.len();
        if let Some(row) = row.as_slice() {
            tiling.push_row(y, row, at_least);
        } else {
            scratch = row.to_vec();
            tiling.push_row(y, &scratch, at_least);
        }
        tiling.join_rows(above, here);
        above = here;
    }
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
        fn eight_bytes_compare_as_one_by_one(bytes in proptest::array::uniform8(0_u8..), at_least in 0_u8..) {
            let flags = reached(u64::from_le_bytes(bytes), at_least).to_le_bytes();
            prop_assert_eq!(flags, bytes.map(|v| if v >= at_least { 0x80 } else { 0 }));
        }

        #[test]
        fn agrees_with_flood_fill(
            (h, w, bits) in (1_usize..9, 1_usize..45).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..3, h * w))
            }),
            hole in 0_usize..6,
            smallest in 1_usize..5,
        ) {
            let mask = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v.min(1));
            let fast = regions(mask.view(), 1, hole, smallest);
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
