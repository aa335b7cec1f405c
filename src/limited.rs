//! Files that are read whole, if they are no larger than such a file can be.

use std::fs;
use std::path::Path;

use crate::error::{Error, Location, Result};

/// The text of a file.
pub(crate) fn read_text(path: &Path, limit_bytes: u64) -> Result<String> {
    refuse_larger(path, limit_bytes)?;
    fs::read_to_string(path).map_err(|e| Error::io(path, e))
}

/// The bytes of a file.
#[cfg(feature = "io")]
pub(crate) fn read_bytes(path: &Path, limit_bytes: u64) -> Result<Vec<u8>> {
    refuse_larger(path, limit_bytes)?;
    fs::read(path).map_err(|e| Error::io(path, e))
}

fn refuse_larger(path: &Path, limit: u64) -> Result<()> {
    let needed = fs::metadata(path).map_err(|e| Error::io(path, e))?.len();
    if needed > limit {
        return Err(Error::Limit { location: Location::file(path), needed, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_at_the_limit_is_read_and_a_larger_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "1F1R1G").unwrap();
        assert_eq!(read_text(&path, 6).unwrap(), "1F1R1G");
        assert!(matches!(read_text(&path, 5), Err(Error::Limit { needed: 6, limit: 5, .. })));
        assert!(matches!(read_text(&folder.path().join("none"), 5), Err(Error::Io { .. })));
    }
}
