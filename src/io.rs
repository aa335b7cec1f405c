//! Reads fields of view from image files, and finds the files of specimens.
//!
//! | read | as |
//! |---|---|
//! | TIFF, `BigTIFF`: strips or tiles, Deflate, LZW, `PackBits`, Zstandard, JPEG, JPEG 2000 or uncompressed, either byte order, interleaved or planar samples or a page for each channel | its samples, see below |
//! | OME-TIFF | channel names, emission wavelengths, order of planes, pixel size, significant bits |
//! | `ImageJ` TIFF | channels, slices and time points in the order stated, labels, pixel size; also all images behind one page |
//! | `tifffile`'s shaped TIFF | axes, channel names, pixel size |
//! | PNG, JPEG | grey, or RGB |
//! | OME-Zarr 0.4 and 0.5, a local folder (feature `ome-zarr`) | channel names, emission wavelengths, axes in any order, pixel size |
//!
//! | samples | kept as |
//! |---|---|
//! | 8 and 16 bits | as they are |
//! | 1 to 15 bits, packed | 16 bits |
//! | 32 bits | 16 bits where all of a plane fit, else floats |
//! | signed | unsigned where none of a plane is below zero, else floats |
//! | floats of 16, 32 and 64 bits | floats of 32 bits |
//! | places in a palette | the grey levels that a tint colours, the greys of a grey palette, else RGB |
//! | NaN | no picture: as padding, in all channels; a lost pixel has the mean of its neighbours |
//!
//! An RGB image is a field with a red and a green probe and the counterstain in blue. Files that hold one channel each
//! are one field by their names ([`find_specimens`]), or by a [`FilePattern`].
//!
//! The channels of other files are known by name, or where the name says nothing by emission wavelength:
//!
//! | channel | names, in any case and spelling of spaces | emission |
//! |---|---|---|
//! | counterstain | DAPI, Hoechst, blue | 430 to 490 nm |
//! | red | red, orange, `SpectrumOrange`, `SpO`, `SpectrumRed`, Cy3, Cy3.5, TRITC, Texas Red, rhodamine, TAMRA, ROX, RFP, mCherry, tomato, Quasar 570, Alexa Fluor 546 to 594 | 560 to 650 nm |
//! | green | green, `SpectrumGreen`, `SpG`, FITC, fluorescein, FAM, GFP, Cy2, Alexa Fluor 488 | 500 to 545 nm |
//! | none of them | `SpectrumAqua`, gold, far red, Cy5, Cy7, Alexa Fluor 633 and beyond, bright field | |
//!
//! Colours are known in some twenty languages (`Blau`, `Rouge`, `Verde`, `红`), and so are names that are the line of a laser or
//! lamp (`405`, `488 nm`, `Laser 561`). Each of the three must match exactly one channel; further channels are ignored.
//! The caller's [`ChannelMap`] or [`ChannelNames`] take precedence over all names, also over slices or time points of one
//! channel: then these are the channels.
//!
//! If a file is ambiguous, reading it is an error that lists what was found and the option that settles it. A file of several
//! images or time points asks for [`ReadOptions::series`]. A stack of slices is read slice by slice, as [`crate::stack`]
//! says. Its slices may be files that differ in a number (`_z003`), and some may be missing.
//! The pixel size is from the OME-XML, from `ImageJ`'s unit, or from plain resolution tags if they give 0.02 to 5 um (in
//! inches, 0.02 to 1 um): others are print resolutions, and are ignored. Pixels that differ by more than 1 % in height and
//! width are refused.

mod calibration;
mod channel;
mod channels;
mod decided;
mod describe;
mod image_file;
mod imagej;
mod labels;
mod layout;
mod listed;
mod names;
mod no_light;
mod no_picture;
mod ome_description;
mod ome_xml;
mod options;
mod part_reader;
mod planes;
mod purpose;
mod pyramid;
mod raster;
mod read;
mod read_labels;
mod read_slices;
mod read_stack;
mod resolution;
mod sample_type;
mod series;
mod shaped;
mod skipped;
mod slide_file;
mod source;
mod spots;
mod stack;
mod stated;
mod tiff;
#[cfg(feature = "ome-zarr")]
mod zarr;
mod zarr_folder;

pub use crate::atomic::write_atomically;
pub use channels::{ChannelChoice, ChannelMap, ChannelNames};
pub use labels::write_labels;
#[cfg(feature = "run")]
pub(crate) use names::file_name;
pub use names::{field_name, image_stem};
#[cfg(feature = "simulate")]
pub(crate) use ome_description::{DescribedChannel, OmeDescription};
pub use options::ReadOptions;
#[cfg(feature = "simulate")]
pub(crate) use pyramid::{Reduction, TILE_PX, TiledImage, write_tiled};
pub use pyramid::{write_label_pyramid, write_picture_pyramid};
pub use read::{SinglePlane, read_field, read_field_from_files, read_field_reusing, read_plane};
pub use read_labels::read_labels;
pub use slide_file::SlideFile;
#[cfg(feature = "run")]
pub(crate) use source::role_of_suffix;
pub use source::{
    ChannelFile, FieldFiles, FieldSource, FilePattern, FindOptions, FoundSpecimen, SeriesList, SliceFiles,
    SpecimenSource, find_specimens, find_specimens_with,
};
pub use spots::{SpotFile, read_spots};
#[cfg(feature = "ome-zarr")]
pub use zarr::{OmeZarrVersion, ZarrLabels, add_labels_to_zarr, write_labels_zarr};
#[cfg(feature = "run")]
pub(crate) use zarr_folder::{files_of_zarr, is_one_image};
