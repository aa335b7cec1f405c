//! Outlines of nuclei, in the colour and line style of their call.

use std::collections::BTreeMap;

use crate::analyse::FieldReading;
use crate::report::overlay::canvas::{Canvas, Rgb};
use crate::report::overlay::{Place, colour_of};

/// Length of a dash and of a gap, px.
pub(crate) const DASH_PX: usize = 4;

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
    let labels = &reading.labels;
    let (height, width) = labels.dim();
    let label = |y: isize, x: isize| {
        let at = |v: isize, n: usize| (v.div_euclid(scale as isize)).clamp(0, n as isize - 1) as usize;
        labels.get((at(y, height), at(x, width))).copied().unwrap_or(0)
    };
    for nucleus in reading.nuclei.iter().map(|n| &n.nucleus) {
        let Some(style) = styles.get(&nucleus.id) else { continue };
        let here = places.get(&nucleus.id).map_or(&[][..], Vec::as_slice);
        let free = |y: f64, x: f64| here.iter().all(|s| (y - s.y).hypot(x - s.x) > s.reach);
        let bounds = nucleus.bounding_box;
        let reach = style.width as isize;
        for y in (bounds.y0.min(height) * scale)..(bounds.y1.min(height) * scale) {
            for x in (bounds.x0.min(width) * scale)..(bounds.x1.min(width) * scale) {
                let (cy, cx) = (y as isize, x as isize);
                if label(cy, cx) != nucleus.id || (style.dashed && (y + x) / DASH_PX % 2 == 1) {
                    continue;
                }
                let near_edge = (-reach..=reach).any(|dy| {
                    let dx = reach - dy.abs();
                    label(cy + dy, cx - dx) != nucleus.id || label(cy + dy, cx + dx) != nucleus.id
                });
                if near_edge && free(y as f64, x as f64) {
                    canvas.blend(cy, cx, style.colour, 0.9);
                }
            }
        }
    }
}
