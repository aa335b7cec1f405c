//! Masks with a bit for each pixel, and their dilation.

use crate::kernel::run::Run;

/// A mask in rows of whole words; bits past the end of a row are 0.
#[derive(Debug, Default)]
pub(crate) struct BitMask {
    words: Vec<u64>,
    /// Number of words of a row.
    stride: usize,
    width: usize,
}

impl BitMask {
    /// Makes it an empty mask of `height` rows.
    pub(crate) fn clear(&mut self, (height, width): (usize, usize)) {
        (self.stride, self.width) = (width.div_ceil(64), width);
        self.words.clear();
        self.words.resize(height * self.stride, 0);
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows from the first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.words.chunks_exact(self.stride.max(1))
    }

    /// Sets or clears the bits of runs.
    pub(crate) fn paint(&mut self, runs: impl Iterator<Item = Run>, value: bool) {
        for run in runs {
            let row = &mut self.words[run.y as usize * self.stride..(run.y as usize + 1) * self.stride];
            for (i, bits) in bits_of(run) {
                row[i] = if value { row[i] | bits } else { row[i] & !bits };
            }
        }
    }

    /// Exchanges set and cleared bits.
    pub(crate) fn invert(&mut self) {
        let last = u64::MAX >> (self.stride * 64 - self.width);
        for row in self.words.chunks_exact_mut(self.stride.max(1)) {
            row.iter_mut().for_each(|word| *word = !*word);
            if let Some(word) = row.last_mut() {
                *word &= last;
            }
        }
    }

    /// Whether a pixel's bit is set; none is beyond the edge.
    pub(crate) fn is_set(&self, y: usize, x: usize) -> bool {
        x < self.width
            && self.words.get(y * self.stride + x / 64).is_some_and(|word| word >> (x % 64) & 1 == 1)
    }

    /// Whether no bit is set.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Sets in `out` the bits within a radius of a set bit; see [`half_widths`].
    pub(crate) fn dilate(&self, half_widths: &[usize], out: &mut Self) {
        let stride = self.stride;
        let height = self.words.len() / stride.max(1);
        out.clear((height, self.width));
        let mut wide = vec![0_u64; stride];
        for (y, row) in self.words.chunks_exact(stride.max(1)).enumerate() {
            if row.iter().all(|&word| word == 0) {
                continue;
            }
            wide.copy_from_slice(row);
            let mut reach = 0;
            // The farthest rows take the narrowest.
            for (dy, &half_width) in half_widths.iter().enumerate().rev() {
                while reach < half_width {
                    widen(&mut wide);
                    reach += 1;
                }
                let (above, below) = (y.checked_sub(dy), Some(y + dy).filter(|&y| dy > 0 && y < height));
                for y in above.into_iter().chain(below) {
                    let target = &mut out.words[y * stride..(y + 1) * stride];
                    target.iter_mut().zip(&wide).for_each(|(t, w)| *t |= w);
                }
            }
        }
        let last = u64::MAX >> (stride * 64 - self.width);
        for row in out.words.chunks_exact_mut(stride.max(1)) {
            if let Some(word) = row.last_mut() {
                *word &= last;
            }
        }
    }
}

/// Half the width of a disc's rows, from the middle one; the middle of a pixel on the circle belongs to the disc.
pub(crate) fn half_widths(radius: f32) -> Vec<usize> {
    let within = |dy: usize, dx: usize| (dy * dy + dx * dx) as f32 <= radius * radius;
    let farthest = radius.max(0.0).ceil() as usize;
    let rows = (0..=farthest).take_while(|&dy| within(dy, 0));
    rows.map(|dy| (0..=farthest).take_while(|&dx| within(dy, dx)).count() - 1).collect()
}

/// Sets the bits beside each set bit.
#[inline(always)]
fn widen(row: &mut [u64]) {
    let mut before = 0;
    for i in 0..row.len() {
        let here = row[i];
        let after = row.get(i + 1).copied().unwrap_or(0);
        row[i] = here | here << 1 | here >> 1 | before >> 63 | after << 63;
        before = here;
    }
}

/// The bits of a run's pixels, by the 64 pixels of its row that they lie in.
pub(crate) fn bits_of(run: Run) -> impl Iterator<Item = (usize, u64)> {
    let (x0, last) = (run.x0 as usize, run.x1 as usize - 1);
    (x0 / 64..=last / 64).map(move |i| {
        let from = if i == x0 / 64 { u64::MAX << (x0 % 64) } else { u64::MAX };
        let to = if i == last / 64 { u64::MAX >> (63 - last % 64) } else { u64::MAX };
        (i, from & to)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    fn unpacked(mask: &BitMask, dim: (usize, usize)) -> Array2<bool> {
        let rows: Vec<&[u64]> = mask.rows().collect();
        Array2::from_shape_fn(dim, |(y, x)| rows[y][x / 64] >> (x % 64) & 1 == 1)
    }

    proptest! {
        #[test]
        fn dilation_agrees_with_the_definition(
            (h, w, bits) in (1_usize..12, prop_oneof![1_usize..12, 60_usize..70, 126_usize..131]).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..20, h * w))
            }),
            radius in 0.0_f32..6.0,
        ) {
            let set = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v == 0);
            let mut mask = BitMask::default();
            mask.clear((h, w));
            let pixels = set.indexed_iter().filter(|(_, v)| **v);
            mask.paint(pixels.map(|((y, x), _)| Run { y: y as u32, x0: x as u32, x1: x as u32 + 1 }), true);
            prop_assert_eq!(unpacked(&mask, (h, w)), &set);
            prop_assert_eq!(mask.is_empty(), !set.iter().any(|&v| v));
            let mut found = BitMask::default();
            for radius in [radius, radius.ceil()] {
                mask.dilate(&half_widths(radius), &mut found);
                let expected = Array2::from_shape_fn((h, w), |(y, x)| set.indexed_iter().any(|((v, u), &set)| {
                    set && (v.abs_diff(y).pow(2) + u.abs_diff(x).pow(2)) as f32 <= radius * radius
                }));
                prop_assert_eq!(unpacked(&found, (h, w)), expected);
                prop_assert!(found.rows().all(|row| w % 64 == 0 || row[w / 64] >> (w % 64) == 0));
            }
            mask.invert();
            prop_assert_eq!(unpacked(&mask, (h, w)), set.mapv(|v| !v));
            mask.paint([Run { y: 0, x0: 0, x1: w as u32 }].into_iter(), false);
            prop_assert!(mask.rows().next().unwrap().iter().all(|&word| word == 0));
        }
    }
}
