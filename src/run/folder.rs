//! The folder of results: which result has which folder, and what is ours in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Location, Result};
use crate::io::file_name;
use crate::run::ledger::{LEDGER_JSON, Ledger, LedgerState, ResultFile};
use crate::run::names::{
    AUDIT, GALLERY_FOLDER, GEOJSON_FOLDER, LOCK, OURS, REPLACED, RESULT_FILES, REVIEWED_FOLDER,
    REVIEWS_FOLDER, RUN_JSON,
};

/// The folder of results, locked for one run.
#[derive(Debug)]
pub(super) struct ResultsFolder {
    path: PathBuf,
    /// Results that are there, by the name of their folder.
    pub(super) ledgers: BTreeMap<String, Ledger>,
    /// Whether a run has written into it before.
    was_ours: bool,
    /// Held until the run ends.
    _lock: fs::File,
}

impl ResultsFolder {
    /// Opens the folder, makes it if it is missing, and locks it; waits for the end of a run that writes into it. Files
    /// that a dead process left half-written are removed.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let io = |e| Error::io(path, e);
        if path.exists() && !path.is_dir() {
            return Err(Error::unsupported(
                Location::file(path),
                "a file where the results go; name a folder",
            ));
        }
        fs::create_dir_all(path).map_err(io)?;
        let was_ours = path.join(LOCK).exists();
        let lock = lock_file(path)?;
        // On a file system without locks the run goes on without.
        let _ = lock.lock();
        remove_parts(path)?;
        let ledgers = Self::ledgers_in(path)?;
        if !was_ours && ledgers.is_empty() && !path.join(RUN_JSON).is_file() {
            let refused = refuse_files_of_others(path);
            if refused.is_err() {
                remove(&path.join(LOCK))?;
            }
            refused?;
        }
        ledgers.keys().try_for_each(|name| remove_parts_below(&path.join(name)))?;
        Ok(Self { path: path.to_path_buf(), ledgers, was_ours, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the folder as it was before it was opened.
    pub(super) fn leave(&self) -> Result<()> {
        if self.was_ours { Ok(()) } else { remove(&self.path.join(LOCK)) }
    }

    /// The ledgers in a folder, by the name of their folder. Nothing is written or locked.
    pub(super) fn ledgers_in(path: &Path) -> Result<BTreeMap<String, Ledger>> {
        let mut found = BTreeMap::new();
        for folder in folders_in(path)? {
            if let Some(ledger) = Ledger::read(&folder)? {
                found.insert(file_name(&folder), ledger);
            }
        }
        Ok(found)
    }

    /// Complete results in the folder that are not of this run: `is_of_run` knows the names of the folders of its results.
    pub(super) fn earlier(&self, is_of_run: impl Fn(&str) -> bool) -> Result<Vec<(String, Ledger)>> {
        let mut all = Self::ledgers_in(&self.path)?;
        all.retain(|name, ledger| ledger.state == LedgerState::Complete && !is_of_run(name));
        Ok(all.into_iter().collect())
    }

    /// The name of the folder of a result: the one that holds it already, else that of the specimen, followed by the assay
    /// if several results are of one specimen or another result has the name. Names that differ in case only are one.
    pub(super) fn name_for(
        &self,
        specimen: &str,
        assay: &str,
        is_repeated: bool,
        taken: &[String],
    ) -> String {
        let with_assay = format!("{specimen}.{assay}");
        let is_taken = |name: &String| taken.iter().any(|taken| taken.eq_ignore_ascii_case(name));
        let holds = |name: &String| {
            self.ledgers.get(name).is_some_and(|l| l.specimen == specimen && l.assay == assay)
        };
        let usual = [specimen.to_owned(), with_assay.clone()];
        let there = usual.iter().chain(self.ledgers.keys()).find(|name| holds(name) && !is_taken(name));
        if let Some(name) = there {
            return name.clone();
        }
        let numbered = (2_u32..).map(|number| format!("{with_assay}.{number}"));
        let first = (!is_repeated).then(|| specimen.to_owned());
        let mut names = first.into_iter().chain([with_assay.clone()]).chain(numbered);
        let is_free = |name: &String| {
            !is_taken(name) && !self.ledgers.keys().any(|other| other.eq_ignore_ascii_case(name))
        };
        names.find(is_free).unwrap_or(with_assay)
    }

    /// Removes the files about the whole run: an interrupted run must not leave old ones beside new results.
    pub(super) fn forget_run(&self, keep_record: bool) -> Result<()> {
        let stays = |name: &str| name == LOCK || (keep_record && name == RUN_JSON);
        OURS.iter().filter(|name| !stays(name)).try_for_each(|name| remove(&self.path.join(name)))
    }

    /// Moves the files of a result out of the way, to `replaced/NAME.1` and so on. Other files in its folder stay: it may
    /// be the folder of the images.
    pub(super) fn keep_aside(&mut self, name: &str) -> Result<PathBuf> {
        let aside = self.path.join(REPLACED);
        let mut number = 1;
        while aside.join(format!("{name}.{number}")).exists() {
            number += 1;
        }
        let (from, to) = (self.path.join(name), aside.join(format!("{name}.{number}")));
        let files = self.ledgers.remove(name).map(|ledger| ledger.files).unwrap_or_default();
        let reviews = [AUDIT, REVIEWS_FOLDER, REVIEWED_FOLDER];
        let names = files.iter().map(|file| file.name.as_str()).chain(RESULT_FILES);
        let names = names.chain([LEDGER_JSON]).chain(reviews);
        for name in names.filter(|name| from.join(name).exists()) {
            let target = to.join(name);
            let folder = target.parent().unwrap_or(&to);
            fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
            fs::rename(from.join(name), &target).map_err(|e| Error::io(&target, e))?;
        }
        remove_empty_folders(&from);
        Ok(to)
    }
}

/// Whether another run is writing into a folder of results. [`Run::prepare`](crate::run::Run::prepare) waits for its end.
#[must_use]
pub fn is_busy(folder: impl AsRef<Path>) -> bool {
    let path = folder.as_ref();
    path.join(LOCK).exists()
        && lock_file(path).is_ok_and(|lock| matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

/// The file whose lock a run holds. It stays: another run may be waiting for it.
fn lock_file(folder: &Path) -> Result<fs::File> {
    let path = folder.join(LOCK);
    fs::File::create(&path).map_err(|e| Error::io(&path, e))
}

/// A folder without any result must not hold files under the names of ours: they are somebody else's.
fn refuse_files_of_others(folder: &Path) -> Result<()> {
    let found: Vec<&str> =
        OURS.into_iter().filter(|name| *name != LOCK && folder.join(name).exists()).collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(Error::Undecided {
        location: Location::file(folder),
        question: "the folder holds files of the names that results have, and no results".to_owned(),
        found: found.join(", "),
        remedy: "move them away, or score into another folder".to_owned(),
    })
}

/// Removes the ledger of a result, these of its files, and what a dead process left half-written. Other files stay.
pub(super) fn clear_result<'a>(folder: &Path, files: impl IntoIterator<Item = &'a ResultFile>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    remove_parts_below(folder)?;
    files.into_iter().try_for_each(|file| remove(&folder.join(&file.name)))?;
    remove(&folder.join(LEDGER_JSON))?;
    remove_empty_folders(folder);
    Ok(())
}

/// Removes a file, or a label image in OME-Zarr, if it is there.
fn remove(path: &Path) -> Result<()> {
    let is_zarr = path.extension().is_some_and(|suffix| suffix == "zarr") && path.is_dir();
    let removed = if is_zarr { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path, error)),
        _ => Ok(()),
    }
}

/// The folder of a result and those in it, the inner ones first.
fn folders_of(folder: &Path) -> Vec<PathBuf> {
    let with_fields = [GEOJSON_FOLDER, GALLERY_FOLDER].map(|name| folder.join(name));
    let entries = with_fields.iter().flat_map(fs::read_dir).flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders.extend(with_fields);
    folders.extend([REVIEWED_FOLDER, "labels", "overlays"].map(|name| folder.join(name)));
    folders.push(folder.to_path_buf());
    folders.retain(|folder| folder.is_dir());
    folders
}

/// Removes the folder of a result, and those in it, if they are empty.
fn remove_empty_folders(folder: &Path) {
    for folder in folders_of(folder) {
        // A folder that holds something stays.
        let _ = fs::remove_dir(folder);
    }
}

/// The folders in a folder that hold a ledger.
fn folders_in(path: &Path) -> Result<Vec<PathBuf>> {
    let io = |e| Error::io(path, e);
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        let folder = entry.map_err(io)?.path();
        if folder.join(LEDGER_JSON).is_file() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

/// Removes files that a dead process left half-written in the folder of a result.
fn remove_parts_below(folder: &Path) -> Result<()> {
    folders_of(folder).iter().try_for_each(|folder| remove_parts(folder))
}

fn remove_parts(folder: &Path) -> Result<()> {
    let io = |e| Error::io(folder, e);
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if crate::atomic::is_part(&file_name(&path)) {
            remove(&path)?;
        }
    }
    Ok(())
}
