//! Parameters of a camera whose pixels differ.

use serde::{Deserialize, Serialize};

use super::Check;

/// Maps of gain, offset and read noise: every pixel of the camera has its own, the same in all channels and fields of
/// a specimen. Hot pixels are parameters of [`Camera`](super::Camera) itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CameraMap {
    /// Standard deviation of the gain between pixels, as a share of it, 0 to 0.2. Scientific CMOS cameras have 0.003 to
    /// 0.02. Default 0.01.
    pub gain_sd: f64,
    /// Standard deviation of the offset between pixels, grey levels, 0 to 100. Default 3.
    pub offset_sd_levels: f64,
    /// Standard deviation of the offset between columns, which have amplifiers of their own, grey levels, 0 to 100.
    /// Default 1.
    pub column_sd_levels: f64,
    /// Standard deviation of the logarithm of the read noise between pixels, 0 to 1.5. Default 0.3.
    pub read_noise_spread: f64,
}

impl Default for CameraMap {
    fn default() -> Self {
        Self { gain_sd: 0.01, offset_sd_levels: 3.0, column_sd_levels: 1.0, read_noise_spread: 0.3 }
    }
}

impl CameraMap {
    pub(super) fn checks(&self) -> Vec<Check> {
        vec![
            ("map.gain_sd", self.gain_sd, 0.0..=0.2),
            ("map.offset_sd_levels", self.offset_sd_levels, 0.0..=100.0),
            ("map.column_sd_levels", self.column_sd_levels, 0.0..=100.0),
            ("map.read_noise_spread", self.read_noise_spread, 0.0..=1.5),
        ]
    }
}
