//! A line of the tables about a run.

use std::path::Path;

use crate::report::SpecimenRow;
use crate::run::ledger::{Ledger, Outcome};
use crate::run::record::InputRecord;
use crate::run::review::{ReviewStatus, ReviewedOutcome};
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
    /// Whether it was reviewed.
    pub(super) review: ReviewStatus,
}

impl<'a> Line<'a> {
    /// A result of the run. `results` is the folder of results.
    pub(super) fn of_run(results: &Path, record: &'a InputRecord, ledger: Option<&'a Ledger>) -> Self {
        let folder = ledger.and(record.folder.as_deref());
        let review = ledger.zip(folder).map(|(ledger, name)| ReviewStatus::of(&results.join(name), ledger));
        Self {
            name: record.specimen.as_deref().unwrap_or(&record.input),
            assay: record.settings.as_ref().map_or("", |settings| &settings.assay),
            status: record.status,
            in_run: true,
            error: record.error.as_deref(),
            sheet: &record.sheet,
            ledger,
            folder,
            review: review.unwrap_or(ReviewStatus::NotReviewed),
        }
    }

    /// A result of an earlier run.
    pub(super) fn of_earlier(results: &Path, folder: &'a str, ledger: &'a Ledger) -> Self {
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
            review: ReviewStatus::of(&results.join(folder), ledger),
        }
    }

    /// The outcome of the reading by the program.
    pub(super) fn outcome(&self) -> Option<&'a Outcome> {
        self.ledger?.outcome.as_ref()
    }

    /// The row of the reading by the program.
    pub(super) fn row(&self) -> Option<&'a SpecimenRow> {
        self.outcome().map(|outcome| &outcome.row)
    }

    /// The outcome with its reviews, if it has any.
    pub(super) fn reviewed(&self) -> Option<&ReviewedOutcome> {
        self.review.reviewed()
    }

    /// The outcome that counts: with its reviews, or by the program.
    pub(super) fn final_outcome(&self) -> Option<&Outcome> {
        self.reviewed().map(|reviewed| &reviewed.outcome).or(self.outcome())
    }

    /// The row that counts.
    pub(super) fn final_row(&self) -> Option<&SpecimenRow> {
        self.final_outcome().map(|outcome| &outcome.row)
    }
}
