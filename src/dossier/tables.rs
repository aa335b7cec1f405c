//! Tables that a laboratory supplies: values of other methods, and counts of readers.

use std::collections::BTreeMap;
use std::path::Path;

use super::input::ReaderCount;
use crate::decide::Count;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::rows::rows;

/// Largest table, bytes. A row has about 100 bytes.
const MAX_BYTES: u64 = 1 << 24;

/// A row: its cells by the name of their column, in lower case.
struct Row {
    line: usize,
    cells: BTreeMap<String, String>,
}

impl Row {
    fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The rows of a table that has the columns `needed`.
fn read(path: &Path, needed: &[&str]) -> Result<Vec<Row>> {
    let text = read_text(path, MAX_BYTES)?;
    let malformed = |line: usize, problem: &dyn std::fmt::Display| {
        Error::malformed(Location::file(path), format!("line {line}: {problem}"))
    };
    let (rows, fault) = rows(&text);
    if let Some((line, error)) = fault {
        return Err(malformed(line, &error));
    }
    let mut rows = rows.into_iter();
    let header = rows.next().map(|row| row.cells).unwrap_or_default();
    let header: Vec<String> = header.iter().map(|name| name.to_lowercase()).collect();
    if let Some(missing) = needed.iter().find(|name| !header.iter().any(|column| column == *name)) {
        return Err(malformed(1, &format!("the column `{missing}` is missing")));
    }
    if let Some(i) = (1..header.len()).find(|i| !header[*i].is_empty() && header[..*i].contains(&header[*i]))
    {
        return Err(malformed(1, &format!("the column `{}` stands twice", header[i])));
    }
    let row = |row: crate::rows::Row| Row {
        line: row.line,
        cells: header.iter().cloned().zip(row.cells).filter(|(_, cell)| !cell.is_empty()).collect(),
    };
    Ok(rows.map(row).collect())
}

/// The values of a sheet for a result.
pub(super) struct SheetValues {
    /// Line of the table.
    pub(super) line: usize,
    /// The specimen.
    pub(super) specimen: String,
    /// The assay; empty for any.
    pub(super) assay: String,
    /// Cells by the name of their column, those that are not empty.
    pub(super) cells: BTreeMap<String, String>,
}

/// The rows of a sheet. Only the column `specimen` must be there: the images need not.
pub(super) fn sheet(path: &Path) -> Result<Vec<SheetValues>> {
    let values = |row: Row| SheetValues {
        line: row.line,
        specimen: row.cell("specimen").to_owned(),
        assay: row.cell("assay").to_owned(),
        cells: row.cells,
    };
    Ok(read(path, &["specimen"])?.into_iter().map(values).collect())
}

/// The counts of readers.
pub(super) fn readers(path: &Path) -> Result<Vec<ReaderCount>> {
    let rows = read(path, &["specimen", "reader", "rearranged", "evaluable"])?;
    let count = |row: &Row| -> Result<ReaderCount> {
        let fault =
            |problem: String| Error::malformed(Location::file(path), format!("line {}: {problem}", row.line));
        let number = |column: &str| -> Result<usize> {
            let text = row.cell(column);
            text.parse().map_err(|_| fault(format!("column {column}: `{text}` is no number of nuclei")))
        };
        let named = |column: &str| {
            let text = row.cell(column);
            if text.is_empty() {
                Err(fault(format!("column {column} is empty")))
            } else {
                Ok(text.to_owned())
            }
        };
        let (positive, total) = (number("rearranged")?, number("evaluable")?);
        if total == 0 || positive > total {
            return Err(fault(format!("{positive} rearranged nuclei of {total}")));
        }
        Ok(ReaderCount {
            specimen: named("specimen")?,
            reader: named("reader")?,
            count: Count::new(positive, total)?,
        })
    };
    rows.iter().map(count).collect()
}
