//! The ISCN string of a specimen with its edition.

use serde::{Deserialize, Serialize};

use crate::analyse::SpecimenReading;
use crate::iscn::Iscn;

/// The evaluable nuclei of a specimen as an ISCN string.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpecimenIscn {
    /// The edition that the assay asks for.
    pub edition: u16,
    /// The string.
    pub text: String,
}

impl SpecimenIscn {
    /// The string of a reading; `None` if no nucleus is evaluable, or if the assay's gene has a name that no ISCN string can
    /// hold.
    #[must_use]
    pub fn of(reading: &SpecimenReading) -> Option<Self> {
        let iscn = Iscn::of_calls(reading.calls(), &reading.assay).ok().flatten()?;
        Some(Self { edition: reading.assay.report.iscn_edition, text: iscn.to_string() })
    }
}
