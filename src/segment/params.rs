//! Parameters of segmentation.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How nuclei are found. There is no grey level here: levels come from the image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SegmentParams {
    /// Typical diameter of a nucleus, px of the image as acquired, 3 to 10 000. Default: `None`, estimated
    /// from the image.
    pub diameter_px: Option<f64>,
    /// Smallest typical diameter that is believed of an image of known pixel size, um, above 0.
    /// Default: 4 (a small lymphocyte in a thin section measures 5 to 6 um; speckle and debris less).
    pub smallest_typical_diameter_um: f64,
    /// Largest typical diameter that is believed of an image of known pixel size, um.
    /// Default: 25 (spread tumour nuclei on a touch imprint; past that it is a clump or haze).
    pub largest_typical_diameter_um: f64,
    /// Score that a region must exceed to be taken as a nucleus, 0 to 1 (expected overlap with a true
    /// nucleus). Default: 0.40; results are flat from 0.30 to 0.45 in cross-validation, and less takes debris for
    /// nuclei.
    pub minimum_score: f64,
}

impl Default for SegmentParams {
    fn default() -> Self {
        Self {
            diameter_px: None,
            smallest_typical_diameter_um: 4.0,
            largest_typical_diameter_um: 25.0,
            minimum_score: 0.4,
        }
    }
}

impl SegmentParams {
    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for the first that is out of range.
    pub fn validate(&self) -> Result<()> {
        if let Some(d) = self.diameter_px
            && !(3.0..=10_000.0).contains(&d)
        {
            return Err(Error::parameter("diameter_px", d, "3 to 10 000 px"));
        }
        let smallest = self.smallest_typical_diameter_um;
        if !(smallest > 0.0 && smallest.is_finite()) {
            return Err(Error::parameter("smallest_typical_diameter_um", smallest, "above 0 um"));
        }
        let largest = self.largest_typical_diameter_um;
        if !(largest > smallest && largest.is_finite()) {
            return Err(Error::parameter(
                "largest_typical_diameter_um",
                largest,
                "above smallest_typical_diameter_um",
            ));
        }
        if !(0.0..=1.0).contains(&self.minimum_score) {
            return Err(Error::parameter("minimum_score", self.minimum_score, "0 to 1"));
        }
        Ok(())
    }
}
