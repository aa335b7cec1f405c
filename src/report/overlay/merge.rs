//! The three planes as one colour image, the probes without their local background, each spread over its own display range.

use rayon::prelude::*;

use crate::colour::PerColour;
use crate::field::{Field, PlaneView};
use crate::report::display_range::{DisplayRange, MIN_RANGE_SD, RangeRule};
use crate::report::overlay::background::without_background;
use crate::report::overlay::canvas::Canvas;

/// Samples that a display range is taken from, at most.
const MAX_SAMPLES: usize = 1 << 22;
/// The range of the counterstain.
const COUNTERSTAIN_RANGE: RangeRule =
    RangeRule { quantiles: [0.02, 0.998], min_sd: 0.0, max_samples: MAX_SAMPLES };
/// The range of a probe: signals cover about a thousandth of a field.
const PROBE_RANGE: RangeRule =
    RangeRule { quantiles: [0.5, 0.999], min_sd: MIN_RANGE_SD, max_samples: MAX_SAMPLES };

/// What each channel adds to red, green and blue at full scale. The counterstain is kept dim so that the
/// outlines and signals stand out of it; a little green makes it visible to the eye.
const COUNTERSTAIN: [f32; 3] = [25.0, 50.0, 150.0];
/// The red probe.
const RED: [f32; 3] = [255.0, 30.0, 20.0];
/// The green probe.
const GREEN: [f32; 3] = [20.0, 255.0, 30.0];

/// Paints the field on the top left of the canvas, every pixel as a square of `scale` pixels.
pub(crate) fn merge(field: &Field, diameters_px: PerColour<Option<f64>>, scale: usize, canvas: &mut Canvas) {
    let (height, width) = field.dim();
    let red = without_background(field.red.view(), diameters_px.red);
    let green = without_background(field.green.view(), diameters_px.green);
    let planes = [field.counterstain.view(), PlaneView::from(&red), PlaneView::from(&green)];
    let rules = [COUNTERSTAIN_RANGE, PROBE_RANGE, PROBE_RANGE];
    let ranges: [DisplayRange; 3] = std::array::from_fn(|c| DisplayRange::of(planes[c], rules[c]));
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
                let shown = [ranges[0].share(b), ranges[1].share(r), ranges[2].share(g)];
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
