//! Where the pixels of a slide wait: blocks in memory or in a file.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;

use crate::error::{Error, Result};

/// Edge of a block, px.
pub(super) const BLOCK_PX: usize = 512;

/// Blocks by their number. Bytes that were never written are zero.
#[derive(Debug)]
pub(super) enum Store {
    Memory(BTreeMap<u64, Vec<u8>>),
    File(BlockFile),
}

/// A file of blocks, which is removed when it is no longer needed.
#[derive(Debug)]
pub(super) struct BlockFile {
    path: PathBuf,
    file: Mutex<File>,
}

impl Drop for BlockFile {
    fn drop(&mut self) {
        // It holds pixels only: one that stays behind is a nuisance, no fault.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Bytes of a block.
fn block_bytes(sample_bytes: usize) -> usize {
    BLOCK_PX * BLOCK_PX * sample_bytes
}

impl Store {
    pub(super) fn in_file(path: PathBuf) -> Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).open(&path);
        let file = Mutex::new(file.map_err(|source| Error::io(&path, source))?);
        Ok(Self::File(BlockFile { path, file }))
    }

    pub(super) fn write(
        &mut self,
        block: u64,
        sample_bytes: usize,
        offset: usize,
        bytes: &[u8],
    ) -> Result<()> {
        match self {
            Self::Memory(blocks) => {
                let block = blocks.entry(block).or_insert_with(|| vec![0; block_bytes(sample_bytes)]);
                block[offset..offset + bytes.len()].copy_from_slice(bytes);
                Ok(())
            }
            Self::File(blocks) => {
                // No sample has more than four bytes: blocks of all channels lie on one grid.
                let at = block * block_bytes(4) as u64 + offset as u64;
                let mut file = blocks.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(bytes));
                written.map_err(|source| Error::io(&blocks.path, source))
            }
        }
    }

    pub(super) fn read(&self, block: u64, sample_bytes: usize, offset: usize, out: &mut [u8]) -> Result<()> {
        match self {
            Self::Memory(blocks) => {
                match blocks.get(&block) {
                    Some(block) => out.copy_from_slice(&block[offset..offset + out.len()]),
                    None => out.fill(0),
                }
                Ok(())
            }
            Self::File(blocks) => {
                debug_assert!(offset + out.len() <= block_bytes(sample_bytes));
                let at = block * block_bytes(4) as u64 + offset as u64;
                let mut file = blocks.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let mut read = || {
                    file.seek(SeekFrom::Start(at))?;
                    let mut done = 0;
                    while done < out.len() {
                        match file.read(&mut out[done..]) {
                            Ok(0) => break,
                            Ok(count) => done += count,
                            Err(error) if error.kind() == ErrorKind::Interrupted => {}
                            Err(error) => return Err(error),
                        }
                    }
                    out[done..].fill(0);
                    Ok(())
                };
                read().map_err(|source| Error::io(&blocks.path, source))
            }
        }
    }
}
