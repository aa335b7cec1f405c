//! Folders that hold an image in Zarr, which are read as one file is.

use std::path::Path;
#[cfg(feature = "run")]
use std::path::PathBuf;

use super::names::{file_name, has_zarr_suffix};
#[cfg(feature = "run")]
use crate::error::{Error, Result};

/// Files that stand in a folder of Zarr.
const METADATA_FILES: [&str; 4] = ["zarr.json", ".zgroup", ".zarray", ".zattrs"];

/// Whether a path is a folder of Zarr, by its suffix or by the files in it.
pub(super) fn is_zarr(path: &Path) -> bool {
    path.is_dir()
        && (has_zarr_suffix(&file_name(path)) || METADATA_FILES.iter().any(|name| path.join(name).is_file()))
}

/// Whether a path is one image: a file, or a folder of Zarr.
pub(crate) fn is_one_image(path: &Path) -> bool {
    path.is_file() || is_zarr(path)
}

/// Label images stand in folders of this name: they are no part of the image.
#[cfg(feature = "run")]
const LABELS: &str = "labels";

/// A file of an image in Zarr.
#[cfg(feature = "run")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ZarrFile {
    /// Its path in the folder, with slashes.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// The files of an image in Zarr, by name. Label images in it are left out. `None` if it is no folder of Zarr.
///
/// # Errors
/// [`Error::Io`] if a folder in it cannot be read.
#[cfg(feature = "run")]
pub(crate) fn files_of_zarr(image: &Path) -> Result<Option<Vec<ZarrFile>>> {
    fn collect(folder: &Path, above: &str, files: &mut Vec<ZarrFile>) -> Result<()> {
        let io = |e| Error::io(folder, e);
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let (path, own) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let name = format!("{above}{own}");
            // A link to a folder may lead back here.
            if entry.file_type().map_err(io)?.is_dir() {
                if own != LABELS {
                    collect(&path, &format!("{name}/"), files)?;
                }
            } else if path.is_file() {
                files.push(ZarrFile { name, path });
            }
        }
        Ok(())
    }
    if !is_zarr(image) {
        return Ok(None);
    }
    let mut files = Vec::new();
    collect(image, "", &mut files)?;
    files.sort();
    Ok(Some(files))
}
