//! Control charts over runs.

use maud::{Markup, html};

use crate::error::Result;
use crate::report::{Ink, Mark, Plot, scrolling};
use crate::run::control_chart::{ControlChart, LIMITS_SD, MIN_EARLIER_RUNS, Standing};

/// Decimals of figures.
const DECIMALS: usize = 2;

pub(super) fn section(charts: &[ControlChart<'_>], earlier: usize) -> Result<Markup> {
    // A single run is no chart.
    let drawn = charts.iter().filter(|chart| chart.values.len() > 1).enumerate();
    let figures = drawn.map(|(i, chart)| figure(i, chart)).collect::<Result<Vec<_>>>()?;
    Ok(html! {
        section aria-labelledby="drift" {
            h2 id="drift" { "Drift over runs" }
            p data-earlier-runs=(earlier) {
                @if earlier == 0 {
                    "No earlier runs were named (" code { "--history" } "), so that nothing is compared."
                } @else {
                    "The controls of this run against those of " (earlier) " earlier runs, the mean of each run. Limits at 2 and 3 "
                    "standard deviations are drawn from " (MIN_EARLIER_RUNS) " earlier runs on."
                }
            }
            @if !charts.is_empty() {
                (table(charts))
                div.columns { @for figure in &figures { (figure) } }
            }
        }
    })
}

fn table(charts: &[ControlChart<'_>]) -> Markup {
    scrolling(
        "Drift over runs",
        &html! {
            table {
                thead {
                    tr {
                        th scope="col" { "Assay" }
                        th scope="col" { "Figure" }
                        th.number scope="col" { "This run" }
                        th.number scope="col" { "Mean" }
                        th.number scope="col" { "SD" }
                        th.number scope="col" { "Deviation, SD" }
                        th scope="col" { "Control" }
                    }
                }
                tbody {
                    @for chart in charts {
                        @let value = chart.values.iter().find(|value| value.run.is_none()).map(|value| value.value);
                        @let standing = value.map_or(Standing::Open, |value| chart.standing(value));
                        @let (name, unit) = chart.figure.words();
                        tr data-assay=(chart.assay) data-figure=(chart.figure.code()) data-standing=(standing.name()) {
                            td { (chart.assay) }
                            th scope="row" { (name) @if !unit.is_empty() { ", " (unit) } }
                            td.number { (shown(value)) }
                            td.number { (shown(chart.limits.map(|limits| limits.mean))) }
                            td.number { (shown(chart.limits.map(|limits| limits.sd))) }
                            td.number { (shown(value.and_then(|value| chart.deviation(value)))) }
                            td { (words(standing)) }
                        }
                    }
                }
            }
        },
    )
}

fn words(standing: Standing) -> Markup {
    match standing {
        Standing::Open => html! { "too few runs" },
        Standing::InControl => html! { "in control" },
        Standing::Warning => html! { strong { "beyond 2 SD" } },
        Standing::OutOfControl => html! { strong { "out of control: beyond 3 SD" } },
    }
}

fn shown(value: Option<f64>) -> String {
    value.map_or("\u{2013}".to_owned(), |value| format!("{value:.DECIMALS$}"))
}

/// The chart of a figure. A run that needs a look has a large point.
fn figure(index: usize, chart: &ControlChart<'_>) -> Result<Markup> {
    let ((name, unit), values) = (chart.figure.words(), &chart.values);
    let points = values.iter().map(|value| (value.number as f64, value.value));
    let mut marks = vec![Mark::Line { points: points.collect(), ink: Ink::First }];
    let mut ends: Vec<f64> = values.iter().map(|value| value.value).collect();
    if let Some(limits) = chart.limits {
        marks.push(Mark::Level { y: limits.mean, word: "mean".to_owned(), ink: Ink::Text });
        for deviations in LIMITS_SD {
            for side in [-deviations, deviations] {
                let (y, word) = (limits.mean + side * limits.sd, format!("{side:+} SD"));
                marks.push(Mark::Level { y, word, ink: Ink::Limit });
                ends.push(y);
            }
        }
    }
    for value in values {
        let is_off = matches!(chart.standing(value.value), Standing::Warning | Standing::OutOfControl);
        let ink = if is_off { Ink::Second } else { Ink::First };
        marks.push(Mark::Point { at: (value.number as f64, value.value), is_large: is_off, ink });
    }
    let (low, high) =
        ends.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(*y), h.max(*y)));
    let space = (0.1 * (high - low)).max(0.05 * high.abs().max(low.abs()).max(0.1));
    let last = values.last().map_or(1, |value| value.number);
    let standings: Vec<String> = values
        .iter()
        .filter(|value| !matches!(chart.standing(value.value), Standing::InControl | Standing::Open))
        .map(|value| value.run.unwrap_or("this run").to_owned())
        .collect();
    let plot = Plot {
        id: format!("chart-{index}"),
        title: format!("{}: {name}", chart.assay),
        description: format!(
            "Control chart over {last} runs, this run last. Beyond the limits: {}.",
            if standings.is_empty() { "none".to_owned() } else { standings.join(", ") }
        ),
        x_name: "run, in the order of --history".to_owned(),
        y_name: unit.to_owned(),
        start: (0.5, low - space),
        end: (last as f64 + 0.5, high + space),
        top: None,
        decimals: (0, if high - low < 0.5 { DECIMALS + 1 } else { 1 }),
        marks,
    };
    plot.figure()
}
