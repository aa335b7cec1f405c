//! The input of a dossier from a folder of results.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::input::{DossierInput, DossierSpecimen};
use super::tables::{self, SheetValues};
use super::unused::{Unused, UnusedReason};
use crate::assay::Assay;
use crate::decide::Count;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::run::{
    Control, InputRecord, InputStatus, Ledger, ReferenceValues, RunRecord, results_in, reviewed_readings,
};

/// Largest report, bytes: it has about 5 kB for each field.
const MAX_REPORT_BYTES: u64 = 1 << 28;

/// The files that a dossier is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DossierFiles {
    /// Folder of results of a run.
    pub results: PathBuf,
    /// A sheet that says more, or other things, of the specimens than the one of the run.
    pub sheet: Option<PathBuf>,
    /// Counts of readers: columns `specimen`, `reader`, `rearranged`, `evaluable`.
    pub readers: Option<PathBuf>,
    /// Id of the assay; it may be left out if the results have only one.
    pub assay: Option<String>,
}

impl DossierFiles {
    /// A folder of results by one assay, whose sheet says all that is known of the specimens.
    #[must_use]
    pub fn new(results: impl Into<PathBuf>) -> Self {
        Self { results: results.into(), sheet: None, readers: None, assay: None }
    }
}

/// Reads the results of a folder, their reviews, and what the laboratory says of their specimens. Images are not needed.
/// Results that are not complete, rows of the sheet without a result and reviews that do not hold are left out, and listed
/// ([`DossierInput::unused`]).
///
/// # Errors
/// [`Error::Io`], [`Error::Malformed`] or [`Error::Unsupported`] if a file cannot be read; [`Error::Undecided`] if the results
/// have several assays and none is chosen; [`Error::UnknownName`] if they have no result by the chosen one;
/// [`Error::InvalidParameter`] if a value of a specimen is none of the allowed ones.
pub fn gather(files: &DossierFiles) -> Result<DossierInput> {
    let record = RunRecord::read(files.results.join("run.json"))?;
    let mut results = results_in(&files.results)?;
    let assay = chosen(files, &record, results.values())?;
    results.retain(|_, ledger| ledger.assay == assay.id);
    let mut sheet = match &files.sheet {
        Some(path) => sheet_values(path, &assay.id)?,
        None => BTreeMap::new(),
    };
    let mut input = DossierInput::new(assay, Vec::new());
    let (mut versions, mut settings) = (BTreeSet::new(), BTreeSet::new());
    for (name, ledger) in &results {
        let folder = files.results.join(name);
        let values = sheet.remove(&ledger.specimen);
        let Some(specimen) = specimen(&folder, ledger, values, files.sheet.as_deref())? else {
            input.unused.push(Unused::new(&ledger.specimen, UnusedReason::NotScored));
            continue;
        };
        versions.insert(ledger.crate_version.clone());
        settings.extend(ledger.method.as_ref().map(|method| method.as_str().to_owned()));
        input.specimens.push(specimen);
        match reviewed_readings(&folder) {
            Ok(readings) => input.reviews.extend(readings),
            Err(error) => input.unused.push(Unused::new(&ledger.specimen, refused(error))),
        }
    }
    for specimen in not_scored(&record, &input) {
        sheet.remove(&specimen);
        input.unused.push(Unused::new(specimen, UnusedReason::NotScored));
    }
    let of_row = |(specimen, values): (String, SheetValues)| {
        Unused::new(specimen, UnusedReason::RowWithoutResult { line: values.line })
    };
    input.unused.extend(sheet.into_iter().map(of_row));
    if let Some(path) = &files.readers {
        input.readers = tables::readers(path)?;
    }
    input.crate_versions = versions.into_iter().collect();
    input.settings = settings.into_iter().collect();
    Ok(input)
}

/// Why reviews are not used.
fn refused(error: Error) -> UnusedReason {
    let problem = match error {
        // Without the path: the dossier is the same wherever the results lie.
        Error::Malformed { problem, .. } => problem,
        other => other.to_string(),
    };
    UnusedReason::ReviewsRefused { problem }
}

/// Specimens of the run that the assay should have read, and that have no result by it.
fn not_scored(record: &RunRecord, input: &DossierInput) -> BTreeSet<String> {
    let is_of_it = |record: &&InputRecord| {
        record.settings.as_ref().is_some_and(|settings| settings.assay == input.assay.id)
    };
    let mut specimens: BTreeSet<String> =
        record.inputs.iter().filter(is_of_it).filter_map(|record| record.specimen.clone()).collect();
    specimens.retain(|name| !input.specimens.iter().any(|specimen| specimen.specimen == *name));
    specimens
}

/// The definition of the assay.
fn chosen<'a>(
    files: &DossierFiles,
    record: &RunRecord,
    results: impl Iterator<Item = &'a Ledger>,
) -> Result<Assay> {
    let ids: BTreeSet<&str> = results.map(|ledger| ledger.assay.as_str()).collect();
    let list = ids.iter().copied().collect::<Vec<_>>();
    let id = match (&files.assay, &list[..]) {
        (Some(id), _) if ids.contains(id.as_str()) => id.as_str(),
        (Some(id), _) => return Err(Error::unknown("assay", id, list.iter().copied())),
        (None, [only]) => *only,
        (None, []) => {
            let problem = "no complete result: score the specimens first";
            return Err(Error::malformed(Location::file(&files.results), problem));
        }
        (None, _) => {
            return Err(Error::Undecided {
                location: Location::file(&files.results),
                question: "which assay the dossier is for".to_owned(),
                found: list.join(", "),
                remedy: "choose one (--assay)".to_owned(),
            });
        }
    };
    let known = record.assays.iter().find(|assay| assay.id == id).cloned();
    let missing = || {
        let problem = format!("run.json holds no definition of `{id}`: an earlier run made its results");
        Error::malformed(Location::file(files.results.join("run.json")), problem)
    };
    known.ok_or_else(missing)
}

/// The values of a sheet for one assay, by specimen.
fn sheet_values(path: &Path, assay: &str) -> Result<BTreeMap<String, SheetValues>> {
    let mut found: BTreeMap<String, SheetValues> = BTreeMap::new();
    let is_of_it = |text: &str| {
        let stem = Path::new(text).file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
        text.is_empty() || stem.is_some_and(|stem| stem == assay)
    };
    for values in tables::sheet(path)?.into_iter().filter(|values| is_of_it(&values.assay)) {
        let (line, name) = (values.line, values.specimen.clone());
        if found.insert(name.clone(), values).is_some() {
            let problem = format!("line {line}: `{name}` stands twice");
            return Err(Error::malformed(Location::file(path), problem));
        }
    }
    Ok(found)
}

/// A result with its values; `None` if it is not complete.
fn specimen(
    folder: &Path,
    ledger: &Ledger,
    values: Option<SheetValues>,
    sheet: Option<&Path>,
) -> Result<Option<DossierSpecimen>> {
    let Some(outcome) = ledger.outcome.as_ref().filter(|outcome| outcome.status != InputStatus::Failed)
    else {
        return Ok(None);
    };
    let row = &outcome.row;
    let count = Count::new(row.rearranged, row.evaluable)?;
    let mut specimen = DossierSpecimen::new(&ledger.specimen, count, row.verdict);
    let mut cells = ledger.sheet.other.clone();
    let mut control = ledger.sheet.control;
    if let Some(values) = values {
        let fault = |error: Error| match sheet {
            Some(path) => Error::malformed(Location::file(path), format!("line {}: {error}", values.line)),
            None => error,
        };
        if let Some(text) = values.cells.get("control") {
            control = Some(text.parse::<Control>().map_err(fault)?);
        }
        cells.extend(values.cells.clone());
        specimen.reference = ReferenceValues::of_columns(&cells).map_err(fault)?;
    } else {
        specimen.reference = ReferenceValues::of_columns(&cells)?;
    }
    specimen.is_normal = control == Some(Control::Negative);
    specimen.failed_fields = row.failed_fields;
    specimen.withheld_by.clone_from(&row.withheld_by);
    specimen.patterns = patterns(&folder.join("report.json"))?;
    Ok(Some(specimen))
}

/// The part of a report that a dossier needs.
#[derive(Deserialize)]
struct Report {
    summary: ReportSummary,
}

#[derive(Deserialize)]
struct ReportSummary {
    patterns: BTreeMap<String, usize>,
}

fn patterns(path: &Path) -> Result<BTreeMap<String, usize>> {
    let text = read_text(path, MAX_REPORT_BYTES)?;
    let fault = |e| Error::malformed(Location::file(path), format!("no report of a specimen: {e}"));
    let report: Report = serde_json::from_str(&text).map_err(fault)?;
    Ok(report.summary.patterns)
}
