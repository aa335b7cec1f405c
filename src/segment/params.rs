//! Parameters of segmentation.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Range of [`SegmentParams::diameter_px`], px: a nucleus of fewer pixels has no outline.
pub(super) const DIAMETER_RANGE_PX: RangeInclusive<f64> = 3.0..=10_000.0;
/// Range of the plausible typical diameters, um: bacteria to the largest cells.
const PLAUSIBLE_RANGE_UM: RangeInclusive<f64> = 0.5..=200.0;
/// Range of scores.
const SCORE_RANGE: RangeInclusive<f64> = 0.0..=1.0;

/// How nuclei are found. No parameter is a grey level: levels come from the image.
///
/// ```
/// use breakapart::segment::SegmentParams;
/// let mut params = SegmentParams::default();
/// params.min_score = 1.5;
/// let message = params.validate().unwrap_err().to_string();
/// assert!(message.contains("min_score = 1.5") && message.contains("0 to 1"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SegmentParams {
    /// Typical diameter of a nucleus, px of the image as acquired, 3 to 10 000. Default: `None`, estimated
    /// from the image.
    pub diameter_px: Option<f64>,
    /// Smallest plausible typical diameter in an image of known pixel size, um, 0.5 to 200. Default: 4 (a small
    /// lymphocyte in a thin section measures 5 to 6 um; speckle and debris less).
    pub min_typical_diameter_um: f64,
    /// Largest plausible typical diameter in an image of known pixel size, um, 0.5 to 200, above the smallest.
    /// Default: 25 (spread tumour nuclei on a touch imprint; clumps and haze are larger).
    pub max_typical_diameter_um: f64,
    /// Score above which a region is a nucleus, 0 to 1 (expected overlap with a true nucleus). Default: 0.40. In
    /// cross-validation the results are flat from 0.30 to 0.45; a lower score takes debris for nuclei.
    pub min_score: f64,
}

impl Default for SegmentParams {
    fn default() -> Self {
        Self {
            diameter_px: None,
            min_typical_diameter_um: 4.0,
            max_typical_diameter_um: 25.0,
            min_score: 0.4,
        }
    }
}

impl SegmentParams {
    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for the first that is out of range.
    pub fn validate(&self) -> Result<()> {
        if let Some(diameter_px) = self.diameter_px {
            within("diameter_px", diameter_px, &DIAMETER_RANGE_PX, " px")?;
        }
        let (min, max) = (self.min_typical_diameter_um, self.max_typical_diameter_um);
        within("min_typical_diameter_um", min, &PLAUSIBLE_RANGE_UM, " um")?;
        within("max_typical_diameter_um", max, &PLAUSIBLE_RANGE_UM, " um")?;
        if min >= max {
            return Err(Error::parameter(
                "max_typical_diameter_um",
                max,
                format!("above min_typical_diameter_um = {min}"),
            ));
        }
        within("min_score", self.min_score, &SCORE_RANGE, "")
    }
}

/// An error unless a value is in its range; NaN is in none.
fn within(name: &str, value: f64, range: &RangeInclusive<f64>, unit: &str) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Error::parameter(name, value, format!("{} to {}{unit}", range.start(), range.end())))
}
