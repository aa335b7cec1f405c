//! Sections of `MultiQC`'s report (custom content). A file holds one section.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::run::control_chart::{ControlChart, LIMITS_SD};
use crate::run::line::Line;

/// A section of `MultiQC`'s report (custom content).
#[derive(Serialize)]
pub(super) struct MultiQc {
    id: &'static str,
    section_name: &'static str,
    description: &'static str,
    plot_type: &'static str,
    pconfig: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    headers: Value,
    data: Map<String, Value>,
}

/// The results as a table.
pub(super) fn table(lines: &[Line<'_>]) -> MultiQc {
    let name = |line: &Line<'_>| format!("{} {}", line.name, line.assay).trim_end().to_owned();
    let data = |line: &Line<'_>| {
        let row = line.row();
        let figures = line.outcome().and_then(|outcome| outcome.figures).unwrap_or_default();
        json!({
            "verdict": row.map_or(line.status.name(), |row| row.verdict.name()),
            "percent_rearranged": row.and_then(|row| row.percent_rearranged),
            "evaluable": row.map(|row| row.evaluable),
            "rearranged": row.map(|row| row.rearranged),
            "findings": row.map(|row| row.warnings),
            "red_snr": figures.signal_height_snr.red,
            "green_snr": figures.signal_height_snr.green,
            "red_diameter_um": figures.signal_diameter_um.red,
            "green_diameter_um": figures.signal_diameter_um.green,
            "shift_um": figures.shift_um,
        })
    };
    MultiQc {
        id: "breakapart",
        section_name: "Break-apart FISH",
        description: "Nuclei with a rearranged gene. Not a medical device.",
        plot_type: "table",
        pconfig: json!({"id": "breakapart_table", "title": "Break-apart FISH"}),
        headers: json!({
            "verdict": {"title": "Verdict"},
            "percent_rearranged": {"title": "Rearranged", "suffix": " %", "min": 0, "max": 100, "format": "{:,.1f}"},
            "evaluable": {"title": "Evaluable nuclei", "format": "{:,.0f}"},
            "rearranged": {"title": "Rearranged nuclei", "format": "{:,.0f}"},
            "findings": {"title": "Findings", "format": "{:,.0f}"},
            "red_snr": {"title": "SNR red", "format": "{:,.1f}", "hidden": true},
            "green_snr": {"title": "SNR green", "format": "{:,.1f}", "hidden": true},
            "red_diameter_um": {"title": "Diameter red", "suffix": " um", "format": "{:,.2f}", "hidden": true},
            "green_diameter_um": {"title": "Diameter green", "suffix": " um", "format": "{:,.2f}", "hidden": true},
            "shift_um": {"title": "Shift", "suffix": " um", "format": "{:,.2f}", "hidden": true},
        }),
        data: lines.iter().filter(|line| line.in_run).map(|line| (name(line), data(line))).collect(),
    }
}

/// The control charts in one plot, in standard deviations from the mean of the earlier runs; `None` without limits.
pub(super) fn levey_jennings(charts: &[ControlChart<'_>]) -> Option<MultiQc> {
    let line = |chart: &ControlChart<'_>| {
        let point = |number: usize, value: f64| Some((number.to_string(), json!(chart.deviation(value)?)));
        let points: Map<String, Value> =
            chart.values.iter().filter_map(|value| point(value.number, value.value)).collect();
        (!points.is_empty())
            .then(|| (format!("{} {}", chart.assay, chart.figure.code()), Value::Object(points)))
    };
    let data: Map<String, Value> = charts.iter().filter_map(line).collect();
    let [warning, out] = LIMITS_SD;
    let limits = [-out, -warning, warning, out].map(|sd| json!({"value": sd, "label": format!("{sd:+} SD")}));
    (!data.is_empty()).then(|| MultiQc {
        id: "breakapart_levey_jennings",
        section_name: "Break-apart FISH: control charts",
        description: "Controls of each run against the earlier runs. Beyond 3 SD a run is out of control. Not a medical device.",
        plot_type: "linegraph",
        pconfig: json!({
            "id": "breakapart_levey_jennings_plot",
            "title": "Break-apart FISH: control charts",
            "xlab": "Run, in the order given",
            "ylab": "Deviation (SD)",
            "y_lines": limits,
        }),
        headers: Value::Null,
        data,
    })
}
