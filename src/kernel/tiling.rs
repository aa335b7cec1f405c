//! Runs of rows, joined into components.

use ndarray::ArrayView2;

use crate::kernel::dispatch::vectorised;
use crate::kernel::runs::Run;

/// Pixels of a row that are looked at together.
const GROUP: usize = 32;

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

/// What lies past the end of a row is as the end of it.
fn last_group(rest: &[u8], end: u8) -> [u8; GROUP] {
    let mut last = [end; GROUP];
    last[..rest.len()].copy_from_slice(rest);
    last
}

/// The least and the largest value of each group of each row.
pub(crate) fn ranges(image: ArrayView2<'_, u8>) -> Vec<[u8; 2]> {
    let mut out = Vec::with_capacity(image.dim().0 * groups_of(image.dim().1));
    vectorised(
        #[inline(always)]
        || {
            for row in image.rows() {
                let row = row.to_slice().unwrap_or(&[]);
                let (groups, rest) = row.as_chunks::<GROUP>();
                out.extend(groups.iter().map(range));
                out.extend(row.last().map(|&end| range(&last_group(rest, end))));
            }
        },
    );
    out
}

/// The least and the largest value of a group, found by halving it, which compares many values at once.
#[inline(always)]
fn range(group: &[u8; GROUP]) -> [u8; 2] {
    let (mut least, mut largest) = (*group, *group);
    let mut half = GROUP / 2;
    while half > 0 {
        for i in 0..half {
            least[i] = least[i].min(least[i + half]);
            largest[i] = largest[i].max(largest[i + half]);
        }
        half /= 2;
    }
    [least[0], largest[0]]
}

/// Number of groups of a row.
pub(crate) fn groups_of(width: usize) -> usize {
    width / GROUP + 1
}

/// Runs that tile a mask's rows, alternating between inside and outside, joined into components.
pub(crate) struct Tiling {
    pub(crate) runs: Vec<Run>,
    pub(crate) inside: Vec<bool>,
    pub(crate) parent: Vec<u32>,
}

impl Tiling {
    pub(crate) fn with_capacity(runs: usize) -> Self {
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

    /// Appends row `y`, its groups' least and largest values known.
    pub(crate) fn push_row(&mut self, y: usize, row: &[u8], ranges: &[[u8; 2]], at_least: u8) {
        let Some(first) = row.first() else { return };
        let mut inside = *first >= at_least;
        let mut x0 = 0;
        let (groups, rest) = row.as_chunks::<GROUP>();
        for (i, &[low, high]) in ranges.iter().enumerate() {
            if if inside { low >= at_least } else { high < at_least } {
                continue;
            }
            let group = groups.get(i).copied().unwrap_or_else(|| last_group(rest, row[row.len() - 1]));
            for (j, bytes) in group.as_chunks::<8>().0.iter().enumerate() {
                let word = reached(u64::from_le_bytes(*bytes), at_least);
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

    /// Appends row `y` of a mask `width` wide with a bit for each pixel.
    pub(crate) fn push_bits(&mut self, y: usize, row: &[u64], width: usize) {
        let Some(first) = row.first() else { return };
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

    fn push(&mut self, y: usize, x0: usize, x1: usize, inside: bool) {
        self.parent.push(self.runs.len() as u32);
        self.runs.push(Run { y: y as u32, x0: x0 as u32, x1: x1 as u32 });
        self.inside.push(inside);
    }

    /// Joins the rows `above..here` and `here..`: inside by eight neighbours, outside by four.
    pub(crate) fn join_rows(&mut self, above: usize, here: usize) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn eight_bytes_compare_as_one_by_one(bytes in proptest::array::uniform8(0_u8..), at_least in 0_u8..) {
            let flags = reached(u64::from_le_bytes(bytes), at_least).to_le_bytes();
            prop_assert_eq!(flags, bytes.map(|v| if v >= at_least { 0x80 } else { 0 }));
        }

        #[test]
        fn rows_of_bytes_and_of_bits_are_tiled_as_one_by_one(
            row in prop_oneof![Just(1_usize), Just(32), Just(64), 1_usize..200].prop_flat_map(|w| {
                (proptest::collection::vec(0_u8..3, w), any::<bool>())
            }).prop_map(|(row, long)| if long { row.iter().flat_map(|&v| [v; 40]).collect() } else { row }),
        ) {
            let set: Vec<bool> = row.iter().map(|&v| v >= 1).collect();
            let mut expected: Vec<(Run, bool)> = Vec::new();
            for (x, &inside) in (0..).zip(&set) {
                match expected.last_mut() {
                    Some((run, now)) if *now == inside => run.x1 = x + 1,
                    _ => expected.push((Run { y: 7, x0: x, x1: x + 1 }, inside)),
                }
            }
            let mut words = vec![0_u64; row.len().div_ceil(64)];
            (0..set.len()).filter(|&x| set[x]).for_each(|x| words[x / 64] |= 1 << (x % 64));
            let image = ArrayView2::from_shape((1, row.len()), &row).unwrap();
            let ranges = ranges(image);
            prop_assert_eq!(ranges.len(), groups_of(row.len()));
            let mut tilings = [Tiling::with_capacity(0), Tiling::with_capacity(0)];
            tilings[0].push_row(7, &row, &ranges, 1);
            tilings[1].push_bits(7, &words, row.len());
            for tiling in tilings {
                let found: Vec<_> = tiling.runs.into_iter().zip(tiling.inside).collect();
                prop_assert_eq!(&found, &expected);
            }
        }
    }
}
