//! Normal controls from the results of `score`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use breakapart::summarise::{Count, NormalControl};

/// Name of the table in a folder of results.
const TABLE: &str = "specimens.csv";
/// The columns that are read.
const COLUMNS: [&str; 6] = ["specimen", "assay", "evaluable", "rearranged", "failed_fields", "withheld_by"];

/// The table of specimens that an input is, or that its folder holds; `None` if it holds images.
pub(super) fn table_at(input: &Path) -> Option<PathBuf> {
    let is_table = input.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("csv"));
    let inside = input.join(TABLE);
    if is_table { Some(input.to_owned()) } else { inside.is_file().then_some(inside) }
}

/// Reads a table of specimens.
pub(super) fn read(table: &Path) -> Result<Vec<NormalControl>> {
    let mut reader = csv::Reader::from_path(table).with_context(|| table.display().to_string())?;
    let columns = columns(reader.headers().with_context(|| table.display().to_string())?, table)?;
    let mut controls = Vec::new();
    for (i, record) in reader.records().enumerate() {
        let record = record.with_context(|| table.display().to_string())?;
        let cell = |column: usize| record.get(columns[column]).unwrap_or_default();
        let number = |column: usize| -> Result<usize> {
            let text = cell(column);
            text.parse().with_context(|| {
                let line = i + 2;
                format!("{}, line {line}, column {}: `{text}` is no count", table.display(), COLUMNS[column])
            })
        };
        let count = Count::new(number(3)?, number(2)?)
            .with_context(|| format!("{}, {}", table.display(), cell(0)))?;
        let mut control = NormalControl::new(cell(0), cell(1), count);
        control.failed_fields = number(4)?;
        control.withheld_by = cell(5).split_whitespace().map(str::to_owned).collect();
        controls.push(control);
    }
    Ok(controls)
}

/// The places of the columns that are read.
fn columns(header: &csv::StringRecord, table: &Path) -> Result<Vec<usize>> {
    let place = |name: &&str| header.iter().position(|column| column == *name);
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|name| place(name).is_none()).collect();
    if !missing.is_empty() {
        bail!("{}: no table of specimens: it lacks the columns {}", table.display(), missing.join(", "));
    }
    Ok(COLUMNS.iter().filter_map(place).collect())
}
