//! The outer outline of a region.

use crate::kernel::run::Run;

/// Steps to the eight neighbours, clockwise on the screen from east: (row, column).
const STEPS: [(i32, i32); 8] = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)];

/// Columns of which a word of a row knows the pixels on both sides: its first and last bits are the neighbouring words'.
const COLUMNS: usize = 62;

/// A step along the outline, all that is known of it in one place: each waits for the one before.
#[derive(Clone, Copy)]
struct Turn {
    /// Which of [`STEPS`]; [`NOWHERE`] from a pixel by itself.
    direction: u8,
    /// Half the number of the step that the next search begins with: the pixel before the one just found was outside.
    search: u8,
    dy: i8,
    dx: i8,
}

const NOWHERE: u8 = 8;

/// By half the number of the step that the search begins with, which is even, and by three bits each of the row above, of
/// the own and of the one below, from the west: the first step that leads inside.
const TURNS: [[Turn; 512]; 4] = {
    let mut table = [[Turn { direction: NOWHERE, search: 0, dy: 0, dx: 0 }; 512]; 4];
    let mut place = 0;
    while place < 4 * 512 {
        let (search, bits) = (place / 512, place % 512);
        let mut looked_at = 8;
        // The last to be found is the first that is looked at.
        while looked_at > 0 {
            looked_at -= 1;
            let direction = (2 * search + looked_at) % 8;
            let (dy, dx) = STEPS[direction];
            if bits >> (3 * (dy + 1) + dx + 1) & 1 == 1 {
                let next = (direction + 6 - direction % 2) % 8 / 2;
                table[search][bits] =
                    Turn { direction: direction as u8, search: next as u8, dy: dy as i8, dx: dx as i8 };
            }
        }
        place += 1;
    }
    table
};

/// A region's pixels in a box one pixel wider than it on every side.
#[derive(Debug, Default)]
pub(crate) struct Silhouette {
    /// A bit for each pixel. Word `i` of a row holds the box's columns from `i * COLUMNS` on.
    words: Vec<u64>,
    /// Words of a row.
    stride: usize,
    /// Row and column of the box's first pixel, which may be -1.
    pub(crate) origin: (i32, i32),
    /// Number of rows and columns of the box.
    pub(crate) dim: (usize, usize),
    /// Column of the box where the first row begins.
    start: usize,
}

impl Silhouette {
    /// Takes up the region of some runs in reading order; an earlier one is forgotten.
    #[inline(always)]
    pub(crate) fn set(&mut self, runs: &[Run]) {
        self.words.clear();
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
            (self.dim, self.stride) = ((0, 0), 0);
            return;
        };
        let (x0, x1) = runs.iter().fold((u32::MAX, 0), |(a, b), r| (a.min(r.x0), b.max(r.x1)));
        self.origin = (first.y as i32 - 1, x0 as i32 - 1);
        self.dim = ((last.y - first.y) as usize + 3, (x1 - x0) as usize + 2);
        // The last column is outside: no word need begin with it.
        self.stride = (self.dim.1 - 2).div_ceil(COLUMNS);
        self.words.resize(self.dim.0 * self.stride, 0);
        for run in runs {
            let (start, end) = ((run.x0 - x0 + 1) as usize, (run.x1 - x0 + 1) as usize);
            let row = (run.y - first.y + 1) as usize * self.stride;
            // Words whose columns, those shared with others included, meet the run.
            let words = start.saturating_sub(2) / COLUMNS..((end - 1) / COLUMNS + 1).min(self.stride);
            for (i, word) in words.clone().zip(&mut self.words[row + words.start..row + words.end]) {
                let place = |column: usize| column.saturating_sub(i * COLUMNS).min(64) as u32;
                let below = |bits: u32| if bits < 64 { (1 << bits) - 1 } else { u64::MAX };
                *word |= below(place(end)) & !below(place(start));
            }
        }
        self.start = (first.x0 - x0 + 1) as usize;
    }

    /// Whether the region holds the pixel at a row and a column.
    #[inline(always)]
    pub(crate) fn holds(&self, y: i32, x: i32) -> bool {
        let (y, x) = ((y - self.origin.0) as usize, (x - self.origin.1) as usize);
        // The box's first and last column are outside.
        let x = x.wrapping_sub(1);
        if y >= self.dim.0 || x >= self.dim.1.saturating_sub(2) {
            return false;
        }
        let (word, bit) = (x / COLUMNS, x % COLUMNS + 1);
        self.words[y * self.stride + word] >> bit & 1 == 1
    }

    /// Rows and columns of the pixels of the outer outline, from the region's first pixel clockwise on the screen, by
    /// eight-neighbour steps (Moore's tracing with Jacob's stop). A pixel of a thin part appears once per passage.
    #[inline(always)]
    pub(crate) fn trace(&self, out: &mut Vec<(i32, i32)>) {
        out.clear();
        match self.stride {
            0 => {}
            1 => self.trace_in_words::<true>(out),
            _ => self.trace_in_words::<false>(out),
        }
    }

    /// `ONE` if a row is one word.
    #[inline(always)]
    fn trace_in_words<const ONE: bool>(&self, out: &mut Vec<(i32, i32)>) {
        let stride = if ONE { 1 } else { self.stride };
        let (top, left) = self.origin;
        // The word that holds the place, its bit there, and the word in the row above.
        let (mut word, mut bit) = ((self.start - 1) / COLUMNS, (self.start - 1) % COLUMNS + 1);
        let start = (top + 1, left + self.start as i32);
        let mut place = start;
        // Coming from the west, nothing lies above: the search begins to the north-east.
        let mut search = 3;
        let mut first_step = None;
        loop {
            let Some(words) = self.words.get(word..).and_then(|words| words.get(..=2 * stride)) else {
                return;
            };
            let three = |row: usize| (words[row * stride] >> ((bit - 1) % 64)) as usize & 7;
            let turn = TURNS[search % 4][three(0) | three(1) << 3 | three(2) << 6];
            if turn.direction == NOWHERE {
                out.push(place);
                return;
            }
            if place == start {
                if first_step == Some(turn.direction) {
                    return;
                }
                first_step = first_step.or(Some(turn.direction));
            }
            out.push(place);
            place = (place.0 + i32::from(turn.dy), place.1 + i32::from(turn.dx));
            word = word.wrapping_add_signed(isize::from(turn.dy) * stride as isize);
            bit = bit.wrapping_add_signed(isize::from(turn.dx));
            if !ONE && bit == 0 {
                (word, bit) = (word.wrapping_sub(1), COLUMNS);
            } else if !ONE && bit > COLUMNS {
                (word, bit) = (word + 1, 1);
            }
            search = usize::from(turn.search);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::runs::regions_of_cuts;
    use ndarray::Array2;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// The outline is a closed chain of neighbours and holds exactly the pixels of the filled region that
        /// touch what is outside it by a side.
        #[test]
        fn holds_every_pixel_next_to_the_outside(
            (h, w, bits) in (1_usize..10, prop_oneof![1_usize..10, 60_usize..70, 122_usize..130]).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..if w > 9 { 40 } else { 4 }, h * w))
            }),
        ) {
            let mask = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v.min(1));
            let found = &regions_of_cuts(mask.view(), 1, usize::MAX, 1)[0];
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
                prop_assert!(!silhouette.holds(0, w as i32) && !silhouette.holds(0, w as i32 + 70));
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
