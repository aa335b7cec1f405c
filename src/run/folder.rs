//! The folder of results: which result has which folder, and what is ours in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{Error, Location, Result};
use crate::run::ledger::{LEDGER_JSON, Ledger};
use crate::run::names::{GEOJSON_FOLDER, LOCK, OURS, REPLACED};

/// The folder of results, locked for one run.
#[derive(Debug)]
pub(super) struct ResultsFolder {
    path: PathBuf,
    /// Results that are there, by the name of their folder.
    pub(super) ledgers: BTreeMap<String, Ledger>,
    /// Held until the run ends.
    _lock: fs::File,
}

impl ResultsFolder {
    /// Opens the folder, makes it if it is missing, and locks it; waits for the end of a run that writes into it. Files that a dead process left half-written are removed.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let io = |e| Error::io(path, e);
        if path.exists() && !path.is_dir() {
            return Err(Error::unsupported(
                Location::file(path),
                "a file where the results go; name a folder",
            ));
        }
        fs::create_dir_all(path).map_err(io)?;
        let lock = lock_file(path)?;
        // On a file system without locks the run goes on without.
        let _ = lock.lock();
        remove_parts(path)?;
        let ledgers = Self::ledgers_in(path)?;
        ledgers.keys().try_for_each(|name| remove_parts_below(&path.join(name)))?;
        Ok(Self { path: path.to_path_buf(), ledgers, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The ledgers in a folder, by the name of their folder. Nothing is written or locked.
    pub(super) fn ledgers_in(path: &Path) -> Result<BTreeMap<String, Ledger>> {
        let mut found = BTreeMap::new();
        for folder in folders_in(path)? {
            if let Some(ledger) = Ledger::read(&folder)? {
                found.insert(name_of(&folder), ledger);
            }
        }
        Ok(found)
    }

    /// The name of the folder of a result. A specimen has its own name, unless it is read by several assays.
    pub(super) fn name_for(&self, specimen: &str, assay: &str, is_repeated: bool) -> String {
        let there = self.ledgers.iter().find(|(_, l)| l.specimen == specimen && l.assay == assay);
        if let Some((name, _)) = there {
            return name.clone();
        }
        if is_repeated || self.ledgers.contains_key(specimen) {
            return format!("{specimen}.{assay}");
        }
        specimen.to_owned()
    }

    /// Removes the files about the whole run: an interrupted run must not leave old ones beside new results.
    pub(super) fn forget_run(&self) -> Result<()> {
        OURS.iter().filter(|name| **name != LOCK).try_for_each(|name| remove(&self.path.join(name)))
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
        let names = files.iter().map(|file| file.name.as_str()).chain([LEDGER_JSON]);
        for name in names.filter(|name| from.join(name).is_file()) {
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

/// Removes a file if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path, error)),
        _ => Ok(()),
    }
}

/// The folder of a result and those in it, the inner ones first.
fn folders_of(folder: &Path) -> Vec<PathBuf> {
    let objects = folder.join(GEOJSON_FOLDER);
    let entries = fs::read_dir(&objects).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders.extend([objects, folder.join("labels"), folder.join("overlays"), folder.to_path_buf()]);
    folders.retain(|folder| folder.is_dir());
    folders
}

/// Removes the folder of a result, and those in it, if they are empty.
pub(super) fn remove_empty_folders(folder: &Path) {
    for folder in folders_of(folder) {
        // A folder that holds something stays.
        let _ = fs::remove_dir(folder);
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
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
pub(super) fn remove_parts_below(folder: &Path) -> Result<()> {
    folders_of(folder).iter().try_for_each(|folder| remove_parts(folder))
}

fn remove_parts(folder: &Path) -> Result<()> {
    let io = |e| Error::io(folder, e);
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if crate::atomic::is_part(&name_of(&path)) {
            remove(&path)?;
        }
    }
    Ok(())
}
