//! Parameters of speckle.

use serde::{Deserialize, Serialize};

use super::Check;

/// Speckle: probe that binds anywhere on the slide, in one colour, as point sources. It is as dense outside of nuclei
/// as inside, and narrower than signals. No truth counts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Speckle {
    /// Mean number on the area of a mean nucleus, red and green, 0 to 40 each. Default 6, 6.
    pub per_nucleus: [f64; 2],
    /// Height of their peak over that of a typical signal, lowest and highest, 0 to 2. Default 0.1, 0.5.
    pub height: [f64; 2],
    /// Standard deviation of the source, um, 0 to 0.5. Default 0: as wide as the optics make it.
    pub extent_um: f64,
}

impl Default for Speckle {
    fn default() -> Self {
        Self { per_nucleus: [6.0; 2], height: [0.1, 0.5], extent_um: 0.0 }
    }
}

impl Speckle {
    pub(super) fn checks(&self) -> Vec<Check> {
        vec![
            ("speckle.per_nucleus[red]", self.per_nucleus[0], 0.0..=40.0),
            ("speckle.per_nucleus[green]", self.per_nucleus[1], 0.0..=40.0),
            ("speckle.height[lowest]", self.height[0], 0.0..=self.height[1].min(2.0)),
            ("speckle.height[highest]", self.height[1], 0.0..=2.0),
            ("speckle.extent_um", self.extent_um, 0.0..=0.5),
        ]
    }
}
