//! Files that are there whole or not at all.

use std::fs;
use std::path::Path;

use crate::error::{Error, Location, Result};

/// Lets `write` fill a temporary file in the folder of `path`, then renames it to `path`.
///
/// The folder is made if it is missing. Whoever reads `path` sees the old file or the new one, never half of
/// one. The temporary name keeps the suffix of `path`.
///
/// # Errors
/// [`Error::Io`] if the folder or file cannot be made, or whatever `write` returns; then `path` is as it was
/// and the temporary file is gone.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("breakapart-doc-{}", std::process::id()));
/// use breakapart::{Error, io::write_atomically};
/// let path = folder.join("note.txt");
/// write_atomically(&path, |part| std::fs::write(part, "2F").map_err(|e| Error::io(part, e)))?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "2F");
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), Error>(())
/// ```
// Public as `io::write_atomically`.
#[cfg_attr(not(feature = "io"), allow(unreachable_pub))]
pub fn write_atomically(path: impl AsRef<Path>, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let path = path.as_ref();
    let Some(name) = path.file_name() else {
        return Err(Error::Unsupported {
            location: Location::file(path),
            feature: "a path that names no file".to_owned(),
        });
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    }
    let mut part = std::ffi::OsString::from(format!(".{}.part.", std::process::id()));
    part.push(name);
    let part = folder.join(part);
    let written = write(&part).and_then(|()| fs::rename(&part, path).map_err(|e| Error::io(path, e)));
    if written.is_err() {
        // The error that matters is the first one.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Whether a file name is that of a temporary file of [`write_atomically`].
#[cfg(feature = "run")]
pub(crate) fn is_part(name: &str) -> bool {
    let process =
        name.strip_prefix('.').and_then(|rest| rest.split_once(".part.")).map(|(process, _)| process);
    process.is_some_and(|process| !process.is_empty() && process.bytes().all(|b| b.is_ascii_digit()))
}

/// Writes `bytes` as the whole of `path`.
#[cfg(any(feature = "report", feature = "simulate"))]
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomically(path, |part| fs::write(part, bytes).map_err(|e| Error::io(path, e)))
}

#[cfg(test)]
#[cfg(any(feature = "report", feature = "simulate"))]
mod tests {

    use super::*;

    #[test]
    fn a_failure_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        write_bytes(&path, b"old").unwrap();
        let failed = write_atomically(&path, |part| {
            fs::write(part, "ha").unwrap();
            Err(Error::parameter("x", 1, "2"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("taken");
        fs::write(&file, "").unwrap();
        let error = write_bytes(&file.join("report.json"), b"{}").unwrap_err();
        assert!(error.to_string().contains("taken"), "{error}");
    }
}
