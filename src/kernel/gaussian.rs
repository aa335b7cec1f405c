//! Separable Gaussian smoothing.
//!
//! Boundaries are mirrored about the edge of the image with the edge pixel repeated (d c b a | a b c d), as
//! `scipy.ndimage` does by default, and the kernel reaches to four sigma, so that results can be held
//! against it.

use ndarray::Array2;

use crate::field::PlaneView;
use crate::kernel::dispatch::vectorised;
use crate::kernel::padded::{LANES, Span};
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

/// Smooths small images in place, one after the other, without a new buffer for each. Gives the bits that [`gaussian`]
/// gives.
pub(crate) struct Smoother {
    half: Vec<f32>,
    /// The rows in use, with their mirrored surroundings.
    padded: Vec<f32>,
    /// The image smoothed along rows, with its mirrored surroundings.
    rows: Vec<f32>,
    wide: Vec<Span>,
}

impl Smoother {
    /// For a Gaussian of `sigma_px` pixels.
    pub(crate) fn new(sigma_px: f64) -> Self {
        Self { half: half_kernel(sigma_px), padded: Vec::new(), rows: Vec::new(), wide: Vec::new() }
    }

    /// Smooths an image whose rows of `width` begin every `stride` pixels; between them nothing is changed.
    pub(crate) fn smooth(&mut self, image: &mut [f32], width: usize, stride: usize) {
        let all = (0, width.div_ceil(LANES));
        let whole: Vec<Span> =
            (0..image.len().div_ceil(stride)).map(|y| Span { y, first: all.0, end: all.1 }).collect();
        self.smooth_spans(image, width, stride, &whole);
    }

    /// As [`Self::smooth`] of the pixels of some `spans` in reading order. The image must be 0 elsewhere, and stays so.
    pub(crate) fn smooth_spans(&mut self, image: &mut [f32], width: usize, stride: usize, spans: &[Span]) {
        if width == 0 {
            return;
        }
        vectorised(
            #[inline(always)]
            || match self.half.len() {
                5 => self.smooth_rows_and_columns::<5>(image, width, stride, spans),
                6 => self.smooth_rows_and_columns::<6>(image, width, stride, spans),
                7 => self.smooth_rows_and_columns::<7>(image, width, stride, spans),
                8 => self.smooth_rows_and_columns::<8>(image, width, stride, spans),
                9 => self.smooth_rows_and_columns::<9>(image, width, stride, spans),
                _ => self.smooth_rows_and_columns::<0>(image, width, stride, spans),
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
        spans: &[Span],
    ) {
        let Self { half, padded, rows, wide } = self;
        let radius = half.len() - 1;
        let height = image.len().div_ceil(distance);
        let groups = width.div_ceil(LANES);
        let groups_padded = groups + (2 * radius).div_ceil(LANES);
        let padded_size = height * groups_padded * LANES + 2 * radius;
        if padded.len() < padded_size {
            padded.resize(padded_size, 0.0);
        }
        rows.clear();
        rows.resize((height + 2 * radius) * groups * LANES, 0.0);
        for of_row in spans.chunk_by(|a, b| a.y == b.y) {
            let y = of_row[0].y;
            let row = &image[y * distance..][..width];
            let padded = &mut padded[y * groups_padded * LANES..][..width + 2 * radius];
            padded[radius..radius + width].copy_from_slice(row);
            for i in 0..radius {
                padded[i] = row[mirrored(i as isize - radius as isize, width)];
                padded[radius + width + i] = row[mirrored((width + i) as isize, width)];
            }
        }
        // A span's neighbours need the groups that it spreads to.
        let reach = radius.div_ceil(LANES);
        wide.clear();
        wide.extend(spans.iter().map(|s| Span {
            y: s.y,
            first: s.first.saturating_sub(reach),
            end: (s.end + reach).min(groups),
        }));
        let inner = rows[radius * groups * LANES..].as_chunks_mut::<LANES>().0;
        weighted::<TAPS>(
            (&padded[..padded_size], 1, groups_padded),
            half,
            wide,
            #[inline(always)]
            |y, group, sum| inner[y * groups + group] = sum,
        );
        for i in 0..radius {
            let row = |y: isize| (radius + mirrored(y, height)) * groups * LANES;
            let (above, below) = (row(i as isize - radius as isize), row((height + i) as isize));
            let stride = groups * LANES;
            rows.copy_within(above..above + stride, i * stride);
            rows.copy_within(below..below + stride, (radius + height + i) * stride);
        }
        weighted::<TAPS>(
            (rows, groups * LANES, groups),
            half,
            spans,
            #[inline(always)]
            |y, group, sum| {
                let (first, end) = (group * LANES, (group * LANES + LANES).min(width));
                let out = &mut image[y * distance + first..y * distance + end];
                match out.first_chunk_mut::<LANES>() {
                    Some(whole) => *whole = sum,
                    None => out.copy_from_slice(&sum[..out.len()]),
                }
            },
        );
    }
}

/// Sums up samples by their distance `k` from the centre, which lies `radius` steps behind the start of a group of [`LANES`]
/// samples. The samples come with the step between neighbours and with the number of groups from row to row. Hands on row,
/// group and sums of the spans' groups.
#[inline(always)]
fn weighted<const TAPS: usize>(
    (samples, step, groups_of_row): (&[f32], usize, usize),
    half: &[f32],
    spans: &[Span],
    mut put: impl FnMut(usize, usize, [f32; LANES]),
) {
    // Known beforehand, the loop over the taps is unrolled.
    let radius = if TAPS > 0 { TAPS - 1 } else { half.len() - 1 };
    let count = (samples.len() - 2 * radius * step) / LANES;
    let groups = |from: usize| &samples[from * step..].as_chunks::<LANES>().0[..count];
    if let Some(half) = half.first_chunk::<TAPS>()
        && TAPS > 0
    {
        let mut sides: [(Groups<'_>, Groups<'_>); TAPS] = [(&[], &[]); TAPS];
        for (k, sides) in sides.iter_mut().enumerate() {
            *sides = (groups(radius - k), groups(radius + k));
        }
        for span in spans {
            for group in span.first..span.end {
                let i = span.y * groups_of_row + group;
                let mut sum = [0.0; LANES];
                for k in 0..TAPS {
                    add(&mut sum, k, half[k], &sides[k].0[i], &sides[k].1[i]);
                }
                put(span.y, group, sum);
            }
        }
        return;
    }
    for span in spans {
        for group in span.first..span.end {
            let i = span.y * groups_of_row + group;
            let mut sum = [0.0; LANES];
            for (k, &weight) in half.iter().enumerate() {
                add(&mut sum, k, weight, &groups(radius - k)[i], &groups(radius + k)[i]);
            }
            put(span.y, group, sum);
        }
    }
}

type Groups<'a> = &'a [[f32; LANES]];

/// Adds the samples `k` from the centre on both sides.
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

    proptest! {
        #[test]
        fn spans_get_the_bits_that_the_whole_gets(
            h in 1_usize..30, w in 1_usize..80, kept in prop::collection::vec(0_u8..5, 30 * 5), sigma in 0.5..5.0,
        ) {
            let is_kept = |y: usize, x: usize| kept[y * 5 + x / LANES] == 0;
            let image = Array2::from_shape_fn((h, w), |(y, x)| {
                if is_kept(y, x) { ((y * 31 + x * 17) % 101) as f32 / 7.0 } else { 0.0 }
            });
            let spans: Vec<Span> = (0..h)
                .flat_map(|y| (0..w.div_ceil(LANES)).map(move |first| Span { y, first, end: first + 1 }))
                .filter(|span| is_kept(span.y, span.first * LANES))
                .collect();
            let mut fast = image.clone();
            Smoother::new(sigma).smooth_spans(fast.as_slice_mut().unwrap(), w, w, &spans);
            let whole = gaussian(PlaneView::from(&image), sigma);
            for ((y, x), v) in fast.indexed_iter() {
                prop_assert_eq!(*v, if is_kept(y, x) { whole[(y, x)] } else { 0.0 });
            }
        }
    }
}
