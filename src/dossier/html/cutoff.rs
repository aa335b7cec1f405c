//! The cutoff from normal controls.

use maud::{Markup, html};

use super::text::{cautions, count, facts, part};
use crate::dossier::cutoff::CutoffPart;
use crate::report::scrolling;
use crate::summarise::CutoffComparison;

/// Limits of normal controls.
const CAVEAT: &str =
    "Normal controls do not show what tumour ploidy, larger nuclei and the cut through them do to the count.";

pub(super) fn body(cutoff: &CutoffPart) -> Markup {
    let provenance = &cutoff.provenance;
    let mut rows = vec![
        ("Cutoff in use", format!("positive if {} {}", cutoff.comparator, cutoff.in_use_percent)),
        ("Its source", provenance.source.to_string()),
        ("Its method", provenance.method.clone()),
    ];
    rows.extend(provenance.n_normals.map(|normals| ("Its normal controls", normals.to_string())));
    rows.extend(provenance.cells_per_normal.map(|cells| ("Nuclei of each", cells.to_string())));
    rows.extend(provenance.confidence.map(|share| ("Its confidence", format!("{} %", 100.0 * share))));
    rows.extend(provenance.date.clone().map(|date| ("Its date", date)));
    let normals = html! {
        table {
            caption { "Normal controls" }
            thead { tr { th scope="col" { "Specimen" } th scope="col" { "Rearranged" } } }
            tbody { @for normal in &cutoff.normals {
                tr { th scope="row" { (normal.specimen) } td { (count(normal.count)) } }
            } }
        }
    };
    html! {
        (facts(&rows))
        h3 { "From the normal controls of this dossier" }
        (part(&cutoff.comparison, comparison))
        @if !cutoff.normals.is_empty() { (scrolling("Normal controls", &normals)) }
    }
}

fn comparison(comparison: &CutoffComparison) -> Markup {
    let table = html! {
        table {
            caption {
                (comparison.controls) " controls, " (comparison.total.total) " nuclei; for specimens of " (comparison.cells) " nuclei"
            }
            thead { tr {
                th scope="col" { "Method" } th.number scope="col" { "Cutoff, %" } th.number scope="col" { "Positive from" }
                th scope="col" { "Formula" }
            } }
            tbody { @for row in &comparison.rows {
                tr {
                    th scope="row" { (row.cutoff.method) } td.number { (format!("{:.2}", row.cutoff.percent)) }
                    td.number { (row.positive_from) } td { (row.formula) }
                }
            } }
        }
    };
    let of_rows = comparison
        .rows
        .iter()
        .flat_map(|row| row.cautions.iter().map(|caution| format!("{}: {caution}", row.cutoff.method)));
    let all = comparison.cautions.iter().map(ToString::to_string).chain(of_rows);
    let all: Vec<String> = all.chain([CAVEAT.to_owned()]).collect();
    html! { (scrolling("Cutoffs", &table)) (cautions(&all)) }
}
