//! Runs of rows, joined into components.

use ndarray::ArrayView2;

use crate::kernel::run::Run;

/// Pixels of a row that are compared together.
const GROUP: usize = 8;

/// Runs that tile a mask's rows, alternating between inside and outside, joined into components.
pub(crate) struct Tiling {
    /// The runs and whether they are inside.
    pub(crate) runs: Vec<(Run, bool)>,
    /// The run that each hangs under: an earlier one of its component, or itself. Empty until rows are joined.
    pub(crate) parent: Vec<u32>,
    /// Where each row's runs start.
    pub(crate) row_starts: Vec<usize>,
}

impl Tiling {
    pub(crate) fn with_capacity(runs: usize) -> Self {
        Self { runs: Vec::with_capacity(runs), parent: Vec::new(), row_starts: Vec::new() }
    }

    /// The tilings of an image cut at 1, 2, ... `cuts`: pixels are inside that have at least that value. A row is read once
    /// for all cuts, as most of its pixels are equal to the one before. Rows are not joined yet.
    pub(crate) fn of_cuts(image: ArrayView2<'_, u8>, cuts: u8) -> Vec<Self> {
        let (height, width) = image.dim();
        let mut tilings: Vec<Self> = (0..cuts).map(|_| Self::with_capacity(8 * height)).collect();
        if width == 0 {
            return tilings;
        }
        // Where each cut's last run begins.
        let mut starts = vec![0; tilings.len()];
        for (y, row) in image.rows().into_iter().enumerate() {
            let Some(row) = row.to_slice() else { continue };
            tilings.iter_mut().for_each(Self::begin_row);
            let mut end_run = |x: usize, before: u8, after: u8| {
                let inside = before > after;
                let (low, high) = if inside { (after, before) } else { (before, after) };
                let between =
                    usize::from(low).min(usize::from(cuts))..usize::from(high).min(usize::from(cuts));
                for (tiling, start) in tilings[between.clone()].iter_mut().zip(&mut starts[between]) {
                    tiling.push(y, *start, x, inside);
                    *start = x;
                }
            };
            for_each_change(row, |x| end_run(x, row[x - 1], row[x]));
            // Past the end it is as if all that is inside came to an end, and then all that is outside.
            let last = row[width - 1];
            end_run(width, last, 0);
            for (tiling, start) in tilings.iter_mut().zip(&starts).skip(usize::from(last)) {
                tiling.push(y, *start, width, false);
            }
            starts.fill(0);
        }
        tilings
    }

    /// Appends row `y` of a mask `width` wide with a bit for each pixel.
    pub(crate) fn push_bits(&mut self, y: usize, row: &[u64], width: usize) {
        let Some(first) = row.first() else { return };
        self.begin_row();
        let mut inside = first & 1 == 1;
        let mut x0 = 0;
        for (i, word) in row.iter().enumerate() {
            let mut changes = word ^ (word << 1 | u64::from(inside));
            while changes != 0 {
                let x1 = 64 * i + changes.trailing_zeros() as usize;
                if x1 >= width {
                    break;
                }
                self.push(y, x0, x1, inside);
                (x0, inside) = (x1, !inside);
                changes &= changes - 1;
            }
        }
        self.push(y, x0, width, inside);
    }

    fn begin_row(&mut self) {
        self.row_starts.push(self.runs.len());
    }

    #[inline]
    fn push(&mut self, y: usize, x0: usize, x1: usize, inside: bool) {
        self.runs.push((Run { y: y as u32, x0: x0 as u32, x1: x1 as u32 }, inside));
    }

    /// Joins every row with the next: inside by eight neighbours, outside by four.
    pub(crate) fn join_rows(&mut self) {
        self.parent = (0..self.runs.len() as u32).collect();
        let Self { runs, parent, row_starts } = self;
        let ends = row_starts.iter().skip(2).copied().chain([runs.len()]);
        for (rows, end) in row_starts.windows(2).zip(ends) {
            join_two_rows(&runs[rows[0]..rows[1]], &runs[rows[1]..end], rows[0], parent);
        }
    }
}

/// Joins a row whose first run is number `start` with the next.
fn join_two_rows(above: &[(Run, bool)], here: &[(Run, bool)], start: usize, parent: &mut [u32]) {
    let (mut a, mut b) = (0, 0);
    while let (Some(&(upper, in_upper)), Some(&(lower, in_lower))) = (above.get(a), here.get(b)) {
        let (i, j) = (start + a, start + above.len() + b);
        if in_upper == in_lower {
            join(parent, i, j);
        }
        // Both rows change here: two inside runs may meet at a corner.
        if upper.x1 == lower.x1 && in_upper != in_lower && a + 1 < above.len() {
            if in_upper { join(parent, i, j + 1) } else { join(parent, i + 1, j) }
        }
        a += usize::from(upper.x1 <= lower.x1);
        b += usize::from(lower.x1 <= upper.x1);
    }
}

/// The first run of a component.
fn find(parent: &mut [u32], mut i: u32) -> u32 {
    loop {
        let up = parent[i as usize];
        if up == i {
            return i;
        }
        let next = parent[up as usize];
        parent[i as usize] = next;
        i = next;
    }
}

/// Joins the component of a run with that of one in the next row, under the run that comes first.
fn join(parent: &mut [u32], above: usize, below: usize) {
    let above = find(parent, above as u32);
    if parent[below] == below as u32 {
        parent[below] = above;
        return;
    }
    let below = find(parent, below as u32);
    let (low, high) = if above < below { (above, below) } else { (below, above) };
    parent[high as usize] = low;
}

/// Calls `each` with every position whose value differs from the one before.
#[inline]
fn for_each_change(row: &[u8], mut each: impl FnMut(usize)) {
    let (Some(before), Some(after)) = (row.get(..row.len().max(1) - 1), row.get(1..)) else { return };
    let ((before, last_before), (after, last_after)) =
        (before.as_chunks::<GROUP>(), after.as_chunks::<GROUP>());
    for (i, (a, b)) in before.iter().zip(after).enumerate() {
        let mut changed = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        while changed != 0 {
            let at = changed.trailing_zeros() / 8;
            each(GROUP * i + at as usize + 1);
            changed &= !(0xff << (8 * at));
        }
    }
    let start = GROUP * before.len() + 1;
    for (i, _) in last_before.iter().zip(last_after).enumerate().filter(|(_, (a, b))| a != b) {
        each(start + i);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_of_bytes_and_of_bits_are_tiled_as_one_by_one(
            row in prop_oneof![Just(1_usize), Just(32), Just(64), 1_usize..200].prop_flat_map(|w| {
                (proptest::collection::vec(0_u8..5, w), any::<bool>())
            }).prop_map(|(row, long)| if long { row.iter().flat_map(|&v| [v; 40]).collect() } else { row }),
            cut in 1_u8..4,
        ) {
            let set: Vec<bool> = row.iter().map(|&v| v >= cut).collect();
            let mut expected: Vec<(Run, bool)> = Vec::new();
            for y in 0..2 {
                for (x, &inside) in (0..).zip(&set) {
                    match expected.last_mut() {
                        Some((run, now)) if *now == inside && run.y == y => run.x1 = x + 1,
                        _ => expected.push((Run { y, x0: x, x1: x + 1 }, inside)),
                    }
                }
            }
            let mut words = vec![0_u64; row.len().div_ceil(64)];
            (0..set.len()).filter(|&x| set[x]).for_each(|x| words[x / 64] |= 1 << (x % 64));
            let mut of_bits = Tiling::with_capacity(0);
            (0..2).for_each(|y| of_bits.push_bits(y, &words, row.len()));
            let twice = [&row[..], &row].concat();
            let of_cuts = Tiling::of_cuts(ArrayView2::from_shape((2, row.len()), &twice).unwrap(), 3);
            prop_assert_eq!(of_cuts.len(), 3);
            let tilings = [of_bits, of_cuts.into_iter().nth(usize::from(cut) - 1).unwrap()];
            for tiling in tilings {
                prop_assert_eq!(&tiling.runs, &expected);
            }
        }
    }
}
