//! Noise of the camera, over the fields of a specimen.

use serde::{Deserialize, Serialize};

use crate::detect::CameraNoise;
use crate::kernel::camera_noise::NoiseFit;
use crate::statistics::weighted_mean;

/// Relative error of the gain, and of the noise in the dark, that all fields share, one standard deviation: the brightest blocks lie in nuclei, whose signals and texture pass for noise. From simulated specimens,
/// where gains are found 0 to 30 % too high.
const SYSTEMATIC_GAIN: f64 = 0.2;
const SYSTEMATIC_DARK_SD: f64 = 0.02;

/// Noise of the camera: the variance of a sample is `dark_sd^2 + gain * (level - dark_level)`.
///
/// An image shows the noise at its darkest level, which is the read noise only if hardly any light fell there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CameraEstimate {
    /// Grey levels for a photoelectron (variance for each level); 0 if the noise does not grow with the level, or if the
    /// user disabled it.
    pub gain: f64,
    /// Its standard error; `None` where there is no estimate.
    pub gain_standard_error: Option<f64>,
    /// The darkest level of the fields; the level without light, if it was supplied.
    pub dark_level: f64,
    /// Standard deviation of a sample there, grey levels.
    pub dark_sd: f64,
    /// Its standard error; `None` where there is no estimate.
    pub dark_sd_standard_error: Option<f64>,
    /// Number of fields that it was estimated from; 0 if it was supplied.
    pub fields: usize,
    /// Whether the noise grows with the light by this gain; if not, it is the same at all levels.
    pub used: bool,
}

impl From<CameraNoise> for CameraEstimate {
    fn from(known: CameraNoise) -> Self {
        let CameraNoise { gain, dark_level, dark_sd } = known;
        Self { gain, dark_level, dark_sd, used: gain > 0.0, ..Self::default() }
    }
}

/// Estimates the noise of one camera from all fields.
pub(crate) fn over_fields(fits: &[NoiseFit]) -> CameraEstimate {
    let gains: Vec<(f64, f64)> =
        fits.iter().filter_map(|f| Some((f.noise.gain, f.gain_standard_error?))).collect();
    let dark: Vec<(f64, f64)> = fits
        .iter()
        .filter_map(|f| {
            let sd = f.noise.variance(f.dark_level).sqrt();
            Some((sd, f.dark_variance_standard_error? / (2.0 * sd)))
        })
        .collect();
    // If no field has an error, the median counts.
    let middle = |of: &dyn Fn(&NoiseFit) -> f64| {
        let mut values: Vec<f64> = fits.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    let rounding_sd = fits.iter().map(|f| f.rounding_sd).fold(0.0, f64::max);
    let gain = weighted_mean(&gains).map(|(value, error)| (value, error.hypot(SYSTEMATIC_GAIN * value)));
    let dark_sd = weighted_mean(&dark)
        .map(|(value, error)| (value, error.hypot(SYSTEMATIC_DARK_SD * value).hypot(rounding_sd)));
    let value = gain.map_or_else(|| middle(&|f| f.noise.gain), |g| g.0);
    CameraEstimate {
        gain: value,
        gain_standard_error: gain.map(|g| g.1),
        dark_level: middle(&|f| f.dark_level),
        dark_sd: dark_sd.map_or_else(|| middle(&|f| f.noise.variance(f.dark_level).sqrt()), |d| d.0),
        dark_sd_standard_error: dark_sd.map(|d| d.1),
        fields: fits.len(),
        used: value > 0.0,
    }
}
