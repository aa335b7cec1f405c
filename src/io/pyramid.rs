//! Writes images of any size in tiles, with reduced copies (a pyramid), a tile row at a time.

use std::fs::File;
use std::io::BufWriter;
use std::ops::Range;
use std::path::Path;

use ::tiff::TiffError;
use ::tiff::encoder::{TiffEncoder, TiffKind, TiffKindBig, TiffKindStandard};
use ndarray::{Array2, Array3};

use super::names::field_name;
use super::ome_description::{DescribedChannel, OmeDescription};
use crate::atomic::write_atomically;
use crate::error::{Error, Location, Result};
use crate::units::PixelSize;
use directory::{Tags, first_directory};
use level::Levels;
pub(crate) use sample::{Reduction, TileSample};
pub(crate) use tile::TILE_PX;
pub(crate) use tiled_image::TiledImage;

mod directory;
mod level;
mod sample;
mod tile;
mod tiled_image;

/// How hard labels and pictures are compressed: zlib's own balance of time and size.
const DEFLATE_LEVEL: u32 = 6;
/// Bytes of the buffer through which the file is written.
const BUFFER_BYTES: usize = 1 << 20;
/// Bytes of all samples, as they are in memory, from which on the file is a `BigTIFF`: classic ones end at 2^32 bytes, and a
/// tile that does not compress is a little longer.
const BIG_TIFF_BYTES: u64 = 4_000_000_000;

/// Writes an image in tiles. `rows` gives the samples of some rows of a plane, those of a pixel next to each other; it is asked
/// for [`TILE_PX`] rows at a time, from the top, for each plane. The file appears under its name only when it is complete.
pub(crate) fn write_tiled<T: TileSample>(
    path: &Path,
    image: &TiledImage,
    rows: &mut dyn FnMut(usize, Range<usize>) -> Result<Vec<T>>,
) -> Result<()> {
    let (height, width) = image.dim;
    if height == 0 || width == 0 || u32::try_from(height.max(width)).is_err() {
        let allowed = "at least 1 x 1 px, and at most 2^32 - 1 px high and wide";
        return Err(Error::parameter("size of the image", format!("{height} x {width} px"), allowed));
    }
    write_atomically(path, |part| {
        if image.bytes::<T>() < BIG_TIFF_BYTES {
            write_as::<T, TiffKindStandard>(path, part, image, rows)
        } else {
            write_as::<T, TiffKindBig>(path, part, image, rows)
        }
    })
}

fn write_as<T: TileSample, K: TiffKind>(
    path: &Path,
    part: &Path,
    image: &TiledImage,
    rows: &mut dyn FnMut(usize, Range<usize>) -> Result<Vec<T>>,
) -> Result<()> {
    let failure = |error| match error {
        TiffError::IoError(source) => Error::io(path, source),
        other => Error::unsupported(Location::file(path), other),
    };
    let file = File::create(part).map_err(|e| Error::io(path, e))?;
    let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
    let mut encoder = TiffEncoder::<_, K>::new_generic(&mut file).map_err(failure)?;
    let mut planes: Vec<Levels<T>> = (0..image.planes).map(|_| Levels::new(image)).collect();
    let (height, width) = image.dim;
    let xml = image.description.xml();
    let is_pyramid = planes.iter().any(Levels::is_pyramid);
    let mut first = first_directory(&mut encoder, is_pyramid).map_err(failure)?;
    for y in (0..height).step_by(TILE_PX) {
        let range = y..height.min(y + TILE_PX);
        for (plane, levels) in planes.iter_mut().enumerate() {
            let samples = rows(plane, range.clone())?;
            let needed = range.len() * width * image.samples;
            if samples.len() != needed {
                let allowed = format!("{needed} samples for rows {range:?}");
                return Err(Error::parameter("rows of the image", samples.len(), allowed));
            }
            levels.push(samples, image, &mut |bytes| first.write_data(bytes)).map_err(failure)?;
        }
    }
    let planes: Vec<_> = planes.into_iter().map(Levels::into_written).collect();
    let tags = Tags { samples: image.samples, bits: T::BITS, description: &xml };
    let finished = tags.finish_first(first, &planes).map_err(failure)?;
    tags.write(&mut encoder, &planes, finished).map_err(failure)?;
    let file = file.into_inner().map_err(|e| Error::io(path, e.into_error()))?;
    file.sync_all().map_err(|e| Error::io(path, e))
}

/// Name of this program in the files it writes.
const CREATOR: &str = "breakapart";

/// Writes a label image (0 = background) of any size as an OME-TIFF in tiles of 256 x 256 px, compressed with Deflate, with
/// reduced copies of which each holds every second row and column of the one before. Samples have 32 bits. `rows` gives the
/// labels of some rows, 256 at a time from the top, so that memory holds no more than these. A file of 4 GB or more before
/// compression is a `BigTIFF`. It appears under its name only when it is complete.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written; [`Error::InvalidParameter`] if the image is empty or too large for a TIFF, or
/// `rows` gives an array of another size; whatever `rows` returns.
///
/// ```
/// use breakapart::io::write_label_pyramid;
/// use ndarray::Array2;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("labels.ome.tif");
/// write_label_pyramid(path, (1000, 600), None, |rows| Ok(Array2::from_elem((rows.len(), 600), 7)))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_label_pyramid(
    path: impl AsRef<Path>,
    dim: (usize, usize),
    pixel_size: Option<PixelSize>,
    mut rows: impl FnMut(Range<usize>) -> Result<Array2<u32>>,
) -> Result<()> {
    let path = path.as_ref();
    let image = TiledImage {
        dim,
        planes: 1,
        samples: 1,
        reduction: Reduction::First,
        deflate_level: DEFLATE_LEVEL,
        description: description(path, dim, pixel_size, ("uint32", 32, 1)),
    };
    write_tiled(path, &image, &mut |_, range| {
        let rows = rows(range.clone())?;
        check_width("labels", rows.dim(), (range.len(), dim.1))?;
        Ok(rows.into_iter().collect())
    })
}

/// Writes a picture of red, green and blue of any size as [`write_label_pyramid`] does. `rows` gives (row, column, colour);
/// a pixel of a reduced copy is the mean of 2 x 2.
///
/// # Errors
/// As [`write_label_pyramid`].
///
/// ```
/// use breakapart::io::write_picture_pyramid;
/// use ndarray::Array3;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("overlay.ome.tif");
/// write_picture_pyramid(path, (1000, 600), None, |rows| Ok(Array3::from_elem((rows.len(), 600, 3), 90)))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_picture_pyramid(
    path: impl AsRef<Path>,
    dim: (usize, usize),
    pixel_size: Option<PixelSize>,
    mut rows: impl FnMut(Range<usize>) -> Result<Array3<u8>>,
) -> Result<()> {
    let path = path.as_ref();
    let image = TiledImage {
        dim,
        planes: 1,
        samples: 3,
        reduction: Reduction::Mean,
        deflate_level: DEFLATE_LEVEL,
        description: description(path, dim, pixel_size, ("uint8", 8, 3)),
    };
    write_tiled(path, &image, &mut |_, range| {
        let rows = rows(range.clone())?;
        let (height, width, colours) = rows.dim();
        check_width("pictures", (height, width * colours), (range.len(), dim.1 * 3))?;
        Ok(rows.into_iter().collect())
    })
}

fn check_width(kind: &str, found: (usize, usize), asked: (usize, usize)) -> Result<()> {
    if found == asked {
        return Ok(());
    }
    let allowed = format!("{} rows of {} samples", asked.0, asked.1);
    Err(Error::parameter(format!("rows of {kind}"), format!("{} x {}", found.0, found.1), allowed))
}

fn description(
    path: &Path,
    dim: (usize, usize),
    pixel_size: Option<PixelSize>,
    (sample_type, significant_bits, samples): (&'static str, u8, usize),
) -> OmeDescription {
    OmeDescription {
        name: field_name(path),
        creator: CREATOR,
        dim,
        sample_type,
        significant_bits,
        channels: vec![DescribedChannel { samples, ..DescribedChannel::default() }],
        slices: 1,
        slice_step_um: 0.0,
        pixel_size,
    }
}
