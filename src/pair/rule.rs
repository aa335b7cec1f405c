//! The distances that decide, in pixels of the image at hand.

use serde::{Deserialize, Serialize};

use crate::detect::Signal;
use crate::error::{Error, Result};

/// Longest distance in pixels, longer than any image: sums of distances stay finite.
pub(super) const MAX_DISTANCE_PX: f64 = 1e9;

/// When two signals of different colour are one intact locus, and two of the same colour one signal.
///
/// ```
/// let rule = breakapart::pair::PairRule::from_diameter(4.5);
/// assert_eq!(rule.split_distance_px, 9.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PairRule {
    /// Signal diameter that distances are expressed in, px.
    pub diameter_px: f64,
    /// Centre-to-centre distance from which a red and a green signal are split, px.
    pub split_distance_px: f64,
    /// Whether a pair at just that distance is split.
    pub split_at_equality: bool,
    /// Centre-to-centre distance up to which two signals of one colour are a doublet, px; 0 = never.
    pub doublet_distance_px: f64,
    /// Distance from which a doublet may also be two loci if the other colour has no doublet there, px: a short inversion
    /// looks so. Half-way from touching to the maximum gap.
    pub doublet_doubtful_px: f64,
    /// Maximum ratio of the heights of the two signals of a doublet.
    pub doublet_height_ratio_max: f64,
    /// Centre-to-centre distances between which a pair is neither clearly intact nor clearly split, px.
    pub grey_zone_px: Option<[f64; 2]>,
    /// Displacement (rows, columns) of green against red, px, subtracted before distances are measured.
    pub green_shift_px: [f64; 2],
    /// How depth counts; `None` = distances are measured in the plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<DepthRule>,
}

/// How the depth of signals counts in their distance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DepthRule {
    /// Distance between slices over the edge of a pixel.
    pub px_per_slice: f64,
    /// Depth of green against red at one place (the axial chromatic shift), slices; it is subtracted.
    pub green_shift_slices: f64,
}

impl PairRule {
    /// The usual rule for a signal diameter in pixels: split from two diameters on between centres, doublets
    /// up to a gap of one diameter between edges, which is two between centres.
    #[must_use]
    pub fn from_diameter(diameter_px: f64) -> Self {
        Self {
            diameter_px,
            split_distance_px: 2.0 * diameter_px,
            split_at_equality: true,
            doublet_distance_px: 2.0 * diameter_px,
            doublet_doubtful_px: 1.5 * diameter_px,
            doublet_height_ratio_max: 3.0,
            grey_zone_px: None,
            green_shift_px: [0.0, 0.0],
            depth: None,
        }
    }

    /// Distance of a green signal from a red one without the chromatic shift, px.
    pub(crate) fn distance_px(&self, red: &Signal, green: &Signal) -> f64 {
        let [dy, dx] = self.green_shift_px;
        let shift = self.depth.map_or(0.0, |depth| depth.green_shift_slices);
        (green.y_px - dy - red.y_px).hypot(green.x_px - dx - red.x_px).hypot(self.depth_px(red, green, shift))
    }

    /// Distance of two signals of one colour.
    pub(super) fn own_distance_px(&self, a: &Signal, b: &Signal) -> f64 {
        (a.y_px - b.y_px).hypot(a.x_px - b.x_px).hypot(self.depth_px(a, b, 0.0))
    }

    /// Distance in depth, with the second signal `shift` slices deeper than it is; 0 where depth does not count or is not known.
    fn depth_px(&self, a: &Signal, b: &Signal, shift: f64) -> f64 {
        let slices = a.z_px.zip(b.z_px).map(|(a, b)| b - shift - a);
        slices.zip(self.depth).map_or(0.0, |(slices, depth)| slices * depth.px_per_slice)
    }

    /// Whether a red and a green signal at this distance are an intact locus.
    #[must_use]
    pub fn is_fused(&self, distance_px: f64) -> bool {
        distance_px < self.split_distance_px
            || (distance_px == self.split_distance_px && !self.split_at_equality)
    }

    /// Checks every value: no number is NaN, no distance is negative or longer than 10^9 px, the diameter is at
    /// least 0.001 px, and the grey zone ends where it starts or later.
    ///
    /// ```
    /// let mut rule = breakapart::pair::PairRule::from_diameter(4.5);
    /// assert!(rule.validate().is_ok());
    /// rule.split_distance_px = f64::NAN;
    /// assert!(rule.validate().unwrap_err().to_string().contains("split_distance_px"));
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        let check = |name: &str, value: f64, [low, high]: [f64; 2]| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(Error::parameter(format!("pair_rule.{name}"), value, format!("{low} to {high}")))
            }
        };
        let distance = |name: &str, value: f64| check(name, value, [0.0, MAX_DISTANCE_PX]);
        check("diameter_px", self.diameter_px, [0.001, MAX_DISTANCE_PX])?;
        distance("split_distance_px", self.split_distance_px)?;
        distance("doublet_distance_px", self.doublet_distance_px)?;
        distance("doublet_doubtful_px", self.doublet_doubtful_px)?;
        check("doublet_height_ratio_max", self.doublet_height_ratio_max, [1.0, 1e9])?;
        for shift in self.green_shift_px {
            check("green_shift_px", shift, [-MAX_DISTANCE_PX, MAX_DISTANCE_PX])?;
        }
        if let Some(depth) = self.depth {
            check("depth.px_per_slice", depth.px_per_slice, [1e-6, MAX_DISTANCE_PX])?;
            check("depth.green_shift_slices", depth.green_shift_slices, [-MAX_DISTANCE_PX, MAX_DISTANCE_PX])?;
        }
        if let Some([low, high]) = self.grey_zone_px {
            distance("grey_zone_px[0]", low)?;
            check("grey_zone_px[1]", high, [low, MAX_DISTANCE_PX])?;
        }
        Ok(())
    }
}
