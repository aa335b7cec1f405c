//! Unpacks chunks to the length that is stated.

use std::fmt;
use std::io::Read;

use flate2::bufread::ZlibDecoder;

use crate::io::tiff::unzstd;

/// Why a chunk cannot be unpacked.
#[derive(Debug)]
pub(super) struct Fault(pub(super) String);

impl Fault {
    pub(super) fn new(problem: impl fmt::Display) -> Self {
        Self(problem.to_string())
    }

    pub(super) fn other_length(stated: usize) -> Self {
        Self(format!("a chunk does not unpack to its {stated} bytes"))
    }
}

pub(super) fn unpack_zlib(packed: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    read_exactly(ZlibDecoder::new(packed), length)
}

pub(super) fn unpack_zstandard(packed: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    unzstd(packed, length).map_err(Fault::new)
}

pub(super) fn read_exactly(reader: impl Read, length: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    // One more byte shows a chunk that is too long.
    reader.take((length as u64).saturating_add(1)).read_to_end(&mut bytes).map_err(Fault::new)?;
    if bytes.len() == length { Ok(bytes) } else { Err(Fault::other_length(length)) }
}
