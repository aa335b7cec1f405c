//! The text of a sheet as cells.

use std::path::Path;

use super::fault::{SheetError, SheetFault};
use crate::error::{Error, Location};
use crate::limited::read_bytes;
use crate::rows::{Row, rows};

/// Largest sheet, bytes. A row has about 100 bytes; an image passed by mistake has more.
const MAX_BYTES: u64 = 1 << 24;

/// Header and rows; every row has as many cells as the header.
pub(super) struct Table {
    pub(super) header: Vec<String>,
    /// Each with its line in the file.
    pub(super) rows: Vec<(usize, Vec<String>)>,
}

/// The text of the file.
pub(super) fn text_of(path: &Path) -> Result<String, SheetError> {
    let bytes = read_bytes(path, MAX_BYTES)?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        let problem = format!("line {line}: no UTF-8 text; save the sheet as `CSV UTF-8`");
        Error::malformed(Location::file(path), problem).into()
    })
}

/// Cells of the text, without spaces around them. Rows without any text are left out.
pub(super) fn parse(text: &str, faults: &mut Vec<SheetFault>) -> Table {
    let (rows, fault) = rows(text);
    let mut rows = rows.into_iter();
    let header = rows.next().map(|row| row.cells).unwrap_or_default();
    let fitted = |row: Row| (row.line, fitted(row.cells, header.len(), row.line, faults));
    let rows = rows.map(fitted).collect();
    if let Some((line, error)) = fault {
        faults.push(SheetFault::new(line, "", format!("no row: {error}"), "cells of text"));
    }
    Table { header, rows }
}

/// A row of as many cells as the header; empty ones may be missing or surplus at its end.
fn fitted(mut cells: Vec<String>, columns: usize, line: usize, faults: &mut Vec<SheetFault>) -> Vec<String> {
    if cells.iter().skip(columns).any(|cell| !cell.is_empty()) {
        let found = format!("{} cells", cells.len());
        faults.push(SheetFault::new(line, "", found, format!("{columns}, as in the header")));
    }
    cells.resize(columns, String::new());
    cells
}
