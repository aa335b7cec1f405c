//! Properties of the microscope and the probes.

use serde::{Deserialize, Serialize};

use crate::calibrate::{BleedThrough, CameraEstimate, ChromaticShift, Crosstalk, Illumination};
use crate::colour::{PerChannel, PerColour};
use crate::pair::PairRule;
use crate::resolve::SignalLoss;

/// Properties of the microscope and the probes, estimated from the specimen or supplied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Instrument {
    /// Signal diameter (full width at half maximum), px.
    pub signal_diameter_px: PerColour<f64>,
    /// Standard error of the signal diameter, px; `None` = supplied, nominal, or from too few signals.
    pub signal_diameter_standard_error_px: PerColour<Option<f64>>,
    /// Signals on which the diameter was measured; 0 = supplied or nominal.
    pub signal_diameter_spots: PerColour<usize>,
    /// Noise of the camera.
    pub camera_noise: PerColour<CameraEstimate>,
    /// The distances of the pairing rule, px.
    pub pair_rule: PairRule,
    /// Chromatic shift of green against red, and whether it was corrected; `None` = disabled, or too few pairs support it.
    pub chromatic_shift: Option<ChromaticShift>,
    /// Crosstalk of each colour into the other that was corrected; `None` = not found.
    pub crosstalk_from: PerColour<Option<Crosstalk>>,
    /// Bleed-through of the counterstain; `None` = disabled, too few nuclei, or none that is the same within and between
    /// nuclei.
    pub counterstain_into: PerColour<Option<BleedThrough>>,
    /// Fall-off of the light over the field; `None` = disabled, or too few nuclei.
    pub illumination: PerChannel<Option<Illumination>>,
    /// Typical signal height, grey levels.
    pub signal_height: PerColour<f64>,
    /// Standard deviation of the logarithm of the signal height.
    pub signal_height_log_sd: PerColour<f64>,
    /// Typical signal height over the noise of the median nucleus: under about 5, signals are missed.
    pub signal_height_snr: PerColour<Option<f64>>,
    /// Share of the detected signals that are out of focus (at least 1.3 times as wide as the others), 0 to 1; a share below
    /// 0.1 is reported as 0.
    pub out_of_focus_share: f64,
    /// Share of the signals below detection; `None` = too few signals to estimate it.
    pub signal_loss: PerColour<Option<SignalLoss>>,
    /// Share of the ends of intact loci that would not have been detected without their partner, 0 to 1: the rate at which
    /// isolated ends are missed. `None` = no intact locus.
    pub isolated_miss_rate: PerColour<Option<f64>>,
    /// Share of the signals without a partner in their nucleus, 0 to 1.
    pub isolated_share: PerColour<f64>,
}
