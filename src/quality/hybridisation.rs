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

use super::{Finding, SpecimenView};

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        probe_failed::check(view),
        missing_probe::check(view),
        weak_probe::check(view),
        random_dropout::check(view),
        undetected_signals::check(view),
        local_dropout::check(view),
        uncounted_lone_end::check(view),
        copy_number::check(view),
        sex_mismatch::check(view),
        coincident_light::check(view),
    ]
    .concat()
}
