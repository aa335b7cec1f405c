//! Facts about a segmentation.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A fact about a segmentation that its user should know.
///
/// ```
/// use breakapart::segment::SegmentNote;
/// let note = SegmentNote::ImplausibleDiameter { found_um: 72.0, used_um: 25.0 };
/// assert_eq!(note.to_string(), "the typical nucleus diameter of 72.0 um is not plausible; 25.0 um is used");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SegmentNote {
    /// The counterstain plane has no pixels.
    EmptyPlane,
    /// Nothing in the counterstain stands out from its background.
    NothingStandsOut,
    /// The counterstain has no contrast above its noise.
    NoContrast,
    /// No region of the counterstain scores as a nucleus.
    NoNucleus,
    /// The typical diameter measured in the image is implausible for nuclei; the nearest plausible one is used.
    ImplausibleDiameter {
        /// Diameter measured, um.
        found_um: f64,
        /// Diameter used, um.
        used_um: f64,
    },
}

impl fmt::Display for SegmentNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyPlane => f.write_str("the counterstain plane has no pixels"),
            Self::NothingStandsOut => {
                f.write_str("nothing stands out from the background of the counterstain")
            }
            Self::NoContrast => f.write_str("the counterstain has no contrast above its noise"),
            Self::NoNucleus => f.write_str("no region of the counterstain looks like a nucleus"),
            Self::ImplausibleDiameter { found_um, used_um } => write!(
                f,
                "the typical nucleus diameter of {found_um:.1} um is not plausible; {used_um:.1} um is used"
            ),
        }
    }
}
