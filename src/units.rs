//! Physical units: the size of a pixel and conversions between pixels and micrometres.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Edge length of one (square) pixel in the specimen plane, in micrometres.
///
/// ```
/// use breakapart::PixelSize;
/// let pixel = PixelSize::from_um(0.1)?;
/// assert_eq!(pixel.um_to_px(0.5), 5.0);
/// assert_eq!(pixel.px_to_um(20.0), 2.0);
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct PixelSize(f64);

impl PixelSize {
    /// Smallest and largest pixel edge accepted, in micrometres. A light microscope resolves no finer than
    /// about 0.2 um, so 0.005 um samples finer than any use. At 5 um a nucleus is three pixels wide.
    pub const RANGE_UM: std::ops::RangeInclusive<f64> = 0.005..=5.0;

    /// A pixel of `um` micrometres.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if `um` is not within [`PixelSize::RANGE_UM`].
    pub fn from_um(um: f64) -> Result<Self> {
        if Self::RANGE_UM.contains(&um) {
            Ok(Self(um))
        } else {
            let (smallest, largest) = Self::RANGE_UM.into_inner();
            Err(Error::parameter("pixel_size_um", um, format!("{smallest} to {largest} um")))
        }
    }

    /// The edge length in micrometres.
    #[must_use]
    pub fn um(self) -> f64 {
        self.0
    }

    /// A length in pixels as micrometres.
    #[must_use]
    pub fn px_to_um(self, px: f64) -> f64 {
        px * self.0
    }

    /// A length in micrometres as pixels.
    #[must_use]
    pub fn um_to_px(self, um: f64) -> f64 {
        um / self.0
    }

    /// An area in square pixels as square micrometres.
    #[must_use]
    pub fn px2_to_um2(self, px2: f64) -> f64 {
        px2 * self.0 * self.0
    }

    /// An area in square micrometres as square pixels.
    #[must_use]
    pub fn um2_to_px2(self, um2: f64) -> f64 {
        um2 / (self.0 * self.0)
    }
}

impl TryFrom<f64> for PixelSize {
    type Error = Error;

    /// As [`PixelSize::from_um`].
    fn try_from(um: f64) -> Result<Self> {
        Self::from_um(um)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_size_out_of_range_is_refused_by_serde() {
        let pixel = PixelSize::from_um(0.1).unwrap();
        assert_eq!(serde_json::to_string(&pixel).unwrap(), "0.1");
        assert_eq!(serde_json::from_str::<PixelSize>("0.1").unwrap(), pixel);
        for wrong in ["0", "-0.1", "50"] {
            assert!(serde_json::from_str::<PixelSize>(wrong).is_err(), "{wrong}");
        }
    }
}
