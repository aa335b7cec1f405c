//! Where a nucleus lies.

use serde::{Deserialize, Serialize};

/// Where the centroid of a nucleus lies in a field that has regions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums)]
pub enum RegionPlace {
    /// Where nuclei are counted: in the region of this name, or in none if the file only excludes.
    Inside(Option<String>),
    /// In no region, or in one that excludes.
    Outside,
}

impl RegionPlace {
    /// The name of the region; `None` outside, and where the file only excludes.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Inside(name) => name.as_deref(),
            Self::Outside => None,
        }
    }
}
