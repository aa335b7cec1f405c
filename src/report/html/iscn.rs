//! The cytogenetic name of a pattern.

use crate::analyse::SpecimenReading;
use crate::classify::SignalPattern;
use crate::iscn::Iscn;

/// The ISCN string of the nuclei with a pattern; `None` if it has none.
pub(super) fn iscn_of(pattern: &SignalPattern, reading: &SpecimenReading) -> Option<String> {
    Iscn::of_pattern(pattern, &reading.assay, reading.grounds.sex).ok().map(|iscn| iscn.to_string())
}
