//! Parameters of autofluorescent granules.

use serde::{Deserialize, Serialize};

use super::Check;

/// Autofluorescent granules (lipofuscin and the like): light in all channels at one place, wider than the optics,
/// alone or in clumps, in nuclei and outside. No truth counts them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Granules {
    /// Mean number of clumps on the area of a mean nucleus, 0 to 20. Default 0.5.
    pub per_nucleus: f64,
    /// Mean number of granules in a clump beyond the first, 0 to 30. Default 1.
    pub further: f64,
    /// Reach of a clump, um, 0.1 to 5. Default 1.
    pub clump_um: f64,
    /// Standard deviation of a granule, um, smallest and largest, 0.05 to 1. Default 0.12, 0.35.
    pub extent_um: [f64; 2],
    /// Height of a granule's peak over that of a typical signal, lowest and highest, 0 to 5. Default 0.2, 1.
    pub height: [f64; 2],
    /// Light in counterstain, red and green relative to each other, 0 to 2 each. Each clump draws from 0.7 to 1.3 times
    /// these. Default 0.6, 0.8, 1: a broad emission, strongest in green.
    pub colours: [f64; 3],
}

impl Default for Granules {
    fn default() -> Self {
        Self {
            per_nucleus: 0.5,
            further: 1.0,
            clump_um: 1.0,
            extent_um: [0.12, 0.35],
            height: [0.2, 1.0],
            colours: [0.6, 0.8, 1.0],
        }
    }
}

impl Granules {
    pub(super) fn checks(&self) -> Vec<Check> {
        vec![
            ("granules.per_nucleus", self.per_nucleus, 0.0..=20.0),
            ("granules.further", self.further, 0.0..=30.0),
            ("granules.clump_um", self.clump_um, 0.1..=5.0),
            ("granules.extent_um[smallest]", self.extent_um[0], 0.05..=self.extent_um[1].min(1.0)),
            ("granules.extent_um[largest]", self.extent_um[1], 0.05..=1.0),
            ("granules.height[lowest]", self.height[0], 0.0..=self.height[1].min(5.0)),
            ("granules.height[highest]", self.height[1], 0.0..=5.0),
            ("granules.colours[counterstain]", self.colours[0], 0.0..=2.0),
            ("granules.colours[red]", self.colours[1], 0.0..=2.0),
            ("granules.colours[green]", self.colours[2], 0.0..=2.0),
        ]
    }
}
