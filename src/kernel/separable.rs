//! Correlation with kernels that are sums of separable, mirror-symmetric terms, some of them at half resolution.
//!
//! Boundaries are mirrored about the edge of the image with the edge pixel repeated (d c b a | a b c d), as
//! `scipy.ndimage` does by default.
//!
//! A broad, smooth term costs a quarter at half resolution: the image is averaged over 2 x 2 pixels, correlated
//! there, and the result interpolated linearly. [`full_resolution_weights`] gives the weights that this amounts to, so
//! that a filter can be built to be exact with them.

use std::ops::Range;

use ndarray::Array2;
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::dispatch::{Kernel, vectorised};

/// One separable term: `kernel(y, x) = vertical[|y|] * horizontal[|x|]`. Index 0 is the centre.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    /// Weights along a row, from the centre outwards.
    pub(crate) horizontal: Vec<f32>,
    /// Weights along a column, from the centre outwards.
    pub(crate) vertical: Vec<f32>,
}

/// Rows and columns that are filtered at a time: few enough for the intermediate rows to stay in cache. Even.
pub(crate) const BLOCK_ROWS: usize = 64;
const BLOCK_COLUMNS: usize = 512;
/// Rows of a plane that are filtered one after the other: what leads up to the first of them is filtered for them alone.
const STRETCH_ROWS: usize = 256;
/// Samples that are summed side by side in registers.
const LANES: usize = 32;
/// Weights of linear interpolation from the averages over two pixels to one of these: of its own average, and of the
/// next nearest.
const NEAR: f32 = 0.75;
const FAR: f32 = 0.25;

/// Index reflected into `0..n` with the edge pixel repeated.
pub(crate) fn reflect(i: isize, n: usize) -> usize {
    let period = 2 * n as isize;
    let j = i.rem_euclid(period);
    if j < n as isize { j as usize } else { (period - 1 - j) as usize }
}

/// The weights of a pixel with even index that half-resolution weights `half` (from the centre outwards) amount to
/// along one axis, from that of the pixel at `-2 * half.len()` to that before `2 * half.len()`. Those of a pixel with odd
/// index are the same in reverse.
pub(crate) fn full_resolution_weights(half: &[f32]) -> Vec<f64> {
    let at = |j: isize| half.get(j.unsigned_abs()).map_or(0.0, |v| f64::from(*v));
    let reach = 2 * half.len() as isize;
    (-reach..reach)
        .map(|d| {
            let pair = d.div_euclid(2);
            0.5 * (f64::from(NEAR) * at(pair) + f64::from(FAR) * at(pair + 1))
        })
        .collect()
}

/// Samples `x0 ..` of row `y`, both reflected.
#[inline(always)]
fn read_reflected(plane: PlaneView<'_>, y: isize, x0: isize, out: &mut [f32]) {
    let (height, width) = plane.dim();
    let y = reflect(y, height);
    let left = (-x0).clamp(0, out.len() as isize) as usize;
    let right = (width as isize - x0).clamp(left as isize, out.len() as isize) as usize;
    if right > left {
        plane.read_row(y, (x0 + left as isize) as usize, &mut out[left..right]);
    }
    // What is beyond an edge is mostly there already.
    let (known, beyond) = (right - left, out.len() - right);
    if left.max(beyond) <= known {
        for i in 0..left {
            out[left - 1 - i] = out[left + i];
        }
        for i in 0..beyond {
            out[right + i] = out[right - 1 - i];
        }
    } else {
        for i in (0..left).chain(right..out.len()) {
            out[i] = plane.at(y, reflect(x0 + i as isize, width));
        }
    }
}

/// Samples that are summed side by side.
type Lanes = [f32; LANES];

/// Adds `weight` times the sums of two samples each.
#[inline(always)]
fn add_pair(sum: &mut Lanes, weight: f32, one: &Lanes, other: &Lanes) {
    for i in 0..LANES {
        sum[i] += weight * (one[i] + other[i]);
    }
}

/// Does something with weights, compiled for each usual number of them: the loops over them then need no bounds.
macro_rules! of_known_count {
    ($half:ident, $body:expr) => {
        of_known_count!($half, $body, 1 2 3 4 5 6 7 8 9 10 11 12 13)
    };
    ($half:ident, $body:expr, $($n:literal)*) => {
        match $half.len() {
            $($n => {
                let $half = $half.first_chunk::<$n>().map_or(&[][..], |half| half);
                $body
            })*
            _ => $body,
        }
    };
}

/// The samples in the middle of `window` correlated along it; `half.len() - 1` more lie on either side of them.
#[inline(always)]
fn correlate_along(window: &[f32], half: &[f32]) -> Lanes {
    let mut sum = [0.0; LANES];
    let Some((&weight, half)) = half.split_first() else { return sum };
    let reach = half.len();
    if window.len() != LANES + 2 * reach {
        return sum;
    }
    let lanes = |at: usize| window.get(at..).and_then(<[f32]>::first_chunk::<LANES>).unwrap_or(&[0.0; LANES]);
    let centre = lanes(reach);
    for i in 0..LANES {
        sum[i] = weight * centre[i];
    }
    for (k, &weight) in half.iter().enumerate() {
        add_pair(&mut sum, weight, lanes(reach - 1 - k), lanes(reach + 1 + k));
    }
    sum
}

/// Adds the correlation across `rows`, of which the middle one is that of the result, and `half.len() - 1` lie on
/// either side of it.
#[inline(always)]
fn add_across(mut sum: Lanes, rows: &[Lanes], half: &[f32]) -> Lanes {
    let Some((&weight, half)) = half.split_first() else { return sum };
    let reach = half.len();
    if rows.len() != 2 * reach + 1 {
        return sum;
    }
    let centre = &rows[reach];
    for i in 0..LANES {
        sum[i] += weight * centre[i];
    }
    for (k, &weight) in half.iter().enumerate() {
        add_pair(&mut sum, weight, &rows[reach - 1 - k], &rows[reach + 1 + k]);
    }
    sum
}

/// Rows filtered along themselves by each of some terms, to be filtered along columns.
struct Rows<'a> {
    terms: &'a [Term],
    /// Columns, a multiple of `LANES`.
    stride: usize,
    /// Rows of each term.
    count: usize,
    /// By term, then by `LANES` columns, then by row: what is summed for one place lies side by side.
    samples: Vec<f32>,
}

/// Largest distances that terms reach along rows and columns.
fn reach(terms: &[Term]) -> (usize, usize) {
    let most = |weights: fn(&Term) -> usize| terms.iter().map(weights).max().unwrap_or(1) - 1;
    (most(|t| t.horizontal.len()), most(|t| t.vertical.len()))
}

impl<'a> Rows<'a> {
    /// `count` rows of `width` columns.
    fn new(terms: &'a [Term], width: usize, count: usize) -> Self {
        let stride = width.next_multiple_of(LANES);
        Self { terms, stride, count, samples: vec![0.0; terms.len() * stride * count] }
    }

    /// Filters one row; `before` samples of it lie ahead of the first column of the results.
    #[inline(always)]
    fn set(&mut self, row: usize, samples: &[f32], before: usize) {
        let rows = self.samples.as_chunks_mut::<LANES>().0;
        for (term, rows) in self.terms.iter().zip(rows.chunks_exact_mut(self.stride / LANES * self.count)) {
            let half = &term.horizontal[..];
            let samples = &samples[before + 1 - half.len()..];
            of_known_count!(half, {
                let mut first = 0;
                for column in rows.chunks_exact_mut(self.count) {
                    let window = samples.get(first..first + LANES + 2 * (half.len() - 1)).unwrap_or_default();
                    column[row] = correlate_along(window, half);
                    first += LANES;
                }
            });
        }
    }

    /// Moves the last `kept` rows to the front.
    fn keep_last(&mut self, kept: usize) {
        for column in self.samples.chunks_exact_mut(self.count * LANES) {
            column.copy_within((self.count - kept) * LANES.., 0);
        }
    }

    /// Adds rows of the result from `first` on to those of `out`, whole rows of `width` samples of which those from
    /// `x0` on count.
    #[inline(always)]
    fn add_to(&self, first: usize, out: &mut [f32], width: usize, columns: Range<usize>) {
        let rows = self.samples.as_chunks::<LANES>().0;
        for (term, rows) in self.terms.iter().zip(rows.chunks_exact(self.stride / LANES * self.count)) {
            let half = &term.vertical[..];
            for (x0, column) in columns.clone().step_by(LANES).zip(rows.chunks_exact(self.count)) {
                let x1 = columns.end.min(x0 + LANES);
                let column = &column[first + 1 - half.len()..];
                if x1 < x0 + LANES {
                    for (out, rows) in out.chunks_exact_mut(width).zip(column.windows(2 * half.len() - 1)) {
                        let (mut sum, out) = ([0.0; LANES], &mut out[x0..x1]);
                        sum[..out.len()].copy_from_slice(out);
                        sum = add_across(sum, rows, half);
                        out.copy_from_slice(&sum[..out.len()]);
                    }
                    continue;
                }
                of_known_count!(half, {
                    for (out, rows) in out.chunks_exact_mut(width).zip(column.windows(2 * half.len() - 1)) {
                        if let Some(out) = out[x0..].first_chunk_mut() {
                            *out = add_across(*out, rows, half);
                        }
                    }
                });
            }
        }
    }
}

/// The plane correlated with the sum of `terms`.
pub(crate) fn correlate(plane: PlaneView<'_>, terms: &[Term]) -> Array2<f32> {
    correlate_at_two_scales(plane, terms, &[])
}

/// The plane correlated with the sum of the `fine` terms and, at half resolution, of the `coarse` ones.
pub(crate) fn correlate_at_two_scales(plane: PlaneView<'_>, fine: &[Term], coarse: &[Term]) -> Array2<f32> {
    let (height, width) = plane.dim();
    let mut out = Array2::<f32>::zeros((height, width));
    if height == 0 || width == 0 {
        return out;
    }
    let Some(pixels) = out.as_slice_mut() else { return out };
    pixels.par_chunks_mut(STRETCH_ROWS * width).enumerate().for_each(|(i, out)| {
        Correlation::new(plane, fine, coarse, i * STRETCH_ROWS).next_rows(out);
    });
    out
}

/// A correlation whose rows are asked for one after the other.
pub(crate) struct Correlation<'terms, 'plane> {
    plane: PlaneView<'plane>,
    /// Columns that are filtered side by side.
    blocks: Vec<Block<'terms>>,
    /// The row that comes next.
    next: usize,
}

impl<'terms, 'plane> Correlation<'terms, 'plane> {
    /// From a row on, which must be even.
    pub(crate) fn new(
        plane: PlaneView<'plane>,
        fine: &'terms [Term],
        coarse: &'terms [Term],
        first_row: usize,
    ) -> Self {
        let (height, width) = plane.dim();
        let rows = BLOCK_ROWS.min(height).next_multiple_of(2);
        let blocks = (0..width)
            .step_by(BLOCK_COLUMNS)
            .map(|x0| Block::new(fine, coarse, rows, x0..width.min(x0 + BLOCK_COLUMNS)))
            .collect();
        Self { plane, blocks, next: first_row }
    }

    /// Writes the next rows, as many as `out` holds. Only the last call may ask for others than multiples of
    /// [`BLOCK_ROWS`].
    pub(crate) fn next_rows(&mut self, out: &mut [f32]) {
        let Self { plane, blocks, next } = self;
        let width = plane.dim().1;
        for out in out.chunks_mut(BLOCK_ROWS * width) {
            for block in blocks.iter_mut() {
                vectorised(FilterBlock { block, plane: *plane, y0: *next, out });
            }
            *next += out.len() / width;
        }
    }
}

/// The filtering of the next rows of a block.
struct FilterBlock<'a, 'terms, 'plane> {
    block: &'a mut Block<'terms>,
    plane: PlaneView<'plane>,
    y0: usize,
    /// All columns of its rows.
    out: &'a mut [f32],
}

impl Kernel for FilterBlock<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.block.correlate(self.plane, self.y0, self.out);
    }
}

/// What it takes to filter some columns, a few rows at a time.
struct Block<'a> {
    columns: Range<usize>,
    fine: Rows<'a>,
    coarse: Rows<'a>,
    /// Samples ahead of the first row and of the first column that are read; whole pairs.
    ahead: (usize, usize),
    /// Whether the rows ahead of the next ones are there.
    begun: bool,
    /// A row of samples and the one before.
    samples: Vec<f32>,
    before: Vec<f32>,
    /// Averages over pairs of both.
    means: Vec<f32>,
    /// Rows of the coarse result, and a mixture of two of them.
    smooth: Vec<f32>,
    mixed: Vec<f32>,
}

impl<'a> Block<'a> {
    fn new(fine: &'a [Term], coarse: &'a [Term], rows: usize, columns: Range<usize>) -> Self {
        let (of_fine, of_coarse) = (reach(fine), reach(coarse));
        // Coarse results are wanted one sample beyond the block on every side, for the interpolation.
        let ahead = |fine: usize, of_coarse: usize| {
            let fine = fine.next_multiple_of(2);
            if coarse.is_empty() { fine } else { fine.max(2 * (of_coarse + 1)) }
        };
        let ahead = (ahead(of_fine.1, of_coarse.1), ahead(of_fine.0, of_coarse.0));
        let count = rows + 2 * ahead.0;
        let fine = Rows::new(fine, columns.len(), count);
        let coarse = Rows::new(coarse, columns.len().div_ceil(2) + 2, count / 2);
        let length = 2 * ahead.1 + 2 * fine.stride.max(2 * coarse.stride);
        Self {
            columns,
            ahead,
            begun: false,
            samples: vec![0.0; length],
            before: vec![0.0; length],
            means: vec![0.0; length / 2],
            smooth: vec![0.0; (rows / 2 + 2) * coarse.stride],
            mixed: vec![0.0; coarse.stride],
            fine,
            coarse,
        }
    }

    /// Filters its columns of the rows from `y0` on; `out` is all columns of these rows.
    #[inline(always)]
    fn correlate(&mut self, plane: PlaneView<'_>, y0: usize, out: &mut [f32]) {
        let width = plane.dim().1;
        let above = self.ahead.0;
        self.fill(plane, y0 as isize, out.len() / width);
        if self.coarse.terms.is_empty() {
            for out in out.chunks_exact_mut(width) {
                out[self.columns.clone()].fill(0.0);
            }
        } else {
            self.interpolate(out, width);
        }
        self.fine.add_to(above, out, width, self.columns.clone());
    }

    /// Writes the coarse result.
    #[inline(always)]
    fn interpolate(&mut self, out: &mut [f32], width: usize) {
        let stride = self.coarse.stride;
        let rows = (out.len() / width).div_ceil(2) + 2;
        let Some(smooth) = self.smooth.get_mut(..rows * stride) else { return };
        smooth.fill(0.0);
        self.coarse.add_to(self.ahead.0 / 2 - 1, smooth, stride, 0..stride);
        for (i, out) in out.chunks_exact_mut(width).enumerate() {
            // The row in which this one lies, and the one that is next nearest.
            let near = 1 + i / 2;
            let far = if i % 2 == 0 { near - 1 } else { near + 1 };
            let pair = smooth[near * stride..][..stride].iter().zip(&smooth[far * stride..][..stride]);
            for (m, (a, b)) in self.mixed.iter_mut().zip(pair) {
                *m = NEAR * a + FAR * b;
            }
            let neighbours = self.mixed.iter().zip(&self.mixed[1..]).zip(&self.mixed[2..]);
            let (pairs, last) = out[self.columns.clone()].as_chunks_mut::<2>();
            for (pair, ((left, own), right)) in pairs.iter_mut().zip(neighbours.clone()) {
                *pair = [NEAR * own + FAR * left, NEAR * own + FAR * right];
            }
            if let (Some(last), Some(((left, own), _))) =
                (last.first_mut(), neighbours.clone().nth(pairs.len()))
            {
                *last = NEAR * own + FAR * left;
            }
        }
    }

    /// Reads what is not yet known of some rows and their surroundings and filters it along rows.
    #[inline(always)]
    fn fill(&mut self, plane: PlaneView<'_>, y0: isize, rows: usize) {
        let (above, left) = self.ahead;
        let used = 2 * left + self.columns.len().next_multiple_of(2);
        let mut known = 0;
        if self.begun {
            known = 2 * above;
            self.fine.keep_last(known);
            self.coarse.keep_last(above);
        }
        self.begun = true;
        for i in known..rows.next_multiple_of(2) + 2 * above {
            let y = y0 + i as isize - above as isize;
            read_reflected(plane, y, self.columns.start as isize - left as isize, &mut self.samples[..used]);
            self.fine.set(i, &self.samples, left);
            if self.coarse.terms.is_empty() {
                continue;
            }
            // The first pair of rows begins an even number of rows ahead.
            if i % 2 == 0 {
                std::mem::swap(&mut self.samples, &mut self.before);
            } else {
                let pairs = self.before.chunks_exact(2).zip(self.samples.chunks_exact(2));
                for (m, (a, b)) in self.means.iter_mut().zip(pairs) {
                    *m = 0.25 * ((a[0] + a[1]) + (b[0] + b[1]));
                }
                self.coarse.set(i / 2, &self.means, left / 2 - 1);
            }
        }
    }
}

// By its path, since a benchmark includes this file elsewhere.
#[cfg(test)]
#[path = "separable/tests.rs"]
mod tests;
