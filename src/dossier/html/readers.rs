//! Reader agreement.

use maud::{Markup, html};

use super::calls::{bands, calls};
use super::text::{estimate, facts, part};
use crate::agreement::BlandAltman;
use crate::dossier::reader_agreement::{ReaderPair, Readers};

pub(super) fn body(readers: &Readers) -> Markup {
    let rows: Vec<(&str, String)> = readers
        .readers
        .iter()
        .map(|(name, specimens)| (name.as_str(), format!("{specimens} specimens")))
        .collect();
    html! {
        p { "Counts of readers (table specimen, reader, rearranged, evaluable), called by the cutoff of the assay." }
        @if !rows.is_empty() { (facts(&rows)) }
        (part(&readers.part, |given| html! { @for of_two in &given.pairs { (pair(of_two)) } }))
    }
}

fn pair(pair: &ReaderPair) -> Markup {
    html! {
        h3 { (pair.reader) " against " (pair.reference) ", " (pair.specimens) " specimens" }
        (part(&pair.bland_altman, differences))
        (calls(&pair.calls, &pair.reader, &pair.reference))
        (part(&pair.bands, |given| bands(given, &format!("{} (rows) by {} (columns)", pair.reference, pair.reader))))
    }
}

fn differences(found: &BlandAltman) -> Markup {
    facts(&[
        ("Bias", estimate(&found.bias, 2, "points")),
        ("Standard deviation of the differences", format!("{:.2} points", found.sd)),
        ("Lower limit of agreement", estimate(&found.lower_limit, 2, "points")),
        ("Upper limit of agreement", estimate(&found.upper_limit, 2, "points")),
    ])
}
