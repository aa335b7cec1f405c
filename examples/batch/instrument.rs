//! Options on the microscope: what is estimated of it, what is left out, and what is known.

use std::str::FromStr;

use breakapart::analyse::AnalyseParams;
use breakapart::calibrate::SuppliedShift;
use breakapart::detect::CameraNoise;
use breakapart::{PerColour, Setting};
use clap::Args;
use serde::Serialize;

/// Each is `estimate` unless it is given.
#[derive(Args, Serialize)]
#[command(next_help_heading = "Microscope: estimated from the specimen unless switched off or fixed")]
pub(crate) struct InstrumentOptions {
    /// Full width at half maximum of red and green signals, px; `off`: the nominal one
    #[arg(
        long,
        value_name = "estimate|off|RED,GREEN",
        default_value = "estimate",
        allow_hyphen_values = true
    )]
    signal_diameter: Setting<Pair>,
    /// Noise of the camera: grey levels for a photoelectron, and level and standard deviation in the dark; `off`:
    /// one noise for all levels of an image
    #[arg(
        long,
        value_name = "estimate|off|GAIN,LEVEL,SD",
        default_value = "estimate",
        allow_hyphen_values = true
    )]
    camera_noise: Setting<CameraNoise>,
    /// Displacement of green against red, px; magnification less 1 and rotation in radians may follow
    #[arg(long, value_name = "estimate|off|Y,X", default_value = "estimate", allow_hyphen_values = true)]
    chromatic_shift: Setting<SuppliedShift>,
    /// Share of red light seen in green, and of green light seen in red
    #[arg(
        long,
        value_name = "estimate|off|RED,GREEN",
        default_value = "estimate",
        allow_hyphen_values = true
    )]
    crosstalk: Setting<Pair>,
    /// Share of the counterstain seen in red and in green; estimated it is only told, fixed it is taken off
    #[arg(
        long,
        value_name = "estimate|off|RED,GREEN",
        default_value = "estimate",
        allow_hyphen_values = true
    )]
    counterstain_bleed: Setting<Pair>,
    /// Share of the light missing in the corners of the field in red and in green; estimated it is only told, fixed
    /// it is made up for
    #[arg(
        long,
        value_name = "estimate|off|RED,GREEN",
        default_value = "estimate",
        allow_hyphen_values = true
    )]
    illumination: Setting<Pair>,
}

impl InstrumentOptions {
    /// Parameters of all steps with these settings. A value out of its range is wrong usage.
    pub(crate) fn params(&self) -> breakapart::Result<AnalyseParams> {
        let mut params = AnalyseParams::default();
        params.detect.signal_diameter_px = both(self.signal_diameter).into();
        params.detect.camera_noise = PerColour::both(self.camera_noise);
        let instrument = &mut params.instrument;
        instrument.chromatic_shift = self.chromatic_shift;
        [instrument.crosstalk_red_into_green, instrument.crosstalk_green_into_red] = both(self.crosstalk);
        [instrument.counterstain_into_red, instrument.counterstain_into_green] =
            both(self.counterstain_bleed);
        instrument.illumination = self.illumination.map(|pair| pair.0.into());
        params.detect.validate()?;
        params.instrument.validate()?;
        Ok(params)
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
