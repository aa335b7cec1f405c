//! What is estimated of the instrument, what is left out, and what is known.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::error::{Error, Result};
use crate::setting::Setting;

/// What is estimated of the instrument beside the width of signals and the noise of the camera, which are parameters of
/// detection ([`crate::detect::DetectParams`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct InstrumentParams {
    /// Chromatic shift of green against red: `estimate` takes it off where enough pairs support it, `off` takes none
    /// off, a value is taken off as it is. Default: `estimate`.
    pub chromatic_shift: Setting<SuppliedShift>,
    /// Crosstalk of red into green: `estimate` takes it off where lone signals show it, `off` takes none off, a value
    /// (share of the red light, 0 to 0.8) is taken off as it is. Default: `estimate`.
    pub crosstalk_red_into_green: Setting<f64>,
    /// The same of green into red.
    pub crosstalk_green_into_red: Setting<f64>,
    /// Light of the counterstain in red: `estimate` tells it, and leaves the image as it is (signals stand out of the
    /// light around them in any case; on simulated sections with a tenth of the counterstain in it the calls are as good),
    /// `off` does not look for it, a value (grey levels in red for a grey level of counterstain above what lies between
    /// nuclei, 0 to 1) is taken off before signals are looked for. Default: `estimate`.
    pub counterstain_into_red: Setting<f64>,
    /// The same in green.
    pub counterstain_into_green: Setting<f64>,
    /// How the light falls off over the field: `estimate` reports it and leaves the heights of signals as they are
    /// (on simulated sections that lose three quarters of the light in the corners, calls are as good without it),
    /// `off` does not look for it, a value (shares of the light in the middle that are missing in the corners, for red
    /// and for green, -1 to 0.9 each) evens the heights out by it. Default: `estimate`.
    pub illumination: Setting<[f64; 2]>,
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
    /// The setting for the counterstain's light in a colour.
    pub(crate) fn counterstain_into(&self, colour: Colour) -> Setting<f64> {
        match colour {
            Colour::Red => self.counterstain_into_red,
            Colour::Green => self.counterstain_into_green,
        }
    }

    /// Checks every fixed value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        if let Setting::Supplied(shift) = self.chromatic_shift {
            shift.validate()?;
        }
        self.crosstalk_red_into_green.check("crosstalk_red_into_green", [0.0, 0.8])?;
        self.crosstalk_green_into_red.check("crosstalk_green_into_red", [0.0, 0.8])?;
        self.counterstain_into_red.check("counterstain_into_red", [0.0, 1.0])?;
        self.counterstain_into_green.check("counterstain_into_green", [0.0, 1.0])?;
        for (i, name) in ["illumination[red]", "illumination[green]"].into_iter().enumerate() {
            self.illumination.map(|losses| losses[i]).check(name, [-1.0, 0.9])?;
        }
        Ok(())
    }
}

/// A known displacement of green against red: as in [`crate::calibrate::ChromaticShift`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppliedShift {
    /// Rows, at the centre of the field, px. Range -50 to 50.
    pub y_px: f64,
    /// Columns, at the centre of the field, px. Range -50 to 50.
    pub x_px: f64,
    /// Magnification of green over that of red, less 1. Range -0.03 to 0.03. Default 0.
    #[serde(default)]
    pub magnification: f64,
    /// Rotation of green against red, radians, from rows to columns. Range -0.03 to 0.03. Default 0.
    #[serde(default)]
    pub rotation: f64,
}

impl SuppliedShift {
    fn validate(&self) -> Result<()> {
        let check = |name: &str, value: f64, most: f64| {
            if value.abs() <= most {
                Ok(())
            } else {
                Err(Error::parameter(format!("chromatic_shift.{name}"), value, format!("-{most} to {most}")))
            }
        };
        check("y_px", self.y_px, 50.0)?;
        check("x_px", self.x_px, 50.0)?;
        check("magnification", self.magnification, 0.03)?;
        check("rotation", self.rotation, 0.03)
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
