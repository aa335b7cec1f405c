//! Down-sampling by whole factors, and interpolation.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::dispatch::vectorised;

/// Up to this factor the sum of a block's 16-bit samples is a whole number that an `f32` holds exactly: added up as whole
/// numbers or not, the mean has the same bits.
const MAX_EXACT_FACTOR: usize = 16;

/// Means of blocks of `factor` x `factor` pixels; blocks cut by the edge average what they hold. Pixel `i` of
/// the result is centred on `factor * i + (factor - 1) / 2` of the plane.
pub(crate) fn block_means(plane: PlaneView<'_>, factor: usize) -> Array2<f32> {
    let exact = factor <= MAX_EXACT_FACTOR;
    match plane {
        PlaneView::U8(a) if exact && a.is_standard_layout() => means_of_whole_numbers(a, factor),
        PlaneView::U16(a) if exact && a.is_standard_layout() => means_of_whole_numbers(a, factor),
        _ => means_of_floats(plane, factor),
    }
}

/// As [`block_means`] for samples of at most 16 bits in one piece.
fn means_of_whole_numbers<T: Copy + Sync + Into<u32>>(
    plane: ArrayView2<'_, T>,
    factor: usize,
) -> Array2<f32> {
    let (height, width) = plane.dim();
    let (rows, columns) = (height.div_ceil(factor), width.div_ceil(factor));
    let mut out = Array2::<f32>::zeros((rows, columns));
    let (Some(pixels), Some(plane)) = (out.as_slice_mut().filter(|_| columns > 0), plane.to_slice()) else {
        return out;
    };
    let blocks = pixels.par_chunks_mut(columns).zip(plane.par_chunks(width * factor));
    blocks.for_each_init(
        || vec![0_u32; width],
        |sums, (out, rows)| {
            vectorised(
                #[inline(always)]
                || {
                    let (first, others) = rows.split_at(width);
                    sums.iter_mut().zip(first).for_each(|(s, &v)| *s = v.into());
                    for row in others.chunks_exact(width) {
                        sums.iter_mut().zip(row).for_each(|(s, &v)| *s += v.into());
                    }
                    let height = rows.len() / width;
                    match factor {
                        4 => whole_means::<4>(sums, height, out),
                        5 => whole_means::<5>(sums, height, out),
                        _ => {
                            for (o, block) in out.iter_mut().zip(sums.chunks(factor)) {
                                *o = block.iter().sum::<u32>() as f32 / (block.len() * height) as f32;
                            }
                        }
                    }
                },
            );
        },
    );
    out
}

/// As [`row_means`] for whole numbers.
#[inline(always)]
fn whole_means<const FACTOR: usize>(sums: &[u32], height: usize, out: &mut [f32]) {
    let (blocks, rest) = sums.as_chunks::<FACTOR>();
    let (out, last) = out.split_at_mut(blocks.len());
    let area = (FACTOR * height) as f32;
    for (o, block) in out.iter_mut().zip(blocks) {
        *o = block.iter().sum::<u32>() as f32 / area;
    }
    if let Some(last) = last.first_mut() {
        *last = rest.iter().sum::<u32>() as f32 / (rest.len() * height) as f32;
    }
}

/// As [`block_means`] for any samples.
fn means_of_floats(plane: PlaneView<'_>, factor: usize) -> Array2<f32> {
    let (height, width) = plane.dim();
    let (rows, columns) = (height.div_ceil(factor), width.div_ceil(factor));
    let mut out = Array2::<f32>::zeros((rows, columns));
    let Some(pixels) = out.as_slice_mut().filter(|_| columns > 0) else { return out };
    pixels.par_chunks_mut(columns).enumerate().for_each_init(
        || (vec![0.0_f32; width], vec![0.0_f32; width]),
        |(row, sum), (i, out)| {
            let rows = i * factor..((i + 1) * factor).min(height);
            let height = rows.len();
            sum.fill(0.0);
            for y in rows {
                plane.read_row(y, 0, row);
                vectorised(
                    #[inline(always)]
                    || sum.iter_mut().zip(&*row).for_each(|(s, v)| *s += v),
                );
            }
            vectorised(
                #[inline(always)]
                || match factor {
                    4 => row_means::<4>(sum, height, out),
                    5 => row_means::<5>(sum, height, out),
                    _ => means_of_blocks(sum, factor, height, out),
                },
            );
        },
    );
    out
}

/// Means of blocks of a width known beforehand, which compiles to better code; the last may be narrower.
#[inline(always)]
fn row_means<const FACTOR: usize>(sums: &[f32], height: usize, out: &mut [f32]) {
    let blocks = sums.chunks_exact(FACTOR);
    let (rest, whole) = (blocks.remainder(), out.len().min(sums.len() / FACTOR));
    let (out, last) = out.split_at_mut(whole);
    for (o, block) in out.iter_mut().zip(blocks) {
        *o = block.iter().sum::<f32>() / (FACTOR * height) as f32;
    }
    means_of_blocks(rest, FACTOR, height, last);
}

/// Means of blocks of `factor` columns and `height` rows from the sums of their columns.
#[inline(always)]
fn means_of_blocks(sums: &[f32], factor: usize, height: usize, out: &mut [f32]) {
    for (o, block) in out.iter_mut().zip(sums.chunks(factor)) {
        *o = block.iter().sum::<f32>() / (block.len() * height) as f32;
    }
}

/// Positions that are read together.
const BLOCK: usize = 48;

/// Of floats from here on only whole numbers are left: added to a smaller one, its last bits are the number.
const FIRST_WITHOUT_FRACTION: f32 = 8_388_608.0;

/// Reads an image between its pixels.
#[derive(Clone, Copy)]
pub(crate) struct Bilinear<'a> {
    pixels: &'a [f32],
    width: usize,
    last: (f32, f32),
}

impl<'a> Bilinear<'a> {
    /// `None` for an image without pixels, or one whose rows do not follow each other in memory.
    pub(crate) fn new(image: ArrayView2<'a, f32>) -> Option<Self> {
        let (height, width) = image.dim();
        let pixels = image.to_slice().filter(|p| !p.is_empty())?;
        Some(Self { pixels, width, last: ((height - 1) as f32, (width - 1) as f32) })
    }

    /// The image at a position, linear in both directions; beyond the edge the edge's value.
    #[inline(always)]
    pub(crate) fn at(&self, y: f32, x: f32) -> f32 {
        let (above, below, share) = self.rows(y);
        let (left, right, share_x) = self.column(x);
        let along = |y: usize| {
            let row = &self.pixels[y * self.width..(y + 1) * self.width];
            row[left] + share_x * (row[right] - row[left])
        };
        let (top, bottom) = (along(above), along(below));
        top + share * (bottom - top)
    }

    /// The rows above and below `y`, and the share of the lower one.
    #[inline(always)]
    pub(crate) fn rows(&self, y: f32) -> (usize, usize, f32) {
        let y = y.clamp(0.0, self.last.0);
        // Images have fewer than 2^31 rows and columns; this conversion is the cheap one.
        let above = y as i32;
        (above as usize, above as usize + usize::from(y < self.last.0), y - above as f32)
    }

    /// The pixels left and right of `x`, and the share of the right one.
    #[inline(always)]
    pub(crate) fn column(&self, x: f32) -> (usize, usize, f32) {
        let x = x.clamp(0.0, self.last.1);
        let left = x as i32;
        (left as usize, left as usize + usize::from(x < self.last.1), x - left as f32)
    }

    /// Row `y` at some [`Self::column`]s.
    pub(crate) fn along(&self, y: usize, columns: &[(usize, usize, f32)], out: &mut [f32]) {
        let row = &self.pixels[y * self.width..(y + 1) * self.width];
        for (out, &(left, right, share)) in out.iter_mut().zip(columns) {
            *out = row[left] + share * (row[right] - row[left]);
        }
    }

    /// As [`Self::at`] for many positions, which have pixels on all four sides unless `near_edge`.
    #[inline(always)]
    pub(crate) fn at_each(&self, y: &[f32], x: &[f32], near_edge: bool, out: &mut [f32]) {
        if near_edge {
            for ((out, &y), &x) in out.iter_mut().zip(y).zip(x) {
                *out = self.at(y, x);
            }
            return;
        }
        let groups = y.chunks(BLOCK).zip(x.chunks(BLOCK));
        for (out, (y, x)) in out.chunks_mut(BLOCK).zip(groups) {
            let count = out.len().min(y.len()).min(x.len());
            let mut places = [[0.0_f32; BLOCK]; 2];
            places[0][..count].copy_from_slice(&y[..count]);
            places[1][..count].copy_from_slice(&x[..count]);
            let mut whole = [[0_u32; BLOCK]; 2];
            for (whole, places) in whole.iter_mut().zip(&mut places) {
                for (whole, place) in whole.iter_mut().zip(places) {
                    // `floor` may be a call for each.
                    let nearest = *place + FIRST_WITHOUT_FRACTION - FIRST_WITHOUT_FRACTION;
                    let floor = nearest - if nearest > *place { 1.0 } else { 0.0 };
                    *whole = (floor + FIRST_WITHOUT_FRACTION).to_bits() & (FIRST_WITHOUT_FRACTION as u32 - 1);
                    *place -= floor;
                }
            }
            // The four pixels around each place: the first two and the last two of a row's length and two more.
            let (mut upper, mut lower) = ([[0.0_f32; 2]; BLOCK], [[0.0_f32; 2]; BLOCK]);
            let corners = upper.iter_mut().zip(&mut lower).take(count);
            for ((upper, lower), (&y, &x)) in corners.zip(whole[0].iter().zip(&whole[1])) {
                let start = y as usize * self.width + x as usize;
                let around = self.pixels.get(start..).and_then(|pixels| pixels.get(..self.width + 2));
                if let Some(around) = around
                    && let (Some(above), Some(below)) = (around.first_chunk(), around.last_chunk())
                {
                    (*upper, *lower) = (*above, *below);
                }
            }
            let mut found = [0.0_f32; BLOCK];
            for i in 0..BLOCK {
                let ([a, b], [c, d]) = (upper[i], lower[i]);
                let (fy, fx) = (places[0][i], places[1][i]);
                let top = a + fx * (b - a);
                let bottom = c + fx * (d - c);
                found[i] = top + fy * (bottom - top);
            }
            out[..count].copy_from_slice(&found[..count]);
        }
    }
}

// By its path, since a benchmark includes this file elsewhere.
#[cfg(test)]
#[path = "resample/tests.rs"]
mod tests;
