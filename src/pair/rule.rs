//! The distances that decide, in pixels of the image at hand.

use serde::{Deserialize, Serialize};

/// When two signals of different colour are one intact locus, and two of the same colour one signal.
///
/// ```
/// let rule = breakapart::pair::PairRule::from_diameter(4.5);
/// assert_eq!(rule.split_distance_px, 9.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PairRule {
    /// Signal diameter that distances are expressed in, px.
    pub diameter_px: f64,
    /// Centre-to-centre distance from which a red and a green signal are split, px.
    pub split_distance_px: f64,
    /// Whether a pair at just that distance is split.
    pub split_at_equality: bool,
    /// Centre-to-centre distance up to which two signals of one colour are sisters, px; 0 = never.
    pub doublet_distance_px: f64,
    /// Distance from which a sister without a sister of the other colour beside it may also be the end of another
    /// locus, such as that of a short inversion, px. Half-way from touching to the largest gap.
    pub doublet_doubtful_px: f64,
    /// Largest ratio of intensities of two sisters.
    pub doublet_intensity_ratio_max: f64,
    /// Centre-to-centre distances between which a pair is neither clearly intact nor clearly split, px.
    pub grey_zone_px: Option<[f64; 2]>,
    /// Displacement (rows, columns) of green against red, px, taken off before distances are measured.
    pub green_shift_px: [f64; 2],
}

impl PairRule {
    /// The usual rule for a signal diameter in pixels: split from two diameters on between centres, sisters up
    /// to a gap of one between edges, which is two between centres.
    #[must_use]
    pub fn from_diameter(diameter_px: f64) -> Self {
        Self {
            diameter_px,
            split_distance_px: 2.0 * diameter_px,
            split_at_equality: true,
            doublet_distance_px: 2.0 * diameter_px,
            doublet_doubtful_px: 1.5 * diameter_px,
            doublet_intensity_ratio_max: 3.0,
            grey_zone_px: None,
            green_shift_px: [0.0, 0.0],
        }
    }

    /// Whether a red and a green signal at this distance are an intact locus.
    #[must_use]
    pub fn is_fused(&self, distance_px: f64) -> bool {
        distance_px < self.split_distance_px
            || (distance_px == self.split_distance_px && !self.split_at_equality)
    }
}
