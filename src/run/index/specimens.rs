//! The results of a run as a table, and its controls.

use maud::{Markup, html};

use crate::report::{SpecimenRow, bar, scrolling, verdict_words};
use crate::run::line::Line;
use crate::run::record::RunRecord;
use crate::run::review::{DOES_NOT_FIT, ReviewStatus};
use crate::run::summary::{Urgency, counts, further_findings};

/// The results, those that need something first.
pub(super) fn section(lines: &[Line<'_>], record: &RunRecord) -> Markup {
    let mut sorted: Vec<(Urgency, &Line<'_>)> =
        lines.iter().map(|line| (Urgency::of(line.final_outcome()), line)).collect();
    // Stable: within one urgency in the order of the run.
    sorted.sort_by_key(|(urgency, line)| (!line.in_run, *urgency));
    html! {
        section aria-labelledby="specimens" {
            h2 id="specimens" { "Specimens" }
            (scrolling("Specimens", &html! {
                table.index {
                    thead {
                        tr {
                            th scope="col" { "Specimen" }
                            th scope="col" { "Verdict" }
                            th scope="col" { "Rearranged nuclei" }
                            th scope="col" { "What it asks for" }
                        }
                    }
                    tbody { @for (urgency, line) in sorted { (row(urgency, line, record)) } }
                }
            }))
        }
    }
}

fn row(urgency: Urgency, line: &Line<'_>, record: &RunRecord) -> Markup {
    let cutoff = record.assays.iter().find(|assay| assay.id == line.assay);
    let cutoff = cutoff.map(|assay| assay.decision.cutoff().value());
    let verdict = line.final_row().map_or("failed", |row| row.verdict.name());
    let page = if line.reviewed().is_some() { "/reviewed/report.html" } else { "/report.html" };
    html! {
        tr data-specimen=(line.name) data-verdict=(verdict) data-urgency=(urgency.name()) data-in-run=(line.in_run) data-review=(line.review.name()) {
            th scope="row" {
                @match line.folder {
                    Some(folder) => { a href={(escaped(folder)) (page)} { (line.name) } }
                    None => { (line.name) }
                }
                p.note {
                    (line.assay)
                    @if let Some(control) = line.sheet.control { ", control: " (control) }
                    @if !line.in_run { ", from an earlier run" }
                    @if !line.sheet.note.is_empty() { ". " (line.sheet.note) }
                }
            }
            td {
                span.tone { (line.final_row().map_or("Failed", |row| verdict_words(row.verdict))) }
                (review(line))
            }
            td.drawn {
                @if let Some(row) = line.final_row() {
                    (counts(row))
                    (bar(row.percent_rearranged, row.wilson_percent, cutoff))
                }
            }
            td { (asks(line)) }
        }
    }
}

/// Who reviewed a result, and the result without it.
fn review(line: &Line<'_>) -> Markup {
    html! {
        @if let Some(reviewed) = line.reviewed() {
            p.note { "Reviewed by " (reviewed.by()) "." }
            @if let (Some(row), Some(folder)) = (line.row(), line.folder) {
                p.note {
                    a href={(escaped(folder)) "/report.html"} { "The program" }
                    ": " (verdict_words(row.verdict).to_lowercase()) ", " (counts(row)) "."
                }
            }
            @if let Some(both) = &reviewed.second_reading {
                p.note { "Both readers together: " (both.in_words()) "." }
            }
        }
        @if line.review == ReviewStatus::DoesNotFit { p.note { strong { (DOES_NOT_FIT) } } }
    }
}

/// The actions that a result asks for.
fn asks(line: &Line<'_>) -> Markup {
    let Some(outcome) = line.final_outcome() else {
        return html! { p { (line.error.unwrap_or("no result")) } };
    };
    let confirm = outcome.row.confirm && outcome.attention.iter().all(|finding| finding.effect != "confirm");
    html! {
        @for field in &outcome.fields {
            @if let Some(error) = &field.error { p { "Field " (field.field) " failed: " (error) } }
        }
        @for finding in &outcome.attention {
            p data-code=(finding.code) data-effect=(finding.effect) {
                (finding.message)
                @if let Some(action) = &finding.action { " " strong { (action) } }
            }
        }
        @if confirm { p { strong { "Confirm by another method or reader." } } }
        @if let Some(further) = further_findings(outcome) { p.note { (further) " in the report" } }
    }
}

/// The controls of the run.
pub(super) fn controls(lines: &[Line<'_>]) -> Markup {
    let controls: Vec<_> = (lines.iter().filter(|line| line.in_run))
        .filter_map(|line| Some((line, line.sheet.control?)))
        .collect();
    html! {
        section aria-labelledby="controls" {
            h2 id="controls" { "Controls" }
            @if controls.is_empty() {
                p { "The run has no controls. A sample sheet names them in its column " code { "control" } "." }
            } @else {
                (scrolling("Controls", &html! {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Control" }
                                th scope="col" { "Assay" }
                                th scope="col" { "Expected" }
                                th scope="col" { "Found" }
                                th scope="col" { "In range" }
                            }
                        }
                        tbody {
                            @for (line, control) in controls {
                                @let is_met = line.row().is_some_and(|row| control.is_met_by(row));
                                tr data-control=(line.name) data-met=(is_met) {
                                    th scope="row" { (line.name) }
                                    td { (line.assay) }
                                    td { (control) }
                                    td { (line.row().map_or_else(|| "nothing: it could not be scored".to_owned(), found)) }
                                    td { @if is_met { "yes" } @else { strong { "no" } } }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

fn found(row: &SpecimenRow) -> String {
    format!("{}, {}", verdict_words(row.by_rule).to_lowercase(), counts(row))
}

/// A name as part of a link: every byte that is no letter, digit or one of `-._~` is escaped.
fn escaped(name: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_its_folder_whatever_its_name() {
        assert_eq!(escaped("P1.alk"), "P1.alk");
        assert_eq!(escaped("a b#?%/\u{e4}"), "a%20b%23%3F%25%2F%C3%A4");
    }
}
