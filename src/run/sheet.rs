//! The sample sheet: a row for each result that a run has to give.

mod cells;
mod fault;
mod row;
mod table;

use std::collections::BTreeMap;
use std::path::Path;

use crate::run::digest::Digest;
use crate::run::reference::ReferenceValues;

use cells::Cells;
pub use fault::{SheetError, SheetFault};
pub use row::SheetRow;

/// The columns that a sheet may have, in any order. `specimen` and `path` must be there. Those of [`ReferenceValues`] and all
/// others are carried through to the tables of results.
pub const SHEET_COLUMNS: [&str; 16] = [
    "specimen",
    "path",
    "assay",
    "sex",
    "channels",
    "pixel_size_um",
    "z_step_um",
    "control",
    "regions",
    "nuclei",
    "signals",
    "note",
    "manual_percent",
    "ihc",
    "ngs",
    "repeat_of",
];

/// Shortest name that may be a slip for one of ours; shorter ones are near to too many.
const MIN_SLIP_BYTES: usize = 4;

/// Columns without which a sheet says nothing.
const NEEDED: [&str; 2] = ["specimen", "path"];

/// A sample sheet without a fault.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("breakapart-sheet-{}", std::process::id()));
/// # std::fs::create_dir_all(folder.join("p1")).unwrap();
/// use breakapart::run::SampleSheet;
/// let text = "specimen,path,assay,block\nP1,p1,ALK,A7\nP1,p1,ros1,A7\n";
/// let sheet = SampleSheet::parse(text, &folder.join("week.csv"), true)?;
/// assert_eq!(sheet.rows[0].assay.as_ref().unwrap().id, "alk");
/// assert_eq!((sheet.other_columns[0].as_str(), sheet.rows[1].other[0].as_str()), ("block", "A7"));
///
/// let faults = SampleSheet::parse("specimen,path,assay\n,p1,akl\n", &folder.join("week.csv"), true).unwrap_err();
/// assert!(faults.to_string().contains("line 2, column assay"));
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), breakapart::run::SheetError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SampleSheet {
    /// The rows, in their order.
    pub rows: Vec<SheetRow>,
    /// Names of the columns that are carried through: those of [`ReferenceValues`], and those that are not ours.
    pub other_columns: Vec<String>,
    /// Digest of its text.
    pub blake3: Digest,
}

impl SampleSheet {
    /// JSON Schema (2020-12) of a sheet as a list of rows, for programs that start runs.
    pub const SCHEMA: &str = include_str!("../../schema/sheet.schema.json");

    /// Reads a sheet: CSV with commas, semicolons or tabs, UTF-8, a header first. Paths are relative to the folder of the
    /// sheet. With `needs_assay` every row must name its assay.
    ///
    /// # Errors
    /// [`SheetError`] with every fault of the sheet.
    pub fn read(path: impl AsRef<Path>, needs_assay: bool) -> Result<Self, SheetError> {
        let path = path.as_ref();
        let text = table::text_of(path)?;
        Self::parse(&text, path, needs_assay)
    }

    /// A sheet from its text. `path` is where it came from, for messages and relative paths.
    ///
    /// # Errors
    /// [`SheetError`] with every fault of the sheet.
    pub fn parse(text: &str, path: &Path, needs_assay: bool) -> Result<Self, SheetError> {
        let mut faults = Vec::new();
        let table = table::parse(text, &mut faults);
        let (columns, other) = sort_columns(&table.header, needs_assay, &mut faults);
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut assays = BTreeMap::new();
        let mut rows = Vec::new();
        for (line, cells) in &table.rows {
            let mut cells =
                Cells { line: *line, texts: cells, columns: &columns, folder, faults: &mut faults };
            rows.push(cells.row(&mut assays, needs_assay, &other));
        }
        if table.rows.is_empty() && faults.is_empty() {
            faults.push(SheetFault::new(1, "", "no row", "a header, and a row for each specimen and assay"));
        }
        refuse_repeated(&rows, &mut faults);
        refuse_repeats_of_nothing(&rows, &mut faults);
        if faults.is_empty() {
            let other_columns = other.iter().map(|&i| carried_name(&table.header[i])).collect();
            Ok(Self { rows, other_columns, blake3: Digest::of_bytes(text.as_bytes()) })
        } else {
            faults.sort_by_key(|fault| fault.line);
            Err(SheetError::Faults { path: path.to_path_buf(), faults })
        }
    }
}

/// The name under which a column is carried through.
fn carried_name(header: &str) -> String {
    let ours = ReferenceValues::COLUMNS.into_iter().find(|name| name.eq_ignore_ascii_case(header));
    ours.map_or_else(|| header.to_owned(), str::to_owned)
}

/// Where each of our columns stands, and where those that are carried through.
fn sort_columns(
    header: &[String],
    needs_assay: bool,
    faults: &mut Vec<SheetFault>,
) -> (BTreeMap<&'static str, usize>, Vec<usize>) {
    let mut columns: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut other: Vec<usize> = Vec::new();
    for (i, name) in header.iter().enumerate() {
        let repeated = || SheetFault::new(1, name, "the column stands twice", "each column once");
        match SHEET_COLUMNS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            Some(known) if columns.insert(known, i).is_some() => faults.push(repeated()),
            Some(_) => {}
            None if name.is_empty() => {
                faults.push(SheetFault::new(1, "", format!("column {} has no name", i + 1), "a name"));
            }
            None if other.iter().any(|&j| header[j].eq_ignore_ascii_case(name)) => faults.push(repeated()),
            None => other.push(i),
        }
    }
    for &i in &other {
        let missing = SHEET_COLUMNS.iter().copied().filter(|known| !columns.contains_key(known));
        if let Some(meant) =
            crate::error::nearest(&header[i], missing).filter(|_| header[i].len() >= MIN_SLIP_BYTES)
        {
            faults.push(SheetFault::new(1, &header[i], "unknown column", format!("did you mean `{meant}`?")));
        } else if crate::run::names::is_our_column(&header[i]) {
            let allowed = "another name: a table of results has a column of this name";
            faults.push(SheetFault::new(1, &header[i], "name in use", allowed));
        }
    }
    other.extend(ReferenceValues::COLUMNS.iter().filter_map(|name| columns.get(name)));
    other.sort_unstable();
    let needed = NEEDED.into_iter().chain(needs_assay.then_some("assay"));
    for name in needed.filter(|name| !columns.contains_key(name)) {
        let allowed = format!("the columns {}", SHEET_COLUMNS.join(", "));
        faults.push(SheetFault::new(1, name, "the column is missing", allowed));
    }
    (columns, other)
}

/// Each result is one row: a specimen stands once for each assay.
fn refuse_repeated(rows: &[SheetRow], faults: &mut Vec<SheetFault>) {
    let mut first: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.specimen.is_empty()) {
        let assay = row.assay.as_ref().map(|assay| assay.id.clone());
        let key = (row.specimen.to_lowercase(), assay.clone());
        if let Some(line) = first.get(&key) {
            let assay = assay.map_or(String::new(), |id| format!(" by assay {id}"));
            let found = format!("`{}`{assay} stands in line {line} already", row.specimen);
            faults.push(SheetFault::new(row.line, "specimen", found, "each specimen once for each assay"));
        } else {
            first.insert(key, row.line);
        }
    }
}

/// A repeat names another specimen of the sheet that is no repeat itself.
fn refuse_repeats_of_nothing(rows: &[SheetRow], faults: &mut Vec<SheetFault>) {
    let repeated = |row: &SheetRow| row.reference.repeat_of.clone();
    for (row, name) in rows.iter().filter_map(|row| Some((row, repeated(row)?))) {
        let mut named = rows.iter().filter(|other| other.specimen == name).peekable();
        let found = if name == row.specimen {
            format!("`{name}` is the specimen itself")
        } else if named.peek().is_none() {
            format!("no specimen `{name}`")
        } else if named.any(|other| repeated(other).is_some()) {
            format!("`{name}` is a repeat itself")
        } else {
            continue;
        };
        let allowed = "the name of another specimen of the sheet that repeats none";
        faults.push(SheetFault::new(row.line, "repeat_of", found, allowed));
    }
}

#[cfg(test)]
mod tests;
