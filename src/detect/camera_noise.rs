//! Noise of a camera that the user knows.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::kernel::camera_noise::Noise;
use crate::range::ParameterRange;

/// Noise of a camera: `dark_sd^2 + gain * (level - dark_level)` is the variance of a sample at a level.
///
/// A photon transfer curve gives it (Janesick 2007, Photon Transfer, SPIE Press, chapter 5), or the camera's data
/// sheet: `gain` is one over the photoelectrons in a grey level, `dark_sd` the read noise in electrons times it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraNoise {
    /// Grey levels for a photoelectron. Range [`GAIN`](Self::GAIN).
    pub gain: f64,
    /// Grey level without light. Range [`DARK_LEVEL`](Self::DARK_LEVEL).
    pub dark_level: f64,
    /// Standard deviation of a sample there (read noise), grey levels. Range [`DARK_SD`](Self::DARK_SD).
    pub dark_sd: f64,
}

impl CameraNoise {
    /// Range of [`gain`](Self::gain).
    pub const GAIN: ParameterRange = ParameterRange::new(0.0, 1000.0);
    /// Range of [`dark_level`](Self::dark_level).
    pub const DARK_LEVEL: ParameterRange = ParameterRange::new(-1e6, 1e6);
    /// Range of [`dark_sd`](Self::dark_sd).
    pub const DARK_SD: ParameterRange = ParameterRange::new(1e-6, 1e6);

    pub(crate) fn validate(&self, name: &str) -> Result<()> {
        Self::GAIN.check(&format!("{name}.gain"), self.gain)?;
        Self::DARK_LEVEL.check(&format!("{name}.dark_level"), self.dark_level)?;
        Self::DARK_SD.check(&format!("{name}.dark_sd"), self.dark_sd)
    }

    pub(crate) fn noise(&self) -> Noise {
        let dark_variance = self.dark_sd * self.dark_sd;
        Noise { gain: self.gain, offset: dark_variance - self.gain * self.dark_level, floor: dark_variance }
    }
}

impl FromStr for CameraNoise {
    type Err = Error;

    /// `GAIN,DARK_LEVEL,DARK_SD`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::parameter("camera noise", text, "GAIN,DARK_LEVEL,DARK_SD");
        let parts: Vec<f64> = text
            .split(',')
            .map(|part| part.trim().parse())
            .collect::<std::result::Result<_, _>>()
            .map_err(|_| wrong())?;
        let [gain, dark_level, dark_sd] = parts[..] else { return Err(wrong()) };
        let noise = Self { gain, dark_level, dark_sd };
        noise.validate("camera noise")?;
        Ok(noise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_is_that_of_read_out_in_the_dark_and_of_photons_above() {
        let camera: CameraNoise = "2, 100, 3".parse().unwrap();
        let noise = camera.noise();
        assert_eq!(noise.variance(100.0), 9.0);
        assert_eq!(noise.variance(90.0), 9.0);
        assert_eq!(noise.variance(600.0), 1009.0);
        for wrong in ["2,100", "2,100,0", "a,b,c", "-1,100,3", "nan,100,3"] {
            assert!(wrong.parse::<CameraNoise>().is_err(), "{wrong}");
        }
    }
}
