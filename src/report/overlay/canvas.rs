//! An RGB image with the few shapes that overlays need. Whatever lies past the edge is cut off.

use ndarray::Array3;

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// Black behind lines and letters, so that they show on any background.
const BLACK: Rgb = [0, 0, 0];
/// How strongly that black is laid on.
const SHADOW: f32 = 0.6;

/// The image.
pub(crate) struct Canvas {
    height: usize,
    width: usize,
    samples: Vec<u8>,
}

impl Canvas {
    /// A black image.
    pub(crate) fn new(height: usize, width: usize) -> Self {
        Self { height, width, samples: vec![0; height * width * 3] }
    }

    /// Width in pixels.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The samples of the first `rows` rows.
    pub(crate) fn rows_mut(&mut self, rows: usize) -> &mut [u8] {
        let end = (rows * self.width * 3).min(self.samples.len());
        &mut self.samples[..end]
    }

    /// The image as (row, column, colour).
    pub(crate) fn into_array(self) -> Array3<u8> {
        let shape = (self.height, self.width, 3);
        Array3::from_shape_vec(shape, self.samples).unwrap_or_else(|_| Array3::zeros(shape))
    }

    /// Lays `colour` over a pixel: `opacity` 0 leaves it, 1 replaces it.
    pub(crate) fn blend(&mut self, y: isize, x: isize, colour: Rgb, opacity: f32) {
        let (Ok(y), Ok(x)) = (usize::try_from(y), usize::try_from(x)) else { return };
        if y >= self.height || x >= self.width {
            return;
        }
        let start = (y * self.width + x) * 3;
        let opacity = opacity.clamp(0.0, 1.0);
        for (sample, c) in self.samples[start..start + 3].iter_mut().zip(colour) {
            let mixed = f32::from(*sample) + (f32::from(c) - f32::from(*sample)) * opacity;
            *sample = mixed.round() as u8;
        }
    }

    /// A straight line one pixel wide, both ends included, on a black shadow.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Rgb) {
        let ((y0, x0), (y1, x1)) = (from, to);
        let length = (y1 - y0).hypot(x1 - x0);
        self.shape(
            (y0.min(y1), x0.min(x1), y0.max(y1), x0.max(x1)),
            |y, x| {
                let along = if length > 0.0 {
                    (((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / length.powi(2)).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                (y - (y0 + along * (y1 - y0))).hypot(x - (x0 + along * (x1 - x0)))
            },
            colour,
        );
    }

    /// A circle line one pixel wide on a black shadow; `dots` > 0 breaks it into that many arcs.
    pub(crate) fn ring(&mut self, (y0, x0): (f64, f64), radius: f64, dots: usize, colour: Rgb) {
        let gap = |y: f64, x: f64| {
            let turns = (y - y0).atan2(x - x0) / std::f64::consts::TAU;
            dots > 0 && (turns * dots as f64).rem_euclid(1.0) > 0.5
        };
        self.shape(
            (y0 - radius, x0 - radius, y0 + radius, x0 + radius),
            |y, x| {
                if gap(y, x) { f64::INFINITY } else { ((y - y0).hypot(x - x0) - radius).abs() }
            },
            colour,
        );
    }

    /// Colours the pixels at a distance of up to half a pixel (softly up to one), and darkens a rim.
    fn shape(
        &mut self,
        (y0, x0, y1, x1): (f64, f64, f64, f64),
        distance: impl Fn(f64, f64) -> f64,
        colour: Rgb,
    ) {
        for y in Self::clip(y0, y1, self.height) {
            for x in Self::clip(x0, x1, self.width) {
                let d = distance(y as f64, x as f64) as f32;
                if d.is_nan() {
                    continue;
                }
                self.blend(y, x, BLACK, SHADOW * (2.0 - d).clamp(0.0, 1.0));
                self.blend(y, x, colour, 1.0 - (d - 0.25).clamp(0.0, 1.0));
            }
        }
    }

    /// Pixels from two before `low` to two past `high`, within `0..size`; none if a limit is not a number.
    fn clip(low: f64, high: f64, size: usize) -> std::ops::Range<isize> {
        let first = (low.floor() - 2.0).clamp(0.0, size as f64);
        let past = (high.ceil() + 3.0).clamp(0.0, size as f64);
        first as isize..past as isize
    }

    /// A filled rectangle.
    pub(crate) fn fill(
        &mut self,
        rows: std::ops::Range<usize>,
        columns: std::ops::Range<usize>,
        colour: Rgb,
    ) {
        for y in rows {
            for x in columns.clone() {
                self.blend(y as isize, x as isize, colour, 1.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_past_every_edge_are_cut_off() {
        let mut canvas = Canvas::new(8, 8);
        canvas.ring((0.0, 0.0), 5.0, 0, [255; 3]);
        canvas.ring((-100.0, 400.0), 5.0, 3, [255; 3]);
        canvas.line((-1e9, 4.0), (1e9, 4.0), [255; 3]);
        canvas.line((f64::NAN, 0.0), (3.0, 3.0), [255; 3]);
        let image = canvas.into_array();
        assert_eq!(image[(5, 0, 0)], 255);
        assert_eq!(image[(7, 4, 1)], 255);
        assert_eq!(image[(0, 0, 0)], 0, "the middle of a ring stays free");
    }
}
