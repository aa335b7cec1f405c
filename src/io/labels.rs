//! Writes label images.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use ::tiff::encoder::colortype::{ColorType, Gray16, Gray32};
use ::tiff::encoder::{Compression, DeflateLevel, TiffEncoder, TiffValue};
use ::tiff::{TiffError, TiffResult};
use ndarray::Array2;

use crate::atomic::write_atomically;
use crate::error::{Error, Location, Result};

/// Writes labels (0 = background) as a TIFF of 16-bit samples, or 32-bit ones if a label is past 65,535,
/// compressed with Deflate. The file appears under its name only when it is complete.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written, [`Error::InvalidParameter`] if the image is empty or too large
/// for a TIFF.
///
/// ```
/// use breakapart::io::write_labels;
/// use ndarray::array;
/// let folder = tempfile::tempdir()?;
/// write_labels(folder.path().join("field.tif"), &array![[0, 1], [2, 2]])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_labels(path: impl AsRef<Path>, labels: &Array2<u32>) -> Result<()> {
    let path = path.as_ref();
    let (height, width) = labels.dim();
    let (Ok(h), Ok(w), false) = (u32::try_from(height), u32::try_from(width), labels.is_empty()) else {
        let allowed = "at least 1 x 1 px, and at most 2^32 - 1 px high and wide";
        return Err(Error::parameter("size of the label image", format!("{height} x {width} px"), allowed));
    };
    let narrow: Option<Vec<u16>> = labels.iter().map(|&label| u16::try_from(label).ok()).collect();
    write_atomically(path, |part| {
        let written = match narrow {
            Some(samples) => write::<Gray16>(part, (w, h), &samples),
            None => write::<Gray32>(part, (w, h), &labels.iter().copied().collect::<Vec<_>>()),
        };
        written.map_err(|error| match error {
            TiffError::IoError(source) => Error::io(path, source),
            other => Error::unsupported(Location::file(path), other),
        })
    })
}

fn write<C: ColorType>(path: &Path, size: (u32, u32), samples: &[C::Inner]) -> TiffResult<()>
where
    [C::Inner]: TiffValue,
{
    let mut file = BufWriter::new(File::create(path)?);
    let encoder = TiffEncoder::new(&mut file)?;
    let mut encoder = encoder.with_compression(Compression::Deflate(DeflateLevel::Balanced));
    encoder.write_image::<C>(size.0, size.1, samples)?;
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}
