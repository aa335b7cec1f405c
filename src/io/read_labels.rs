//! Reads the label images of other programs.

use std::path::Path;

use ndarray::Array2;

use super::image_file::Format;
use super::options::ReadOptions;
use super::raster;
use super::tiff::TiffFile;
use crate::error::{Error, Location, Result};
use crate::field::Plane;

/// Reads a label image, as Cellpose, `StarDist`, QuPath and many others write it: 0 is background, every other number is an
/// object.
///
/// TIFF of one page with whole numbers of 8, 16 or 32 bits, with or without sign, or as floats; PNG of 8 or 16 bits in
/// grey. A palette is ignored: its places are the numbers. Reduced copies of the page are ignored. The file may hold any
/// numbers, in any order and with gaps ([`Segmentation::from_labels`](crate::segment::Segmentation::from_labels)).
///
/// # Errors
/// [`Error::Io`] and [`Error::Malformed`] as the file deserves, also if a sample is no whole number from 0 to 2^32 - 1;
/// [`Error::Unsupported`] if it is a colour picture, JPEG, or has several pages;
/// [`Error::Limit`] if it would take more than [`ReadOptions::max_decoded_bytes`].
///
/// ```
/// use breakapart::io::{ReadOptions, read_labels, write_labels};
/// use ndarray::array;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("field.tif");
/// write_labels(&path, &array![[0, 7], [70_000, 7]])?;
/// assert_eq!(read_labels(&path, &ReadOptions::default())?, array![[0, 7], [70_000, 7]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_labels(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Array2<u32>> {
    let path = path.as_ref();
    let location = Location::file(path);
    match Format::of(path)? {
        Format::Tiff => {
            let mut tiff = TiffFile::open(path, options.max_decoded_bytes)?;
            let pages = tiff.pages.len();
            let page = tiff.pages.first().filter(|_| pages == 1);
            let page = page.ok_or_else(|| no_label_image(&location, &format!("{pages} pages")))?;
            if page.samples != 1 {
                return Err(no_label_image(&location, &format!("{} channels", page.samples)));
            }
            tiff.read_ids(0)
        }
        Format::Png => match &raster::read_png(path, options.max_decoded_bytes)?[..] {
            [Plane::U8(samples)] => Ok(samples.mapv(u32::from)),
            [Plane::U16(samples)] => Ok(samples.mapv(u32::from)),
            planes => Err(no_label_image(&location, &format!("{} channels", planes.len()))),
        },
        Format::Jpeg => Err(no_label_image(&location, "lossy compression (JPEG)")),
    }
}

fn no_label_image(location: &Location, found: &str) -> Error {
    let feature =
        format!("a label image with {found}; write one page with the number of the nucleus at each pixel");
    Error::unsupported(location.clone(), feature)
}
