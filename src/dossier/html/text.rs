//! Figures as text, and parts that may have none.

use maud::{Markup, html};

use crate::agreement::{Estimate, Proportion};
use crate::decide::Count;
use crate::dossier::part::Part;

/// A figure with its interval, such as `3.1 points (2.2 to 4.0)`.
pub(super) fn estimate(estimate: &Estimate, decimals: usize, unit: &str) -> String {
    let Estimate { value, low, high } = estimate;
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    format!("{value:.decimals$}{unit} ({low:.decimals$} to {high:.decimals$})")
}

/// A share with its count and interval, such as `90.0 % (27 of 30; 74.4 to 96.5 %)`.
pub(super) fn proportion(share: &Proportion) -> String {
    let Proportion { count, percent, wilson, .. } = share;
    format!(
        "{percent:.1} % ({} of {}; {:.1} to {:.1} %)",
        count.positive, count.total, wilson.low_percent, wilson.high_percent
    )
}

/// A count with its percentage.
pub(super) fn count(count: Count) -> String {
    let Count { positive, total } = count;
    let percent = count.percent().map_or_else(String::new, |percent| format!(" ({percent:.1} %)"));
    format!("{positive} of {total}{percent}")
}

/// The figures of a part, or why there are none.
pub(super) fn part<T>(part: &Part<T>, show: impl FnOnce(&T) -> Markup) -> Markup {
    match part {
        Part::Given(figures) => show(figures),
        Part::TooFew(too_few) => html! { p.open { (too_few) } },
        Part::NotGiven { reasons } => html! { ul.open { @for reason in reasons { li { (reason) } } } },
    }
}

/// A part that is one line of a table.
pub(super) fn part_text<T>(part: &Part<T>, show: impl FnOnce(&T) -> String) -> String {
    match part {
        Part::Given(figures) => show(figures),
        Part::TooFew(too_few) => too_few.to_string(),
        Part::NotGiven { reasons } => reasons.join(" "),
    }
}

/// A table of names and values.
pub(super) fn facts(rows: &[(&str, String)]) -> Markup {
    html! { table.facts { tbody { @for (name, value) in rows { tr { th scope="row" { (name) } td { (value) } } } } } }
}

/// Sentences that speak against relying on figures.
pub(super) fn cautions(cautions: &[String]) -> Markup {
    html! { @if !cautions.is_empty() { ul.cautions { @for caution in cautions { li { "Caution: " (caution) } } } } }
}
