//! Checks on a specimen as part of its run.

pub(crate) mod control_out_of_range;
pub(crate) mod files_skipped;
pub(crate) mod pixels_of_another_specimen;

use super::finding::{Finding, findings};
use super::run_facts::RunFacts;
use super::view::SpecimenView;

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    of_facts(&view.facts.run, &view.assay.id)
}

/// The findings on a specimen as part of its run. They depend on the facts of the run and the id of the assay alone, so
/// that a reading which was saved can be judged by other facts.
pub(crate) fn of_facts(facts: &RunFacts, assay: &str) -> Vec<Finding> {
    [
        findings(control_out_of_range::check(facts, assay)),
        findings(pixels_of_another_specimen::check(facts)),
        findings(files_skipped::check(facts)),
    ]
    .concat()
}
