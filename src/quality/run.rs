//! Checks on a specimen as part of its run.

pub(crate) mod control_out_of_range;
pub(crate) mod files_skipped;
pub(crate) mod pixels_of_another_specimen;

use super::finding::{Finding, findings};
use super::view::SpecimenView;

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        findings(control_out_of_range::check(view)),
        findings(pixels_of_another_specimen::check(view)),
        findings(files_skipped::check(view)),
    ]
    .concat()
}
