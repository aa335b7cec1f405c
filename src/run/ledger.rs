//! The ledger of a result: what it was made from, and the files that it consists of.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::analyse::SpecimenReading;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::quality::{Effect, Finding, RunFacts};
use crate::report::{SCHEMA_VERSION, SpecimenRow, write_json_exactly};
use crate::run::digest::{Digest, InputFile, PlaneDigest};
use crate::run::figures::ResultFigures;
use crate::run::find_settings::FindSettings;
use crate::run::sheet_columns::SheetColumns;
use crate::run::status::{FieldRecord, InputStatus, failed_fields};
use crate::summarise::Verdict;

/// Name of the file, in the folder of a result.
pub const LEDGER_JSON: &str = "ledger.json";

/// Largest ledger, bytes: it has about 1 kB for each field.
const MAX_BYTES: u64 = 1 << 28;

/// How far a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LedgerState {
    /// Its files are being written, or were when the run ended.
    Started,
    /// All its files are there.
    Complete,
}

/// A finding that asks for something, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attention {
    /// Its code.
    pub code: String,
    /// Its effect on the verdict.
    pub effect: String,
    /// Its sentence.
    pub message: String,
    /// The action to take.
    pub action: Option<String>,
}

impl Attention {
    /// The findings of a reading that ask for something.
    pub(super) fn of(reading: &SpecimenReading) -> Vec<Self> {
        let is_open = reading.summary.by_rule == Verdict::NotEvaluable;
        // Where the rule gives no verdict, the reason is asked for.
        let is_due = |finding: &&Finding| {
            finding.effect != Effect::Inform
                || (is_open && finding.code() == "too_few_nuclei")
                || finding.code() == "files_skipped"
        };
        let words = |finding: &Finding| Self {
            code: finding.code().to_owned(),
            effect: finding.effect.to_string(),
            message: finding.to_string(),
            action: finding.action(),
        };
        reading.summary.findings.iter().filter(is_due).map(words).collect()
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Outcome {
    /// `scored`, or `incomplete` if a field is missing.
    pub status: InputStatus,
    /// Its row in the table of specimens.
    pub row: SpecimenRow,
    /// Findings that ask for something.
    pub attention: Vec<Attention>,
    /// Its fields.
    pub fields: Vec<FieldRecord>,
    /// Its figures that are followed over runs; `None` in a result of a version that did not keep them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<ResultFigures>,
}

impl Outcome {
    /// The outcome of a reading.
    pub(super) fn of(reading: &SpecimenReading, status: InputStatus, fields: Vec<FieldRecord>) -> Self {
        Self {
            status,
            row: SpecimenRow::new(reading, failed_fields(&fields).len()),
            attention: Attention::of(reading),
            fields,
            figures: Some(ResultFigures::from(reading)),
        }
    }
}

/// A file of a result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResultFile {
    /// Its path in the folder of the result.
    pub name: String,
    /// Its digest; `None` until it is written.
    pub blake3: Option<Digest>,
}

/// The ledger of a result: a specimen read by an assay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Version of the layout of all files of a run.
    pub schema_version: u32,
    /// Whether the result is complete.
    pub state: LedgerState,
    /// Name of the specimen.
    pub specimen: String,
    /// Id of the assay.
    pub assay: String,
    /// Where its images are.
    pub input: String,
    /// How its files were found.
    pub find: FindSettings,
    /// Folder of its nuclei, if another program found them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nuclei: Option<String>,
    /// Folder of its spots, if another program found them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<String>,
    /// Name of the file or folder with its regions, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<String>,
    /// Version of the crate that made it.
    pub crate_version: String,
    /// Digest of the assay, the parameters and the options.
    pub settings: Digest,
    /// Digest of the assay and the parameters alone, without the sex: the same for all specimens that are read alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Digest>,
    /// The files that it rests on.
    pub inputs: Vec<InputFile>,
    /// The planes of its fields.
    pub planes: Vec<PlaneDigest>,
    /// Facts of the run that it rests on.
    pub facts: RunFacts,
    /// What the sheet says of it.
    pub sheet: SheetColumns,
    /// What came out; `None` until it is complete.
    pub outcome: Option<Outcome>,
    /// Its files.
    pub files: Vec<ResultFile>,
}

impl ResultFile {
    /// Whether it is there with the bytes that were written.
    fn is_whole(&self, folder: &Path) -> bool {
        let now = Digest::of_file(&folder.join(&self.name)).ok();
        now.is_some() && now == self.blake3
    }
}

impl Ledger {
    /// Reads the ledger in the folder of a result; `None` if there is none, or if it was written by a version with another
    /// layout.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read; [`Error::Malformed`] if it is no ledger.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(LEDGER_JSON);
        let text = match read_text(&path, MAX_BYTES) {
            Err(Error::Io { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let fault = |e: serde_json::Error| {
            let problem =
                format!("no ledger of results: {e}; move the folder away, or score into another one");
            Error::malformed(Location::file(&path), problem)
        };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(fault)?;
        if value["schema_version"] != SCHEMA_VERSION {
            return Ok(None);
        }
        serde_json::from_value(value).map(Some).map_err(fault)
    }

    /// Writes it into the folder of its result.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        write_json_exactly(&folder.join(LEDGER_JSON), self)
    }

    /// Whether every file is there with the bytes that were written. Names those that are not.
    pub(super) fn damaged_files(&self, folder: &Path) -> Vec<String> {
        self.files.iter().filter(|file| !file.is_whole(folder)).map(|file| file.name.clone()).collect()
    }

    /// Refuses files of the result that are not there with the bytes that were written.
    pub(super) fn check_files(&self, folder: &Path, names: &[&str]) -> Result<()> {
        let is_whole = |name: &&&str| {
            let file = self.files.iter().find(|file| file.name == **name);
            file.is_some_and(|file| file.is_whole(folder))
        };
        match names.iter().find(|name| !is_whole(name)) {
            None => Ok(()),
            Some(name) => {
                let problem = "the file was changed since it was written; score the specimen again";
                Err(Error::malformed(Location::file(folder.join(name)), problem))
            }
        }
    }
}
