//! Parameters of signal detection.

use serde::{Deserialize, Serialize};

use crate::colour::{Colour, PerColour};
use crate::detect::camera_noise::CameraNoise;
use crate::error::Result;
use crate::range::ParameterRange;
use crate::setting::Setting;
use crate::units::PixelSize;

/// Smallest sigma of a spot that sampling allows, px.
pub(super) const MIN_SIGMA_PX: f64 = 0.7;
/// Largest expected sigma of a signal, px.
const MAX_NOMINAL_SIGMA_PX: f64 = 20.0;
/// Sigma of a signal that is expected if no pixel size is known, px.
const NOMINAL_SIGMA_PX: f64 = 1.5;

/// Parameters of signal detection. None is a grey level: thresholds are in units of noise that is measured
/// in each image.
///
/// ```
/// use breakapart::{PerColour, Setting, detect::DetectParams};
/// let mut params = DetectParams::default();
/// // The point spread of both channels is known: 3.4 px.
/// params.signal_diameter_px = PerColour::both(Setting::Supplied(3.4));
/// params.validate()?;
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DetectParams {
    /// Full width at half maximum of signals, px: `estimate` measures it on the signals of each image, `off` takes the nominal
    /// one, a value is used as supplied (`report.json` has the measured one as `signal_diameter_px`). Range
    /// [`SIGNAL_DIAMETER_PX`](Self::SIGNAL_DIAMETER_PX). Default: `estimate` for both.
    pub signal_diameter_px: PerColour<Setting<f64>>,
    /// Noise of the camera: `estimate` measures it on each image, as a straight line of the level; `off` takes one noise for all
    /// levels, the median of the image; a value is used as supplied, but for planes from which the counterstain is subtracted,
    /// which have another noise. Default: `estimate` for both.
    pub camera_noise: PerColour<Setting<CameraNoise>>,
    /// Height over camera noise from which a maximum is a candidate, in standard deviations. Permissive: the
    /// decision comes later, with texture, width and partner. Range [`CANDIDATE_SNR`](Self::CANDIDATE_SNR). Default 4: of 10^6
    /// independent maxima of pure noise 32 pass.
    pub candidate_snr: f64,
    /// Distance outside the outline of a nucleus up to which a signal belongs to it, um (the rim of a nucleus is dim).
    /// Range [`NUCLEUS_MARGIN_UM`](Self::NUCLEUS_MARGIN_UM). Default 0.3.
    pub nucleus_margin_um: f64,
    /// Sigma of a signal that is expected before it is measured, um. Range
    /// [`NOMINAL_SIGMA_UM`](Self::NOMINAL_SIGMA_UM). Default 0.2: the diffraction limit of a 1.3 to 1.4 NA objective (0.09 um)
    /// widened by a probe of 250 to 300 kb.
    pub nominal_sigma_um: f64,
}

impl Default for DetectParams {
    fn default() -> Self {
        Self {
            signal_diameter_px: PerColour::both(Setting::Estimate),
            camera_noise: PerColour::both(Setting::Estimate),
            candidate_snr: 4.0,
            nucleus_margin_um: 0.3,
            nominal_sigma_um: 0.2,
        }
    }
}

impl DetectParams {
    /// Range of [`signal_diameter_px`](Self::signal_diameter_px).
    pub const SIGNAL_DIAMETER_PX: ParameterRange = ParameterRange::new(1.2, 47.0);
    /// Range of [`candidate_snr`](Self::candidate_snr).
    pub const CANDIDATE_SNR: ParameterRange = ParameterRange::new(2.0, 10.0);
    /// Range of [`nucleus_margin_um`](Self::nucleus_margin_um).
    pub const NUCLEUS_MARGIN_UM: ParameterRange = ParameterRange::new(0.0, 2.0);
    /// Range of [`nominal_sigma_um`](Self::nominal_sigma_um).
    pub const NOMINAL_SIGMA_UM: ParameterRange = ParameterRange::new(0.05, 1.0);

    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] with the name of the first value out of range.
    pub fn validate(&self) -> Result<()> {
        for colour in Colour::BOTH {
            self.signal_diameter_px[colour]
                .check(&format!("signal_diameter_px.{colour}"), Self::SIGNAL_DIAMETER_PX)?;
            if let Some(noise) = self.camera_noise[colour].supplied() {
                noise.validate(&format!("camera_noise.{colour}"))?;
            }
        }
        Self::CANDIDATE_SNR.check("candidate_snr", self.candidate_snr)?;
        Self::NUCLEUS_MARGIN_UM.check("nucleus_margin_um", self.nucleus_margin_um)?;
        Self::NOMINAL_SIGMA_UM.check("nominal_sigma_um", self.nominal_sigma_um)
    }

    /// Expected sigma in pixels.
    pub(crate) fn nominal_sigma_px(&self, pixel_size: Option<PixelSize>) -> f64 {
        let px = pixel_size.map_or(NOMINAL_SIGMA_PX, |p| p.um_to_px(self.nominal_sigma_um));
        px.clamp(MIN_SIGMA_PX, MAX_NOMINAL_SIGMA_PX)
    }

    /// The margin around nuclei in pixels; without a pixel size, in proportion to the signal width.
    pub(crate) fn nucleus_margin_px(&self, pixel_size: Option<PixelSize>, sigma_px: f64) -> f64 {
        pixel_size.map_or(sigma_px * self.nucleus_margin_um / self.nominal_sigma_um, |p| {
            p.um_to_px(self.nucleus_margin_um)
        })
    }
}
