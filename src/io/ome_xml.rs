//! OME-XML in the image description: sizes, channels, pixel size, and which page holds which plane.
//!
//! Follows the OME-TIFF specification 6: <https://docs.openmicroscopy.org/ome-model/latest/ome-tiff/specification.html>.

mod image;
mod pages;
mod place;
mod reader;

pub(super) use image::{OmeChannel, OmeImage};
#[cfg(feature = "ome-zarr")]
pub(super) use reader::channels_of_image;
pub(super) use reader::{is_ome_xml, is_part, metadata_file, parse};

#[cfg(test)]
mod tests;
