//! `index.html`: all results of a run with their verdicts, its controls, and charts over runs.

mod drift;
mod specimens;

use std::path::Path;

use maud::html;

use crate::atomic::write_bytes;
use crate::error::Result;
use crate::report::{Page, page};
use crate::run::control_chart::ControlChart;
use crate::run::line::Line;
use crate::run::record::RunRecord;

/// The sections of the page, in their order.
const SECTIONS: [(&str, &str); 3] =
    [("specimens", "Specimens"), ("controls", "Controls"), ("drift", "Drift over runs")];

/// Writes the page.
pub(super) fn write(
    path: &Path,
    lines: &[Line<'_>],
    record: &RunRecord,
    charts: &[ControlChart<'_>],
) -> Result<()> {
    let main = html! {
        (specimens::section(lines, record))
        (specimens::controls(lines))
        (drift::section(charts, record.parameters.history.len())?)
    };
    let in_run = lines.iter().filter(|line| line.in_run).count();
    let text = page(&Page {
        title: "Results of the run",
        kicker: "Break-apart FISH",
        subtitle: &format!("{in_run} specimens, those that need something first"),
        sections: &SECTIONS,
        main,
        style: "",
        gallery: None,
    });
    write_bytes(path, text.as_bytes())
}
