//! Whether the results in a folder still hold.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::error::Result;
use crate::run::digest::InputFile;
use crate::run::folder::ResultsFolder;
use crate::run::ledger::{Ledger, LedgerState};
use crate::run::plan::{files_of, source_at};
use crate::run::supplied::{Kind, SuppliedFiles};

/// Why a result does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stale {
    /// The run that made it did not end.
    Unfinished,
    /// Another version of the crate made it.
    OtherVersion {
        /// That version.
        version: String,
    },
    /// Files of it are missing or were changed.
    FilesChanged {
        /// Their paths in its folder.
        files: Vec<String>,
    },
    /// Its images are not where they were.
    ImagesMissing,
    /// Images were changed, added or removed since.
    ImagesChanged {
        /// Their names.
        files: Vec<String>,
    },
}

impl std::fmt::Display for Stale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unfinished => f.write_str("the run that made it did not end"),
            Self::OtherVersion { version } => write!(f, "version {version} made it"),
            Self::FilesChanged { files } => {
                write!(f, "its files are missing or changed: {}", files.join(", "))
            }
            Self::ImagesMissing => f.write_str("its images are not where they were"),
            Self::ImagesChanged { files } => {
                write!(f, "images were changed, added or removed: {}", files.join(", "))
            }
        }
    }
}

/// A result and the reasons for which it does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedResult {
    /// Name of its folder.
    pub folder: String,
    /// Name of the specimen.
    pub specimen: String,
    /// Id of the assay.
    pub assay: String,
    /// The reasons; none if it holds.
    pub stale: Vec<Stale>,
}

/// The complete results in a folder, by the names of their folders. Nothing is computed again.
///
/// # Errors
/// [`crate::Error::Io`] if the folder cannot be read; [`crate::Error::Malformed`] if a ledger in it cannot.
pub fn results_in(folder: impl AsRef<Path>) -> Result<BTreeMap<String, Ledger>> {
    let mut results = ResultsFolder::ledgers_in(folder.as_ref())?;
    results.retain(|_, ledger| ledger.state == LedgerState::Complete);
    Ok(results)
}

/// Computes the digests of all results in a folder and of their images again. Nothing is written.
///
/// # Errors
/// [`crate::Error::Io`] if the folder cannot be read; [`crate::Error::Malformed`] if a ledger in it cannot.
pub fn check_results(folder: impl AsRef<Path>) -> Result<Vec<CheckedResult>> {
    let folder = folder.as_ref();
    let ledgers: BTreeMap<String, Ledger> = ResultsFolder::ledgers_in(folder)?;
    let checked = |(name, ledger): (&String, &Ledger)| CheckedResult {
        stale: reasons(&folder.join(name), ledger),
        folder: name.clone(),
        specimen: ledger.specimen.clone(),
        assay: ledger.assay.clone(),
    };
    Ok(ledgers.par_iter().map(checked).collect())
}

fn reasons(folder: &Path, ledger: &Ledger) -> Vec<Stale> {
    if ledger.state != LedgerState::Complete {
        return vec![Stale::Unfinished];
    }
    let mut reasons = Vec::new();
    if ledger.crate_version != env!("CARGO_PKG_VERSION") {
        reasons.push(Stale::OtherVersion { version: ledger.crate_version.clone() });
    }
    let files = ledger.damaged_files(folder);
    if !files.is_empty() {
        reasons.push(Stale::FilesChanged { files });
    }
    reasons.extend(images_changed(ledger));
    reasons
}

fn images_changed(ledger: &Ledger) -> Option<Stale> {
    let Ok(find) = ledger.find.options() else { return Some(Stale::ImagesMissing) };
    let Ok(source) = source_at(Path::new(&ledger.input), &ledger.specimen, &find) else {
        return Some(Stale::ImagesMissing);
    };
    let supplied = [(&ledger.nuclei, Kind::Nuclei), (&ledger.signals, Kind::Signals)];
    let supplied: Vec<SuppliedFiles> = supplied
        .into_iter()
        .filter_map(|(path, kind)| files_of(path.as_deref().map(Path::new), kind, &source).ok()?)
        .collect();
    let supplied_to = |field: &str| supplied.iter().flat_map(|files| files.files_of(field)).collect();
    let now = InputFile::of_fields(source.fields.iter(), supplied_to);
    let differs = |a: &[InputFile], b: &[InputFile]| -> Vec<String> {
        a.iter().filter(|file| !b.contains(file)).map(|file| file.name.clone()).collect()
    };
    let mut files = [differs(&now, &ledger.inputs), differs(&ledger.inputs, &now)].concat();
    files.sort();
    files.dedup();
    (!files.is_empty()).then_some(Stale::ImagesChanged { files })
}
