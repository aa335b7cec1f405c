//! The files about a whole run.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::report::{
    LisLine, SPECIMENS_COLUMNS, fixed_or_empty, write_json_results, write_lis_csv, write_rows,
};
use crate::run::control_chart::charts;
use crate::run::history::ControlFigures;
use crate::run::ledger::Ledger;
use crate::run::line::Line;
use crate::run::names::RUN_COLUMNS;
use crate::run::result::RunResult;
use crate::run::review::ReviewedOutcome;
use crate::run::{index, multiqc, summary};

/// Writes all files about the run; `run.json` last: where it is, everything else is.
pub(super) fn write(folder: &Path, result: &RunResult, earlier: &[(String, Ledger)]) -> Result<()> {
    let of_run = result.record.inputs.iter().zip(&result.results);
    let of_run = of_run.map(|(record, ledger)| Line::of_run(folder, record, ledger.as_ref()));
    let of_earlier = earlier.iter().map(|(name, ledger)| Line::of_earlier(folder, name, ledger));
    let lines: Vec<Line<'_>> = of_run.chain(of_earlier).collect();
    let own: Vec<ControlFigures> = result.record.inputs.iter().filter_map(ControlFigures::of).collect();
    let charts = charts(&result.record.parameters.history, &own);
    write_specimens(&folder.join("specimens.csv"), &lines, result.record.has_sheet)?;
    write_lis(&folder.join("lis.csv"), &lines)?;
    write_json_results(&folder.join("results.json"), &lines.iter().map(flat).collect::<Vec<_>>())?;
    write_json_results(&folder.join("breakapart_mqc.json"), &multiqc::table(&lines))?;
    if let Some(chart) = multiqc::levey_jennings(&charts) {
        write_json_results(&folder.join("breakapart_levey_jennings_mqc.json"), &chart)?;
    }
    index::write(&folder.join("index.html"), &lines, &result.record, &charts)?;
    summary::write(&folder.join("summary.txt"), &lines)?;
    result.record.write(folder)
}

/// `specimens.csv`: a row for each result, and with a sheet a row for each of its rows.
fn write_specimens(path: &Path, lines: &[Line<'_>], has_sheet: bool) -> Result<()> {
    let other: BTreeSet<&String> = lines.iter().flat_map(|line| line.sheet.other.keys()).collect();
    let columns = SPECIMENS_COLUMNS.iter().chain(&RUN_COLUMNS).map(|name| (*name).to_owned());
    let columns: Vec<String> = columns.chain(other.iter().map(|name| (*name).clone())).collect();
    let cells = |line: &Line<'_>| {
        let mut cells: Vec<String> = line.row().map_or_else(Vec::new, |row| row.cells().to_vec());
        if cells.is_empty() {
            cells.extend([line.name.to_owned(), line.assay.to_owned()]);
            cells.resize(SPECIMENS_COLUMNS.len(), String::new());
        }
        let control = line.sheet.control.map_or(String::new(), |control| control.to_string());
        cells.extend([
            line.status.name().to_owned(),
            line.in_run.to_string(),
            control,
            line.sheet.note.clone(),
        ]);
        cells.extend(reviewed_cells(line));
        cells.extend(other.iter().map(|name| line.sheet.other.get(*name).cloned().unwrap_or_default()));
        cells
    };
    let shown = lines.iter().filter(|line| has_sheet || line.row().is_some());
    write_rows(path, &columns, shown.map(cells))
}

/// The cells about the reviews of a result.
fn reviewed_cells(line: &Line<'_>) -> [String; 6] {
    let status = line.review.name().to_owned();
    let Some(reviewed) = line.reviewed() else {
        return [status, String::new(), String::new(), String::new(), String::new(), String::new()];
    };
    let row = &reviewed.outcome.row;
    [
        status,
        reviewed.by(),
        row.verdict.name().to_owned(),
        row.rearranged.to_string(),
        row.evaluable.to_string(),
        fixed_or_empty(row.percent_rearranged, 2),
    ]
}

/// `lis.csv`: a line for each result and each row of the sheet, done or not.
fn write_lis(path: &Path, lines: &[Line<'_>]) -> Result<()> {
    let codes_of = |line: &Line<'_>| {
        let attention = line.final_outcome().map_or(&[][..], |outcome| &outcome.attention);
        let mut codes: Vec<&str> = Vec::new();
        for finding in attention {
            if !codes.contains(&finding.code.as_str()) {
                codes.push(&finding.code);
            }
        }
        codes.join(" ")
    };
    let texts_of = |line: &Line<'_>| {
        let control = line.sheet.control.map_or(String::new(), |control| control.to_string());
        [codes_of(line), control, line.reviewed().map_or(String::new(), ReviewedOutcome::by)]
    };
    let texts: Vec<[String; 3]> = lines.iter().map(texts_of).collect();
    let cells = lines.iter().zip(&texts).map(|(line, [findings, control, reviewed_by])| LisLine {
        specimen: line.name,
        assay: line.assay,
        row: line.final_row(),
        findings,
        status: line.status.name(),
        control,
        review: line.review.name(),
        reviewed_by,
        pooled: line.reviewed().and_then(|reviewed| Some(reviewed.second_reading.as_ref()?.pooled)),
    });
    write_lis_csv(path, &cells.collect::<Vec<_>>())
}

/// A result without levels, for a laboratory's system.
fn flat(line: &Line<'_>) -> Value {
    let mut flat = Map::new();
    let mut put = |name: &str, value: Value| drop(flat.insert(name.to_owned(), value));
    put("specimen", json!(line.name));
    put("assay", json!(line.assay));
    put("status", json!(line.status));
    put("in_run", json!(line.in_run));
    put("error", json!(line.error));
    put("control", json!(line.sheet.control));
    put("note", json!(line.sheet.note));
    if let Some(outcome) = line.outcome() {
        let row = &outcome.row;
        put("verdict", json!(row.verdict));
        put("rearranged", json!(row.rearranged));
        put("evaluable", json!(row.evaluable));
        put("nuclei", json!(row.nuclei));
        put("percent_rearranged", json!(row.percent_rearranged));
        put("ci_low", json!(row.wilson_percent.map(|i| i.0)));
        put("ci_high", json!(row.wilson_percent.map(|i| i.1)));
        put("ci_level", json!(row.level));
        put("borderline", json!(row.borderline));
        put("confirm", json!(row.confirm));
        put("withheld_by", json!(row.withheld_by.join(" ")));
        put("fields", json!(row.fields));
        put("failed_fields", json!(row.failed_fields));
        let messages: Vec<&str> = outcome.attention.iter().map(|finding| finding.message.as_str()).collect();
        put("findings", json!(messages.join(" ")));
    }
    if let Some(ledger) = line.ledger {
        put("crate_version", json!(ledger.crate_version));
    }
    if let Some(row) = line.row() {
        put("iscn", json!(row.iscn.as_ref().map(|iscn| &iscn.text)));
        put("more_nuclei", json!(row.more_nuclei.as_ref().map(ToString::to_string)));
    }
    put("review", json!(line.review.name()));
    if let Some(reviewed) = line.reviewed() {
        let row = &reviewed.outcome.row;
        put("reviewed_by", json!(reviewed.by()));
        put("reviewed_verdict", json!(row.verdict));
        put("reviewed_rearranged", json!(row.rearranged));
        put("reviewed_evaluable", json!(row.evaluable));
        put("reviewed_percent_rearranged", json!(row.percent_rearranged));
        let pooled = reviewed.second_reading.as_ref().map(|second| second.pooled);
        put("pooled_rearranged", json!(pooled.map(|pooled| pooled.positive)));
        put("pooled_evaluable", json!(pooled.map(|pooled| pooled.total)));
    }
    for (name, cell) in &line.sheet.other {
        flat.insert(name.clone(), json!(cell));
    }
    Value::Object(flat)
}
