//! The outer outline of a region.

use ndarray::ArrayView2;

/// Steps to the eight neighbours, clockwise on the screen from east: (row, column).
const STEPS: [(isize, isize); 8] = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)];

/// Pixels of the outer outline of the region that holds `start`, which must be its first pixel in reading
/// order; clockwise on the screen, by eight-neighbour steps (Moore's tracing with Jacob's stop). A pixel of a
/// thin part appears once per passage.
pub(crate) fn trace(inside: ArrayView2<'_, bool>, start: (usize, usize), out: &mut Vec<(i32, i32)>) {
    out.clear();
    let (height, width) = inside.dim();
    let at = |p: (isize, isize)| {
        p.0 >= 0
            && p.1 >= 0
            && p.0 < height as isize
            && p.1 < width as isize
            && inside[(p.0 as usize, p.1 as usize)]
    };
    let start = (start.0 as isize, start.1 as isize);
    // Coming from the west, nothing lies above: the search begins to the north-east.
    let (mut here, mut search) = (start, 6);
    let mut first_step = None;
    loop {
        let next = (0..8).map(|k| (search + k) % 8).find(|&d| at((here.0 + STEPS[d].0, here.1 + STEPS[d].1)));
        let Some(direction) = next else {
            out.push((here.0 as i32, here.1 as i32));
            return;
        };
        if here == start {
            if first_step == Some(direction) {
                return;
            }
            first_step = first_step.or(Some(direction));
        }
        out.push((here.0 as i32, here.1 as i32));
        here = (here.0 + STEPS[direction].0, here.1 + STEPS[direction].1);
        // The pixel before the one just found was outside: go on from there.
        search = (direction + if direction % 2 == 0 { 6 } else { 5 }) % 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::runs::regions;
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
            let found = regions(mask.view(), 1, usize::MAX, 1);
            for i in 0..found.len() {
                let mut inside = Array2::from_elem((h, w), false);
                for r in found.runs(i) {
                    (r.x0..r.x1).for_each(|x| inside[(r.y as usize, x as usize)] = true);
                }
                let first = found.runs(i)[0];
                let mut chain = Vec::new();
                trace(inside.view(), (first.y as usize, first.x0 as usize), &mut chain);
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
