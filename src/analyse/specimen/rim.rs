//! Loci at the rim of nuclei.
//!
//! The rim of a nucleus is dim, and its outline may run through a locus or inside it. A red and a green at one place are a
//! locus, and a locus lies in a nucleus: both ends are given to the same one, and to the nearest one if both lie outside.

use super::nucleus::NucleusRecord;
use super::placed::{PlacedCandidates, SAME_PLACE_DIAMETERS, locus_heights};
use crate::analyse::{AnalyseParams, FieldMeasurement};
use crate::calibrate::ChromaticShift;
use crate::colour::{Colour, PerColour};
use crate::detect::nearest_nucleus::nearest_nucleus;

/// Distance from the outline up to which a locus belongs to a nucleus, in margins for single signals.
const RIM_MARGINS: f64 = 2.0;

/// Gives the ends of loci at the rim of a nucleus to it. Returns whether any end was given to another nucleus or to one at all.
pub(super) fn assign(
    fields: &mut [FieldMeasurement],
    nuclei: &[NucleusRecord],
    shift: Option<&ChromaticShift>,
    diameter_px: f64,
    params: &AnalyseParams,
) -> bool {
    let least = locus_heights(nuclei);
    let mut any = false;
    for field in fields {
        let moved = moved(field, shift, least, diameter_px, params);
        any |= !moved.is_empty();
        for Moved { red, green, nucleus_id } in moved {
            field.channels[Colour::Red.index()].candidates[red].nucleus_id = nucleus_id;
            field.channels[Colour::Green.index()].candidates[green].nucleus_id = nucleus_id;
        }
    }
    any
}

/// A locus whose ends are given to a nucleus: their places among the candidates of the field.
struct Moved {
    red: usize,
    green: usize,
    nucleus_id: u32,
}

fn moved(
    field: &FieldMeasurement,
    shift: Option<&ChromaticShift>,
    least: PerColour<f64>,
    diameter_px: f64,
    params: &AnalyseParams,
) -> Vec<Moved> {
    let bright = PerColour::from_fn(|colour| {
        PlacedCandidates::of(field, colour, shift, |c| c.amplitude >= least[colour])
    });
    let reach_px = SAME_PLACE_DIAMETERS * diameter_px;
    let margin_px = params.detect.nucleus_margin_px(field.pixel_size, field.channels[0].sigma_px);
    let mut moved = Vec::new();
    for red in bright.red.iter() {
        let Some(green) = bright.green.nearest(red, reach_px) else { continue };
        let ids = [red, green].map(|end| end.candidate.nucleus_id);
        let has_both = ids.iter().all(|id| *id > 0);
        if has_both || bright.red.nearest(green, reach_px).is_none_or(|back| back.index != red.index) {
            continue;
        }
        // The nucleus of the end that has one, or else the nearest one.
        let own = ids.into_iter().find(|id| *id > 0);
        let nucleus_id = own.unwrap_or_else(|| nearest(field, red.place, RIM_MARGINS * margin_px));
        if nucleus_id > 0 {
            moved.push(Moved { red: red.index, green: green.index, nucleus_id });
        }
    }
    moved
}

/// The nearest nucleus to a place at most `reach_px` away; 0 if there is none.
fn nearest(field: &FieldMeasurement, place: [f64; 2], reach_px: f64) -> u32 {
    let labels = &field.segmentation.labels;
    let (height, width) = labels.dim();
    let [y, x] = place.map(|px| px.round().max(0.0) as usize);
    if y < height && x < width { nearest_nucleus(labels, y, x, reach_px) } else { 0 }
}
