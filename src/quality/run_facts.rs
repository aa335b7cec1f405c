//! Facts about a specimen that only its run knows.

use serde::{Deserialize, Serialize};

use crate::field::ChannelRole;

/// A control of the run that is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs)]
pub struct FailedControl {
    /// The control's name.
    pub specimen: String,
    /// The assay that it was read by.
    pub assay: String,
    /// The range that it must lie in, such as `negative`.
    pub expected: String,
    /// Its result, such as `positive, 31.2 %`.
    pub found: String,
}

/// A plane that is also a plane of another specimen of the run, pixel by pixel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs)]
pub struct SharedPlane {
    /// The field of this specimen.
    pub field: String,
    /// Its channel.
    pub channel: ChannelRole,
    /// The other specimen.
    pub other_specimen: String,
    /// The field of the other specimen.
    pub other_field: String,
}

/// Facts about a specimen that only its run knows: its controls, the other specimens, the files beside the fields.
///
/// ```
/// use breakapart::quality::RunFacts;
/// assert!(RunFacts::default().failed_controls.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::exhaustive_structs)]
pub struct RunFacts {
    /// Controls of the run that are out of range.
    pub failed_controls: Vec<FailedControl>,
    /// Planes that another specimen of the run has too.
    pub shared_planes: Vec<SharedPlane>,
    /// Names of files in the specimen's folder in formats that are not read.
    pub skipped_files: Vec<String>,
    /// Names of pictures beside raw data in the specimen's folder, which are no fields.
    pub pictures: Vec<String>,
}
