//! The cytogenetic names of a pattern and of the specimen.

use maud::{Markup, html};

use super::figures::fact;
use crate::analyse::SpecimenReading;
use crate::classify::SignalPattern;
use crate::iscn::Iscn;
use crate::report::SpecimenIscn;

/// The ISCN string of the nuclei with a pattern; `None` if it has none.
pub(super) fn iscn_of(pattern: &SignalPattern, reading: &SpecimenReading) -> Option<String> {
    Iscn::of_pattern(pattern, &reading.assay, reading.grounds.sex).ok().map(|iscn| iscn.to_string())
}

/// The ISCN string of the evaluable nuclei with its edition; nothing if there is none.
pub(super) fn fact_of(reading: &SpecimenReading) -> Markup {
    html! {
        @if let Some(iscn) = SpecimenIscn::of(reading) {
            (fact(&format!("ISCN {}", iscn.edition), &html! { code data-iscn=(iscn.text) { (iscn.text) } }))
        }
    }
}
