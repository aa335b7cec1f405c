//! The percentage as nuclei accumulate.

use maud::{Markup, html};

use super::figures::{percent, range, shown_interval};
use super::plot::{Ink, Mark, Plot};
use crate::analyse::SpecimenReading;
use crate::decide::{Count, Interval, interval};
use crate::error::Result;

/// Points of the curve: one for each nucleus, or so many.
const POINTS: usize = 120;

/// A point of the curve.
struct Step {
    nuclei: f64,
    percent: f64,
    interval: Interval,
}

pub(super) fn figure(reading: &SpecimenReading) -> Result<Markup> {
    let steps = steps(reading)?;
    let [.., last] = &steps[..] else { return Ok(html! { p.plot { "No nucleus was counted." } }) };
    let cutoff = reading.assay.decision.cutoff().value();
    let line = |y: fn(&Step) -> f64| steps.iter().map(move |step| (step.nuclei, y(step)));
    let low = line(|step| step.interval.low_percent);
    let band =
        line(|step| step.interval.high_percent).chain(low.collect::<Vec<_>>().into_iter().rev()).collect();
    let shown = shown_interval(reading).map_or_else(String::new, range);
    let plot = Plot {
        id: "accumulation".to_owned(),
        title: "Rearranged nuclei as nuclei accumulate, with the interval".to_owned(),
        description: format!(
            "Line chart. After {} nuclei {} are rearranged, interval {shown}; the cutoff is {cutoff} %.",
            last.nuclei,
            percent(Some(last.percent))
        ),
        x_name: "nuclei counted, in the order of fields".to_owned(),
        y_name: "rearranged, %".to_owned(),
        start: (0.0, 0.0),
        end: (last.nuclei.max(1.0), 100.0),
        top: None,
        decimals: (0, 0),
        marks: vec![
            Mark::Area { points: band, ink: Ink::Band },
            Mark::Line { points: line(|step| step.percent).collect(), ink: Ink::First },
            Mark::Level { y: cutoff, word: format!("cutoff {cutoff} %"), ink: Ink::Limit },
        ],
    };
    plot.figure()
}

/// The percentage and its interval after some of the nuclei, the last point after all.
fn steps(reading: &SpecimenReading) -> Result<Vec<Step>> {
    let report = &reading.assay.report;
    let counted: Vec<bool> =
        reading.calls().filter(|call| call.evaluable()).map(|call| call.rearranged).collect();
    let stride = counted.len().div_ceil(POINTS).max(1);
    let (mut steps, mut positive) = (Vec::new(), 0);
    for (i, is_rearranged) in counted.iter().enumerate() {
        positive += usize::from(*is_rearranged);
        let total = i + 1;
        if total % stride == 0 || total == counted.len() {
            let count = Count::new(positive, total)?;
            steps.push(Step {
                nuclei: total as f64,
                percent: count.percent().unwrap_or(0.0),
                interval: interval(count, report.ci_level, report.ci)?,
            });
        }
    }
    Ok(steps)
}
