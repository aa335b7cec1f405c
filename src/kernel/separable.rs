//! Correlation with kernels that are sums of separable, mirror-symmetric terms.
//!
//! Boundaries are mirrored about the edge of the image with the edge pixel repeated (d c b a | a b c d), as
//! `scipy.ndimage` does by default.

use ndarray::Array2;
use rayon::prelude::*;

use crate::field::PlaneView;

/// One separable term: `kernel(y, x) = vertical[|y|] * horizontal[|x|]`. Index 0 is the centre.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    /// Weights along a row, from the centre outwards.
    pub(crate) horizontal: Vec<f32>,
    /// Weights along a column, from the centre outwards.
    pub(crate) vertical: Vec<f32>,
}

/// Rows that one task filters at a time: few enough for the intermediate rows to stay in cache.
const BLOCK_ROWS: usize = 64;

/// Index reflected into `0..n` with the edge pixel repeated.
pub(crate) fn reflect(i: isize, n: usize) -> usize {
    let period = 2 * n as isize;
    let j = i.rem_euclid(period);
    if j < n as isize { j as usize } else { (period - 1 - j) as usize }
}

/// Correlates a row that is padded by `pad` samples on both sides.
fn correlate_row(padded: &[f32], pad: usize, half: &[f32], out: &mut [f32]) {
    let n = out.len();
    for (o, &v) in out.iter_mut().zip(&padded[pad..pad + n]) {
        *o = half[0] * v;
    }
    for (k, &w) in half.iter().enumerate().skip(1) {
        let left = &padded[pad - k..pad - k + n];
        let right = &padded[pad + k..pad + k + n];
        for ((o, &a), &b) in out.iter_mut().zip(left).zip(right) {
            *o += w * (a + b);
        }
    }
}

/// The plane correlated with the sum of `terms`.
pub(crate) fn correlate(plane: PlaneView<'_>, terms: &[Term]) -> Array2<f32> {
    let (height, width) = plane.dim();
    let mut out = Array2::<f32>::zeros((height, width));
    if height == 0 || width == 0 {
        return out;
    }
    let pad = terms.iter().map(|t| t.horizontal.len() - 1).max().unwrap_or(0);
    let halo = terms.iter().map(|t| t.vertical.len() - 1).max().unwrap_or(0);
    let Some(pixels) = out.as_slice_mut() else { return out };
    pixels.par_chunks_mut(BLOCK_ROWS * width).enumerate().for_each(|(block, out)| {
        let rows = out.len() / width + 2 * halo;
        let mut padded = vec![0.0; width + 2 * pad];
        let mut filtered = vec![0.0; terms.len() * rows * width];
        for i in 0..rows {
            let y = reflect((block * BLOCK_ROWS + i) as isize - halo as isize, height);
            plane.read_row(y, 0, &mut padded[pad..pad + width]);
            for k in 1..=pad {
                padded[pad - k] = padded[pad + reflect(-(k as isize), width)];
                padded[pad + width - 1 + k] = padded[pad + reflect((width - 1 + k) as isize, width)];
            }
            for (t, term) in terms.iter().enumerate() {
                let at = (t * rows + i) * width;
                correlate_row(&padded, pad, &term.horizontal, &mut filtered[at..at + width]);
            }
        }
        for (i, out) in out.chunks_mut(width).enumerate() {
            for (t, term) in terms.iter().enumerate() {
                let row = |k: usize| &filtered[(t * rows + k) * width..(t * rows + k + 1) * width];
                for (o, &v) in out.iter_mut().zip(row(i + halo)) {
                    *o += term.vertical[0] * v;
                }
                for (k, &w) in term.vertical.iter().enumerate().skip(1) {
                    for ((o, &a), &b) in out.iter_mut().zip(row(i + halo - k)).zip(row(i + halo + k)) {
                        *o += w * (a + b);
                    }
                }
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn agrees_with_the_definition_also_when_the_kernel_is_wider_than_the_image() {
        let terms = [
            Term { horizontal: vec![0.5, 0.2, 0.1, 0.05], vertical: vec![0.6, 0.3] },
            Term { horizontal: vec![-0.2, 0.1], vertical: vec![0.1, 0.2, 0.3, 0.1, 0.05] },
        ];
        for (height, width) in [(1, 1), (2, 9), (130, 17), (64, 3)] {
            let image = Array2::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * 17) % 101) as f32);
            let fast = correlate(PlaneView::from(&image), &terms);
            let slow = correlate_reference(&image, &terms);
            for (a, b) in fast.iter().zip(&slow) {
                assert!((a - b).abs() < 1e-3, "{a} {b} at {height} x {width}");
            }
        }
    }
}
