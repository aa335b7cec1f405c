//! The cytogenetic name of a pattern.

use crate::assay::Assay;
use crate::classify::SignalPattern;

/// The ISCN string of the nuclei with a pattern; `None` while the crate makes none.
pub(super) fn iscn_of(_pattern: &SignalPattern, _assay: &Assay) -> Option<String> {
    None
}
