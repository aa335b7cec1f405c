//! Faults of files and of the nuclei found in a field.

pub(crate) mod channel_map_contradicted;
pub(crate) mod implausible_diameter;
pub(crate) mod lossy_compression;
pub(crate) mod no_nuclei;
pub(crate) mod nucleus_coverage;
pub(crate) mod pixel_size_from_tags;
pub(crate) mod pixel_size_overridden;
pub(crate) mod repeated_field;
pub(crate) mod samples_not_read;
pub(crate) mod stack_projected;

use super::{FieldFacts, Finding, SpecimenView};

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Finding> {
    [
        repeated_field::check(view),
        no_nuclei::check(view),
        nucleus_coverage::check(view),
        implausible_diameter::check(view),
        channel_map_contradicted::check(view),
        pixel_size_overridden::check(view),
        pixel_size_from_tags::check(view),
        lossy_compression::check(view),
        stack_projected::check(view),
        samples_not_read::check(view),
    ]
    .concat()
}

/// The names of the fields of which something holds.
fn fields_where(view: &SpecimenView<'_>, holds: impl Fn(&FieldFacts) -> bool) -> Vec<String> {
    view.facts.fields.iter().filter(|field| holds(field)).map(|field| field.name.clone()).collect()
}

/// The fields by name, for sentences: a few names, or their number.
fn named(fields: &[String]) -> String {
    /// Names that a sentence holds.
    const MAX_NAMES: usize = 4;
    match fields {
        [only] => format!("field {only}"),
        few if few.len() <= MAX_NAMES => format!("fields {}", few.join(", ")),
        many => format!("{} fields", many.len()),
    }
}
