//! A line of the tables about a run.

use crate::report::SpecimenRow;
use crate::run::ledger::{Ledger, Outcome};
use crate::run::record::InputRecord;
use crate::run::sheet_columns::SheetColumns;
use crate::run::status::InputStatus;

/// A line of the tables: a result of this run or of an earlier one, or a row of the sheet without a result.
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) assay: &'a str,
    pub(super) status: InputStatus,
    pub(super) in_run: bool,
    pub(super) error: Option<&'a str>,
    pub(super) sheet: &'a SheetColumns,
    pub(super) ledger: Option<&'a Ledger>,
    /// Folder of the result; `None` without one.
    pub(super) folder: Option<&'a str>,
}

impl<'a> Line<'a> {
    pub(super) fn of_run(record: &'a InputRecord, ledger: Option<&'a Ledger>) -> Self {
        Self {
            name: record.specimen.as_deref().unwrap_or(&record.input),
            assay: record.settings.as_ref().map_or("", |settings| &settings.assay),
            status: record.status,
            in_run: true,
            error: record.error.as_deref(),
            sheet: &record.sheet,
            ledger,
            folder: ledger.and(record.folder.as_deref()),
        }
    }

    pub(super) fn of_earlier(folder: &'a str, ledger: &'a Ledger) -> Self {
        let status = ledger.outcome.as_ref().map_or(InputStatus::Failed, |outcome| outcome.status);
        Self {
            name: &ledger.specimen,
            assay: &ledger.assay,
            status,
            in_run: false,
            error: None,
            sheet: &ledger.sheet,
            ledger: Some(ledger),
            folder: Some(folder),
        }
    }

    pub(super) fn outcome(&self) -> Option<&'a Outcome> {
        self.ledger?.outcome.as_ref()
    }

    pub(super) fn row(&self) -> Option<&'a SpecimenRow> {
        self.outcome().map(|outcome| &outcome.row)
    }
}
