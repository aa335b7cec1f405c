//! Parameters, versions, digests, and the values that the laboratory has not validated.

use maud::{Markup, html};

use super::extras::{Provenance, ReportExtras};
use super::figures::fact;
use crate::analyse::SpecimenReading;
use crate::report::SCHEMA_VERSION;

/// Digits of a digest that are printed; the page on the screen has all of them.
const PRINTED_DIGITS: usize = 12;
/// Input files that are printed.
const PRINTED_FILES: usize = 6;
/// Topics of the rules that stand in other sections.
const ELSEWHERE: [&str; 6] = ["sample", "probes", "split", "isolated", "verdict", "cutoff from"];

pub(super) fn section(reading: &SpecimenReading, extras: &ReportExtras) -> Markup {
    let assay = &reading.assay;
    html! {
        section.settings aria-labelledby="settings" {
            h2 id="settings" { "Parameters and versions" }
            div.columns {
                dl.facts {
                    (fact("Program", &html! { "breakapart " (env!("CARGO_PKG_VERSION")) ", files of layout " (SCHEMA_VERSION) }))
                    (fact("Assay", &html! { code { (assay.id) } ", version " (assay.version) }))
                    @if let Some(validation) = &assay.validation {
                        (fact("Validated", &html! { (validation.laboratory) ", " (validation.date) }))
                    }
                    @for rule in assay.in_words().iter().filter(|rule| !ELSEWHERE.contains(&rule.topic)) {
                        (fact(rule.topic, &html! { (rule.text) }))
                    }
                    @if let Some(provenance) = &extras.provenance {
                        (fact("Settings", &digest(&provenance.settings)))
                    }
                }
                div {
                    (not_validated(reading))
                    @if let Some(provenance) = &extras.provenance { (inputs(provenance)) }
                }
            }
        }
    }
}

fn not_validated(reading: &SpecimenReading) -> Markup {
    let assay = &reading.assay;
    let keys: Vec<&str> = assay.not_validated().collect();
    html! {
        h3 { "Not yet validated here" }
        @if keys.is_empty() {
            p { "Every value that decides was validated by the laboratory." }
        } @else {
            ul.marks {
                @for mark in assay.verify.iter().filter(|mark| keys.contains(&mark.key.as_str())) {
                    li data-key=(mark.key) { code { (mark.key) } span.reason { ": " (mark.reason) } }
                }
            }
        }
    }
}

fn inputs(provenance: &Provenance) -> Markup {
    let files = &provenance.inputs;
    html! {
        h3 { "Files read (BLAKE3)" }
        ul.files {
            @for (i, file) in files.iter().enumerate() {
                li class=[(i >= PRINTED_FILES).then_some("more")] { (file.name) " " (digest(&file.blake3)) }
            }
        }
        @if files.len() > PRINTED_FILES {
            p.printed { (files.len() - PRINTED_FILES) " others: see ledger.json." }
        }
    }
}

/// A digest, of which print shows the beginning.
fn digest(text: &str) -> Markup {
    let (first, rest) = text.split_at_checked(PRINTED_DIGITS).unwrap_or((text, ""));
    html! { code.digest { (first) span.more { (rest) } } }
}
