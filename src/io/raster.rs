//! PNG and JPEG: grey images and colour images, in 8 or 16 bits.

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader};
use ndarray::Array2;

use crate::error::{Error, Location, Result};
use crate::field::Plane;
use crate::limited::read_bytes;

/// (height, width) of a PNG or JPEG by its header; `None` if the file is none, or its header is broken.
pub(super) fn dim(path: &Path) -> Option<(usize, usize)> {
    let reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    reader.format().filter(|format| [ImageFormat::Png, ImageFormat::Jpeg].contains(format))?;
    let (width, height) = reader.into_dimensions().ok()?;
    Some((height as usize, width as usize))
}

/// The planes of a PNG: one of a grey image, three (red, green, blue) of a colour image; alpha is dropped.
pub(super) fn read_png(path: &Path, limit: u64) -> Result<Vec<Plane>> {
    let bytes = read_bytes(path, limit)?;
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(limit);
    let decoder = PngDecoder::with_limits(Cursor::new(&bytes), limits);
    decode(decoder.map_err(|e| failure(e, path, limit))?, path, limit)
}

/// The planes of a JPEG: one of a grey image, three (red, green, blue) of a colour image. Says too whether colours were kept
/// at half the resolution.
pub(super) fn read_jpeg(path: &Path, limit: u64) -> Result<(Vec<Plane>, bool)> {
    let bytes = read_bytes(path, limit)?;
    // The decoder fills missing rows with grey instead of failing.
    if !has_end_of_image(&bytes) {
        let problem = "the file is incomplete: copy it again (the JPEG has no end-of-image marker)";
        return Err(Error::malformed(Location::file(path), problem));
    }
    let frame = frame(&bytes);
    if let Some(components) = frame.as_ref().map(|frame| frame.components).filter(|n| ![1, 3].contains(n)) {
        let feature = format!("JPEG of {components} components (CMYK); convert to RGB or to grey samples");
        return Err(Error::unsupported(Location::file(path), feature));
    }
    let decoder = JpegDecoder::new(Cursor::new(&bytes)).map_err(|e| failure(e, path, limit))?;
    Ok((decode(decoder, path, limit)?, frame.is_some_and(|frame| frame.has_coarse_colours)))
}

/// Whether an end-of-image marker follows the last start-of-scan marker. In the data of a scan the byte `ff` is
/// always followed by `00` or a restart marker, so that neither marker can be part of them.
fn has_end_of_image(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    matches!((last(0xda), last(0xd9)), (Some(scan), Some(end)) if end > scan)
}

/// What the frame header of a JPEG says.
struct Frame {
    components: u8,
    /// Whether a further component has fewer samples than the first one: colours at half the resolution or less.
    has_coarse_colours: bool,
}

/// The frame header of a JPEG. The segments before it are skipped by their lengths.
fn frame(bytes: &[u8]) -> Option<Frame> {
    let mut at = 2;
    loop {
        let &[0xff, marker, high, low] = bytes.get(at..at + 4)? else { return None };
        match marker {
            0xff => at += 1,
            0xc4 | 0xc8 | 0xcc => at += 2 + usize::from(u16::from_be_bytes([high, low])),
            0xc0..=0xcf => {
                let components = *bytes.get(at + 9)?;
                // Of each component: its id, how many samples it has across and down in a block, its table.
                let samples = |i: usize| bytes.get(at + 11 + 3 * i).map(|both| [both >> 4, both & 15]);
                let first = samples(0)?;
                let is_coarse = |own: [u8; 2]| own[0] < first[0] || own[1] < first[1];
                let has_coarse_colours = (1..usize::from(components)).filter_map(samples).any(is_coarse);
                return Some(Frame { components, has_coarse_colours });
            }
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
}

fn decode(decoder: impl ImageDecoder, path: &Path, limit: u64) -> Result<Vec<Plane>> {
    use ExtendedColorType::{L8, L16, La8, La16, Rgb8, Rgb16, Rgba8, Rgba16};
    let location = Location::file(path);
    let original = decoder.original_color_type();
    if !matches!(original, L8 | La8 | Rgb8 | Rgba8 | L16 | La16 | Rgb16 | Rgba16) {
        let feature = format!("pixels of type {original:?}; convert to grey or RGB samples of 8 or 16 bits");
        return Err(Error::unsupported(location, feature));
    }
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Error::malformed(location, format!("an image of {width} x {height} px")));
    }
    // The interleaved image and the planes cut from it.
    let needed = decoder.total_bytes().saturating_mul(2);
    if needed > limit {
        return Err(Error::Limit { location, needed, limit });
    }
    let decoded = DynamicImage::from_decoder(decoder).map_err(|e| failure(e, path, limit))?;
    let size = (height as usize, width as usize);
    let planes = match decoded {
        DynamicImage::ImageLuma8(i) => split(size, 1, 1, &i),
        DynamicImage::ImageLumaA8(i) => split(size, 2, 1, &i),
        DynamicImage::ImageRgb8(i) => split(size, 3, 3, &i),
        DynamicImage::ImageRgba8(i) => split(size, 4, 3, &i),
        DynamicImage::ImageLuma16(i) => split(size, 1, 1, &i),
        DynamicImage::ImageLumaA16(i) => split(size, 2, 1, &i),
        DynamicImage::ImageRgb16(i) => split(size, 3, 3, &i),
        DynamicImage::ImageRgba16(i) => split(size, 4, 3, &i),
        _ => None,
    };
    planes.ok_or_else(|| Error::malformed(location, "the decoded image has another size than it says"))
}

/// The first `wanted` of the `stored` samples of each pixel, as planes.
fn split<T: Copy>(size: (usize, usize), stored: usize, wanted: usize, samples: &[T]) -> Option<Vec<Plane>>
where
    Array2<T>: Into<Plane>,
{
    let plane = |channel: usize| {
        let samples = samples.iter().skip(channel).step_by(stored).copied().collect();
        Array2::from_shape_vec(size, samples).ok().map(Into::into)
    };
    (0..wanted).map(plane).collect()
}

fn failure(error: ImageError, path: &Path, limit: u64) -> Error {
    let location = Location::file(path);
    match error {
        ImageError::IoError(source) => super::tiff::truncated(source, &location),
        ImageError::Limits(_) => Error::Limit { location, needed: limit.saturating_add(1), limit },
        ImageError::Unsupported(what) => Error::unsupported(location, what),
        other => Error::malformed(location, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_jpeg_is_looked_for_after_its_last_scan() {
        assert!(has_end_of_image(&[0xff, 0xd8, 0xff, 0xda, 1, 2, 0xff, 0xd9]));
        assert!(has_end_of_image(&[0xff, 0xd8, 0xff, 0xda, 1, 2, 0xff, 0xd9, 0, 0]), "bytes after the end");
        assert!(!has_end_of_image(&[0xff, 0xd8, 0xff, 0xd9, 0xff, 0xda, 1, 2]), "the end of a thumbnail");
        assert!(!has_end_of_image(&[0xff, 0xd8]));
    }

    #[test]
    fn the_frame_tells_colours_at_half_the_resolution() {
        let header = |samples: [u8; 3]| {
            let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0, 64, 0, 64, 3];
            (1..).zip(samples).for_each(|(id, both)| bytes.extend([id, both, 0]));
            bytes
        };
        for (samples, is_coarse) in
            [([0x22, 0x11, 0x11], true), ([0x21, 0x11, 0x11], true), ([0x11; 3], false), ([0x22; 3], false)]
        {
            let frame = frame(&header(samples)).unwrap();
            assert_eq!((frame.components, frame.has_coarse_colours), (3, is_coarse), "{samples:x?}");
        }
        assert!(frame(&[0xff, 0xd8, 0xff]).is_none());
    }
}
