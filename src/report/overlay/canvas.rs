//! The image on which the overlay is drawn. Parts of shapes past its edge are left out.
//!
//! A shape is drawn on a stencil first. The stencil, grown by a pixel, gives the dark rim that lets it show on any
//! background.

use image::{GrayImage, Luma, Rgb as Pixel, RgbImage};
use imageproc::distance_transform::Norm;
use imageproc::drawing::{draw_filled_rect_mut, draw_hollow_circle_mut, draw_line_segment_mut};
use imageproc::morphology::dilate;
use imageproc::pixelops::interpolate;
use imageproc::rect::Rect;
use ndarray::Array3;

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// From one (y, x) to another.
pub(crate) type Line = ((f64, f64), (f64, f64));

/// The colour of rims.
const BLACK: Rgb = [0, 0, 0];
/// Opacity of rims.
const RIM_OPACITY: f32 = 0.6;
/// Stencils are never larger than this on either side, px.
const MAX_STENCIL_PX: f64 = 4096.0;
/// Room around the shape on its stencil, px: the rim takes one.
const MARGIN_PX: f64 = 2.0;
/// A sample of a stencil where the shape is.
const INK: Luma<u8> = Luma([255]);

/// The image.
pub(crate) struct Canvas(RgbImage);

impl Canvas {
    /// A black image.
    pub(crate) fn new(height: usize, width: usize) -> Self {
        Self(RgbImage::new(width as u32, height as u32))
    }

    /// Width in pixels.
    pub(crate) fn width(&self) -> usize {
        self.0.width() as usize
    }

    /// Height in pixels.
    pub(crate) fn height(&self) -> usize {
        self.0.height() as usize
    }

    /// The samples of the first `rows` rows.
    pub(crate) fn rows_mut(&mut self, rows: usize) -> &mut [u8] {
        let end = rows * self.width() * 3;
        let samples: &mut [u8] = &mut self.0;
        let end = end.min(samples.len());
        &mut samples[..end]
    }

    /// The image as (row, column, colour).
    pub(crate) fn into_array(self) -> Array3<u8> {
        let shape = (self.0.height() as usize, self.0.width() as usize, 3);
        Array3::from_shape_vec(shape, self.0.into_raw()).unwrap_or_else(|_| Array3::zeros(shape))
    }

    /// Lays `colour` over a pixel: `opacity` 0 leaves it, 1 replaces it.
    pub(crate) fn blend(&mut self, y: isize, x: isize, colour: Rgb, opacity: f32) {
        let (Ok(y), Ok(x)) = (u32::try_from(y), u32::try_from(x)) else { return };
        if let Some(pixel) = self.0.get_pixel_mut_checked(x, y) {
            *pixel = interpolate(Pixel(colour), *pixel, opacity.clamp(0.0, 1.0));
        }
    }

    /// Straight lines one pixel wide, with a rim around all of them.
    pub(crate) fn lines(&mut self, lines: &[Line], colour: Rgb) {
        let ends: Vec<(f64, f64)> = lines.iter().flat_map(|&(from, to)| [from, to]).collect();
        let Some(mut stencil) = Stencil::of(&ends) else { return };
        for &(from, to) in lines {
            let (from, to) = (stencil.place(from), stencil.place(to));
            draw_line_segment_mut(&mut stencil.ink, from, to, INK);
        }
        self.print(&stencil, colour);
    }

    /// A circle line one pixel wide with a rim; `dots` > 0 breaks it into that many arcs.
    pub(crate) fn ring(&mut self, (y, x): (f64, f64), radius: f64, dots: usize, colour: Rgb) {
        let Some(mut stencil) = Stencil::of(&[(y - radius, x - radius), (y + radius, x + radius)]) else {
            return;
        };
        let (middle_x, middle_y) = stencil.place((y, x));
        let middle = (middle_x.round() as i32, middle_y.round() as i32);
        draw_hollow_circle_mut(&mut stencil.ink, middle, radius.round() as i32, INK);
        if dots > 0 {
            for (column, row, sample) in stencil.ink.enumerate_pixels_mut() {
                let turns = f64::from(row as i32 - middle.1).atan2(f64::from(column as i32 - middle.0))
                    / std::f64::consts::TAU;
                if (turns * dots as f64).rem_euclid(1.0) > 0.5 {
                    *sample = Luma([0]);
                }
            }
        }
        self.print(&stencil, colour);
    }

    /// A filled rectangle.
    pub(crate) fn fill(
        &mut self,
        rows: std::ops::Range<usize>,
        columns: std::ops::Range<usize>,
        colour: Rgb,
    ) {
        if !rows.is_empty() && !columns.is_empty() {
            let corner = Rect::at(columns.start as i32, rows.start as i32);
            let rectangle = corner.of_size(columns.len() as u32, rows.len() as u32);
            draw_filled_rect_mut(&mut self.0, rectangle, Pixel(colour));
        }
    }

    /// The rim of a stencil, then its shape in `colour`.
    fn print(&mut self, stencil: &Stencil, colour: Rgb) {
        let rim = dilate(&stencil.ink, Norm::LInf, 1);
        for (ink, colour, opacity) in [(&rim, BLACK, RIM_OPACITY), (&stencil.ink, colour, 1.0)] {
            for (x, y, _) in ink.enumerate_pixels().filter(|(_, _, sample)| **sample == INK) {
                self.blend(stencil.y0 + y as isize, stencil.x0 + x as isize, colour, opacity);
            }
        }
    }
}

/// A shape in its own small image.
struct Stencil {
    ink: GrayImage,
    /// Row and column of the canvas where the stencil begins.
    y0: isize,
    x0: isize,
}

impl Stencil {
    /// An empty one that holds all `points`; none if a point is not a number or they lie too far apart.
    fn of(points: &[(f64, f64)]) -> Option<Self> {
        if points.iter().any(|(y, x)| !y.is_finite() || !x.is_finite()) {
            return None;
        }
        let bounds = |of: fn(&(f64, f64)) -> f64| {
            let values = || points.iter().map(of);
            let low = values().fold(f64::INFINITY, f64::min).floor() - MARGIN_PX;
            let high = values().fold(f64::NEG_INFINITY, f64::max).ceil() + MARGIN_PX;
            let size = high - low + 1.0;
            (size > 0.0 && size <= MAX_STENCIL_PX).then_some((low as isize, size as u32))
        };
        let ((y0, height), (x0, width)) = (bounds(|p| p.0)?, bounds(|p| p.1)?);
        Some(Self { ink: GrayImage::new(width, height), y0, x0 })
    }

    /// Column and row on the stencil of a (y, x) of the canvas.
    fn place(&self, (y, x): (f64, f64)) -> (f32, f32) {
        ((x - self.x0 as f64).round() as f32, (y - self.y0 as f64).round() as f32)
    }
}

/// A coordinate of the field on the enlarged canvas: pixel centres stay pixel centres.
pub(super) fn enlarged(px: f64, scale: usize) -> f64 {
    (px + 0.5) * scale as f64 - 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_past_every_edge_are_cut_off() {
        let mut canvas = Canvas::new(8, 8);
        canvas.ring((0.0, 0.0), 5.0, 0, [255; 3]);
        canvas.ring((-100.0, 400.0), 5.0, 3, [255; 3]);
        canvas.lines(&[((-100.0, 4.0), (100.0, 4.0))], [255; 3]);
        canvas.lines(&[((-1e9, 4.0), (1e9, 4.0))], [255; 3]);
        canvas.lines(&[((f64::NAN, 0.0), (3.0, 3.0))], [255; 3]);
        canvas.fill(6..20, 0..1, [9; 3]);
        let image = canvas.into_array();
        assert_eq!(image[(5, 0, 0)], 255);
        assert_eq!(image[(7, 4, 1)], 255);
        assert_eq!(image[(7, 0, 2)], 9);
        assert_eq!(image[(0, 0, 0)], 0, "the middle of a ring stays free");
    }
}
