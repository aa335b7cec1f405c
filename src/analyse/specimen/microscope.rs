//! What was found of the microscope and the probes, for the report.

use crate::analyse::FieldMeasurement;
use crate::analyse::calibration::Calibration;
use crate::analyse::reading::Instrument;
use crate::analyse::specimen::Specimen;
use crate::analyse::specimen::corrections::FoundCrosstalk;
use crate::analyse::specimen::loss::Loss;
use crate::calibrate::ChromaticShift;
use crate::colour::Colour;
use crate::resolve::nucleus::FusedEnds;
use crate::statistics::median;

impl Specimen<'_> {
    pub(super) fn instrument(
        &self,
        fields: &[FieldMeasurement],
        calibration: &Calibration,
        (shift, crosstalk): (Option<ChromaticShift>, &FoundCrosstalk),
        losses: &[Option<Loss>; 2],
        fused: &FusedEnds,
    ) -> Instrument {
        let middle_noise = |c: Colour| {
            let mut noise: Vec<f64> =
                fields.iter().flat_map(|f| &f.channels[c.index()].nucleus_noise).copied().collect();
            Some(median(&mut noise)).filter(|n| *n > 0.0)
        };
        Instrument {
            signal_diameter_px: self.diameters_px,
            signal_diameter_standard_error_px: calibration.diameter_errors_px,
            signal_diameter_spots: calibration.diameter_spots,
            camera_noise: calibration.camera_noise,
            pair_rule: self.rule,
            chromatic_shift: shift,
            crosstalk_red_into_green: crosstalk.crosstalk[0],
            crosstalk_green_into_red: crosstalk.crosstalk[1],
            counterstain_into_red: calibration.counterstain_bleed[0],
            counterstain_into_green: calibration.counterstain_bleed[1],
            illumination: calibration.illumination,
            signal_height: Colour::BOTH.map(|c| self.model.height(c)),
            signal_height_log_sd: Colour::BOTH.map(|c| self.model.height_log_sd(c)),
            signal_height_snr: Colour::BOTH
                .map(|c| middle_noise(c).map(|noise| self.model.height(c) / noise)),
            out_of_focus_share: self.model.out_of_focus_share(),
            signal_loss: losses.each_ref().map(|loss| loss.as_ref().map(|l| l.fit.loss)),
            missed_alone: fused
                .isolated_misses
                .map(|missed| (fused.loci > 0.0).then(|| missed / fused.loci))
                .into(),
            lone_share: Colour::BOTH.map(|c| self.model.isolated_share(c)),
        }
    }
}
