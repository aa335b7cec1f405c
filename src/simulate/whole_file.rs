//! Files that are either complete or absent.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a file under a temporary name beside `path` and renames it when it is complete.
pub(super) fn write_whole(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    let partial = path.with_file_name(name);
    let result = write_partial(&partial, write)
        .and_then(|()| fs::rename(&partial, path).map_err(|e| Error::io(path, e)));
    if result.is_err() {
        // Already failing: what is left of the file is of no use, and the first error is the one to report.
        let _ = fs::remove_file(&partial);
    }
    result
}

fn write_partial(partial: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let file = File::create(partial).map_err(|e| Error::io(partial, e))?;
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    writer.flush().map_err(|e| Error::io(partial, e))
}
