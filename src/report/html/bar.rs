//! A percentage with its interval and the cutoff as a bar, beside the figures.

use maud::{Markup, html};

use crate::decide::Interval;
use crate::report::number::fixed;

/// A bar from 0 to 100 %: the interval, the percentage in it, and the cutoff. It repeats figures that stand beside it, so that
/// it is hidden from screen readers.
pub(crate) fn bar(percent: Option<f64>, interval: Option<(f64, f64)>, cutoff: Option<f64>) -> Markup {
    /// Width of a line, percent of the bar.
    const LINE: f64 = 1.0;
    let at = |value: f64| fixed(value.clamp(0.0, 100.0), 2);
    let line = |value: f64| fixed((value - LINE / 2.0).clamp(0.0, 100.0 - LINE), 2);
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track x="0" y="3" width="100" height="4" {}
            @if let Some((low, high)) = interval {
                rect.interval x=(at(low)) y="2" width=(fixed((high - low).clamp(LINE, 100.0), 2)) height="6" {}
            }
            @if let Some(percent) = percent {
                rect.percent x=(line(percent)) y="1" width=(fixed(LINE, 2)) height="8" {}
            }
            @if let Some(cutoff) = cutoff {
                rect.cutoff x=(line(cutoff)) y="0" width=(fixed(LINE / 2.0, 2)) height="10" {}
            }
        }
    }
}

/// The ends of an interval.
pub(crate) fn ends(interval: Interval) -> (f64, f64) {
    (interval.low_percent, interval.high_percent)
}
