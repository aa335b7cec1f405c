//! The outcome of a result with its reviews: what the tables of the run say of it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::limited::read_text;
use crate::report::{ReviewRecord, write_json_exactly};
use crate::run::digest::Digest;
use crate::run::ledger::{Ledger, Outcome};
use crate::run::names::{AUDIT, READING_JSON_GZ, REVIEWED_FOLDER};
use crate::run::review::state::SecondReading;

/// Name of the file, in the folder of a result with its reviews.
const OUTCOME_JSON: &str = "outcome.json";

/// Largest file, bytes: it has about 1 kB for each field.
const MAX_BYTES: u64 = 1 << 28;

/// The outcome of a result with its reviews.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::run) struct ReviewedOutcome {
    /// The first readers, in the order in which they came.
    pub(in crate::run) readers: Vec<String>,
    /// The second readers, in the order in which they came.
    pub(in crate::run) second_readers: Vec<String>,
    /// Reviews applied.
    pub(in crate::run) reviews: usize,
    /// Digest of the file of the reading that was reviewed.
    pub(in crate::run) reading: Option<Digest>,
    /// The result with the decisions of the first readers.
    pub(in crate::run) outcome: Outcome,
    /// Both readings, if a second reader read.
    pub(in crate::run) second_reading: Option<SecondReading>,
}

impl ReviewedOutcome {
    /// The outcome with the reviews of this record.
    pub(super) fn of(
        record: &ReviewRecord,
        ledger: &Ledger,
        outcome: Outcome,
        second_reading: Option<SecondReading>,
    ) -> Self {
        let readers = |is_second: bool| {
            let readers = record.readers.iter().filter(|reader| reader.is_second == is_second);
            readers.map(|reader| reader.name.clone()).collect()
        };
        Self {
            readers: readers(false),
            second_readers: readers(true),
            reviews: record.reviews,
            reading: reading_of(ledger).cloned(),
            outcome,
            second_reading,
        }
    }

    /// Writes it into the folder of the result with its reviews.
    pub(super) fn write(&self, reviewed: &Path) -> Result<()> {
        write_json_exactly(&reviewed.join(OUTCOME_JSON), self)
    }

    /// Who reviewed: the first readers, then the second ones.
    pub(in crate::run) fn by(&self) -> String {
        self.readers.iter().chain(&self.second_readers).map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The sentence about reviews that do not fit the result.
pub(in crate::run) const DOES_NOT_FIT: &str =
    "Its reviews are of another reading, or were changed: `breakapart review --check` says why.";

/// Whether a result was reviewed.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::run) enum ReviewStatus {
    /// Nobody has reviewed it.
    NotReviewed,
    /// It was reviewed.
    Reviewed(Box<ReviewedOutcome>),
    /// There are reviews, of another reading than the present one, or changed since.
    DoesNotFit,
}

impl ReviewStatus {
    /// The status of the result in a folder.
    pub(in crate::run) fn of(folder: &Path, ledger: &Ledger) -> Self {
        if !folder.join(AUDIT).exists() {
            return Self::NotReviewed;
        }
        let text = read_text(&folder.join(REVIEWED_FOLDER).join(OUTCOME_JSON), MAX_BYTES).ok();
        let read: Option<ReviewedOutcome> = text.and_then(|text| serde_json::from_str(&text).ok());
        match read.filter(|read| read.reading.as_ref() == reading_of(ledger)) {
            Some(read) => Self::Reviewed(Box::new(read)),
            None => Self::DoesNotFit,
        }
    }

    /// The word used in files.
    pub(in crate::run) fn name(&self) -> &'static str {
        match self {
            Self::NotReviewed => "not_reviewed",
            Self::Reviewed(_) => "reviewed",
            Self::DoesNotFit => "does_not_fit",
        }
    }

    /// The outcome with the reviews.
    pub(in crate::run) fn reviewed(&self) -> Option<&ReviewedOutcome> {
        if let Self::Reviewed(reviewed) = self { Some(reviewed) } else { None }
    }
}

/// Digest of the file of the reading of a result.
fn reading_of(ledger: &Ledger) -> Option<&Digest> {
    ledger.files.iter().find(|file| file.name == READING_JSON_GZ)?.blake3.as_ref()
}
