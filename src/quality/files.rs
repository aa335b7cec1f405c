//! Faults of files and of the nuclei found in a field.

pub(crate) mod bytes_swapped;
pub(crate) mod channel_map_contradicted;
pub(crate) mod fields_disagree;
pub(crate) mod implausible_diameter;
pub(crate) mod lossy_compression;
pub(crate) mod no_nuclei;
pub(crate) mod nucleus_coverage;
pub(crate) mod pixel_size_from_tags;
pub(crate) mod pixel_size_overridden;
pub(crate) mod repeated_field;
pub(crate) mod samples_not_read;
pub(crate) mod stack_projected;

use super::finding::{Finding, findings};
use super::view::SpecimenView;

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        findings(bytes_swapped::check(view)),
        findings(repeated_field::check(view)),
        findings(fields_disagree::check(view)),
        findings(no_nuclei::check(view)),
        findings(nucleus_coverage::check(view)),
        findings(implausible_diameter::check(view)),
        findings(channel_map_contradicted::check(view)),
        findings(pixel_size_overridden::check(view)),
        findings(pixel_size_from_tags::check(view)),
        findings(lossy_compression::check(view)),
        findings(stack_projected::check(view)),
        findings(samples_not_read::check(view)),
    ]
    .concat()
}
