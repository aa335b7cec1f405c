//! Exact Euclidean distance to the nearest pixel outside a mask.

use ndarray::{Array2, ArrayView2};

use crate::kernel::dispatch::vectorised;
use crate::kernel::mask::first_position;
use crate::kernel::padded::{LANES, Padded, Span};
use crate::kernel::run::Run;

/// Stands for "nothing outside the mask in this row or column": larger than any distance in an image.
const FAR: i16 = 1 << 14;

/// Masks with deeper pixels are left to the lower envelope, whose cost does not grow with the distance. Squares up to
/// here fit 16 bits.
const DEEPEST_SEARCHED: usize = 64;

/// Squared distance of every pixel inside the mask to the nearest pixel outside it; 0 outside. Pixels
/// beyond the edge of the image count as inside. Without any pixel outside the mask every distance is
/// infinite.
///
/// First along rows, then along columns: by search as far as a nearer pixel can lie, which runs over many
/// columns at once, or, where distances are large, by a lower envelope of parabolas (Meijster, Roerdink and
/// Hesselink 2000). Exact up to 4096 px, where squares leave the integers of `f32`.
pub(crate) fn squared_distance(inside: ArrayView2<'_, bool>) -> Array2<f32> {
    let (height, width) = inside.dim();
    let mut out = Array2::<f32>::zeros((height, width));
    let inside = inside.as_standard_layout();
    let (Some(mask), Some(pixels)) = (inside.as_slice(), out.as_slice_mut()) else { return out };
    if width == 0 {
        return out;
    }
    let mut rows = RowDistances::default();
    let stride = width.next_multiple_of(LANES);
    let mut found = vec![0.0; height * stride];
    let reached_all = vectorised(
        #[inline(always)]
        || {
            rows.clear(height, width, stride);
            for (y, mask) in mask.chunks_exact(width).enumerate() {
                let mut end = 0;
                while let Some(start) = first_position(mask, end, true) {
                    end = first_position(mask, start, false).unwrap_or(width);
                    rows.fill(y, start, end);
                }
            }
            let whole = |y| Span { y, first: 0, end: stride / LANES };
            rows.search(&mut found, (0..height).map(whole), f32::from)
        },
    );
    if reached_all {
        for (out, found) in pixels.chunks_exact_mut(width).zip(found.chunks_exact(stride)) {
            out.copy_from_slice(&found[..width]);
        }
    } else {
        envelopes(mask, width, pixels);
    }
    out
}

/// Squared distances along rows, up to [`DEEPEST_SEARCHED`] px; serves one image after the other.
#[derive(Debug, Default)]
pub(crate) struct RowDistances {
    squares: Vec<i16>,
    height: usize,
    width: usize,
    stride: usize,
    /// Squares of 1, 2, ..., those that are too large as the largest number; and the same backwards.
    ramps: [Vec<i16>; 2],
}

impl RowDistances {
    /// Distances to the pixels outside of `runs`, which lie in an image and do not touch each other in a row, 0 outside.
    /// `spans` are those of the runs. See [`squared_distance`].
    pub(crate) fn distances(&mut self, runs: &[Run], spans: &[Span], out: &mut Padded) {
        let ((height, width), stride) = (out.dim, out.stride);
        let reached_all = vectorised(
            #[inline(always)]
            || {
                self.clear(height, width, stride);
                for run in runs {
                    self.fill(run.y as usize, run.x0 as usize, run.x1 as usize);
                }
                let out = out.rows_mut();
                out.fill(0.0);
                self.search(out, spans.iter().copied(), |d| f32::from(d).sqrt())
            },
        );
        if !reached_all {
            let mut mask = vec![false; height * width];
            for run in runs {
                let row = run.y as usize * width;
                mask[row + run.x0 as usize..row + run.x1 as usize].fill(true);
            }
            let mut squared = vec![0.0; mask.len()];
            envelopes(&mask, width, &mut squared);
            for (out, squared) in out.rows_mut().chunks_exact_mut(stride).zip(squared.chunks_exact(width)) {
                out[width..].fill(0.0);
                out.iter_mut().zip(squared).for_each(|(o, d)| *o = d.sqrt());
            }
        }
    }

    /// Begins with an image all outside.
    #[inline(always)]
    fn clear(&mut self, height: usize, width: usize, stride: usize) {
        (self.height, self.width, self.stride) = (height, width, stride);
        self.squares.resize(height * stride, 0);
        self.squares.fill(0);
        if self.ramps[0].len() < width {
            let square = |d| if d <= DEEPEST_SEARCHED { (d * d) as i16 } else { i16::MAX };
            self.ramps[0] = (1..=width).map(square).collect();
            self.ramps[1] = self.ramps[0].iter().rev().copied().collect();
        }
    }

    /// Enters that pixels of row `y` are inside, those before and behind them outside.
    #[inline(always)]
    fn fill(&mut self, y: usize, start: usize, end: usize) {
        let out = &mut self.squares[y * self.stride + start..y * self.stride + end];
        let from_left = match (start > 0, end < self.width) {
            (true, true) => out.len().div_ceil(2),
            (true, false) => out.len(),
            (false, true) => 0,
            (false, false) => {
                out.fill(i16::MAX);
                return;
            }
        };
        let (left, right) = out.split_at_mut(from_left);
        left.copy_from_slice(&self.ramps[0][..left.len()]);
        right.copy_from_slice(&self.ramps[1][self.ramps[1].len() - right.len()..]);
    }

    /// Looks along columns at the pixels of some spans, and writes `convert` of the squares. Returns whether
    /// none exceeds the search; those that do get any larger number.
    #[inline(always)]
    fn search(
        &self,
        out: &mut [f32],
        spans: impl Iterator<Item = Span>,
        convert: impl Fn(i16) -> f32,
    ) -> bool {
        const LIMIT: i16 = (DEEPEST_SEARCHED * DEEPEST_SEARCHED) as i16;
        let squares = self.squares.as_chunks::<LANES>().0;
        let groups = self.stride / LANES;
        let mut largest = [0; LANES];
        let out = out.as_chunks_mut::<LANES>().0;
        for span in spans {
            for i in span.y * groups + span.first..span.y * groups + span.end {
                let (Some(from), Some(out)) = (squares.get(i), out.get_mut(i)) else { continue };
                let (mut above, mut below) = (i, i);
                let mut least = *from;
                for reach in 1..=DEEPEST_SEARCHED as i16 {
                    let square = reach * reach;
                    // Nothing that far away is nearer than the pixel found.
                    if !any_larger(&least, square) {
                        break;
                    }
                    (above, below) = (above.wrapping_sub(groups), below + groups);
                    let (up, down) = (squares.get(above), squares.get(below));
                    if up.is_none() && down.is_none() {
                        break;
                    }
                    let (up, down) = (up.unwrap_or(from), down.unwrap_or(from));
                    for lane in 0..LANES {
                        least[lane] = least[lane].min(up[lane].min(down[lane]).saturating_add(square));
                    }
                }
                for lane in 0..LANES {
                    largest[lane] = largest[lane].max(least[lane]);
                }
                for lane in 0..LANES {
                    out[lane] = convert(least[lane]);
                }
            }
        }
        !any_larger(&largest, LIMIT)
    }
}

/// Whether one of the values is larger than `limit`; written so that it compiles to one comparison of all.
#[inline(always)]
fn any_larger(values: &[i16; LANES], limit: i16) -> bool {
    let mut larger = [0_i16; LANES];
    for lane in 0..LANES {
        larger[lane] = if values[lane] > limit { -1 } else { 0 };
    }
    let mut any = 0;
    for one in larger {
        any |= one;
    }
    any != 0
}

/// Squared distances by lower envelopes.
fn envelopes(mask: &[bool], width: usize, pixels: &mut [f32]) {
    let column = column_depths(mask, width);
    let mut at = vec![0_i64; width];
    let mut from = vec![0_i64; width];
    for (g, out) in column.chunks_exact(width).zip(pixels.chunks_exact_mut(width)) {
        row_pass(g, out, &mut at, &mut from);
    }
}

/// Distance of each pixel to the nearest outside the mask in its column, or [`FAR`].
fn column_depths(mask: &[bool], width: usize) -> Vec<i16> {
    let mut column = vec![0_i16; mask.len()];
    let mut above = vec![FAR; width];
    for (row, mask) in column.chunks_exact_mut(width).zip(mask.chunks_exact(width)) {
        for ((c, &inside), above) in row.iter_mut().zip(mask).zip(&mut above) {
            let keep = -i16::from(inside);
            *c = (*above + 1).min(FAR) & keep;
            *above = *c;
        }
    }
    for row in column.chunks_exact_mut(width).rev() {
        for (c, below) in row.iter_mut().zip(&mut above) {
            *c = (*c).min(*below + 1);
            *below = *c;
        }
    }
    column
}

/// Lower envelope of the parabolas (x - i)^2 + g(i)^2: `at` holds the apexes, `from` where each begins to be
/// lowest.
fn row_pass(g: &[i16], out: &mut [f32], at: &mut [i64], from: &mut [i64]) {
    if g.iter().all(|&v| v == 0) {
        out.fill(0.0);
        return;
    }
    let value = |x: i64, i: i64| (x - i).pow(2) + i64::from(g[i as usize]).pow(2);
    let mut top = 0_usize;
    (at[0], from[0]) = (0, 0);
    let mut empty = false;
    for u in 1..g.len() as i64 {
        while value(from[top], at[top]) > value(from[top], u) {
            if top == 0 {
                empty = true;
                break;
            }
            top -= 1;
        }
        if empty {
            (at[0], from[0], empty) = (u, 0, false);
            continue;
        }
        let i = at[top];
        let squares = i64::from(g[u as usize]).pow(2) - i64::from(g[i as usize]).pow(2);
        let start = 1 + (u * u - i * i + squares).div_euclid(2 * (u - i));
        if start < g.len() as i64 {
            top += 1;
            (at[top], from[top]) = (u, start);
        }
    }
    for x in (0..g.len() as i64).rev() {
        let v = value(x, at[top]);
        out[x as usize] = if g[at[top] as usize] >= FAR { f32::INFINITY } else { v as f32 };
        if x == from[top] && top > 0 {
            top -= 1;
        }
    }
}

// By its path, since a benchmark includes this file elsewhere.
#[cfg(test)]
#[path = "distance/tests.rs"]
mod tests;
