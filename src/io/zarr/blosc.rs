//! Chunks that Blosc compressed: blocks of LZ4, `BloscLZ`, zlib or Zstandard, whose bytes may be shuffled.
//!
//! The format is that of c-blosc 1 (`README_CHUNK_FORMAT.rst`). The library itself is written in C and C++.

use super::unpack::{Fault, unpack_zlib, unpack_zstandard};

/// Bytes of the header.
const HEADER_BYTES: usize = 16;
/// Newest version of the format that this reader knows.
const MAX_VERSION: u8 = 2;
/// Samples of more bytes are not split into a stream for each byte.
const MAX_SPLIT_BYTES: usize = 16;
/// Blocks of fewer samples are not split.
const MIN_SPLIT_SAMPLES: usize = 128;

/// Flags of the header. The highest three bits are the number of the compressor.
const BYTES_SHUFFLED: u8 = 1;
const STORED: u8 = 2;
const BITS_SHUFFLED: u8 = 4;
const NOT_SPLIT: u8 = 16;

/// Compressors by their number.
const BLOSC_LZ: u8 = 0;
const LZ4: u8 = 1;
const SNAPPY: u8 = 2;
const ZLIB: u8 = 3;
const ZSTANDARD: u8 = 4;

/// The header of a chunk.
#[derive(Debug, Clone, Copy)]
struct Header {
    flags: u8,
    sample_bytes: usize,
    bytes: usize,
    block_bytes: usize,
}

impl Header {
    fn read(chunk: &[u8]) -> Result<Self, Fault> {
        let Some(head) = chunk.first_chunk::<HEADER_BYTES>() else {
            return Err(Fault::new("a Blosc chunk that ends in its header"));
        };
        let [version, _, flags, sample_bytes, ..] = *head;
        if version > MAX_VERSION {
            return Err(Fault::new(format!("a Blosc chunk of format version {version}")));
        }
        let header = Self {
            flags,
            sample_bytes: usize::from(sample_bytes).max(1),
            bytes: number(chunk, 4)?,
            block_bytes: number(chunk, 8)?,
        };
        let is_empty_block = header.block_bytes == 0 && header.bytes > 0 && !header.has(STORED);
        if is_empty_block || number(chunk, 12)? > chunk.len() {
            return Err(Fault::new("a Blosc chunk that is cut short"));
        }
        Ok(header)
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Streams of a block: one for each byte of a sample, or one.
    fn streams(&self, block_bytes: usize) -> usize {
        let is_whole = block_bytes == self.block_bytes;
        let splits = !self.has(NOT_SPLIT)
            && is_whole
            && self.sample_bytes <= MAX_SPLIT_BYTES
            && block_bytes / self.sample_bytes >= MIN_SPLIT_SAMPLES
            && block_bytes.is_multiple_of(self.sample_bytes);
        if splits { self.sample_bytes } else { 1 }
    }
}

fn number(chunk: &[u8], at: usize) -> Result<usize, Fault> {
    let bytes = chunk.get(at..).and_then(<[u8]>::first_chunk::<4>);
    let value = bytes.and_then(|bytes| i32::try_from(u32::from_le_bytes(*bytes)).ok());
    value.map(|value| value as usize).ok_or_else(|| Fault::new("a Blosc chunk that is cut short"))
}

/// The samples of a chunk of `length` bytes.
pub(super) fn unpack(chunk: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    let header = Header::read(chunk)?;
    if header.bytes != length {
        return Err(Fault::other_length(length));
    }
    if header.has(STORED) {
        let stored = chunk.get(HEADER_BYTES..).and_then(|rest| rest.get(..header.bytes));
        return stored.map(<[u8]>::to_vec).ok_or_else(|| Fault::new("a Blosc chunk that is cut short"));
    }
    let mut samples = Vec::with_capacity(header.bytes);
    let mut block = 0;
    while samples.len() < header.bytes {
        let length = header.block_bytes.min(header.bytes - samples.len());
        let start = number(chunk, HEADER_BYTES + 4 * block)?;
        let packed = unpack_block(chunk, start, length, &header)?;
        samples.extend_from_slice(&in_order(packed, &header));
        block += 1;
    }
    Ok(samples)
}

fn unpack_block(chunk: &[u8], start: usize, length: usize, header: &Header) -> Result<Vec<u8>, Fault> {
    let streams = header.streams(length);
    let stream_bytes = length / streams;
    let mut block = Vec::with_capacity(length);
    let mut at = start;
    for _ in 0..streams {
        let packed_bytes = number(chunk, at)?;
        at += 4;
        let packed = at.checked_add(packed_bytes).and_then(|end| chunk.get(at..end));
        let packed = packed.ok_or_else(|| Fault::new("a Blosc chunk that is cut short"))?;
        at += packed_bytes;
        if packed_bytes == stream_bytes {
            block.extend_from_slice(packed);
        } else {
            let unpacked = unpack_stream(packed, stream_bytes, header.flags >> 5)?;
            if unpacked.len() != stream_bytes {
                return Err(Fault::new("a Blosc block of another length than stated"));
            }
            block.extend_from_slice(&unpacked);
        }
    }
    Ok(block)
}

fn unpack_stream(packed: &[u8], length: usize, compressor: u8) -> Result<Vec<u8>, Fault> {
    match compressor {
        BLOSC_LZ => unpack_blosc_lz(packed, length).ok_or_else(|| Fault::new("a broken BloscLZ block")),
        LZ4 => lz4_flex::block::decompress(packed, length).map_err(Fault::new),
        ZLIB => unpack_zlib(packed, length),
        ZSTANDARD => unpack_zstandard(packed, length),
        SNAPPY => Err(Fault::new("Blosc with Snappy; write the array with LZ4 or Zstandard")),
        other => Err(Fault::new(format!("Blosc with compressor {other}"))),
    }
}

/// `BloscLZ`: literals, and matches that are copied from what is already there.
fn unpack_blosc_lz(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    /// Distances of more bytes are written in full.
    const MAX_NEAR_BYTES: usize = 8191;
    let mut out: Vec<u8> = Vec::with_capacity(length);
    let mut bytes = packed.iter().copied();
    let mut control = usize::from(bytes.next()? & 31);
    loop {
        if control < 32 {
            for _ in 0..=control {
                out.push(bytes.next()?);
            }
        } else {
            let mut count = (control >> 5) - 1;
            let mut distance = (control & 31) << 8;
            if count == 6 {
                loop {
                    let more = bytes.next()?;
                    count += usize::from(more);
                    if more != 255 {
                        break;
                    }
                }
            }
            let low = usize::from(bytes.next()?);
            distance += low;
            if low == 255 && distance == MAX_NEAR_BYTES {
                distance = MAX_NEAR_BYTES + (usize::from(bytes.next()?) << 8) + usize::from(bytes.next()?);
            }
            let from = out.len().checked_sub(distance + 1)?;
            if out.len() + count + 3 > length {
                return None;
            }
            for i in 0..count + 3 {
                out.push(*out.get(from + i)?);
            }
        }
        if out.len() > length {
            return None;
        }
        match bytes.next() {
            Some(next) => control = usize::from(next),
            None => return Some(out),
        }
    }
}

/// A block with the bytes of each sample together again.
fn in_order(block: Vec<u8>, header: &Header) -> Vec<u8> {
    let size = header.sample_bytes;
    if header.has(BYTES_SHUFFLED) && size > 1 {
        let samples = block.len() / size;
        let mut ordered = block.clone();
        for (i, sample) in ordered.chunks_exact_mut(size).enumerate() {
            for (byte, value) in sample.iter_mut().enumerate() {
                *value = block[byte * samples + i];
            }
        }
        return ordered;
    }
    if header.has(BITS_SHUFFLED) { bits_in_order(block, size) } else { block }
}

/// The same of bits: of eight samples at a time, as many as there are; the rest of a block is not shuffled.
fn bits_in_order(block: Vec<u8>, size: usize) -> Vec<u8> {
    let samples = block.len() / size / 8 * 8;
    let row_bytes = samples / 8;
    let mut ordered = block.clone();
    for (i, sample) in ordered.chunks_exact_mut(size).take(samples).enumerate() {
        for (byte, value) in sample.iter_mut().enumerate() {
            let bit = |bit: usize| (block[(byte * 8 + bit) * row_bytes + i / 8] >> (i % 8)) & 1;
            *value = (0..8).fold(0, |value, place| value | (bit(place) << place));
        }
    }
    ordered
}
