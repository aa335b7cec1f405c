//! Figures of a result that are followed over runs.

use serde::{Deserialize, Serialize};

use crate::analyse::SpecimenReading;
use crate::colour::PerColour;

/// Figures of a result that tell whether probes, microscope and controls stay as they were. Lengths are `None` where the
/// size of a pixel is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ResultFigures {
    /// Typical signal height over the noise of the median nucleus.
    pub signal_height_snr: PerColour<Option<f64>>,
    /// Signal diameter (full width at half maximum), um.
    pub signal_diameter_um: PerColour<Option<f64>>,
    /// Chromatic shift of green against red, um; `None` also where it was not measured.
    pub shift_um: Option<f64>,
    /// Rearranged nuclei, percent of the nuclei counted.
    pub percent_rearranged: Option<f64>,
}

impl From<&SpecimenReading> for ResultFigures {
    fn from(reading: &SpecimenReading) -> Self {
        let instrument = &reading.instrument;
        let pixel = reading.fields.iter().find_map(|field| field.pixel_size);
        let um = |px: f64| pixel.map(|pixel| pixel.px_to_um(px)).filter(|um| um.is_finite());
        Self {
            signal_height_snr: instrument.signal_height_snr,
            signal_diameter_um: instrument.signal_diameter_px.map(um),
            shift_um: instrument.chromatic_shift.and_then(|shift| um(shift.y_px.hypot(shift.x_px))),
            percent_rearranged: reading.summary.percent_rearranged,
        }
    }
}
