//! Letters, and where the text of a nucleus is written so that it hides none of its signals.

use std::collections::BTreeMap;

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use crate::analyse::FieldReading;
use crate::report::overlay::call_colour::colour_of;
use crate::report::overlay::canvas::{Canvas, Rgb, enlarged};
use crate::report::overlay::place::Place;
use crate::report::overlay::wording::lines_of;
use crate::segment::Nucleus;

/// Height of a line of text, px.
pub(crate) const TEXT_HEIGHT: usize = RasterHeight::Size16.val();
/// Rows at the top and bottom of a letter's box that capitals and digits leave empty.
const EMPTY_ROWS: f64 = 3.0;
/// Places tried are this far apart, px.
const STEP_PX: usize = 3;
/// Distance that text keeps from the mark of a signal, px.
const CLEARANCE_PX: f64 = 2.0;
/// Share of white mixed into the colour of a call, since letters are thinner than outlines.
const WHITE: f32 = 0.45;

/// Width of a text, px.
pub(crate) fn text_width(text: &str) -> usize {
    get_raster_width(FontWeight::Bold, RasterHeight::Size16) * text.chars().count()
}

/// Writes `text` with its top left corner at (y, x). Letters that the font lacks become `?`.
pub(crate) fn write(canvas: &mut Canvas, (y, x): (isize, isize), text: &str, colour: Rgb) {
    let advance = get_raster_width(FontWeight::Bold, RasterHeight::Size16);
    let raster = |c| get_raster(c, FontWeight::Bold, RasterHeight::Size16);
    for shadow in [true, false] {
        for (i, letter) in text.chars().enumerate() {
            let Some(letter) = raster(letter).or_else(|| raster('?')) else { continue };
            for (dy, row) in letter.raster().iter().enumerate() {
                for (dx, &ink) in row.iter().enumerate().filter(|(_, ink)| **ink > 0) {
                    let (y, x) = (y + dy as isize, x + (i * advance + dx) as isize);
                    let opacity = f32::from(ink) / 255.0;
                    if shadow {
                        for (sy, sx) in [(-1, 0), (1, 0), (0, -1), (0, 1), (1, 1)] {
                            canvas.blend(y + sy, x + sx, [0, 0, 0], 0.7 * opacity);
                        }
                    } else {
                        canvas.blend(y, x, colour, opacity);
                    }
                }
            }
        }
    }
}

/// Distance of the two lines of a nucleus, px: letters have no descenders here.
const LINE_PX: usize = 13;
/// Height of the two lines of a nucleus, px.
const BOX_HEIGHT: usize = TEXT_HEIGHT + LINE_PX;

/// Writes the pattern, the number and the reason of each nucleus.
pub(crate) fn texts(
    reading: &FieldReading,
    places: &BTreeMap<u32, Vec<Place>>,
    scale: usize,
    canvas: &mut Canvas,
) {
    for (nucleus, call) in reading.nuclei.iter().map(|n| (&n.nucleus, &n.call)) {
        let lines = lines_of(call);
        let width = lines.iter().map(|line| text_width(line)).max().unwrap_or(0);
        let here = places.get(&nucleus.id).map_or(&[][..], Vec::as_slice);
        let (top, left) = best_place(reading, nucleus, here, width, scale);
        // Nuclei that the edge cuts are named on the picture as well.
        let within =
            |at: isize, length: usize, size: usize| at.clamp(0, size.saturating_sub(length) as isize);
        let top = within(top, BOX_HEIGHT, reading.height_px * scale);
        let left = within(left, width, reading.width_px * scale);
        let colour = colour_of(call).map(|c| (f32::from(c) + (255.0 - f32::from(c)) * WHITE) as u8);
        for (i, line) in lines.iter().enumerate() {
            let indent = width.saturating_sub(text_width(line)) / 2;
            write(canvas, (top + (i * LINE_PX) as isize, left + indent as isize), line, colour);
        }
    }
}

/// The top left corner for a text in a nucleus: clear of signals first, inside the nucleus next, and then as
/// near the middle as it can be.
fn best_place(
    reading: &FieldReading,
    nucleus: &Nucleus,
    here: &[Place],
    width: usize,
    scale: usize,
) -> (isize, isize) {
    let middle = (enlarged(nucleus.centroid_y_px, scale), enlarged(nucleus.centroid_x_px, scale));
    let (half_height, half_width) = (BOX_HEIGHT as f64 / 2.0, width as f64 / 2.0);
    let inside = |y: f64, x: f64| {
        let (y, x) = (y / scale as f64, x / scale as f64);
        y >= 0.0 && x >= 0.0 && reading.labels.get(y as usize, x as usize) == Some(nucleus.id)
    };
    let cost = |y: f64, x: f64| {
        let (top, bottom) = (y - half_height + EMPTY_ROWS, y + half_height - EMPTY_ROWS);
        let hidden = here.iter().filter(|s| {
            let dy = (top - s.y).max(s.y - bottom).max(0.0);
            let dx = (x - half_width - s.x).max(s.x - x - half_width).max(0.0);
            dy.hypot(dx) < s.reach + CLEARANCE_PX
        });
        let corners = [(top, -1.0), (top, 1.0), (bottom, -1.0), (bottom, 1.0)];
        let outside = corners.iter().filter(|(cy, side)| !inside(*cy, x + side * half_width)).count();
        (hidden.count(), outside, (y - middle.0).hypot(x - middle.1))
    };
    let bounds = nucleus.bounding_box;
    let mut best = (cost(middle.0, middle.1), middle);
    for y in (bounds.y0 * scale..bounds.y1 * scale).step_by(STEP_PX) {
        for x in (bounds.x0 * scale..bounds.x1 * scale).step_by(STEP_PX) {
            let place = (y as f64, x as f64);
            let cost = cost(place.0, place.1);
            if cost < best.0 {
                best = (cost, place);
            }
        }
    }
    let (y, x) = best.1;
    ((y - half_height).round() as isize, (x - half_width).round() as isize)
}
