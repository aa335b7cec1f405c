//! The three planes as one colour image, the probes without their local background, each spread over its own display range.

use rayon::prelude::*;

use crate::colour::PerColour;
use crate::field::{Field, PlaneView};
use crate::report::overlay::background::without_background;
use crate::report::overlay::canvas::Canvas;

/// Quantiles of the counterstain shown as black and as full.
const COUNTERSTAIN_QUANTILES: [f64; 2] = [0.02, 0.998];
/// Quantiles of a probe shown as black and as full: signals cover about a thousandth of a field.
const PROBE_QUANTILES: [f64; 2] = [0.5, 0.999];
/// A probe's range spans at least this many robust standard deviations of its lower half, so that the noise
/// of an empty channel is not stretched to look like signals.
const MIN_PROBE_RANGE_SD: f32 = 12.0;
/// Quantile that lies one standard deviation below the median of normal noise.
const ONE_SD_BELOW: f64 = 0.158_655;
/// Samples the quantiles are taken from, at most: rows are skipped evenly.
const MAX_SAMPLES: usize = 1 << 22;

/// What each channel adds to red, green and blue at full scale. The counterstain is kept dim so that the
/// outlines and signals stand out of it; a little green makes it visible to the eye.
const COUNTERSTAIN: [f32; 3] = [25.0, 50.0, 150.0];
/// The red probe.
const RED: [f32; 3] = [255.0, 30.0, 20.0];
/// The green probe.
const GREEN: [f32; 3] = [20.0, 255.0, 30.0];

/// Grey level shown as black, and one over the range.
#[derive(Debug, Clone, Copy)]
struct Range {
    black: f32,
    per_level: f32,
}

impl Range {
    fn new(black: f32, white: f32) -> Self {
        let span = white - black;
        Self { black, per_level: if span > 0.0 { 1.0 / span } else { 0.0 } }
    }

    fn of(self, sample: f32) -> f32 {
        ((sample - self.black) * self.per_level).clamp(0.0, 1.0)
    }
}

/// Sorted samples of a plane.
fn sorted_samples(plane: PlaneView<'_>) -> Vec<f32> {
    let (height, width) = plane.dim();
    let step = (height * width).div_ceil(MAX_SAMPLES).max(1);
    let mut samples = vec![0.0; height.div_ceil(step) * width];
    for (row, y) in samples.chunks_mut(width.max(1)).zip((0..height).step_by(step)) {
        plane.read_row(y, 0, row);
    }
    samples.par_sort_unstable_by(f32::total_cmp);
    samples
}

fn quantile(sorted: &[f32], q: f64) -> f32 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((q * last as f64).round() as usize).copied().unwrap_or(0.0)
}

fn counterstain_range(plane: PlaneView<'_>) -> Range {
    let sorted = sorted_samples(plane);
    let [black, white] = COUNTERSTAIN_QUANTILES.map(|q| quantile(&sorted, q));
    Range::new(black, white)
}

fn probe_range(plane: PlaneView<'_>) -> Range {
    let sorted = sorted_samples(plane);
    let [black, white] = PROBE_QUANTILES.map(|q| quantile(&sorted, q));
    let sd = black - quantile(&sorted, ONE_SD_BELOW);
    Range::new(black, white.max(black + MIN_PROBE_RANGE_SD * sd))
}

/// Paints the field on the top left of the canvas, every pixel as a square of `scale` pixels.
pub(crate) fn merge(field: &Field, diameters_px: PerColour<Option<f64>>, scale: usize, canvas: &mut Canvas) {
    let (height, width) = field.dim();
    let red = without_background(field.red.view(), diameters_px.red);
    let green = without_background(field.green.view(), diameters_px.green);
    let planes = [field.counterstain.view(), PlaneView::from(&red), PlaneView::from(&green)];
    let ranges = [counterstain_range(planes[0]), probe_range(planes[1]), probe_range(planes[2])];
    let row_samples = canvas.width() * 3;
    canvas.rows_mut(height * scale).par_chunks_mut(row_samples * scale).enumerate().for_each(|(y, rows)| {
        let mut samples = vec![0.0; 3 * width];
        for (plane, row) in planes.iter().zip(samples.chunks_mut(width)) {
            plane.read_row(y, 0, row);
        }
        let (counterstain, probes) = samples.split_at(width);
        let (red, green) = probes.split_at(width);
        for row in rows.chunks_mut(row_samples) {
            let squares = row.chunks_mut(3 * scale);
            for (((square, &b), &r), &g) in squares.zip(counterstain).zip(red).zip(green) {
                let shown = [ranges[0].of(b), ranges[1].of(r), ranges[2].of(g)];
                let rgb: [u8; 3] = std::array::from_fn(|c| {
                    (shown[0] * COUNTERSTAIN[c] + shown[1] * RED[c] + shown[2] * GREEN[c]).min(255.0) as u8
                });
                for pixel in square.chunks_mut(3) {
                    pixel.copy_from_slice(&rgb);
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn an_empty_noisy_channel_is_not_stretched_to_look_like_signals() {
        let noise = Array2::from_shape_fn((64, 64), |(y, x)| 100.0 + ((y * 37 + x * 101) % 23) as f32);
        let range = probe_range(PlaneView::from(&noise));
        assert!(noise.iter().all(|&v| range.of(v) < 0.2));
        let flat = Array2::<u16>::from_elem((4, 4), 7);
        assert_eq!(probe_range(PlaneView::from(&flat)).of(7.0).to_bits(), 0.0_f32.to_bits());
    }
}
