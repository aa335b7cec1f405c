//! Figures for people.

use maud::{Markup, html};

use crate::analyse::SpecimenReading;
use crate::assay::IntervalMethod;
use crate::decide::Interval;
use crate::report::number::fixed;

/// The interval that the assay shows first.
pub(super) fn shown_interval(reading: &SpecimenReading) -> Option<Interval> {
    match reading.assay.report.ci {
        IntervalMethod::Wilson => reading.summary.wilson,
        IntervalMethod::ClopperPearson => reading.summary.clopper_pearson,
    }
}

/// A percentage for people; a dash if there is none.
pub(super) fn percent(value: Option<f64>) -> String {
    value
        .filter(|value| value.is_finite())
        .map_or("\u{2013}".to_owned(), |value| format!("{} %", fixed(value, 1)))
}

/// `part` in percent of `whole`.
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}

/// The ends of an interval for people: `48.2 to 74.1 %`.
pub(super) fn range(interval: Interval) -> String {
    format!("{} to {} %", fixed(interval.low_percent, 1), fixed(interval.high_percent, 1))
}

/// A name and its value in a list of facts.
pub(super) fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}
