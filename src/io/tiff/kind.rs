//! What the samples of a page are: their type, compression and colours, by its tags.

use std::io::{Read, Seek};
use std::sync::Arc;

use super::chunk::Compression;
use super::directory::{Directory, DirectoryReader};
use super::jpeg::Jpeg;
use super::jpeg2000::Jpeg2000;
use super::palette::{Meaning, meaning};
use super::tag;
use crate::error::{Error, Result};
use crate::io::sample_type::SampleType;

/// The type of all samples of a page.
pub(super) fn sample_type<R: Read + Seek>(
    file: &mut DirectoryReader<R>,
    directory: &Directory,
) -> Result<SampleType> {
    let bits = file.integers(directory, tag::BITS_PER_SAMPLE)?.unwrap_or_else(|| vec![1]);
    let formats = file.integers(directory, tag::SAMPLE_FORMAT)?.unwrap_or_else(|| vec![1]);
    let unsupported = |found: String| {
        let feature =
            format!("{found}; convert to 16-bit unsigned or to 32-bit float samples without rescaling");
        Err(Error::unsupported(directory.location.clone(), feature))
    };
    let (Some(&first_bits), Some(&first_format)) = (bits.first(), formats.first()) else {
        return Err(Error::malformed(directory.location.clone(), "no bits per sample or no sample format"));
    };
    if bits.iter().any(|&b| b != first_bits) || formats.iter().any(|&f| f != first_format) {
        return unsupported(format!("samples of different types: {bits:?} bits, formats {formats:?}"));
    }
    match (first_format, first_bits) {
        // Samples of undefined format are unsigned (TIFF 6.0, section 19).
        (1 | 4, 8) => Ok(SampleType::U8),
        (1 | 4, 16) => Ok(SampleType::U16),
        (1 | 4, 32) => Ok(SampleType::U32),
        (1 | 4, bits @ 1..=15) => Ok(SampleType::Packed(bits as u8)),
        (2, 8) => Ok(SampleType::I8),
        (2, 16) => Ok(SampleType::I16),
        (2, 32) => Ok(SampleType::I32),
        (3, 16) => Ok(SampleType::F16),
        (3, 32) => Ok(SampleType::F32),
        (3, 64) => Ok(SampleType::F64),
        (1 | 4, bits) => unsupported(format!("{bits}-bit unsigned samples")),
        (2, bits) => unsupported(format!("{bits}-bit signed samples")),
        (3, bits) => unsupported(format!("{bits}-bit float samples")),
        (5 | 6, bits) => unsupported(format!("{bits}-bit complex samples")),
        (format, bits) => unsupported(format!("{bits}-bit samples of unknown format {format}")),
    }
}

/// How the strips or tiles of a page are compressed.
pub(super) fn compression<R: Read + Seek>(
    file: &mut DirectoryReader<R>,
    directory: &Directory,
) -> Result<Compression> {
    let number = file.integer(directory, tag::COMPRESSION, Some(1))?;
    if let Some(compression) = Compression::of(number) {
        // Bits of a byte in reverse order.
        if file.integer(directory, tag::FILL_ORDER, Some(1))? == 2 {
            let feature = "fill order 2 (reversed bits); save it again in the usual order";
            return Err(Error::unsupported(directory.location.clone(), feature));
        }
        return Ok(compression);
    }
    let name = match number {
        2..=4 => "fax",
        6 => "JPEG in its old form",
        33003 => "JPEG 2000 of luminance and chrominance",
        34676 | 34677 => "LogLuv",
        34887 => "LERC",
        34892 => "lossy JPEG",
        34925 => "LZMA",
        34933 => "PNG",
        34934 => "JPEG XR",
        50001 => "WebP",
        50002 | 52546 => "JPEG XL",
        _ => "unknown",
    };
    let feature = format!(
        "compression {number} ({name}); save it with Deflate, LZW, Zstandard or without compression \
         (tiffcp -c lzw, or bfconvert -compression LZW)"
    );
    Err(Error::unsupported(directory.location.clone(), feature))
}

/// The colours of a page.
#[derive(Debug)]
pub(super) struct Colours {
    /// Whether the first three channels are red, green and blue.
    pub(super) rgb: bool,
    /// How many channels its pixels have, without alpha.
    pub(super) channels: u64,
    pub(super) palette: Option<Arc<Meaning>>,
    /// Whether its samples are luminance and chrominance, which the decoder turns into colours.
    pub(super) is_ycbcr: bool,
}

const BLACK_IS_ZERO: u64 = 1;
const RGB: u64 = 2;
const PALETTE: u64 = 3;
const YCBCR: u64 = 6;

/// The colours of a page, by its photometric interpretation.
pub(super) fn colours<R: Read + Seek>(
    file: &mut DirectoryReader<R>,
    directory: &Directory,
    samples: u64,
    compression: Compression,
) -> Result<Colours> {
    let unsupported = |feature: &str| Err(Error::unsupported(directory.location.clone(), feature.to_owned()));
    let is_jpeg = compression == Compression::Jpeg;
    let photometric = file.integer(directory, tag::PHOTOMETRIC, None)?;
    let base = match photometric {
        BLACK_IS_ZERO => 1,
        RGB => 3,
        PALETTE => return palette(file, directory, samples),
        YCBCR if is_jpeg && samples == 3 => 3,
        0 => {
            return unsupported(
                "white is zero (photometric interpretation 0): programs disagree whether the stored or the \
                 inverted values count; save it with black as zero",
            );
        }
        5 => return unsupported("CMYK colours; convert to RGB or to grey samples"),
        YCBCR => return unsupported("YCbCr colours without JPEG; convert to RGB without compression"),
        _ => return unsupported("this photometric interpretation; convert to RGB or to grey samples"),
    };
    let extra = file.integers(directory, tag::EXTRA_SAMPLES)?.unwrap_or_default();
    // 1: associated alpha, 2: unassociated alpha, 0: unspecified, which is how further channels are stored.
    let alpha = extra.iter().filter(|&&kind| kind == 1 || kind == 2).count() as u64;
    let extra_count = extra.len() as u64;
    if samples < base || (base == 3 && samples > 3 && extra_count != samples - 3 && samples != 4) {
        let problem =
            format!("{samples} samples per pixel, {extra_count} of them extra, in an image of {base}");
        return Err(Error::malformed(directory.location.clone(), problem));
    }
    if alpha > 1 || (alpha == 1 && !matches!(extra.last(), Some(1 | 2))) {
        return unsupported("an alpha sample that is not the last one; save it without alpha");
    }
    // Four samples of RGB without a word on the fourth: most programs take it for alpha.
    let undeclared_alpha = u64::from(base == 3 && samples == 4 && extra.is_empty());
    let channels = samples - alpha - undeclared_alpha;
    Ok(Colours { rgb: base == 3, channels, palette: None, is_ycbcr: photometric == YCBCR })
}

fn palette<R: Read + Seek>(
    file: &mut DirectoryReader<R>,
    directory: &Directory,
    samples: u64,
) -> Result<Colours> {
    let map = file.integers(directory, tag::COLOUR_MAP)?.unwrap_or_default();
    let bits = match sample_type(file, directory)? {
        SampleType::U8 => 8,
        SampleType::U16 => 16,
        SampleType::Packed(bits) => u32::from(bits),
        _ => 0,
    };
    if samples != 1 || bits == 0 || map.len() as u64 != 3 << bits {
        let problem = format!(
            "a palette of {} values for {samples} samples of {bits} bits; save it as grey levels or RGB",
            map.len()
        );
        return Err(Error::malformed(directory.location.clone(), problem));
    }
    let meaning = meaning(&map);
    let rgb = matches!(meaning, Meaning::Colours(_));
    Ok(Colours { rgb, channels: if rgb { 3 } else { 1 }, palette: Some(Arc::new(meaning)), is_ycbcr: false })
}

/// What is known of the strips or tiles of a page beside their bytes.
#[derive(Debug, Clone)]
pub(super) enum Codec {
    Jpeg(Arc<Jpeg>),
    Jpeg2000(Jpeg2000),
}

/// How the strips or tiles of a page in JPEG or JPEG 2000 are decoded; `None` for other compressions.
pub(super) fn codec<R: Read + Seek>(
    file: &mut DirectoryReader<R>,
    directory: &Directory,
    compression: Compression,
    sample_type: SampleType,
    is_ycbcr: bool,
) -> Result<Option<Codec>> {
    match (compression, sample_type) {
        (Compression::Jpeg, SampleType::U8) => {
            let tables = file.integers(directory, tag::JPEG_TABLES)?.unwrap_or_default();
            let tables = tables.into_iter().map(|v| v as u8).collect();
            Ok(Some(Codec::Jpeg(Arc::new(Jpeg { tables, is_ycbcr }))))
        }
        (Compression::Jpeg2000, SampleType::U8 | SampleType::U16) => {
            let is_wide = sample_type == SampleType::U16;
            Ok(Some(Codec::Jpeg2000(Jpeg2000 { is_wide, little_endian: file.little_endian() })))
        }
        (Compression::Jpeg | Compression::Jpeg2000, _) => {
            let name = if compression == Compression::Jpeg { "JPEG" } else { "JPEG 2000" };
            let feature = format!(
                "{name} of {}-bit samples; save it with Deflate, LZW, Zstandard or without compression",
                sample_type.stored_bits()
            );
            Err(Error::unsupported(directory.location.clone(), feature))
        }
        _ => Ok(None),
    }
}
