//! The text of a sheet as cells.

use std::path::Path;

use super::fault::{SheetError, SheetFault};
use crate::error::{Error, Location};
use crate::limited::read_bytes;

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
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A spreadsheet may name its separator in a line of its own.
    let header = if text.starts_with("sep=") { text.find('\n').map_or(text.len(), |end| end + 1) } else { 0 };
    let skipped_lines = usize::from(header > 0);
    let text = &text[header..];
    let first = text.lines().next().unwrap_or_default();
    // Spreadsheets write what their language uses.
    let separators = [b',', b';', b'\t'];
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    let separator = separators.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut table = Table { header: Vec::new(), rows: Vec::new() };
    // Up to where lines were counted, and how many they are.
    let (mut counted, mut line) = (0, skipped_lines + 1);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line) as usize;
                faults.push(SheetFault::new(line, "", format!("no row: {error}"), "cells of text"));
                break;
            }
        };
        // The reader says where it stood before it passed empty lines and the end of the line before.
        let at = record.position().map_or(0, csv::Position::byte) as usize;
        let start = at + text[at..].bytes().take_while(|byte| b"\r\n".contains(byte)).count();
        let start = start.max(counted);
        line += text[counted..start].matches('\n').count();
        counted = start;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if table.header.is_empty() {
            table.header = cells;
        } else {
            table.rows.push((line, fitted(cells, table.header.len(), line, faults)));
        }
    }
    table
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
