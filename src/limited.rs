//! Files that are read whole, if they are no larger than such a file can be.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Location, Result};

/// The text of a file.
pub(crate) fn read_text(path: &Path, limit_bytes: u64) -> Result<String> {
    let bytes = read_bytes(path, limit_bytes)?;
    let no_text = |_| Error::io(path, std::io::Error::new(std::io::ErrorKind::InvalidData, "not UTF-8 text"));
    String::from_utf8(bytes).map_err(no_text)
}

/// The bytes of a file.
pub(crate) fn read_bytes(path: &Path, limit_bytes: u64) -> Result<Vec<u8>> {
    let io = |e| Error::io(path, e);
    let file = File::open(path).map_err(io)?;
    let refuse = |needed| Err(Error::Limit { location: Location::file(path), needed, limit: limit_bytes });
    let stated = file.metadata().map_err(io)?.len();
    if stated > limit_bytes {
        return refuse(stated);
    }
    // A device states no length, and has no end.
    let mut bytes = Vec::with_capacity(stated as usize);
    file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    let found = bytes.len() as u64;
    if found > limit_bytes { refuse(found) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_at_the_limit_is_read_and_a_larger_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "1F1R1G").unwrap();
        assert_eq!(read_text(&path, 6).unwrap(), "1F1R1G");
        assert!(matches!(read_text(&path, 5), Err(Error::Limit { needed: 6, limit: 5, .. })));
        assert!(matches!(read_text(&folder.path().join("none"), 5), Err(Error::Io { .. })));
        fs::write(&path, [0xff, b'a']).unwrap();
        assert!(matches!(read_text(&path, 6), Err(Error::Io { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_without_an_end_is_refused() {
        assert!(matches!(
            read_bytes(Path::new("/dev/zero"), 6),
            Err(Error::Limit { needed: 7, limit: 6, .. })
        ));
    }
}
