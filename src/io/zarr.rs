//! Images in OME-Zarr 0.4 (Zarr 2) and 0.5 (Zarr 3), in local folders.

mod array;
mod attributes;
mod blosc;
mod decompress;
mod folders;
mod image;
mod label_image;
mod label_level;
mod label_version;
mod multiscale;
mod series_xml;
mod unpack;

pub(super) use image::ZarrImage;
pub use label_image::{ZarrLabels, add_labels_to_zarr, write_labels_zarr};
pub use label_version::OmeZarrVersion;
