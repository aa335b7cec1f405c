//! How a file of regions is understood.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// The unit of the coordinates. The origin is the corner of the first pixel, as in QuPath.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums)]
pub enum RegionUnit {
    /// Pixels of the image as acquired (QuPath: of the full resolution).
    #[default]
    Px,
    /// Micrometres. The pixel size of the field must be known.
    Um,
}

words!(RegionUnit, "unit of regions", {
    Px => "px",
    Um => "um",
});

/// How a file of regions is understood.
///
/// ```
/// use breakapart::region::{RegionOptions, RegionUnit};
/// let mut options = RegionOptions::default();
/// assert_eq!((options.unit, options.excludes("ignore*")), (RegionUnit::Px, true));
/// options.exclude.push("Necrosis".to_owned());
/// assert!(options.excludes("Necrosis") && options.excludes("Tumor: Necrosis") && !options.excludes("Tumor"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct RegionOptions {
    /// Unit of the coordinates. Default: pixels.
    pub unit: RegionUnit,
    /// Classes and names, in upper or lower case, of the areas that take nuclei out. Default: `Exclude`, and QuPath's
    /// `Ignore*`. Other classes that QuPath ignores while it trains, such as `Region*`, are regions.
    pub exclude: Vec<String>,
}

impl Default for RegionOptions {
    fn default() -> Self {
        Self { unit: RegionUnit::Px, exclude: vec!["Exclude".to_owned(), "Ignore*".to_owned()] }
    }
}

impl RegionOptions {
    /// Whether areas of this class or name take nuclei out. Of a derived class (`Tumor: Exclude`) each part is looked at.
    #[must_use]
    pub fn excludes(&self, class: &str) -> bool {
        let is_listed = |name: &str| self.exclude.iter().any(|other| other.trim().eq_ignore_ascii_case(name));
        is_listed(class.trim()) || class.split(": ").any(|part| is_listed(part.trim()))
    }
}
