//! Separable Gaussian smoothing.
//!
//! Boundaries are mirrored about the edge of the image with the edge pixel repeated (d c b a | a b c d), as
//! `scipy.ndimage` does by default, and the kernel reaches to four sigma, so that results can be held
//! against it.

use ndarray::Array2;

use crate::field::PlaneView;
use crate::kernel::dispatch::vectorised;
use crate::kernel::separable::{Term, correlate, reflect};

/// Kernel half-width in sigmas.
const TRUNCATE_SIGMA: f64 = 4.0;

/// Normalised samples of a Gaussian at 0, 1, ... radius.
pub(crate) fn half_kernel(sigma_px: f64) -> Vec<f32> {
    let radius = (TRUNCATE_SIGMA * sigma_px + 0.5) as usize;
    let samples: Vec<f64> = (0..=radius).map(|i| (-0.5 * (i as f64 / sigma_px).powi(2)).exp()).collect();
    let sum = samples[0] + 2.0 * samples[1..].iter().sum::<f64>();
    samples.iter().map(|v| (v / sum) as f32).collect()
}

/// The plane smoothed by a Gaussian of `sigma_px` pixels.
pub(crate) fn gaussian(plane: PlaneView<'_>, sigma_px: f64) -> Array2<f32> {
    let half = half_kernel(sigma_px);
    correlate(plane, &[Term { horizontal: half.clone(), vertical: half }])
}

/// Samples that are summed side by side.
const LANES: usize = 16;
type Groups<'a> = &'a [[f32; LANES]];

/// Smooths small images in place, one after the other, without a new buffer for each. Gives the bits that [`gaussian`]
/// gives.
pub(crate) struct Smoother {
    half: Vec<f32>,
    /// A row with its mirrored surroundings.
    padded: Vec<f32>,
    /// The image smoothed along rows.
    rows: Vec<f32>,
    sum: Vec<f32>,
}

impl Smoother {
    /// For a Gaussian of `sigma_px` pixels.
    pub(crate) fn new(sigma_px: f64) -> Self {
        Self { half: half_kernel(sigma_px), padded: Vec::new(), rows: Vec::new(), sum: Vec::new() }
    }

    /// Smooths an image whose rows of `width` begin every `stride` pixels; between them nothing is changed.
    pub(crate) fn smooth(&mut self, image: &mut [f32], width: usize, stride: usize) {
        if width == 0 {
            return;
        }
        vectorised(
            #[inline(always)]
            || match self.half.len() {
                5 => self.smooth_rows_and_columns::<5>(image, width, stride),
                6 => self.smooth_rows_and_columns::<6>(image, width, stride),
                7 => self.smooth_rows_and_columns::<7>(image, width, stride),
                8 => self.smooth_rows_and_columns::<8>(image, width, stride),
                9 => self.smooth_rows_and_columns::<9>(image, width, stride),
                _ => self.smooth_rows_and_columns::<0>(image, width, stride),
            },
        );
    }

    /// `TAPS` is the length of half the kernel, known beforehand, or 0 for any.
    #[inline(always)]
    fn smooth_rows_and_columns<const TAPS: usize>(
        &mut self,
        image: &mut [f32],
        width: usize,
        distance: usize,
    ) {
        let Self { half, padded, rows, sum } = self;
        // Known beforehand, as `TAPS` is, no access to neighbours need be checked.
        let radius = if TAPS > 0 { TAPS - 1 } else { half.len() - 1 };
        let stride = width.next_multiple_of(LANES);
        let height = image.len().div_ceil(distance);
        let size = stride * height;
        for (buffer, size) in
            [(&mut *padded, stride + 2 * radius), (&mut *rows, size + 2 * radius * stride), (&mut *sum, size)]
        {
            if buffer.len() < size {
                buffer.resize(size, 0.0);
            }
        }
        let (rows, sum) = (&mut rows[..size + 2 * radius * stride], &mut sum[..size]);
        let inner = rows[radius * stride..].chunks_exact_mut(stride);
        for (row, out) in image.chunks(distance).zip(inner) {
            padded[radius..radius + width].copy_from_slice(&row[..width]);
            for i in 0..radius {
                padded[i] = row[mirrored(i as isize - radius as isize, width)];
                padded[radius + width + i] = row[mirrored((width + i) as isize, width)];
            }
            weighted::<TAPS>(out, half, |k| (&padded[radius - k..], &padded[radius + k..]));
        }
        for i in 0..radius {
            let row = |y: isize| (radius + mirrored(y, height)) * stride;
            let (above, below) = (row(i as isize - radius as isize), row((height + i) as isize));
            rows.copy_within(above..above + stride, i * stride);
            rows.copy_within(below..below + stride, (radius + height + i) * stride);
        }
        // Neighbours above and below lie equally far away everywhere: all rows are one.
        weighted::<TAPS>(sum, half, |k| (&rows[(radius - k) * stride..], &rows[(radius + k) * stride..]));
        for (out, sum) in image.chunks_mut(distance).zip(sum.chunks_exact(stride)) {
            out[..width].copy_from_slice(&sum[..width]);
        }
    }
}

/// Sums up samples by their distance `k` from the centre: `sides` gives those from the first position on, on both sides.
#[inline(always)]
fn weighted<'a, const TAPS: usize>(
    out: &mut [f32],
    half: &[f32],
    sides: impl Fn(usize) -> (&'a [f32], &'a [f32]),
) {
    let out = out.as_chunks_mut::<LANES>().0;
    let count = out.len();
    let groups = |k: usize| {
        let (a, b) = sides(k);
        (&a.as_chunks::<LANES>().0[..count], &b.as_chunks::<LANES>().0[..count])
    };
    if let Some(half) = half.first_chunk::<TAPS>()
        && TAPS > 0
    {
        let mut sides: [(Groups<'_>, Groups<'_>); TAPS] = [(&[], &[]); TAPS];
        for (k, side) in sides.iter_mut().enumerate() {
            *side = groups(k);
        }
        for (i, out) in out.iter_mut().enumerate() {
            let mut sum = [0.0; LANES];
            for k in 0..TAPS {
                add(&mut sum, k, half[k], &sides[k].0[i], &sides[k].1[i]);
            }
            *out = sum;
        }
        return;
    }
    out.fill([0.0; LANES]);
    for (k, &weight) in half.iter().enumerate() {
        let (a, b) = groups(k);
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            add(out, k, weight, a, b);
        }
    }
}

/// Adds what lies `k` from the centre on both sides.
#[inline(always)]
fn add(sum: &mut [f32; LANES], k: usize, weight: f32, a: &[f32; LANES], b: &[f32; LANES]) {
    for lane in 0..LANES {
        let both = if k == 0 { a[lane] } else { a[lane] + b[lane] };
        sum[lane] += weight * both;
    }
}

/// As [`reflect`], which divides, where the nearest mirror image is not enough.
#[inline(always)]
fn mirrored(i: isize, n: usize) -> usize {
    let near = if i < 0 { -1 - i } else { i } as usize;
    if near < n {
        near
    } else if near < 2 * n && i >= 0 {
        2 * n - 1 - near
    } else {
        reflect(i, n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, pixel by pixel.
    fn gaussian_reference(image: &Array2<f32>, sigma_px: f64) -> Array2<f32> {
        let half = half_kernel(sigma_px);
        let radius = half.len() as isize - 1;
        let (height, width) = image.dim();
        Array2::from_shape_fn((height, width), |(y, x)| {
            let mut sum = 0.0_f64;
            for dy in -radius..=radius {
                for dx in -radius..=radius {
                    let v = image[(reflect(y as isize + dy, height), reflect(x as isize + dx, width))];
                    sum += f64::from(half[dy.unsigned_abs()] * half[dx.unsigned_abs()] * v);
                }
            }
            sum as f32
        })
    }

    #[test]
    fn agrees_with_the_definition_also_when_the_kernel_is_wider_than_the_image() {
        for (height, width, sigma) in [(1, 1, 2.0), (7, 5, 3.0), (70, 33, 1.5), (150, 20, 2.0)] {
            let image = Array2::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * 17) % 101) as f32);
            let fast = gaussian(PlaneView::from(&image), sigma);
            let slow = gaussian_reference(&image, sigma);
            for (a, b) in fast.iter().zip(&slow) {
                assert!((a - b).abs() < 1e-3, "{a} {b} at {height} x {width}, sigma {sigma}");
            }
        }
    }

    proptest! {
        #[test]
        fn in_place_gives_the_same_bits(
            h in 1_usize..40, w in 1_usize..40, beside in 0_usize..9, sigma in 0.5..3.0, seed in 0_usize..99,
        ) {
            let image = Array2::from_shape_fn((h, w), |(y, x)| ((y * 31 + x * 17 + seed) % 101) as f32 / 7.0);
            let stride = w + beside;
            let mut fast = vec![0.0; stride * h];
            let mut smoother = Smoother::new(sigma);
            for _ in 0..2 {
                fast.fill(7.0);
                for (row, values) in fast.chunks_mut(stride).zip(image.rows()) {
                    row[..w].copy_from_slice(values.as_slice().unwrap());
                }
                smoother.smooth(&mut fast, w, stride);
            }
            for (row, expected) in fast.chunks(stride).zip(gaussian(PlaneView::from(&image), sigma).rows()) {
                prop_assert_eq!(&row[..w], expected.as_slice().unwrap());
                prop_assert!(row[w..].iter().all(|&v| v == 7.0));
            }
        }
    }
}
