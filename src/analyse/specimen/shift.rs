//! The chromatic shift of a specimen.

use super::nucleus::{NucleusRecord, field_centre_px, gather_corrected};
use crate::analyse::{AnalyseParams, FieldMeasurement};
use crate::calibrate::{ChromaticShift, chromatic_shift};
use crate::colour::Colour;
use crate::detect::DetectParams;
use crate::detect::nearest_nucleus::nearest_nucleus;
use crate::quality::ShiftEstimate;
use crate::setting::Setting;

/// The chromatic shift of a specimen.
pub(super) struct FoundShift {
    pub(super) shift: Option<ChromaticShift>,
    /// The shift that the pairs show, if another one was supplied or it is disabled.
    pub(super) contradiction: Option<ShiftEstimate>,
}

/// Estimates the shift, or takes the supplied one.
pub(super) fn estimate(nuclei: &[NucleusRecord], diameter_px: f64, params: &AnalyseParams) -> FoundShift {
    let setting = params.instrument.chromatic_shift;
    let estimate =
        chromatic_shift::estimate(&nuclei.iter().map(|n| &n.candidates).collect::<Vec<_>>(), diameter_px);
    let shift = match setting {
        Setting::Estimate => estimate,
        Setting::Off => None,
        Setting::Supplied(known) => Some(ChromaticShift::supplied(known)),
    };
    let used_px = shift.map_or([0.0, 0.0], |s| [s.y_px, s.x_px]);
    let contradiction = estimate.filter(|_| setting != Setting::Estimate);
    let contradiction =
        contradiction.map(|measured| ShiftEstimate { used_px, measured, signal_diameter_px: diameter_px });
    FoundShift { shift, contradiction }
}

/// Gives each green candidate to the nucleus in which it lies without the shift, and gathers the nuclei again, the greens
/// of each in their places without the shift.
pub(super) fn apply(
    fields: &mut [FieldMeasurement],
    shift: &ChromaticShift,
    params: &AnalyseParams,
) -> Vec<NucleusRecord> {
    for field in fields.iter_mut() {
        assign(field, shift, &params.detect);
    }
    gather_corrected(fields, Some(shift))
}

fn assign(field: &mut FieldMeasurement, shift: &ChromaticShift, params: &DetectParams) {
    let centre = field_centre_px(field);
    let labels = &field.segmentation.labels;
    let (height, width) = labels.dim();
    let channel = &mut field.channels[Colour::Green.index()];
    let grow_px = params.nucleus_margin_px(field.pixel_size, channel.sigma_px);
    for candidate in &mut channel.candidates {
        let [y, x] = shift.undo([candidate.y_px, candidate.x_px], centre).map(f64::round);
        let inside = y >= 0.0 && x >= 0.0 && y < height as f64 && x < width as f64;
        candidate.nucleus_id =
            if inside { nearest_nucleus(labels, y as usize, x as usize, grow_px) } else { 0 };
    }
}
