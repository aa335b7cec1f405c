//! Reads a field from its file or files, or a single plane.

use std::path::Path;

use super::channel::Channel;
use super::channels::{BY_INDEX, ChannelMap};
use super::image_file::ImageFile;
use super::names::field_name;
use super::options::ReadOptions;
use super::purpose::Purpose;
use super::read_stack::{ChannelPlace, read_stack};
use super::source::three_file_name;
use super::{calibration, channels, no_picture};
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, Depth, Field, FieldNote, Plane};
use crate::units::PixelSize;
use crate::workspace::Workspace;

/// One plane by itself, with the properties that its file states.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SinglePlane {
    /// The samples.
    pub plane: Plane,
    /// Size of a pixel, if the file or the caller states it.
    pub pixel_size: Option<PixelSize>,
    /// Sample value at which the camera saturates, if the file states it.
    pub saturation_level: Option<f32>,
    /// Facts about how the plane was read.
    pub notes: Vec<FieldNote>,
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
    let mut file = ImageFile::open(path, options, Purpose::Field)?;
    let supplied = supplied_map(&file.layout.channels, &file.location, options)?;
    let map = match supplied {
        Some(map) => map,
        None if file.layout.rgb => ChannelMap { counterstain: 2, red: 0, green: 1 },
        None => channels::decide(&file.layout.channels, &file.location)
            .map_err(|error| with_slices(error, &file.layout.channels))?,
    };
    let pixel_size = options.pixel_size.or(file.layout.pixel_size);
    let places = map.indices().map(|channel| ChannelPlace { file: 0, channel });
    let stack = read_stack(std::slice::from_mut(&mut file), places, pixel_size, options, workspace)?;
    let (planes, depth) = match stack {
        Some((planes, depth)) => (planes, Some(depth)),
        None => {
            let mut planes = file.read_channels(&map.indices(), options.max_decoded_bytes, workspace)?;
            no_picture::fill(&mut planes, &file.location)?;
            (three(planes, &file.location)?, None)
        }
    };
    let [counterstain, red, green] = planes;
    if supplied.is_none() && file.layout.rgb && counterstain == red && red == green {
        return Err(undecided_colours(&file, "the three colours are the same image"));
    }
    let mut field = Field::new(field_name(path), counterstain, red, green)?;
    field.pixel_size = pixel_size;
    field.depth = depth;
    field.saturation_level = file.layout.saturation_level;
    field.notes = file.layout.notes;
    if supplied.is_some() {
        field.notes.extend(map.contradictions(&file.layout.channels));
    }
    Ok(field)
}

/// An error about a file of one channel: its slices may be the channels, or the others lie in files of their own.
fn with_slices(error: Error, channels: &[Channel]) -> Error {
    match (error, channels) {
        (Error::Undecided { location, question, found, .. }, [channel]) if channel.slices.len() > 2 => {
            let slices = channel.slices.len();
            let found = format!("{found}, in {slices} slices");
            let remedy = format!("if the slices of the stack are the channels, {BY_INDEX}");
            Error::Undecided { location, question, found, remedy }
        }
        (Error::Undecided { location, question, found, .. }, [_]) => {
            let remedy = "if the other channels are in files of their own, say how these are named, such as \
                          --files '{field}_{channel}.tif'"
                .to_owned();
            Error::Undecided { location, question, found, remedy }
        }
        (error, _) => error,
    }
}

/// The channel map of the caller, checked against the channels at hand.
pub(super) fn supplied_map(
    channels: &[Channel],
    location: &Location,
    options: &ReadOptions,
) -> Result<Option<ChannelMap>> {
    match (options.channels, &options.channel_names) {
        (Some(map), _) => map.check(channels, location).map(Some),
        (None, Some(names)) => names.find(channels, location).map(Some),
        (None, None) => Ok(None),
    }
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
    read_files(&three_file_name(paths[0]), paths, options, &mut Workspace::default())
}

pub(super) fn read_files(
    name: &str,
    paths: [&Path; 3],
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<Field> {
    if paths[0] == paths[1] || paths[1] == paths[2] || paths[2] == paths[0] {
        let allowed = "three different files, one for each channel";
        return Err(Error::parameter(
            "files of a field",
            paths.map(|p| p.display().to_string()).join(", "),
            allowed,
        ));
    }
    let open = |path: &Path| ImageFile::open(path, options, Purpose::Channel);
    let mut files = paths.iter().map(|path| open(path)).collect::<Result<Vec<_>>>()?;
    let (images, depth) = match stack_of_files(&mut files, options, workspace)? {
        Some((images, depth)) => (images, Some(depth)),
        None => {
            let image = |file| plane_of(file, None, options, workspace);
            (files.into_iter().map(image).collect::<Result<Vec<_>>>()?, None)
        }
    };
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
    let mut notes: Vec<FieldNote> = Vec::new();
    for (role, image) in ChannelRole::ALL.into_iter().zip(&images) {
        notes.extend(image.notes.iter().map(|note| note.clone().of_channel(role)));
    }
    let mut planes: Vec<Plane> = images.into_iter().map(|image| image.plane).collect();
    no_picture::fill(&mut planes, &Location::file(paths[0]))?;
    let [counterstain, red, green] = three(planes, &Location::file(paths[0]))?;
    let mut field = Field::new(name, counterstain, red, green)?;
    field.pixel_size = pixel_size;
    field.depth = depth;
    field.saturation_level = saturation_level;
    field.notes = notes;
    Ok(field)
}

/// The projections of three files of one channel each, if any of them is a stack.
fn stack_of_files(
    files: &mut [ImageFile],
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<Option<(Vec<SinglePlane>, Box<Depth>)>> {
    if files.iter().any(|file| file.layout.channels.len() != 1) {
        return Ok(None);
    }
    let places = [0, 1, 2].map(|file| ChannelPlace { file, channel: 0 });
    let stated = files.iter().find_map(|file| file.layout.pixel_size);
    let pixel_size = options.pixel_size.or(stated);
    let Some((planes, depth)) = read_stack(files, places, pixel_size, options, workspace)? else {
        return Ok(None);
    };
    let images = planes.into_iter().zip(files).map(|(plane, file)| single_plane(plane, file, options));
    Ok(Some((images.collect(), depth)))
}

/// A plane with the properties that its file states.
fn single_plane(plane: Plane, file: &ImageFile, options: &ReadOptions) -> SinglePlane {
    SinglePlane {
        plane,
        pixel_size: options.pixel_size.or(file.layout.pixel_size),
        saturation_level: file.layout.saturation_level,
        notes: file.layout.notes.clone(),
    }
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
    let file = ImageFile::open(path.as_ref(), options, Purpose::Channel)?;
    let mut image = plane_of(file, channel, options, &mut Workspace::default())?;
    no_picture::fill(std::slice::from_mut(&mut image.plane), &Location::file(path))?;
    Ok(image)
}

fn plane_of(
    mut file: ImageFile,
    channel: Option<usize>,
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<SinglePlane> {
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
        None => return Err(undecided_colours(&file, "the file has several channels")),
    };
    let Some(plane) = plane else {
        return Err(Error::malformed(file.location, "a channel without a plane"));
    };
    Ok(single_plane(plane, &file, options))
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
        _ => Err(undecided_colours(file, "the image has several colours")),
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
        remedy: "name the channel by index, such as --channel 0 for a single plane or --channels dapi=0,red=1,green=2 \
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
                question: "the files of the field state different pixel sizes".to_owned(),
                found: format!("{} um, and {} um in {}", size.um(), first.um(), first_path.display()),
                remedy: "supply the pixel size (--pixel-size UM)".to_owned(),
            });
        }
    }
    Ok(Some(first))
}
