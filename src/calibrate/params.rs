//! Settings of the instrument: which properties are estimated, disabled or supplied.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::colour::{Colour, PerColour};
use crate::error::{Error, Result};
use crate::range::ParameterRange;
use crate::setting::Setting;

/// Settings of the instrument beside the width of signals and the noise of the camera, which are parameters of
/// detection ([`crate::detect::DetectParams`]).
///
/// ```
/// use breakapart::{Setting, calibrate::InstrumentParams};
/// let mut params = InstrumentParams::default();
/// params.chromatic_shift = Setting::Supplied("1.2,-0.4".parse()?);
/// params.crosstalk_green_into_red = Setting::Off;
/// params.validate()?;
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct InstrumentParams {
    /// Chromatic shift of green against red: `estimate` corrects for it if enough pairs support it, `off` does not correct, a
    /// value is corrected as supplied. Default: `estimate`.
    pub chromatic_shift: Setting<SuppliedShift>,
    /// Crosstalk of red into green: `estimate` corrects for it if isolated signals show it, `off` does not correct, a value
    /// (share of the red light) is corrected as supplied. Range [`CROSSTALK`](Self::CROSSTALK). Default: `estimate`.
    pub crosstalk_red_into_green: Setting<f64>,
    /// The same for green into red.
    pub crosstalk_green_into_red: Setting<f64>,
    /// Bleed-through of the counterstain into red: `estimate` reports it, and leaves the image as it is (signals stand out of
    /// the light around them in any case; on simulated sections with a tenth of the counterstain in it the calls are as good),
    /// `off` does not estimate it, a value (grey levels in red for a grey level of counterstain above its level between
    /// nuclei) is subtracted before signals are searched. Range [`COUNTERSTAIN`](Self::COUNTERSTAIN). Default: `estimate`.
    pub counterstain_into_red: Setting<f64>,
    /// The same for green.
    pub counterstain_into_green: Setting<f64>,
    /// Fall-off of the light over the field: `estimate` reports it and leaves the heights of signals as they are
    /// (on simulated sections that lose three quarters of the light in the corners, calls are as good without it),
    /// `off` does not estimate it, a value (shares of the light in the centre that are missing in the corners, for red
    /// and for green) corrects the heights. Range [`CORNER_LOSS`](Self::CORNER_LOSS). Default: `estimate`.
    pub illumination: Setting<PerColour<f64>>,
}

impl Default for InstrumentParams {
    fn default() -> Self {
        Self {
            chromatic_shift: Setting::Estimate,
            crosstalk_red_into_green: Setting::Estimate,
            crosstalk_green_into_red: Setting::Estimate,
            counterstain_into_red: Setting::Estimate,
            counterstain_into_green: Setting::Estimate,
            illumination: Setting::Estimate,
        }
    }
}

impl InstrumentParams {
    /// The setting for the bleed-through of the counterstain into a colour.
    pub(crate) fn counterstain_into(&self, colour: Colour) -> Setting<f64> {
        match colour {
            Colour::Red => self.counterstain_into_red,
            Colour::Green => self.counterstain_into_green,
        }
    }

    /// Range of the crosstalk of a channel.
    pub const CROSSTALK: ParameterRange = ParameterRange::new(0.0, 0.8);
    /// Range of the bleed-through of the counterstain.
    pub const COUNTERSTAIN: ParameterRange = ParameterRange::new(0.0, 1.0);
    /// Range of the share of the light that is missing in the corners.
    pub const CORNER_LOSS: ParameterRange = ParameterRange::new(-1.0, 0.9);

    /// Checks every supplied value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] with the name of the first value out of range.
    pub fn validate(&self) -> Result<()> {
        if let Setting::Supplied(shift) = self.chromatic_shift {
            shift.validate()?;
        }
        self.crosstalk_red_into_green.check("crosstalk_red_into_green", Self::CROSSTALK)?;
        self.crosstalk_green_into_red.check("crosstalk_green_into_red", Self::CROSSTALK)?;
        self.counterstain_into_red.check("counterstain_into_red", Self::COUNTERSTAIN)?;
        self.counterstain_into_green.check("counterstain_into_green", Self::COUNTERSTAIN)?;
        for colour in Colour::BOTH {
            let loss = self.illumination.map(|losses| losses[colour]);
            loss.check(&format!("illumination.{colour}"), Self::CORNER_LOSS)?;
        }
        Ok(())
    }
}

/// A displacement of green against red that the user knows: see [`crate::calibrate::ChromaticShift`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppliedShift {
    /// Rows, at the centre of the field, px. Range [`SHIFT_PX`](Self::SHIFT_PX).
    pub y_px: f64,
    /// Columns, at the centre of the field, px. Range [`SHIFT_PX`](Self::SHIFT_PX).
    pub x_px: f64,
    /// Magnification of green over the magnification of red, minus 1. Range [`FIELD_TERM`](Self::FIELD_TERM). Default 0.
    #[serde(default)]
    pub magnification: f64,
    /// Rotation of green against red, radians, from rows to columns. Range [`FIELD_TERM`](Self::FIELD_TERM). Default 0.
    #[serde(default)]
    pub rotation: f64,
}

impl SuppliedShift {
    /// Range of the shift at the centre of the field, px.
    pub const SHIFT_PX: ParameterRange = ParameterRange::new(-50.0, 50.0);
    /// Range of magnification and rotation.
    pub const FIELD_TERM: ParameterRange = ParameterRange::new(-0.03, 0.03);

    fn validate(&self) -> Result<()> {
        Self::SHIFT_PX.check("chromatic_shift.y_px", self.y_px)?;
        Self::SHIFT_PX.check("chromatic_shift.x_px", self.x_px)?;
        Self::FIELD_TERM.check("chromatic_shift.magnification", self.magnification)?;
        Self::FIELD_TERM.check("chromatic_shift.rotation", self.rotation)
    }
}

impl FromStr for SuppliedShift {
    type Err = Error;

    /// `Y,X` or `Y,X,MAGNIFICATION,ROTATION`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::parameter("chromatic shift", text, "Y,X or Y,X,MAGNIFICATION,ROTATION");
        let parts: std::result::Result<Vec<f64>, _> =
            text.split(',').map(|part| part.trim().parse()).collect();
        let shift = match parts.map_err(|_| wrong())?[..] {
            [y_px, x_px] => Self { y_px, x_px, ..Self::default() },
            [y_px, x_px, magnification, rotation] => Self { y_px, x_px, magnification, rotation },
            _ => return Err(wrong()),
        };
        shift.validate()?;
        Ok(shift)
    }
}
