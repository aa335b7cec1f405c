//! Properties of the microscope and the probes, for the reading.

use crate::analyse::FieldMeasurement;
use crate::analyse::specimen::calibration::Calibration;
use crate::analyse::specimen::crosstalk::CrosstalkEstimate;
use crate::analyse::specimen::loss::Loss;
use crate::analyse::specimen::state::Specimen;
use crate::calibrate::ChromaticShift;
use crate::colour::{Colour, PerColour};
use crate::pair::PairRule;
use crate::reading::Instrument;
use crate::resolve::model::SpecimenModel;
use crate::resolve::nucleus::FusedEnds;
use crate::statistics::median;

/// The estimates of which the instrument is made.
pub(super) struct Found<'a> {
    pub(super) calibration: &'a Calibration,
    pub(super) shift: Option<ChromaticShift>,
    pub(super) crosstalk: &'a CrosstalkEstimate,
    pub(super) losses: &'a [Option<Loss>; 2],
    pub(super) fused: &'a FusedEnds,
    pub(super) rule: PairRule,
}

/// The instrument.
pub(super) fn instrument(
    specimen: &Specimen<'_>,
    fields: &[FieldMeasurement],
    model: &SpecimenModel,
    found: &Found<'_>,
) -> Instrument {
    let Found { calibration, fused, .. } = found;
    let median_noise = |c: Colour| {
        let mut noise: Vec<f64> =
            fields.iter().flat_map(|f| &f.channels[c.index()].nucleus_noise).copied().collect();
        Some(median(&mut noise)).filter(|n| *n > 0.0)
    };
    Instrument {
        signal_diameter_px: specimen.diameters_px.into(),
        signal_diameter_standard_error_px: calibration.diameter_errors_px.into(),
        signal_diameter_spots: calibration.diameter_spots.into(),
        camera_noise: calibration.camera_noise.into(),
        pair_rule: found.rule,
        chromatic_shift: found.shift,
        crosstalk_from: found.crosstalk.crosstalk.into(),
        counterstain_into: calibration.counterstain_bleed.into(),
        illumination: calibration.illumination.into(),
        signal_height: PerColour::from_fn(|c| model.height(c)),
        signal_height_log_sd: PerColour::from_fn(|c| model.height_log_sd(c)),
        signal_height_snr: PerColour::from_fn(|c| median_noise(c).map(|noise| model.height(c) / noise)),
        out_of_focus_share: model.out_of_focus_share(),
        signal_loss: found.losses.each_ref().map(|loss| loss.as_ref().map(|l| l.fit.loss)).into(),
        isolated_miss_rate: fused
            .isolated_misses
            .map(|missed| (fused.loci > 0.0).then(|| missed / fused.loci)),
        isolated_share: PerColour::from_fn(|c| model.isolated_share(c)),
    }
}
