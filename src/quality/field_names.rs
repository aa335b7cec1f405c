//! The fields that something holds for, by name.

use super::view::{FieldFacts, SpecimenView};

/// The names of the fields of which something holds.
pub(super) fn fields_where(view: &SpecimenView<'_>, holds: impl Fn(&FieldFacts) -> bool) -> Vec<String> {
    view.facts.fields.iter().filter(|field| holds(field)).map(|field| field.name.clone()).collect()
}

/// The fields by name, for sentences: a few names, or their number.
pub(super) fn named(fields: &[String]) -> String {
    /// Names that a sentence holds.
    const MAX_NAMES: usize = 4;
    match fields {
        [only] => format!("field {only}"),
        few if few.len() <= MAX_NAMES => format!("fields {}", few.join(", ")),
        many => format!("{} fields", many.len()),
    }
}
