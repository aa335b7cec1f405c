//! One page of a TIFF file: its geometry and sample type, checked before anything is decoded.

use std::io::{Read, Seek};
use std::sync::Arc;

use super::chunk::Compression;
use super::directory::{Directory, DirectoryReader};
use super::kind::{self, Codec, Colours};
use super::palette::Meaning;
use super::sample::Predictor;
use super::tag;
use crate::error::{Error, Location, Result};
use crate::io::sample_type::SampleType;

/// Most bytes of a compressed strip or tile of a slide: it is decoded whole for any part of it. A strip of 256 rows of
/// 250,000 px in 16 bits has half of it.
const MAX_PART_CHUNK_BYTES: u64 = 1 << 28;

/// A page of full resolution that this crate can read.
#[derive(Debug, Clone)]
pub(in crate::io) struct Page {
    /// The file that it lies in: 0, or a further one of the set.
    pub(in crate::io) file: usize,
    /// Position in the main chain of the file, the first being 0.
    pub(in crate::io) index: usize,
    pub(in crate::io) location: Location,
    pub(in crate::io) width: usize,
    pub(in crate::io) height: usize,
    pub(in crate::io) sample_type: SampleType,
    /// Samples of a pixel, alpha included.
    pub(in crate::io) samples: usize,
    /// Samples that are channels: all but alpha, which is the last.
    pub(in crate::io) channels: usize,
    /// Whether the first three samples are red, green and blue.
    pub(in crate::io) rgb: bool,
    /// Whether each sample has strips or tiles of its own.
    pub(super) planar: bool,
    pub(super) chunk_width: usize,
    pub(super) chunk_height: usize,
    pub(super) tiled: bool,
    pub(super) compression: Compression,
    pub(super) predictor: Predictor,
    /// For JPEG and JPEG 2000: what is known of its strips and tiles.
    pub(super) codec: Option<Codec>,
    /// What the samples are, if the page has a palette.
    pub(super) palette: Option<Arc<Meaning>>,
    /// How far its data lie behind those that its directory names.
    pub(super) shift: u64,
    pub(super) directory: Directory,
}

/// The stored bytes of a strip or tile in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored {
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

impl Page {
    /// Describes a page; `None` if it is a reduced copy or a mask of another.
    pub(super) fn read<R: Read + Seek>(
        file: &mut DirectoryReader<R>,
        directory: &Directory,
        index: usize,
    ) -> Result<Option<Self>> {
        // Bit 0: reduced resolution, bit 2: transparency mask; 2 in the older tag: reduced resolution.
        let reduced = file.integer(directory, tag::NEW_SUBFILE_TYPE, Some(0))? & 0b101 != 0
            || file.integer(directory, tag::SUBFILE_TYPE, Some(0))? == 2;
        if reduced { Ok(None) } else { Self::of(file, directory, index).map(Some) }
    }

    /// Describes a page, reduced or not.
    pub(super) fn of<R: Read + Seek>(
        file: &mut DirectoryReader<R>,
        directory: &Directory,
        index: usize,
    ) -> Result<Self> {
        let location = directory.location.clone();
        let width = file.integer(directory, tag::IMAGE_WIDTH, None)?;
        let height = file.integer(directory, tag::IMAGE_LENGTH, None)?;
        if width == 0 || height == 0 || width > u64::from(u32::MAX) || height > u64::from(u32::MAX) {
            let problem = format!("an image of {width} x {height} px");
            return Err(Error::malformed(location, problem));
        }
        let samples = file.integer(directory, tag::SAMPLES_PER_PIXEL, Some(1))?;
        if samples == 0 || samples > u64::from(u16::MAX) {
            return Err(Error::malformed(location, format!("{samples} samples per pixel")));
        }
        let sample_type = kind::sample_type(file, directory)?;
        let compression = kind::compression(file, directory)?;
        let Colours { rgb, channels, palette, is_ycbcr } =
            kind::colours(file, directory, samples, compression)?;
        let codec = kind::codec(file, directory, compression, sample_type, is_ycbcr)?;
        let planar = file.integer(directory, tag::PLANAR_CONFIGURATION, Some(1))? == 2;
        let (tiled, chunk_width, chunk_height) = chunk_size(file, directory, (width, height))?;
        let number = file.integer(directory, tag::PREDICTOR, Some(1))?;
        let fits = |predictor: &Predictor| match predictor {
            Predictor::None | Predictor::Horizontal => true,
            Predictor::FloatingPoint => sample_type.is_float(),
        };
        let predictor = Predictor::of(number).filter(fits).ok_or_else(|| {
            Error::unsupported(location.clone(), format!("predictor {number} for these samples"))
        })?;
        let page = Self {
            file: 0,
            index,
            location,
            width: width as usize,
            height: height as usize,
            sample_type,
            samples: samples as usize,
            channels: channels as usize,
            rgb,
            planar,
            chunk_width: chunk_width as usize,
            chunk_height: chunk_height as usize,
            tiled,
            compression,
            predictor,
            codec,
            palette,
            shift: 0,
            directory: directory.clone(),
        };
        page.check_chunk_count::<R>()?;
        Ok(page)
    }

    /// Most bytes that one plane takes in memory while it is read.
    pub(in crate::io) fn plane_bytes(&self) -> u64 {
        let pixels = (self.width as u64).saturating_mul(self.height as u64);
        pixels.saturating_mul(self.sample_type.decoded_bytes())
    }

    /// Bytes of the page in the file, if it is not compressed.
    pub(super) fn stored_bytes(&self) -> u64 {
        let planes = if self.planar { self.samples as u64 } else { 1 };
        self.row_bytes().saturating_mul(self.height as u64).saturating_mul(planes)
    }

    /// Checks that parts can be read without decoding too much beside them.
    pub(in crate::io) fn check_parts(&self) -> Result<()> {
        let bytes = self.row_bytes().saturating_mul(self.chunk_height as u64);
        if self.compression == Compression::None || bytes <= MAX_PART_CHUNK_BYTES {
            return Ok(());
        }
        let feature = format!(
            "a slide in compressed strips or tiles of {bytes} bytes, of which any part asks for all; save it in tiles"
        );
        Err(Error::unsupported(self.location.clone(), feature))
    }

    /// Whether its compression changes samples.
    pub(in crate::io) fn is_lossy(&self) -> bool {
        self.compression == Compression::Jpeg
    }

    /// Samples that a pixel has in one strip or tile.
    pub(super) fn samples_in_chunk(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// Whether the samples of a plane lie in the file as they do in memory, but for the order of their bytes.
    pub(super) fn is_stored_as_plane(&self) -> bool {
        let plain = self.compression == Compression::None && self.predictor == Predictor::None;
        let is_whole = !matches!(self.sample_type, SampleType::Packed(_));
        plain && is_whole && self.samples_in_chunk() == 1 && self.chunk_width == self.width
    }

    /// Bytes of the samples that a pixel has in one strip or tile; `None` if they are no whole bytes.
    pub(super) fn pixel_bytes(&self) -> Option<usize> {
        let bits = self.samples_in_chunk() as u64 * self.sample_type.stored_bits();
        bits.is_multiple_of(8).then_some((bits / 8) as usize)
    }

    /// Strips or tiles of one plane, across and down.
    pub(super) fn grid(&self) -> (usize, usize) {
        (self.width.div_ceil(self.chunk_width), self.height.div_ceil(self.chunk_height))
    }

    /// Bytes of one row of a decoded strip or tile, its padding included.
    pub(super) fn row_bytes(&self) -> u64 {
        let samples = self.samples_in_chunk() as u64;
        let bits =
            (self.chunk_width as u64).saturating_mul(samples).saturating_mul(self.sample_type.stored_bits());
        bits.div_ceil(8)
    }

    /// Rows of a decoded strip or tile in row `down` of the grid: tiles are padded, strips are not.
    pub(super) fn chunk_rows(&self, down: usize) -> usize {
        if self.tiled {
            self.chunk_height
        } else {
            self.chunk_height.min(self.height - down * self.chunk_height)
        }
    }

    /// The first `rows` rows of a decompressed strip or tile, or the fault in it.
    pub(super) fn decompress(&self, stored: &[u8], rows: usize) -> std::result::Result<Vec<u8>, String> {
        let size = (self.chunk_width, rows, self.samples_in_chunk());
        match &self.codec {
            Some(Codec::Jpeg(jpeg)) => jpeg.decompress(stored, size),
            Some(Codec::Jpeg2000(jpeg)) => jpeg.decompress(stored, size),
            None => self.compression.decompress(stored, self.row_bytes() as usize * rows),
        }
    }

    fn chunk_tags(&self) -> (u16, u16) {
        if self.tiled {
            (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS)
        } else {
            (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
        }
    }

    fn check_chunk_count<R: Read + Seek>(&self) -> Result<()> {
        let (across, down) = self.grid();
        let planes = if self.planar { self.samples as u64 } else { 1 };
        let expected = (across as u64).checked_mul(down as u64).and_then(|n| n.checked_mul(planes));
        let (offsets, counts) = self.chunk_tags();
        for tag in [offsets, counts] {
            let found = DirectoryReader::<R>::count(&self.directory, tag);
            if expected != Some(found) {
                let expected = expected.map_or_else(|| "too many to count".to_owned(), |n| n.to_string());
                let problem = format!(
                    "{} has {found} entries, the size of the image asks for {expected}",
                    tag::name(tag)
                );
                return Err(Error::malformed(self.location.clone(), problem));
            }
        }
        Ok(())
    }

    /// Where the strips or tiles lie, checked to lie in the file and to hold enough bytes for the image.
    pub(super) fn chunks<R: Read + Seek>(&self, file: &mut DirectoryReader<R>) -> Result<Vec<Stored>> {
        let (offsets_tag, counts_tag) = self.chunk_tags();
        let offsets = file.integers(&self.directory, offsets_tag)?.unwrap_or_default();
        let counts = file.integers(&self.directory, counts_tag)?.unwrap_or_default();
        let name = if self.tiled { "tile" } else { "strip" };
        let malformed = |problem: String| Err(Error::malformed(self.location.clone(), problem));
        let (across, down) = self.grid();
        for (i, (&offset, &count)) in offsets.iter().zip(&counts).enumerate() {
            let offset = offset.saturating_add(self.shift);
            let end = offset.saturating_add(count);
            if end > file.length() {
                return malformed(format!(
                    "the file is incomplete: copy it again ({name} {i} lies at bytes {offset} to {end}, the file ends at {})",
                    file.length()
                ));
            }
            let needed = self.row_bytes().saturating_mul(self.chunk_rows((i / across) % down) as u64);
            if count.saturating_mul(self.compression.most_expansion()) < needed {
                return malformed(format!(
                    "{name} {i} has {count} bytes, too few for the {needed} of its pixels"
                ));
            }
        }
        if let (Compression::Lzw, Some(&first)) = (self.compression, offsets.first())
            && let [0, second] = file.two_bytes(first, &self.location)?
            && second & 1 == 1
        {
            return Err(Error::unsupported(
                self.location.clone(),
                "LZW in the bit order of before TIFF 6.0; save it again, with Deflate or without compression",
            ));
        }
        let place = |(offset, bytes): (u64, u64)| Stored { offset: offset.saturating_add(self.shift), bytes };
        Ok(offsets.into_iter().zip(counts).map(place).collect())
    }
}

/// Whether a page has tiles, and the width and height of its tiles or strips.
fn chunk_size<R: Read + Seek>(
    file: &mut DirectoryReader<R>,
    directory: &Directory,
    (width, height): (u64, u64),
) -> Result<(bool, u64, u64)> {
    let tiled = DirectoryReader::<R>::count(directory, tag::TILE_OFFSETS) > 0;
    let (chunk_width, chunk_height) = if tiled {
        let across = file.integer(directory, tag::TILE_WIDTH, None)?;
        (across, file.integer(directory, tag::TILE_LENGTH, None)?)
    } else {
        (width, file.integer(directory, tag::ROWS_PER_STRIP, Some(height))?.min(height))
    };
    if chunk_width == 0 || chunk_height == 0 || chunk_width.max(chunk_height) > u64::from(u32::MAX) {
        let problem = format!("strips or tiles of {chunk_width} x {chunk_height} px");
        return Err(Error::malformed(directory.location.clone(), problem));
    }
    Ok((tiled, chunk_width, chunk_height))
}
