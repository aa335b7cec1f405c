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
//! What cannot be decided is an error that lists what was found and how to say it, never a guess. Of a stack of
//! slices the maximum projection is read, with a warning. The pixel size is that of the OME-XML, of `ImageJ`'s
//! unit, or of plain resolution tags in centimetres if they give 0.02 to 5 um; inches are print resolutions and
//! are never believed. Pixels that differ by more than 1 % in height and width are refused.

use std::path::Path;

use crate::error::{Error, Location, Result};
use crate::field::{Field, Plane};
use crate::units::PixelSize;
use crate::workspace::Workspace;

mod calibration;
mod channels;
mod image_file;
mod imagej;
mod labels;
mod layout;
mod names;
mod ome_xml;
mod raster;
mod source;
mod tiff;

pub use crate::atomic::write_atomically;
pub use channels::ChannelMap;
pub use labels::write_labels;
pub use names::{field_name, image_stem};
pub use source::{FieldFiles, FieldSource, FoundSpecimen, SpecimenSource, find_specimens};

use channels::Role;
use image_file::ImageFile;

/// How to read image files.
///
/// ```
/// use breakapart::PixelSize;
/// use breakapart::io::ReadOptions;
/// let mut options = ReadOptions::default();
/// options.channels = Some("dapi=0,red=1,green=2".parse()?);
/// options.pixel_size = Some(PixelSize::from_um(0.1)?);
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Which channel of a file is which. Default: `None`, decided by names and emission wavelengths. Fields in
    /// three files need no map and ignore it.
    pub channels: Option<ChannelMap>,
    /// Size of a pixel. Default: `None`, as the file says. Takes precedence over what the file says.
    pub pixel_size: Option<PixelSize>,
    /// Most bytes that the decoded planes of one file may take: those kept and, of a stack, as many again for
    /// the slice being read; also the most for one strip or tile. Range: any. Default: 8 GiB, which is a field of
    /// three 16-bit channels of 37,000 x 37,000 px.
    pub max_decoded_bytes: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { channels: None, pixel_size: None, max_decoded_bytes: 8 << 30 }
    }
}

/// One plane by itself, with what its file says of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SinglePlane {
    /// The samples.
    pub plane: Plane,
    /// Size of a pixel, if the file or the caller says.
    pub pixel_size: Option<PixelSize>,
    /// Sample value at which the camera saturates, if the file says.
    pub saturation_level: Option<f32>,
    /// What the reader had to assume.
    pub warnings: Vec<String>,
}

/// Reads a field from one file that holds all its channels.
///
/// # Errors
/// [`Error::Io`], [`Error::Malformed`] and [`Error::Unsupported`] as the file deserves;
/// [`Error::Limit`] if it would take more than [`ReadOptions::max_decoded_bytes`]; [`Error::Undecided`] if it is
/// not clear which channel is which; [`Error::InvalidParameter`] if the channel map names channels that the file
/// does not have.
pub fn read_field(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Field> {
    read_field_reusing(path, options, &mut Workspace::default())
}

/// As [`read_field`], into the memory of earlier fields.
///
/// # Errors
/// As [`read_field`].
pub fn read_field_reusing(
    path: impl AsRef<Path>,
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<Field> {
    let path = path.as_ref();
    let mut file = ImageFile::open(path, options)?;
    let map = match options.channels {
        Some(map) => map.check(&file.layout.channels, &file.location)?,
        None if file.layout.rgb => ChannelMap { counterstain: 2, red: 0, green: 1 },
        None => channels::decide(&file.layout.channels, &file.location)?,
    };
    let planes = file.read_channels(&map.indices(), options.max_decoded_bytes, workspace)?;
    let [counterstain, red, green] = three(planes, &file.location)?;
    if options.channels.is_none() && file.layout.rgb && counterstain == red && red == green {
        return Err(undecided_colours(&file, "which colour shows what: the three are the same image"));
    }
    let mut field = Field::new(field_name(path), counterstain, red, green)?;
    field.pixel_size = options.pixel_size.or(file.layout.pixel_size);
    field.saturation_level = file.layout.saturation_level;
    field.warnings = file.layout.warnings;
    if options.channels.is_some() {
        field.warnings.extend(map.contradictions(&file.layout.channels));
    }
    warn_of_missing_pixel_size(&mut field);
    Ok(field)
}

/// Reads a field from three single-channel files.
///
/// # Errors
/// As [`read_plane`] for each file; [`Error::Malformed`] if the files differ in size, [`Error::Undecided`] if
/// they state different pixel sizes.
pub fn read_field_from_files(
    counterstain: impl AsRef<Path>,
    red: impl AsRef<Path>,
    green: impl AsRef<Path>,
    options: &ReadOptions,
) -> Result<Field> {
    let paths = [counterstain.as_ref(), red.as_ref(), green.as_ref()];
    read_files(paths, options, &mut Workspace::default())
}

fn read_files(paths: [&Path; 3], options: &ReadOptions, workspace: &mut Workspace) -> Result<Field> {
    if paths[0] == paths[1] || paths[1] == paths[2] || paths[2] == paths[0] {
        let allowed = "three different files, one for each channel";
        return Err(Error::parameter(
            "files of a field",
            paths.map(|p| p.display().to_string()).join(", "),
            allowed,
        ));
    }
    let images = paths
        .iter()
        .map(|path| read_plane_reusing(path, None, options, workspace))
        .collect::<Result<Vec<_>>>()?;
    for (path, image) in paths.iter().zip(&images) {
        let ((height, width), (h, w)) = (images[0].plane.dim(), image.plane.dim());
        if (h, w) != (height, width) {
            let problem = format!("{h} x {w} px, but {} has {height} x {width} px", paths[0].display());
            return Err(Error::malformed(Location::file(path), problem));
        }
    }
    let pixel_size = agreed_pixel_size(&paths, &images)?;
    let saturation_level = images[0]
        .saturation_level
        .filter(|_| images.iter().all(|image| image.saturation_level == images[0].saturation_level));
    let mut warnings: Vec<String> = Vec::new();
    for (role, image) in Role::ALL.into_iter().zip(&images) {
        warnings.extend(image.warnings.iter().map(|warning| format!("{}: {warning}", role.word())));
    }
    let planes = images.into_iter().map(|image| image.plane).collect();
    let [counterstain, red, green] = three(planes, &Location::file(paths[0]))?;
    let mut field = Field::new(names::three_file_name(paths[0]), counterstain, red, green)?;
    field.pixel_size = pixel_size;
    field.saturation_level = saturation_level;
    field.warnings = warnings;
    warn_of_missing_pixel_size(&mut field);
    Ok(field)
}

/// Reads a single plane: the only channel of a file, or the one asked for. A colour image whose three colours
/// are equal, or all but one of which are zero, is a single channel.
///
/// # Errors
/// As [`read_field`]; [`Error::Undecided`] if the file has several channels and none was asked for.
pub fn read_plane(
    path: impl AsRef<Path>,
    channel: Option<usize>,
    options: &ReadOptions,
) -> Result<SinglePlane> {
    read_plane_reusing(path.as_ref(), channel, options, &mut Workspace::default())
}

fn read_plane_reusing(
    path: &Path,
    channel: Option<usize>,
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<SinglePlane> {
    let mut file = ImageFile::open(path, options)?;
    let count = file.layout.channels.len();
    let plane = match channel {
        Some(index) if index >= count => {
            let found = channels::list(&file.layout.channels);
            let allowed = format!("0 to {} in {}, which has {found}", count.max(1) - 1, file.location);
            return Err(Error::parameter("channel", index, allowed));
        }
        Some(index) => file.read_channels(&[index], options.max_decoded_bytes, workspace)?.pop(),
        None if count == 1 => file.read_channels(&[0], options.max_decoded_bytes, workspace)?.pop(),
        None if file.layout.rgb => Some(grey_of_rgb(&mut file, options, workspace)?),
        None => return Err(undecided_colours(&file, "which channel is meant")),
    };
    let Some(plane) = plane else {
        return Err(Error::malformed(file.location, "a channel without a plane"));
    };
    Ok(SinglePlane {
        plane,
        pixel_size: options.pixel_size.or(file.layout.pixel_size),
        saturation_level: file.layout.saturation_level,
        warnings: file.layout.warnings,
    })
}

fn grey_of_rgb(file: &mut ImageFile, options: &ReadOptions, workspace: &mut Workspace) -> Result<Plane> {
    let planes = file.read_channels(&[0, 1, 2], options.max_decoded_bytes, workspace)?;
    let [red, green, blue] = three(planes, &file.location)?;
    if red == green && green == blue {
        return Ok(red);
    }
    let mut used: Vec<Plane> = [red, green, blue].into_iter().filter(|plane| !is_zero(plane)).collect();
    match (used.pop(), used.is_empty()) {
        (Some(plane), true) => Ok(plane),
        _ => Err(undecided_colours(file, "which colour is meant")),
    }
}

fn is_zero(plane: &Plane) -> bool {
    match plane {
        Plane::U8(a) => a.iter().all(|&v| v == 0),
        Plane::U16(a) => a.iter().all(|&v| v == 0),
        Plane::F32(a) => a.iter().all(|&v| v == 0.0),
    }
}

fn undecided_colours(file: &ImageFile, question: &str) -> Error {
    Error::Undecided {
        location: file.location.clone(),
        question: question.to_owned(),
        found: channels::list(&file.layout.channels),
        remedy: "say it by channel index, such as --channel 0 for a single plane or --channels dapi=0,red=1,green=2 \
                 for a field"
            .to_owned(),
    }
}

fn three(planes: Vec<Plane>, location: &Location) -> Result<[Plane; 3]> {
    planes.try_into().map_err(|_| Error::malformed(location.clone(), "a channel without a plane"))
}

fn agreed_pixel_size(paths: &[&Path; 3], images: &[SinglePlane]) -> Result<Option<PixelSize>> {
    let mut stated = paths.iter().zip(images).filter_map(|(path, image)| Some((*path, image.pixel_size?)));
    let Some((first_path, first)) = stated.next() else { return Ok(None) };
    for (path, size) in stated {
        if (size.um() - first.um()).abs() > calibration::SQUARE_TOLERANCE * first.um() {
            return Err(Error::Undecided {
                location: Location::file(path),
                question: "the pixel size of the field".to_owned(),
                found: format!("{} um, and {} um in {}", size.um(), first.um(), first_path.display()),
                remedy: "give the pixel size (--pixel-size UM)".to_owned(),
            });
        }
    }
    Ok(Some(first))
}

fn warn_of_missing_pixel_size(field: &mut Field) {
    if field.pixel_size.is_none() {
        let warning = "the size of a pixel is not known: no length is known in micrometres; give it \
                       (--pixel-size UM)";
        field.warnings.push(warning.to_owned());
    }
}
