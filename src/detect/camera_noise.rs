//! Noise of a camera, where it is known.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::kernel::camera_noise::Noise;

/// Noise of a camera: `dark_sd^2 + gain * (level - dark_level)` is the variance of a sample at a level.
///
/// A photon transfer curve gives it (Janesick 2007, Photon Transfer, SPIE Press, chapter 5), or the camera's data
/// sheet: `gain` is one over the photoelectrons in a grey level, `dark_sd` the read noise in electrons times it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraNoise {
    /// Grey levels for a photoelectron, 0 to 1000.
    pub gain: f64,
    /// Grey level without light, -10^6 to 10^6.
    pub dark_level: f64,
    /// Standard deviation of a sample there (read noise), grey levels, 10^-6 to 10^6.
    pub dark_sd: f64,
}

impl CameraNoise {
    pub(crate) fn validate(&self, name: &str) -> Result<()> {
        let check = |part: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(Error::parameter(format!("{name}.{part}"), value, format!("{low} to {high}")))
            }
        };
        check("gain", self.gain, 0.0, 1000.0)?;
        check("dark_level", self.dark_level, -1e6, 1e6)?;
        check("dark_sd", self.dark_sd, 1e-6, 1e6)
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
