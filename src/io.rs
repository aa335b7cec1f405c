//! Reads fields of view from image files, and finds the files of specimens.
//!
//! | read | as |
//! |---|---|
//! | TIFF, `BigTIFF`: strips or tiles, Deflate, LZW, `PackBits` or uncompressed, either byte order, interleaved or planar samples or a page for each channel | 8- and 16-bit unsigned, 32-bit float |
//! | OME-TIFF | channel names, emission wavelengths, order of planes, pixel size, significant bits |
//! | `ImageJ` TIFF | channels, slices, pixel size |
//! | PNG, JPEG | grey, or RGB |
//!
//! An RGB image is a field with a red and a green probe and the counterstain in blue. Three single-channel files
//! are one field by their suffixes ([`find_specimens`]).
//!
//! The channels of other files are known by name, or where the name says nothing by emission wavelength:
//!
//! | channel | names, in any case and spelling of spaces | emission |
//! |---|---|---|
//! | counterstain | DAPI, Hoechst, blue | 430 to 490 nm |
//! | red | red, orange, `SpectrumOrange`, `SpectrumRed`, Cy3, Cy3.5, TRITC, Texas Red, rhodamine, TAMRA, ROX, RFP, mCherry, tomato, Alexa Fluor 546 to 594 | 560 to 650 nm |
//! | green | green, `SpectrumGreen`, FITC, fluorescein, FAM, GFP, Cy2, Alexa Fluor 488 | 500 to 545 nm |
//! | none of them | `SpectrumAqua`, gold, far red, Cy5, Cy7, Alexa Fluor 633 and beyond, bright field | |
//!
//! Each of the three must match exactly one channel; further channels are ignored.
//!
//! If a file is ambiguous, reading it is an error that lists the channels found and the option that settles it. Of a
//! stack of slices the maximum projection is read, with a note. The pixel size is from the OME-XML, from `ImageJ`'s
//! unit, or from plain resolution tags in centimetres if they give 0.02 to 5 um; inches are print resolutions and
//! are ignored. Pixels that differ by more than 1 % in height and width are refused.

mod calibration;
mod channel;
mod channels;
mod image_file;
mod imagej;
mod labels;
mod layout;
mod names;
mod ome_xml;
mod options;
mod raster;
mod read;
mod resolution;
mod sample_type;
mod skipped;
mod source;
mod tiff;

pub use crate::atomic::write_atomically;
pub use channels::ChannelMap;
pub use labels::write_labels;
pub use names::{field_name, image_stem};
pub use options::ReadOptions;
pub use read::{SinglePlane, read_field, read_field_from_files, read_field_reusing, read_plane};
pub use source::{FieldFiles, FieldSource, FoundSpecimen, SpecimenSource, find_specimens};
