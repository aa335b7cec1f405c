//! Reader agreement.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::calls::{bands, calls, kappa, matrix};
use super::text::{estimate, facts, part};
use crate::agreement::BlandAltman;
use crate::dossier::reader_agreement::{ReaderPair, Readers};
use crate::dossier::review_agreement::ReviewAgreement;

pub(super) fn body(readers: &Readers, reviews: Option<&ReviewAgreement>) -> Markup {
    let rows = specimens_of(&readers.readers);
    html! {
        p { "Counts of readers (table specimen, reader, rearranged, evaluable), called by the cutoff of the assay." }
        @if !rows.is_empty() { (facts(&rows)) }
        (part(&readers.part, |given| html! { @for of_two in &given.pairs { (pair(of_two)) } }))
        h3 { "Reviews of the results" }
        @match reviews {
            Some(found) => (reviewed(found)),
            None => p.open { "No result was reviewed (breakapart review)." },
        }
    }
}

fn specimens_of(readers: &BTreeMap<String, usize>) -> Vec<(&str, String)> {
    readers.iter().map(|(name, specimens)| (name.as_str(), format!("{specimens} specimens"))).collect()
}

fn reviewed(found: &ReviewAgreement) -> Markup {
    let caption = |of: &ReaderPair| format!("Nuclei: {} (rows) by {} (columns)", of.reference, of.reader);
    html! {
        p {
            "Readers corrected the reading of the program, and saw it. They agree more than readers who count by themselves. "
            "Kappa takes the nuclei as independent."
        }
        (facts(&specimens_of(&found.readers)))
        @for of_two in &found.pairs {
            (pair(&of_two.specimens))
            (matrix(&of_two.nuclei, &caption(&of_two.specimens)))
            p { "Kappa of the nuclei: " (of_two.kappa.as_ref().map_or("not determined: all calls are one".to_owned(), kappa)) "." }
        }
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
