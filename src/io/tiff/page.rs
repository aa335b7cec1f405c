//! One page of a TIFF file: its geometry and sample type, checked before anything is decoded.

use std::io::{Read, Seek};

use super::chunk::{Compression, Predictor};
use super::directory::{Directory, DirectoryReader};
use super::tag;
use crate::error::{Error, Location, Result};
use crate::io::sample_type::SampleType;

const BLACK_IS_ZERO: u64 = 1;
const RGB: u64 = 2;

/// A page of full resolution that this crate can read.
#[derive(Debug, Clone)]
pub(in crate::io) struct Page {
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
    directory: Directory,
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
        let location = directory.location.clone();
        // Bit 0: reduced resolution, bit 2: transparency mask; 2 in the older tag: reduced resolution.
        let reduced = file.integer(directory, tag::NEW_SUBFILE_TYPE, Some(0))? & 0b101 != 0
            || file.integer(directory, tag::SUBFILE_TYPE, Some(0))? == 2;
        if reduced {
            return Ok(None);
        }
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
        let sample_type = sample_type(file, directory)?;
        let compression = compression(file, directory)?;
        let (rgb, alpha) = colour(file, directory, samples)?;
        let planar = file.integer(directory, tag::PLANAR_CONFIGURATION, Some(1))? == 2;
        let tiled = DirectoryReader::<R>::count(directory, tag::TILE_OFFSETS) > 0;
        let (chunk_width, chunk_height) = if tiled {
            let across = file.integer(directory, tag::TILE_WIDTH, None)?;
            (across, file.integer(directory, tag::TILE_LENGTH, None)?)
        } else {
            (width, file.integer(directory, tag::ROWS_PER_STRIP, Some(height))?.min(height))
        };
        if chunk_width == 0 || chunk_height == 0 || chunk_width.max(chunk_height) > u64::from(u32::MAX) {
            let problem = format!("strips or tiles of {chunk_width} x {chunk_height} px");
            return Err(Error::malformed(location, problem));
        }
        let number = file.integer(directory, tag::PREDICTOR, Some(1))?;
        let predictor = Predictor::of(number)
            .filter(|&p| p != Predictor::FloatingPoint || sample_type == SampleType::F32)
            .ok_or_else(|| {
                Error::unsupported(location.clone(), format!("predictor {number} for these samples"))
            })?;
        let page = Self {
            index,
            location,
            width: width as usize,
            height: height as usize,
            sample_type,
            samples: samples as usize,
            channels: (samples - alpha) as usize,
            rgb,
            planar,
            chunk_width: chunk_width as usize,
            chunk_height: chunk_height as usize,
            tiled,
            compression,
            predictor,
            directory: directory.clone(),
        };
        page.check_chunk_count::<R>()?;
        Ok(Some(page))
    }

    /// Bytes of one decoded plane.
    pub(in crate::io) fn plane_bytes(&self) -> u64 {
        (self.width as u64).saturating_mul(self.height as u64).saturating_mul(self.sample_type.bytes())
    }

    /// Samples that a pixel has in one strip or tile.
    pub(super) fn samples_in_chunk(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// Whether the samples of a plane lie in the file as they do in memory, but for the order of their bytes.
    pub(super) fn is_stored_as_plane(&self) -> bool {
        let plain = self.compression == Compression::None && self.predictor == Predictor::None;
        plain && self.samples_in_chunk() == 1 && self.chunk_width == self.width
    }

    /// Strips or tiles of one plane, across and down.
    pub(super) fn grid(&self) -> (usize, usize) {
        (self.width.div_ceil(self.chunk_width), self.height.div_ceil(self.chunk_height))
    }

    /// Bytes of one row of a decoded strip or tile, its padding included.
    pub(super) fn row_bytes(&self) -> u64 {
        let samples = self.samples_in_chunk() as u64;
        (self.chunk_width as u64).saturating_mul(samples).saturating_mul(self.sample_type.bytes())
    }

    /// Rows of a decoded strip or tile in row `down` of the grid: tiles are padded, strips are not.
    pub(super) fn chunk_rows(&self, down: usize) -> usize {
        if self.tiled {
            self.chunk_height
        } else {
            self.chunk_height.min(self.height - down * self.chunk_height)
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
        Ok(offsets.into_iter().zip(counts).map(|(offset, bytes)| Stored { offset, bytes }).collect())
    }
}

fn sample_type<R: Read + Seek>(file: &mut DirectoryReader<R>, directory: &Directory) -> Result<SampleType> {
    let bits = file.integers(directory, tag::BITS_PER_SAMPLE)?.unwrap_or_else(|| vec![1]);
    let formats = file.integers(directory, tag::SAMPLE_FORMAT)?.unwrap_or_else(|| vec![1]);
    let unsupported = |found: String| {
        let feature = format!(
            "{found}; convert to 8-bit or 16-bit unsigned or to 32-bit float samples without rescaling"
        );
        Err(Error::unsupported(directory.location.clone(), feature))
    };
    let (Some(&first_bits), Some(&first_format)) = (bits.first(), formats.first()) else {
        return Err(Error::malformed(directory.location.clone(), "no bits per sample or no sample format"));
    };
    if bits.iter().any(|&b| b != first_bits) || formats.iter().any(|&f| f != first_format) {
        return unsupported(format!("samples of different types: {bits:?} bits, formats {formats:?}"));
    }
    match (first_format, first_bits) {
        (1, 8) => Ok(SampleType::U8),
        (1, 16) => Ok(SampleType::U16),
        (2, 16) => Ok(SampleType::I16),
        (3, 32) => Ok(SampleType::F32),
        (1, bits) => unsupported(format!("{bits}-bit unsigned samples")),
        (2, bits) => unsupported(format!("{bits}-bit signed samples")),
        (3, bits) => unsupported(format!("{bits}-bit float samples")),
        (5 | 6, bits) => unsupported(format!("{bits}-bit complex samples")),
        (format, bits) => unsupported(format!("{bits}-bit samples of undefined format {format}")),
    }
}

fn compression<R: Read + Seek>(file: &mut DirectoryReader<R>, directory: &Directory) -> Result<Compression> {
    let number = file.integer(directory, tag::COMPRESSION, Some(1))?;
    if let Some(compression) = Compression::of(number) {
        // Bits of a byte in reverse order.
        if file.integer(directory, tag::FILL_ORDER, Some(1))? == 2 {
            return Err(Error::unsupported(directory.location.clone(), "fill order 2 (reversed bits)"));
        }
        return Ok(compression);
    }
    let name = match number {
        2..=4 => "fax",
        6 | 7 => "JPEG, which is lossy",
        33003 | 33005 | 34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50000 => "Zstandard",
        50001 => "WebP",
        _ => "unknown",
    };
    let feature =
        format!("compression {number} ({name}); save it with Deflate, LZW, PackBits or without compression");
    Err(Error::unsupported(directory.location.clone(), feature))
}

/// Whether the page is RGB, and how many of its samples are alpha.
fn colour<R: Read + Seek>(
    file: &mut DirectoryReader<R>,
    directory: &Directory,
    samples: u64,
) -> Result<(bool, u64)> {
    let unsupported = |feature: &str| Err(Error::unsupported(directory.location.clone(), feature.to_owned()));
    let extra = file.integers(directory, tag::EXTRA_SAMPLES)?.unwrap_or_default();
    // 1: associated alpha, 2: unassociated alpha, 0: unspecified, which is how further channels are stored.
    let alpha = extra.iter().filter(|&&kind| kind == 1 || kind == 2).count() as u64;
    let base = match file.integer(directory, tag::PHOTOMETRIC, None)? {
        BLACK_IS_ZERO => 1,
        RGB => 3,
        0 => {
            return unsupported(
                "white is zero (photometric interpretation 0): programs disagree whether the stored or the \
                 inverted values count; save it with black as zero",
            );
        }
        3 => return unsupported("palette colours; convert to RGB or to grey samples"),
        5 => return unsupported("CMYK colours; convert to RGB or to grey samples"),
        6 => return unsupported("YCbCr colours; convert to RGB without compression"),
        _ => return unsupported("this photometric interpretation; convert to RGB or to grey samples"),
    };
    let extra_count = extra.len() as u64;
    if samples < base || (base == 3 && samples > 3 && extra_count != samples - 3 && samples != 4) {
        let problem =
            format!("{samples} samples per pixel, {extra_count} of them extra, in an image of {base}");
        return Err(Error::malformed(directory.location.clone(), problem));
    }
    if alpha > 1 || (alpha == 1 && !matches!(extra.last(), Some(1 | 2))) {
        return unsupported("an alpha sample that is not the last one");
    }
    // Four samples of RGB without a word on the fourth: most programs take it for alpha.
    let undeclared_alpha = u64::from(base == 3 && samples == 4 && extra.is_empty());
    Ok((base == 3, alpha + undeclared_alpha))
}
