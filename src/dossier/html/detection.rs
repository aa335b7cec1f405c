//! Limit of detection.

use maud::{Markup, html};

use super::text::{facts, part};
use crate::agreement::LimitOfBlank;
use crate::dossier::detection::Detection;
use crate::report::scrolling;

pub(super) fn body(detection: &Detection) -> Markup {
    let times = 100.0 * detection.power;
    let table = html! {
        table {
            thead { tr {
                th.number scope="col" { "Evaluable nuclei" }
                th.number scope="col" { "Positive from" }
                th.number scope="col" { "Detected from, %" }
            } }
            tbody { @for row in &detection.rows {
                tr {
                    td.number { (row.cells) @if detection.median_cells == Some(row.cells) { " (median here)" } }
                    td.number { (row.positive_from) }
                    td.number { (format!("{:.1}", row.detectable_percent)) }
                }
            } }
        }
    };
    html! {
        p {
            "Share of rearranged nuclei from which on a specimen is positive " (format!("{times:.0}")) " times in 100, by the cutoff "
            "of the assay. Exact, for nuclei that are called without error: errors of the calls and the choice of the area come on top."
        }
        (scrolling("Limit of detection", &table))
        h3 { "Limit of blank" }
        (part(&detection.limit_of_blank, blank))
    }
}

fn blank(limit: &LimitOfBlank) -> Markup {
    let rows = [
        ("Normal controls", limit.blanks.to_string()),
        ("Mean and standard deviation", format!("{:.2} and {:.2} %", limit.mean, limit.sd)),
        ("Limit by ranks", format!("{:.2} %", limit.by_ranks)),
        ("Limit by mean and standard deviation", format!("{:.2} %", limit.by_deviation)),
    ];
    html! { (facts(&rows)) }
}
