//! The images and folders in a folder.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::io::names::{file_name, is_image};
use crate::io::zarr_folder::is_zarr;

/// Folders of this name hold truth tables, not specimens.
const TRUTH_FOLDER: &str = "truth";

pub(super) fn is_truth(folder: &Path) -> bool {
    file_name(folder).eq_ignore_ascii_case(TRUTH_FOLDER)
}

/// The file that stands beside results, and the folders of pictures among them.
const RESULT_FILE: &str = "ledger.json";
const RESULT_FOLDERS: [&str; 3] = ["labels", "overlays", "geojson"];

/// The images and the other folders in a folder, by name. A folder of Zarr is an image. Hidden ones, folders of truth and those of results are left out.
pub(super) fn contents(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let io = |source| Error::io(folder, source);
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if file_name(&path).starts_with('.') {
            continue;
        }
        if is_zarr(&path) {
            files.push(path);
        } else if path.is_dir() {
            folders.extend(Some(path).filter(|path| !is_truth(path)));
        } else if is_image(&path) {
            files.push(path);
        }
    }
    if folder.join(RESULT_FILE).is_file() {
        folders.retain(|path| !RESULT_FOLDERS.contains(&file_name(path).as_str()));
    }
    files.sort();
    folders.sort();
    Ok((files, folders))
}

/// The name of a folder; `.` and `..` have none of their own.
pub(super) fn name_of_folder(folder: &Path) -> String {
    let named = if folder.file_name().is_some() { None } else { std::fs::canonicalize(folder).ok() };
    file_name(named.as_deref().unwrap_or(folder))
}
