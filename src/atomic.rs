//! Files that are there whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use crate::error::{Error, Location, Result};

/// Longest name of a file on common file systems, bytes.
const MAX_NAME_BYTES: usize = 255;

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
    let part = folder.join(part_name(name));
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

/// The name of the temporary file, which is not longer than file systems allow.
fn part_name(name: &OsStr) -> OsString {
    let mut part = OsString::from(format!(".{}.part.", std::process::id()));
    if part.len() + name.len() <= MAX_NAME_BYTES {
        part.push(name);
        return part;
    }
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    part.push(format!("{:016x}", hasher.finish()));
    // A suffix that is as long as this is none.
    if let Some(suffix) = Path::new(name).extension().filter(|suffix| suffix.len() < 16) {
        part.push(".");
        part.push(suffix);
    }
    part
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
    fn names_as_long_as_the_file_system_allows() {
        let folder = tempfile::tempdir().unwrap();
        for length in [200, 240, 251] {
            let path = folder.path().join(format!("{}.tif", "x".repeat(length)));
            let mut suffix = None;
            write_atomically(&path, |part| {
                suffix = part.extension().map(OsStr::to_owned);
                fs::write(part, "a").map_err(|e| Error::io(part, e))
            })
            .unwrap();
            assert_eq!(
                (fs::read(&path).unwrap(), suffix.as_deref()),
                (b"a".to_vec(), Some(OsStr::new("tif")))
            );
        }
        assert_ne!(part_name("a".repeat(250).as_ref()), part_name("b".repeat(250).as_ref()));
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
