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

/// The findings on a specimen as part of its run. They depend on the facts of the run and the id of the assay alone.
fn of_facts(facts: &RunFacts, assay: &str) -> Vec<Finding> {
    [
        findings(control_out_of_range::check(facts, assay)),
        findings(pixels_of_another_specimen::check(facts)),
        findings(files_skipped::check(facts)),
    ]
    .concat()
}

/// Replaces the findings on a specimen as part of its run by those of other facts. They are the last that do not depend on the
/// verdict.
#[cfg(feature = "run")]
pub(crate) fn replace(of_specimen: &mut Vec<Finding>, facts: &RunFacts, assay: &str) {
    let is_of_run = |finding: &Finding| {
        [control_out_of_range::CHECK.code, pixels_of_another_specimen::CHECK.code, files_skipped::CHECK.code]
            .contains(&finding.code())
    };
    of_specimen.retain(|finding| !is_of_run(finding));
    of_specimen.extend(of_facts(facts, assay));
}
