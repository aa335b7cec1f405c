//! Outlines of nuclei, in the colour and line style of their call.

use std::collections::BTreeMap;

use image::{GrayImage, Luma};
use imageproc::distance_transform::Norm;
use imageproc::morphology::erode;

use crate::analyse::FieldReading;
use crate::label_image::LabelImage;
use crate::report::overlay::call_colour::colour_of;
use crate::report::overlay::canvas::{Canvas, Rgb};
use crate::report::overlay::place::Place;
use crate::segment::Nucleus;

/// Length of a dash and of a gap, px.
pub(crate) const DASH_PX: usize = 4;
/// Opacity of outlines.
const OPACITY: f32 = 0.9;
/// A sample of a silhouette inside the nucleus.
const NUCLEUS: Luma<u8> = Luma([255]);

/// How a nucleus is outlined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) colour: Rgb,
    /// Line width, px.
    pub(crate) width: usize,
    pub(crate) dashed: bool,
}

/// The style of a call.
pub(crate) fn style_of(call: &crate::classify::NucleusCall) -> Style {
    let width = if call.evaluable() && call.rearranged { 3 } else { 1 };
    Style { colour: colour_of(call), width, dashed: !call.evaluable() }
}

/// Draws the outline of every nucleus on its own outermost pixels, with a gap where one of its signals lies.
pub(crate) fn outlines(
    reading: &FieldReading,
    places: &BTreeMap<u32, Vec<Place>>,
    scale: usize,
    canvas: &mut Canvas,
) {
    let styles: BTreeMap<u32, Style> = reading.calls().map(|c| (c.nucleus_id, style_of(c))).collect();
    for nucleus in reading.nuclei.iter().map(|n| &n.nucleus) {
        let Some(style) = styles.get(&nucleus.id) else { continue };
        let here = places.get(&nucleus.id).map_or(&[][..], Vec::as_slice);
        let free = |y: f64, x: f64| here.iter().all(|s| (y - s.y).hypot(x - s.x) > s.reach);
        let (silhouette, (y0, x0)) = silhouette(&reading.labels, nucleus, scale, style.width);
        let inside = erode(&silhouette, Norm::L1, style.width as u8);
        for (column, row, sample) in silhouette.enumerate_pixels() {
            let (y, x) = (y0 + row as usize, x0 + column as usize);
            let outermost = *sample == NUCLEUS && *inside.get_pixel(column, row) != NUCLEUS;
            let drawn = !style.dashed || ((y + x) / DASH_PX).is_multiple_of(2);
            if outermost && drawn && free(y as f64, x as f64) {
                canvas.blend(y as isize, x as isize, style.colour, OPACITY);
            }
        }
    }
}

/// The pixels of a nucleus on the enlarged canvas, with `margin` px around them unless the field ends there, and the
/// row and column at which that image begins.
fn silhouette(
    labels: &LabelImage,
    nucleus: &Nucleus,
    scale: usize,
    margin: usize,
) -> (GrayImage, (usize, usize)) {
    let (height, width) = labels.dim();
    let bounds = nucleus.bounding_box;
    let span = |from: usize, to: usize, size: usize| {
        let end = (to.min(size) * scale + margin).min(size * scale);
        let start = (from * scale).saturating_sub(margin);
        (start, end.saturating_sub(start) as u32)
    };
    let ((y0, rows), (x0, columns)) = (span(bounds.y0, bounds.y1, height), span(bounds.x0, bounds.x1, width));
    let image = GrayImage::from_fn(columns, rows, |x, y| {
        let label = labels.get((y0 + y as usize) / scale, (x0 + x as usize) / scale);
        if label == Some(nucleus.id) { NUCLEUS } else { Luma([0]) }
    });
    (image, (y0, x0))
}
