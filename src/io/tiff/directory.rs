//! The directories of a TIFF file (TIFF 6.0, section 2; `BigTIFF`): the tags of each page. No value is
//! read before it is known to lie in the file, so that no header can ask for more memory than the file has bytes.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

use super::tag;
use crate::error::{Error, Location, Result};

/// Most pages that a file may have: ten times a stack of 100 slices in 16 channels.
const MAX_PAGES: usize = 16_384;

/// Most entries of one directory. Real files have fewer than 100.
const MAX_ENTRIES: u64 = 1024;

/// One tag of a directory, its value not yet read.
#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The bytes of the value itself if they fit, else of its offset.
    field: [u8; 8],
}

impl Entry {
    /// Bytes of one value of this type; `None` for types that TIFF does not know.
    fn unit(&self) -> Option<u64> {
        match self.kind {
            1 | 2 | 6 | 7 => Some(1),
            3 | 8 => Some(2),
            4 | 9 | 11 | 13 => Some(4),
            5 | 10 | 12 | 16 | 17 | 18 => Some(8),
            _ => None,
        }
    }
}

/// A directory in the main chain of the file.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    entries: Vec<Entry>,
    pub(super) location: Location,
}

/// A TIFF file open for reading its directories.
#[derive(Debug)]
pub(super) struct DirectoryReader<R> {
    reader: R,
    length: u64,
    little_endian: bool,
    big_tiff: bool,
    /// Bytes of the values that were read so far.
    value_bytes: u64,
}

impl<R: Read + Seek> DirectoryReader<R> {
    /// Reads the header and the main chain of directories.
    pub(super) fn open(mut reader: R, location: &Location) -> Result<(Self, Vec<Directory>)> {
        let io = |cause| Error::Io { location: location.clone(), cause };
        let length = reader.seek(SeekFrom::End(0)).map_err(io)?;
        reader.seek(SeekFrom::Start(0)).map_err(io)?;
        let mut file = Self { reader, length, little_endian: true, big_tiff: false, value_bytes: 0 };
        let order: [u8; 2] = file.bytes(location)?;
        file.little_endian = match &order {
            b"II" => true,
            b"MM" => false,
            _ => return Err(Error::malformed(location.clone(), "not a TIFF file: no byte order mark")),
        };
        let first = match file.u16(location)? {
            42 => u64::from(file.u32(location)?),
            43 => {
                file.big_tiff = true;
                let (offset_bytes, zero) = (file.u16(location)?, file.u16(location)?);
                if (offset_bytes, zero) != (8, 0) {
                    let problem =
                        format!("BigTIFF offsets of {offset_bytes} bytes; the only size known is 8");
                    return Err(Error::malformed(location.clone(), problem));
                }
                file.u64(location)?
            }
            other => {
                let problem = format!("not a TIFF file: version {other} instead of 42 or 43");
                return Err(Error::malformed(location.clone(), problem));
            }
        };
        let directories = file.chain(first, location)?;
        Ok((file, directories))
    }

    /// Length of the file in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Bytes of the values that were read so far. Pages may share a value, which is then read for each of them.
    pub(super) fn value_bytes(&self) -> u64 {
        self.value_bytes
    }

    /// Whether numbers are stored with their least significant byte first.
    pub(super) fn little_endian(&self) -> bool {
        self.little_endian
    }

    /// Bytes of the file, which the caller knows to be there.
    pub(super) fn read_at(&mut self, offset: u64, length: u64, location: &Location) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length.min(self.length) as usize];
        self.read_into(offset, &mut bytes, location)?;
        Ok(bytes)
    }

    /// The same into memory of the caller.
    pub(super) fn read_into(&mut self, offset: u64, into: &mut [u8], location: &Location) -> Result<()> {
        self.seek(offset, location)?;
        self.reader.read_exact(into).map_err(|source| truncated(source, location))
    }

    fn chain(&mut self, first: u64, location: &Location) -> Result<Vec<Directory>> {
        let mut directories = Vec::new();
        let mut seen = HashSet::new();
        let mut next = first;
        let mut entries = 0_u64;
        while next != 0 {
            let place = location.clone().at_page(directories.len());
            if directories.len() == MAX_PAGES {
                return Err(Error::unsupported(place, format!("more than {MAX_PAGES} pages")));
            }
            if !seen.insert(next) {
                return Err(Error::malformed(place, "the chain of pages runs in a circle"));
            }
            next = self.directory(next, &place, &mut directories)?;
            // Directories of entries that lie in each other would take a thousand times the memory of the file.
            entries += directories.last().map_or(0, |directory| directory.entries.len() as u64);
            if entries.saturating_mul(self.entry_bytes()) > self.length {
                let problem =
                    format!("{entries} entries in the chain of pages, more than the file has room for");
                return Err(Error::malformed(place, problem));
            }
        }
        if directories.is_empty() {
            return Err(Error::malformed(location.clone(), "the TIFF file has no page"));
        }
        Ok(directories)
    }

    /// The directory at a position of the file, which need not be in the main chain.
    pub(super) fn single(&mut self, at: u64, location: &Location) -> Result<Directory> {
        let mut directories = Vec::with_capacity(1);
        self.directory(at, location, &mut directories)?;
        directories.pop().ok_or_else(|| Error::malformed(location.clone(), "no directory"))
    }

    fn directory(&mut self, at: u64, location: &Location, into: &mut Vec<Directory>) -> Result<u64> {
        self.seek(at, location)?;
        let count = if self.big_tiff { self.u64(location)? } else { u64::from(self.u16(location)?) };
        if count == 0 || count > MAX_ENTRIES {
            let problem = format!("a directory of {count} entries; 1 to {MAX_ENTRIES} can be right");
            return Err(Error::malformed(location.clone(), problem));
        }
        let mut entries = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let (tag, kind) = (self.u16(location)?, self.u16(location)?);
            let mut field = [0; 8];
            let count = if self.big_tiff {
                let count = self.u64(location)?;
                field = self.bytes(location)?;
                count
            } else {
                let count = u64::from(self.u32(location)?);
                let short: [u8; 4] = self.bytes(location)?;
                field[..4].copy_from_slice(&short);
                count
            };
            let entry = Entry { tag, kind, count, field };
            self.check_within_file(&entry, location)?;
            entries.push(entry);
        }
        let next = if self.big_tiff { self.u64(location)? } else { u64::from(self.u32(location)?) };
        into.push(Directory { entries, location: location.clone() });
        Ok(next)
    }

    /// Bytes of an entry of a directory.
    fn entry_bytes(&self) -> u64 {
        if self.big_tiff { 20 } else { 12 }
    }

    /// Where the value of an entry begins and how many bytes it has; `None` if it lies in the entry itself.
    fn span(&self, entry: &Entry) -> Option<(u64, u64)> {
        let bytes = entry.unit()?.saturating_mul(entry.count);
        if bytes <= if self.big_tiff { 8 } else { 4 } {
            return None;
        }
        let offset = if self.big_tiff {
            self.decode_u64(entry.field)
        } else {
            let [a, b, c, d, ..] = entry.field;
            u64::from(self.decode_u32([a, b, c, d]))
        };
        Some((offset, bytes))
    }

    fn check_within_file(&self, entry: &Entry, location: &Location) -> Result<()> {
        match self.span(entry) {
            Some((offset, bytes)) if offset.saturating_add(bytes) > self.length => {
                let problem = format!(
                    "the file is incomplete: copy it again (the value of tag {} lies at bytes {offset} to {}, the \
                     file ends at {})",
                    entry.tag,
                    offset.saturating_add(bytes),
                    self.length
                );
                Err(Error::malformed(location.clone(), problem))
            }
            _ => Ok(()),
        }
    }

    fn value(&mut self, directory: &Directory, tag: u16) -> Result<Option<(Entry, Vec<u8>)>> {
        match directory.entries.iter().rev().find(|entry| entry.tag == tag).copied() {
            Some(entry) => self.value_of(entry, directory),
            None => Ok(None),
        }
    }

    fn value_of(&mut self, entry: Entry, directory: &Directory) -> Result<Option<(Entry, Vec<u8>)>> {
        let Some(unit) = entry.unit() else { return Ok(None) };
        let bytes = match self.span(&entry) {
            None => entry.field[..(unit * entry.count) as usize].to_vec(),
            Some((offset, length)) => {
                self.value_bytes = self.value_bytes.saturating_add(length);
                self.read_at(offset, length, &directory.location)?
            }
        };
        Ok(Some((entry, bytes)))
    }

    /// The whole numbers of a tag; `None` if the directory has no such tag.
    pub(super) fn integers(&mut self, directory: &Directory, tag: u16) -> Result<Option<Vec<u64>>> {
        let Some((entry, bytes)) = self.value(directory, tag)? else { return Ok(None) };
        let integers = match entry.kind {
            1 | 7 => bytes.iter().map(|&v| u64::from(v)).collect(),
            3 => bytes.as_chunks().0.iter().map(|&v| u64::from(self.decode_u16(v))).collect(),
            4 | 13 => bytes.as_chunks().0.iter().map(|&v| u64::from(self.decode_u32(v))).collect(),
            16 | 18 => bytes.as_chunks().0.iter().map(|&v| self.decode_u64(v)).collect(),
            kind => {
                let problem = format!("tag {tag} has type {kind}, which is not a whole number");
                return Err(Error::malformed(directory.location.clone(), problem));
            }
        };
        Ok(Some(integers))
    }

    /// The single whole number of a tag, `default` without the tag.
    pub(super) fn integer(&mut self, directory: &Directory, tag: u16, default: Option<u64>) -> Result<u64> {
        match self.integers(directory, tag)?.as_deref() {
            Some([first, ..]) => Ok(*first),
            Some([]) => Err(Error::malformed(directory.location.clone(), format!("tag {tag} is empty"))),
            None => default.ok_or_else(|| {
                let name = tag::name(tag);
                Error::malformed(directory.location.clone(), format!("tag {tag} ({name}) is missing"))
            }),
        }
    }

    /// How many values a tag has, 0 without the tag.
    pub(super) fn count(directory: &Directory, tag: u16) -> u64 {
        directory.entries.iter().rev().find(|entry| entry.tag == tag).map_or(0, |entry| entry.count)
    }

    /// The texts of all entries of a tag, the last one first, as UTF-8 or else as Latin-1, each up to its first NUL.
    pub(super) fn texts(&mut self, directory: &Directory, tag: u16) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for entry in directory.entries.iter().rev().filter(|entry| entry.tag == tag) {
            let Some((_, mut bytes)) = self.value_of(*entry, directory)? else { continue };
            if let Some(end) = bytes.iter().position(|&b| b == 0) {
                bytes.truncate(end);
            }
            texts.push(
                String::from_utf8(bytes)
                    .unwrap_or_else(|e| e.into_bytes().iter().map(|&b| char::from(b)).collect()),
            );
        }
        Ok(texts)
    }

    /// The first fraction of a tag, if it is there and has a denominator.
    pub(super) fn fraction(&mut self, directory: &Directory, tag: u16) -> Result<Option<f64>> {
        match self.value(directory, tag)? {
            Some((Entry { kind: 5, .. }, bytes)) => {
                let parts: Vec<u32> = bytes.as_chunks().0.iter().map(|&v| self.decode_u32(v)).collect();
                Ok(match parts.as_slice() {
                    [above, below, ..] if *below > 0 => Some(f64::from(*above) / f64::from(*below)),
                    _ => None,
                })
            }
            _ => Ok(None),
        }
    }

    /// Two bytes at a position of the file.
    pub(super) fn two_bytes(&mut self, at: u64, location: &Location) -> Result<[u8; 2]> {
        self.seek(at, location)?;
        self.bytes(location)
    }

    fn seek(&mut self, to: u64, location: &Location) -> Result<()> {
        let seek = self.reader.seek(SeekFrom::Start(to));
        seek.map_err(|cause| Error::Io { location: location.clone(), cause })?;
        Ok(())
    }

    fn bytes<const N: usize>(&mut self, location: &Location) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).map_err(|source| truncated(source, location))?;
        Ok(bytes)
    }

    fn u16(&mut self, location: &Location) -> Result<u16> {
        let bytes = self.bytes(location)?;
        Ok(self.decode_u16(bytes))
    }

    fn u32(&mut self, location: &Location) -> Result<u32> {
        let bytes = self.bytes(location)?;
        Ok(self.decode_u32(bytes))
    }

    fn u64(&mut self, location: &Location) -> Result<u64> {
        let bytes = self.bytes(location)?;
        Ok(self.decode_u64(bytes))
    }

    fn decode_u16(&self, bytes: [u8; 2]) -> u16 {
        if self.little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    fn decode_u32(&self, bytes: [u8; 4]) -> u32 {
        if self.little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    fn decode_u64(&self, bytes: [u8; 8]) -> u64 {
        if self.little_endian { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) }
    }
}

/// A file that ends too early is malformed; any other failure to read is the machine's.
pub(in crate::io) fn truncated(source: std::io::Error, location: &Location) -> Error {
    if source.kind() == std::io::ErrorKind::UnexpectedEof {
        Error::malformed(location.clone(), "the file is incomplete: copy it again (it ends too early)")
    } else {
        Error::Io { location: location.clone(), cause: source }
    }
}
