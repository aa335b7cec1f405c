//! A file that is read at positions, from several threads at once.

use std::fs::File;

use super::directory::truncated;
use crate::error::{Error, Location, Result};

/// A file that is read at positions, from several threads at once.
#[derive(Debug)]
pub(super) struct PositionedFile {
    file: File,
    /// Where the system cannot read at a position, one thread reads at a time.
    #[cfg(not(any(unix, windows)))]
    turn: std::sync::Mutex<()>,
}

impl PositionedFile {
    pub(super) fn new(file: File) -> Self {
        Self {
            file,
            #[cfg(not(any(unix, windows)))]
            turn: std::sync::Mutex::default(),
        }
    }

    /// Fills `into` with the bytes from `offset` on.
    pub(super) fn read_into(&self, offset: u64, into: &mut [u8], location: &Location) -> Result<()> {
        self.read_exact_at(offset, into).map_err(|source| truncated(source, location))
    }

    /// Bytes of the file, which the caller knows to be there.
    pub(super) fn read_at(&self, offset: u64, length: u64, location: &Location) -> Result<Vec<u8>> {
        let length = usize::try_from(length)
            .map_err(|_| Error::malformed(location.clone(), format!("a strip or tile of {length} bytes")))?;
        let mut bytes = vec![0; length];
        self.read_into(offset, &mut bytes, location)?;
        Ok(bytes)
    }

    #[cfg(unix)]
    fn read_exact_at(&self, offset: u64, into: &mut [u8]) -> std::io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, into, offset)
    }

    #[cfg(windows)]
    fn read_exact_at(&self, mut offset: u64, mut into: &mut [u8]) -> std::io::Result<()> {
        use std::io::ErrorKind;
        while !into.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(&self.file, into, offset) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    into = &mut into[read..];
                    offset += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    #[cfg(not(any(unix, windows)))]
    fn read_exact_at(&self, offset: u64, into: &mut [u8]) -> std::io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(into)
    }
}
