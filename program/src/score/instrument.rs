//! Options on the microscope: which properties are estimated, switched off or supplied.

use std::str::FromStr;

use breakapart::analyse::AnalyseParams;
use breakapart::calibrate::SuppliedShift;
use breakapart::detect::CameraNoise;
use breakapart::{PerColour, Setting};
use clap::Args;
use serde::Serialize;

/// Each is estimated unless it is supplied here or in the parameter file.
#[derive(Args, Serialize)]
#[command(next_help_heading = "Microscope: estimated from the specimen unless switched off or supplied")]
pub(crate) struct InstrumentOptions {
    /// Full width at half maximum of red and green signals, px; `off`: the nominal one
    #[arg(long, value_name = "estimate|off|RED,GREEN", allow_hyphen_values = true)]
    signal_diameter: Option<Setting<Pair>>,
    /// Noise of the camera: grey levels per photoelectron, level in the dark and its standard deviation; `off`: one
    /// noise for all levels of an image
    #[arg(long, value_name = "estimate|off|GAIN,LEVEL,SD", allow_hyphen_values = true)]
    camera_noise: Option<Setting<CameraNoise>>,
    /// Displacement of green against red, px; magnification less 1 and rotation in radians may follow
    #[arg(long, value_name = "estimate|off|Y,X", allow_hyphen_values = true)]
    chromatic_shift: Option<Setting<SuppliedShift>>,
    /// Share of red light seen in green, and of green light seen in red
    #[arg(long, value_name = "estimate|off|RED,GREEN", allow_hyphen_values = true)]
    crosstalk: Option<Setting<Pair>>,
    /// Share of the counterstain seen in red and in green; an estimate is only reported, a value is subtracted
    #[arg(long, value_name = "estimate|off|RED,GREEN", allow_hyphen_values = true)]
    counterstain_bleed: Option<Setting<Pair>>,
    /// Share of the light missing in the corners of the field in red and in green; an estimate is only reported, a
    /// value is corrected
    #[arg(long, value_name = "estimate|off|RED,GREEN", allow_hyphen_values = true)]
    illumination: Option<Setting<Pair>>,
}

impl InstrumentOptions {
    /// Puts the settings that were supplied in place of those of `params`.
    pub(crate) fn apply(&self, params: &mut AnalyseParams) {
        let (detect, instrument) = (&mut params.detect, &mut params.instrument);
        if let Some(diameters) = self.signal_diameter {
            detect.signal_diameter_px = both(diameters).into();
        }
        if let Some(noise) = self.camera_noise {
            detect.camera_noise = PerColour::both(noise);
        }
        if let Some(shift) = self.chromatic_shift {
            instrument.chromatic_shift = shift;
        }
        if let Some(crosstalk) = self.crosstalk {
            [instrument.crosstalk_red_into_green, instrument.crosstalk_green_into_red] = both(crosstalk);
        }
        if let Some(bleed) = self.counterstain_bleed {
            [instrument.counterstain_into_red, instrument.counterstain_into_green] = both(bleed);
        }
        if let Some(illumination) = self.illumination {
            instrument.illumination = illumination.map(|pair| pair.0.into());
        }
    }
}

/// A value for red and one for green.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
struct Pair([f64; 2]);

impl FromStr for Pair {
    type Err = anyhow::Error;

    /// `RED,GREEN`.
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let parts: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
        match parts.as_deref() {
            Some(&[red, green]) => Ok(Self([red, green])),
            _ => anyhow::bail!("allowed are `estimate`, `off`, or two numbers as in `0.1,0.05`"),
        }
    }
}

/// The setting of red and that of green.
fn both(setting: Setting<Pair>) -> [Setting<f64>; 2] {
    [setting.map(|pair| pair.0[0]), setting.map(|pair| pair.0[1])]
}
