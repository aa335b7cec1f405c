//! Correlation with kernels that are sums of separable, mirror-symmetric terms, some of them at half resolution.
//!
//! Boundaries are mirrored about the edge of the image with the edge pixel repeated (d c b a | a b c d), as
//! `scipy.ndimage` does by default.
//!
//! A broad, smooth term costs a quarter at half resolution: the image is averaged over 2 x 2 pixels, correlated
//! there, and the result interpolated linearly. [`full_resolution_weights`] gives the weights that this amounts to, so
//! that a filter can be built to be exact with them.

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
const BLOCK_ROWS: usize = 128;
const BLOCK_COLUMNS: usize = 512;
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
    for i in (0..left).chain(right..out.len()) {
        out[i] = plane.at(y, reflect(x0 + i as isize, width));
    }
}

/// `LANES` samples from `at` on.
#[inline(always)]
fn lanes(samples: &[f32], at: usize) -> &[f32; LANES] {
    const NONE: &[f32; LANES] = &[0.0; LANES];
    samples[at..].first_chunk().unwrap_or(NONE)
}

/// Adds `weight` times the sums of two samples each.
#[inline(always)]
fn add_pair(sum: &mut [f32; LANES], weight: f32, one: &[f32; LANES], other: &[f32; LANES]) {
    for i in 0..LANES {
        sum[i] += weight * (one[i] + other[i]);
    }
}

/// Correlates samples that begin `before` samples ahead of the first one of `out`.
#[inline(always)]
fn correlate_row(samples: &[f32], before: usize, half: &[f32], out: &mut [f32]) {
    let Some((&centre, half)) = half.split_first() else { return };
    for (chunk, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let x = before + chunk * LANES;
        let mut sum = *lanes(samples, x);
        for v in &mut sum {
            *v *= centre;
        }
        for (k, &w) in half.iter().enumerate() {
            add_pair(&mut sum, w, lanes(samples, x - k - 1), lanes(samples, x + k + 1));
        }
        *out = sum;
    }
}

/// Rows filtered along themselves by each of some terms, to be filtered along columns.
struct Rows<'a> {
    terms: &'a [Term],
    /// Largest distances that the terms reach along rows and columns.
    reach: (usize, usize),
    /// Samples of a row, a multiple of `LANES`.
    stride: usize,
    /// Rows of each term.
    count: usize,
    samples: Vec<f32>,
}

impl<'a> Rows<'a> {
    /// For results of `width` columns and `count` rows.
    fn new(terms: &'a [Term], width: usize, count: usize) -> Self {
        let most = |weights: fn(&Term) -> usize| terms.iter().map(weights).max().unwrap_or(1) - 1;
        let reach = (most(|t| t.horizontal.len()), most(|t| t.vertical.len()));
        let (stride, count) = (width.next_multiple_of(LANES), count + 2 * reach.1);
        Self { terms, reach, stride, count, samples: vec![0.0; terms.len() * stride * count] }
    }

    /// Filters one row, counted from the first that the first result needs; `before` samples of it lie ahead of the
    /// first column of the results.
    #[inline(always)]
    fn set(&mut self, row: usize, samples: &[f32], before: usize) {
        for (t, term) in self.terms.iter().enumerate() {
            let at = (t * self.count + row) * self.stride;
            correlate_row(samples, before, &term.horizontal, &mut self.samples[at..at + self.stride]);
        }
    }

    /// Adds a row of the result to `out`, which has `stride` samples.
    #[inline(always)]
    fn add_to(&self, row: usize, out: &mut [f32]) {
        let row = row + self.reach.1;
        for (chunk, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let mut sum = *out;
            for (t, term) in self.terms.iter().enumerate() {
                let Some((&weight, half)) = term.vertical.split_first() else { continue };
                let at = (t * self.count + row) * self.stride + chunk * LANES;
                let centre = lanes(&self.samples, at);
                for i in 0..LANES {
                    sum[i] += weight * centre[i];
                }
                let (mut above, mut below) = (at, at);
                for &w in half {
                    (above, below) = (above - self.stride, below + self.stride);
                    add_pair(&mut sum, w, lanes(&self.samples, above), lanes(&self.samples, below));
                }
            }
            *out = sum;
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
    pixels.par_chunks_mut(BLOCK_ROWS * width).enumerate().for_each_init(
        || Block::new(fine, coarse, BLOCK_ROWS.min(height), BLOCK_COLUMNS.min(width)),
        |block, (i, out)| {
            for x0 in (0..width).step_by(BLOCK_COLUMNS) {
                vectorised(FilterBlock { block, plane, at: (i * BLOCK_ROWS, x0), out });
            }
        },
    );
    out
}

/// The filtering of the block of a plane whose first pixel is `at`.
struct FilterBlock<'a, 'terms, 'plane> {
    block: &'a mut Block<'terms>,
    plane: PlaneView<'plane>,
    at: (usize, usize),
    /// All columns of its rows.
    out: &'a mut [f32],
}

impl Kernel for FilterBlock<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.block.correlate(self.plane, self.at, self.out);
    }
}

/// What it takes to filter one block.
struct Block<'a> {
    fine: Rows<'a>,
    coarse: Rows<'a>,
    /// Samples ahead of the block that are read; whole pairs if there are coarse terms.
    ahead: (usize, usize),
    /// A row of samples and the one before.
    samples: Vec<f32>,
    before: Vec<f32>,
    /// Averages over pairs of both.
    means: Vec<f32>,
    /// Two neighbouring rows of the coarse result, and a mixture of them.
    smooth: [Vec<f32>; 2],
    mixed: Vec<f32>,
    sum: Vec<f32>,
}

impl<'a> Block<'a> {
    fn new(fine: &'a [Term], coarse: &'a [Term], rows: usize, columns: usize) -> Self {
        // Coarse results are wanted one sample beyond the block on every side, for the interpolation.
        let pairs = |n: usize| n.div_ceil(2) + 2;
        let (fine, coarse) = (Rows::new(fine, columns, rows), Rows::new(coarse, pairs(columns), pairs(rows)));
        let ahead = |fine: usize, of_coarse: usize| {
            if coarse.terms.is_empty() { fine } else { fine.next_multiple_of(2).max(2 * (of_coarse + 1)) }
        };
        let ahead = (ahead(fine.reach.1, coarse.reach.1), ahead(fine.reach.0, coarse.reach.0));
        let length = 2 * ahead.1 + 2 * fine.stride.max(2 * coarse.stride);
        let row = vec![0.0; coarse.stride];
        Self {
            ahead,
            samples: vec![0.0; length],
            before: vec![0.0; length],
            means: vec![0.0; length / 2],
            smooth: [row.clone(), row.clone()],
            mixed: row,
            sum: vec![0.0; fine.stride],
            fine,
            coarse,
        }
    }

    /// Filters the block whose first pixel is at `(y0, x0)`; `out` is all columns of its rows.
    #[inline(always)]
    fn correlate(&mut self, plane: PlaneView<'_>, (y0, x0): (usize, usize), out: &mut [f32]) {
        let width = plane.dim().1;
        let rows = out.len() / width;
        let columns = BLOCK_COLUMNS.min(width - x0);
        self.fill(plane, (y0 as isize, x0 as isize), rows, columns);
        // Which row of the coarse result each of `smooth` holds.
        let mut held = [usize::MAX; 2];
        for (i, out) in out.chunks_mut(width).enumerate() {
            self.sum.fill(0.0);
            if !self.coarse.terms.is_empty() {
                let near = i / 2 + 1;
                let far = if i % 2 == 0 { near - 1 } else { near + 1 };
                for row in [near, far] {
                    if held[row % 2] != row {
                        self.smooth[row % 2].fill(0.0);
                        self.coarse.add_to(row, &mut self.smooth[row % 2]);
                        held[row % 2] = row;
                    }
                }
                let pair = self.smooth[near % 2].iter().zip(&self.smooth[far % 2]);
                for (m, (a, b)) in self.mixed.iter_mut().zip(pair) {
                    *m = NEAR * a + FAR * b;
                }
                let neighbours = self.mixed.iter().zip(&self.mixed[1..]).zip(&self.mixed[2..]);
                for (pair, ((left, own), right)) in self.sum.chunks_exact_mut(2).zip(neighbours) {
                    pair[0] = NEAR * own + FAR * left;
                    pair[1] = NEAR * own + FAR * right;
                }
            }
            self.fine.add_to(i, &mut self.sum);
            out[x0..x0 + columns].copy_from_slice(&self.sum[..columns]);
        }
    }

    /// Reads the block and its surroundings and filters them along rows.
    #[inline(always)]
    fn fill(&mut self, plane: PlaneView<'_>, (y0, x0): (isize, isize), rows: usize, columns: usize) {
        let (above, left) = self.ahead;
        let used = 2 * left + columns.next_multiple_of(2);
        for i in 0..rows.next_multiple_of(2) + 2 * above {
            let dy = i as isize - above as isize;
            read_reflected(plane, y0 + dy, x0 - left as isize, &mut self.samples[..used]);
            if let Ok(row) = usize::try_from(dy + self.fine.reach.1 as isize)
                && row < self.fine.count
            {
                self.fine.set(row, &self.samples, left);
            }
            if self.coarse.terms.is_empty() {
                continue;
            }
            // The first pair of rows begins an even number of rows ahead.
            if i % 2 == 0 {
                std::mem::swap(&mut self.samples, &mut self.before);
            } else if let Ok(row) = usize::try_from(dy.div_euclid(2) + 1 + self.coarse.reach.1 as isize)
                && row < self.coarse.count
            {
                let pairs = self.before.chunks_exact(2).zip(self.samples.chunks_exact(2));
                for (m, (a, b)) in self.means.iter_mut().zip(pairs) {
                    *m = 0.25 * ((a[0] + a[1]) + (b[0] + b[1]));
                }
                self.coarse.set(row, &self.means, left / 2 - 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, pixel by pixel.
    fn correlate_reference(image: &Array2<f32>, terms: &[Term]) -> Array2<f32> {
        let (height, width) = image.dim();
        Array2::from_shape_fn((height, width), |(y, x)| {
            let mut sum = 0.0_f64;
            for term in terms {
                let (ry, rx) = (term.vertical.len() as isize - 1, term.horizontal.len() as isize - 1);
                for dy in -ry..=ry {
                    for dx in -rx..=rx {
                        let v = image[(reflect(y as isize + dy, height), reflect(x as isize + dx, width))];
                        let w = term.vertical[dy.unsigned_abs()] * term.horizontal[dx.unsigned_abs()];
                        sum += f64::from(w) * f64::from(v);
                    }
                }
            }
            sum as f32
        })
    }

    /// The same for half-resolution terms, by the weights that they amount to.
    fn half_resolution_reference(image: &Array2<f32>, terms: &[Term]) -> Array2<f32> {
        let (height, width) = image.dim();
        Array2::from_shape_fn((height, width), |(y, x)| {
            let mut sum = 0.0_f64;
            for term in terms {
                let axis = |half: &[f32], at: usize, n: usize| -> Vec<(usize, f64)> {
                    let weights = full_resolution_weights(half);
                    let sign = if at.is_multiple_of(2) { 1 } else { -1 };
                    let first = -2 * half.len() as isize;
                    let place = |i: usize| reflect(at as isize + sign * (first + i as isize), n);
                    weights.into_iter().enumerate().map(|(i, w)| (place(i), w)).collect()
                };
                for (yy, wy) in axis(&term.vertical, y, height) {
                    for (xx, wx) in axis(&term.horizontal, x, width) {
                        sum += wy * wx * f64::from(image[(yy, xx)]);
                    }
                }
            }
            sum as f32
        })
    }

    fn terms() -> impl Strategy<Value = Vec<Term>> {
        let half = || prop::collection::vec(-1.0_f32..1.0, 1..7);
        let term = (half(), half()).prop_map(|(horizontal, vertical)| Term { horizontal, vertical });
        prop::collection::vec(term, 0..3)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn agrees_with_the_definition_also_when_the_kernel_is_wider_than_the_image(
            fine in terms(),
            coarse in terms(),
            height in prop_oneof![1_usize..40, 125_usize..135],
            width in prop_oneof![1_usize..40, 510_usize..516],
        ) {
            let image = Array2::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * 17) % 101) as f32 / 101.0);
            let fast = correlate_at_two_scales(PlaneView::from(&image), &fine, &coarse);
            let slow = correlate_reference(&image, &fine) + half_resolution_reference(&image, &coarse);
            for (a, b) in fast.iter().zip(&slow) {
                prop_assert!((a - b).abs() < 1e-3, "{} {} at {} x {}", a, b, height, width);
            }
        }
    }
}
