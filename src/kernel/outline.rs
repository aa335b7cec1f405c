//! The outer outline of a region.

use crate::kernel::runs::Run;

/// Steps to the eight neighbours, clockwise on the screen from east: (row, column).
const STEPS: [(i32, i32); 8] = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)];

/// A region's pixels in a box one pixel wider than it on every side.
#[derive(Debug, Default)]
pub(crate) struct Silhouette {
    inside: Vec<bool>,
    stride: usize,
    /// Row and column of the box's first pixel, which may be -1.
    pub(crate) origin: (i32, i32),
    /// Number of rows and columns of the box.
    pub(crate) dim: (usize, usize),
    start: usize,
}

impl Silhouette {
    /// Takes up the region of some runs in reading order; an earlier one is forgotten.
    pub(crate) fn set(&mut self, runs: &[Run]) {
        self.inside.clear();
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
            (self.dim, self.stride) = ((0, 0), 0);
            return;
        };
        let (x0, x1) = runs.iter().fold((u32::MAX, 0), |(a, b), r| (a.min(r.x0), b.max(r.x1)));
        self.origin = (first.y as i32 - 1, x0 as i32 - 1);
        self.dim = ((last.y - first.y) as usize + 3, (x1 - x0) as usize + 2);
        self.stride = self.dim.1;
        self.inside.resize(self.dim.0 * self.stride, false);
        for run in runs {
            let at = (run.y - first.y + 1) as usize * self.stride + (run.x0 - x0 + 1) as usize;
            self.inside[at..at + run.len()].fill(true);
        }
        self.start = self.stride + (first.x0 - x0 + 1) as usize;
    }

    /// Whether the region holds the pixel at a row and a column.
    #[inline(always)]
    pub(crate) fn holds(&self, y: i32, x: i32) -> bool {
        let (y, x) = ((y - self.origin.0) as usize, (x - self.origin.1) as usize);
        y < self.dim.0 && x < self.dim.1 && self.inside[y * self.stride + x]
    }

    /// Rows and columns of the pixels of the outer outline, from the region's first pixel clockwise on the screen, by
    /// eight-neighbour steps (Moore's tracing with Jacob's stop). A pixel of a thin part appears once per passage.
    #[inline(always)]
    pub(crate) fn trace(&self, out: &mut Vec<(i32, i32)>) {
        out.clear();
        if self.inside.is_empty() {
            return;
        }
        let offsets = STEPS.map(|(dy, dx)| (dy as isize * self.stride as isize + dx as isize) as usize);
        let mut here = self.start;
        let mut place = (self.origin.0 + 1, self.origin.1 + (self.start - self.stride) as i32);
        // Coming from the west, nothing lies above: the search begins to the north-east.
        let mut search = 6;
        let mut first_step = None;
        loop {
            // Which neighbours are inside, by a bit each, from the first that is looked at.
            let mut around = 0_u8;
            for (i, offset) in offsets.iter().enumerate() {
                around |= u8::from(self.inside[here.wrapping_add(*offset)]) << i;
            }
            if around == 0 {
                out.push(place);
                return;
            }
            let direction = (search + around.rotate_right(search).trailing_zeros()) % 8;
            if here == self.start {
                if first_step == Some(direction) {
                    return;
                }
                first_step = first_step.or(Some(direction));
            }
            out.push(place);
            here = here.wrapping_add(offsets[direction as usize]);
            let step = STEPS[direction as usize];
            place = (place.0 + step.0, place.1 + step.1);
            // The pixel before the one just found was outside: go on from there.
            search = (direction + if direction % 2 == 0 { 6 } else { 5 }) % 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::runs::Levels;
    use ndarray::Array2;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// The outline is a closed chain of neighbours and holds exactly the pixels of the filled region that
        /// touch what is outside it by a side.
        #[test]
        fn holds_every_pixel_next_to_the_outside(
            (h, w, bits) in (1_usize..10, 1_usize..10).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..4, h * w))
            }),
        ) {
            let mask = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v.min(1));
            let found = Levels::new(mask.view()).regions(1, usize::MAX, 1);
            let mut silhouette = Silhouette::default();
            for i in 0..found.len() {
                let mut inside = Array2::from_elem((h, w), false);
                for r in found.runs(i) {
                    (r.x0..r.x1).for_each(|x| inside[(r.y as usize, x as usize)] = true);
                }
                silhouette.set(found.runs(i));
                for ((y, x), v) in inside.indexed_iter() {
                    prop_assert_eq!(silhouette.holds(y as i32, x as i32), *v);
                }
                prop_assert!(!silhouette.holds(-2, 0) && !silhouette.holds(0, -2) && !silhouette.holds(40, 0));
                let mut chain = Vec::new();
                silhouette.trace(&mut chain);
                let first = found.runs(i)[0];
                prop_assert_eq!(chain[0], (first.y as i32, first.x0 as i32));
                for j in 0..chain.len() {
                    let (a, b) = (chain[j], chain[(j + 1) % chain.len()]);
                    prop_assert!((a.0 - b.0).abs() <= 1 && (a.1 - b.1).abs() <= 1);
                }
                let expected: BTreeSet<(i32, i32)> = inside.indexed_iter().filter(|((y, x), v)| {
                    let outside = |y: isize, x: isize| {
                        y < 0 || x < 0 || y >= h as isize || x >= w as isize
                            || !inside[(y as usize, x as usize)]
                    };
                    let (y, x) = (*y as isize, *x as isize);
                    **v && (outside(y - 1, x) || outside(y + 1, x) || outside(y, x - 1) || outside(y, x + 1))
                }).map(|((y, x), _)| (y as i32, x as i32)).collect();
                let traced: BTreeSet<(i32, i32)> = chain.iter().copied().collect();
                prop_assert_eq!(traced, expected);
            }
        }
    }
}
