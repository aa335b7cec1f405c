//! Agreement of calls as tables.

use maud::{Markup, html};

use super::text::{facts, part_text, proportion};
use crate::agreement::{ConfusionMatrix, Kappa};
use crate::dossier::calls::{BandAgreement, CallAgreement};
use crate::report::scrolling;

/// A two-by-two table of calls, and its shares.
pub(super) fn calls(calls: &CallAgreement, test: &str, reference: &str) -> Markup {
    let table = calls.table;
    let rows = [
        ("Same call", part_text(&calls.overall, proportion)),
        ("Sensitivity (positive percent agreement)", part_text(&calls.sensitivity, proportion)),
        ("Specificity (negative percent agreement)", part_text(&calls.specificity, proportion)),
        ("Kappa", part_text(&calls.kappa, kappa)),
    ];
    html! {
        table {
            caption { (test) " (rows) by " (reference) " (columns)" }
            thead { tr { td {} th.number scope="col" { "positive" } th.number scope="col" { "negative" } } }
            tbody {
                tr {
                    th scope="row" { "positive" }
                    td.number { (table.true_positive) } td.number { (table.false_positive) }
                }
                tr {
                    th scope="row" { "negative" }
                    td.number { (table.false_negative) } td.number { (table.true_negative) }
                }
            }
        }
        (facts(&rows))
    }
}

/// Kappa with its interval.
pub(super) fn kappa(kappa: &Kappa) -> String {
    match kappa.interval {
        Some((low, high)) => format!("{:.2} ({low:.2} to {high:.2})", kappa.kappa),
        None => format!("{:.2}; complete agreement gives no interval", kappa.kappa),
    }
}

/// A table of classes.
pub(super) fn matrix(table: &ConfusionMatrix, caption: &str) -> Markup {
    let rows = table.row_labels().iter().zip(table.counts());
    let markup = html! {
        table {
            caption { (caption) }
            thead { tr { td {} @for label in table.column_labels() { th.number scope="col" { (label) } } } }
            tbody { @for (label, counts) in rows {
                tr { th scope="row" { (label) } @for count in counts { td.number { (count) } } }
            } }
        }
    };
    scrolling(caption, &markup)
}

/// Agreement in bands of percentages.
pub(super) fn bands(bands: &BandAgreement, caption: &str) -> Markup {
    let weighted = bands.kappa.as_ref().map_or_else(|| "only one band is in use".to_owned(), kappa);
    html! { (matrix(&bands.table, caption)) p { "Kappa with quadratic weights: " (weighted) "." } }
}
