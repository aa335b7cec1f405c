//! Parameters of the camera.

use serde::{Deserialize, Serialize};

use super::{CameraMap, Check};

/// The camera: from photoelectrons to grey levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Camera {
    /// Photoelectrons in a grey level, 0.05 to 1000. Scientific CMOS cameras have 0.4 to 0.5 with 16 bits.
    /// Default 0.46.
    pub electrons_per_level: f64,
    /// Standard deviation of the read noise, photoelectrons, 0 to 50. Default 1.6 (scientific CMOS).
    pub read_noise_electrons: f64,
    /// Grey level of no light, 0 to 10 000. Default 100.
    pub offset_levels: f64,
    /// Significant bits, 8 to 16. 8 gives files of 8-bit samples. Default 16.
    pub bits: u8,
    /// Photoelectrons at which a pixel is full, 100 to 1e7. Default 30 000.
    pub full_well_electrons: f64,
    /// Share of hot pixels, the same ones in all channels and fields of a specimen, 0 to 0.01. Default 0.
    pub hot_pixel_share: f64,
    /// Charge of the hottest pixel, photoelectrons, 0 to 1e6; each draws from a tenth of it upwards.
    /// Default 3000.
    pub hot_pixel_electrons: f64,
    /// Pixels that differ. Default none: all alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<CameraMap>,
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            electrons_per_level: 0.46,
            read_noise_electrons: 1.6,
            offset_levels: 100.0,
            bits: 16,
            full_well_electrons: 30_000.0,
            hot_pixel_share: 0.0,
            hot_pixel_electrons: 3000.0,
            map: None,
        }
    }
}

impl Camera {
    pub(super) fn checks(&self) -> Vec<Check> {
        let mut checks = vec![
            ("electrons_per_level", self.electrons_per_level, 0.05..=1000.0),
            ("read_noise_electrons", self.read_noise_electrons, 0.0..=50.0),
            ("offset_levels", self.offset_levels, 0.0..=10_000.0),
            ("bits", f64::from(self.bits), 8.0..=16.0),
            ("full_well_electrons", self.full_well_electrons, 100.0..=1e7),
            ("hot_pixel_share", self.hot_pixel_share, 0.0..=0.01),
            ("hot_pixel_electrons", self.hot_pixel_electrons, 0.0..=1e6),
        ];
        checks.extend(self.map.iter().flat_map(CameraMap::checks));
        checks
    }

    /// Highest grey level.
    pub(crate) fn highest_level(&self) -> u16 {
        u16::MAX >> (16 - self.bits.clamp(8, 16))
    }
}
