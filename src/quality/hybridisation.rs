//! Faults of probes and hybridisation, and copies of the gene that no normal nucleus shows.

pub(crate) mod coincident_light;
pub(crate) mod copy_number;
pub(crate) mod local_dropout;
pub(crate) mod missing_probe;
pub(crate) mod probe_failed;
pub(crate) mod random_dropout;
pub(crate) mod sex_mismatch;
pub(crate) mod uncounted_lone_end;
pub(crate) mod undetected_signals;
pub(crate) mod weak_probe;

use super::finding::{Finding, findings};
use super::view::SpecimenView;

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        findings(probe_failed::check(view)),
        findings(missing_probe::check(view)),
        findings(weak_probe::check(view)),
        findings(random_dropout::check(view)),
        findings(undetected_signals::check(view)),
        findings(local_dropout::check(view)),
        findings(uncounted_lone_end::check(view)),
        findings(copy_number::check(view)),
        findings(sex_mismatch::check(view)),
        findings(coincident_light::check(view)),
    ]
    .concat()
}
