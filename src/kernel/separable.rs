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

use rows::{Rows, reach};
pub(crate) use term::Term;

// By their paths, since a benchmark includes this file elsewhere.
#[path = "separable/rows.rs"]
mod rows;
#[path = "separable/term.rs"]
mod term;

/// Rows and columns that are filtered at a time: few enough for the intermediate rows to stay in cache. Even.
pub(crate) const BLOCK_ROWS: usize = 64;
const BLOCK_COLUMNS: usize = 512;
/// Rows of a plane that are filtered one after the other; the rows above the first are filtered again for each stretch.
const STRETCH_ROWS: usize = 256;
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
    // The samples beyond an edge are mostly read already.
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

/// The plane correlated with the sum of `terms`.
pub(crate) fn correlate(plane: PlaneView<'_>, terms: &[Term]) -> Array2<f32> {
    correlate_at_two_scales(plane, terms, &[])
}

/// The plane correlated with the sum of the `fine` terms and, at half resolution, of the `coarse` ones.
pub(crate) fn correlate_at_two_scales(plane: PlaneView<'_>, fine: &[Term], coarse: &[Term]) -> Array2<f32> {
    let mut out = [Array2::<f32>::zeros(plane.dim())];
    correlate_each([plane], fine, coarse, &mut out);
    let [out] = out;
    out
}

/// The same of several planes, written to arrays of their shapes whatever these hold.
pub(crate) fn correlate_each<'plane>(
    planes: impl IntoIterator<Item = PlaneView<'plane>>,
    fine: &[Term],
    coarse: &[Term],
    out: &mut [Array2<f32>],
) {
    let stretches: Vec<(PlaneView<'plane>, usize, &mut [f32])> = planes
        .into_iter()
        .zip(out)
        .filter(|(plane, out)| plane.dim() == out.dim() && !out.is_empty())
        .filter_map(|(plane, out)| Some((plane, out.as_slice_mut()?)))
        .flat_map(|(plane, out)| {
            let stretches = out.chunks_mut(STRETCH_ROWS * plane.dim().1).enumerate();
            stretches.map(move |(i, out)| (plane, i * STRETCH_ROWS, out))
        })
        .collect();
    stretches.into_par_iter().for_each_init(
        || None,
        |kept: &mut Option<Correlation<'_, '_>>, (plane, first_row, out)| {
            // The memory of one serves for the next of the same shape.
            match kept {
                Some(kept) if kept.plane.dim() == plane.dim() => kept.begin(plane, first_row),
                _ => *kept = Some(Correlation::new(plane, fine, coarse, first_row)),
            }
            if let Some(kept) = kept {
                kept.next_rows(out);
            }
        },
    );
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

    /// Begins again from a row of another plane of the same shape.
    fn begin(&mut self, plane: PlaneView<'plane>, first_row: usize) {
        (self.plane, self.next) = (plane, first_row);
        for block in &mut self.blocks {
            block.begun = false;
        }
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

/// Filters some columns, a few rows at a time.
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

    /// Reads the rows and surroundings that are not yet filtered along rows, and filters them.
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
