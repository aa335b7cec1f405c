//! Reads a field from its file or files, or a single plane.

use std::path::Path;

use super::decided::{DecidedFile, undecided_colours};
use super::image_file::ImageFile;
use super::names::field_name;
use super::options::ReadOptions;
use super::purpose::Purpose;
use super::read_stack::{ChannelPlace, Projected, read_stack};
use super::source::three_file_name;
use super::stated::{Stated, check_distinct, check_same_size};
use super::{channels, no_picture};
use crate::error::{Error, Location, Result};
use crate::field::{Depth, Field, FieldNote, Plane};
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
    let mut decided = DecidedFile::open(path, options)?;
    let stated = decided.stated(options);
    let places = decided.map.indices().map(|channel| ChannelPlace { file: 0, channel });
    let file = &mut decided.file;
    let stack = read_stack(std::slice::from_mut(file), places, stated.pixel_size, options, workspace)?;
    let (planes, depth) = if let Some((planes, depth)) = stack {
        (planes, Some(depth))
    } else {
        let mut planes = file.read_channels(&decided.map.indices(), options.max_decoded_bytes, workspace)?;
        no_picture::fill(&mut planes, &file.location)?;
        (three(planes, &file.location)?, None)
    };
    let [counterstain, red, green] = planes;
    if decided.is_decided_by_colours() && counterstain == red && red == green {
        return Err(decided.equal_colours());
    }
    let field = Field::new(field_name(path), counterstain, red, green)?;
    Ok(with_facts(field, stated, depth))
}

fn with_facts(mut field: Field, stated: Stated, depth: Option<Box<Depth>>) -> Field {
    field.depth = depth;
    field.pixel_size = stated.pixel_size;
    field.saturation_level = stated.saturation_level;
    field.notes = stated.notes;
    field
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
    check_distinct(paths)?;
    let open = |path: &Path| ImageFile::open(path, options, Purpose::Channel);
    let mut files = [open(paths[0])?, open(paths[1])?, open(paths[2])?];
    let stated = files.each_mut().map(|file| Stated::take(&mut file.layout, options));
    let stated = Stated::joined(paths, stated)?;
    let location = Location::file(paths[0]);
    let stack = stack_of_files(&mut files, stated.pixel_size, options, workspace)?;
    let (planes, depth) = if let Some((planes, depth)) = stack {
        (planes, Some(depth))
    } else {
        let plane = |file: &mut ImageFile| plane_of(file, None, options, workspace);
        let planes = files.iter_mut().map(plane).collect::<Result<Vec<Plane>>>()?;
        let mut planes = three(planes, &location)?;
        check_same_size(paths, planes.each_ref().map(Plane::dim))?;
        no_picture::fill(&mut planes, &location)?;
        (planes, None)
    };
    let [counterstain, red, green] = planes;
    Ok(with_facts(Field::new(name, counterstain, red, green)?, stated, depth))
}

/// The projections of three files of one channel each, if any of them is a stack.
fn stack_of_files(
    files: &mut [ImageFile; 3],
    pixel_size: Option<PixelSize>,
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<Option<Projected>> {
    if files.iter().any(|file| file.layout.channels.len() != 1) {
        return Ok(None);
    }
    let places = [0, 1, 2].map(|file| ChannelPlace { file, channel: 0 });
    read_stack(files, places, pixel_size, options, workspace)
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
    let mut file = ImageFile::open(path.as_ref(), options, Purpose::Channel)?;
    let mut plane = plane_of(&mut file, channel, options, &mut Workspace::default())?;
    no_picture::fill(std::slice::from_mut(&mut plane), &file.location)?;
    let Stated { pixel_size, saturation_level, notes } = Stated::take(&mut file.layout, options);
    Ok(SinglePlane { plane, pixel_size, saturation_level, notes })
}

fn plane_of(
    file: &mut ImageFile,
    channel: Option<usize>,
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<Plane> {
    let count = file.layout.channels.len();
    let plane = match channel {
        Some(index) if index >= count => {
            let found = channels::list(&file.layout.channels);
            let allowed = format!("0 to {} in {}, which has {found}", count.max(1) - 1, file.location);
            return Err(Error::parameter("channel", index, allowed));
        }
        Some(index) => file.read_channels(&[index], options.max_decoded_bytes, workspace)?.pop(),
        None if count == 1 => file.read_channels(&[0], options.max_decoded_bytes, workspace)?.pop(),
        None if file.layout.rgb => Some(grey_of_rgb(file, options, workspace)?),
        None => return Err(undecided_colours(file, "the file has several channels")),
    };
    plane.ok_or_else(|| Error::malformed(file.location.clone(), "a channel without a plane"))
}

fn grey_of_rgb(file: &mut ImageFile, options: &ReadOptions, workspace: &mut Workspace) -> Result<Plane> {
    let planes = file.read_channels(&[0, 1, 2], options.max_decoded_bytes, workspace)?;
    let [red, green, blue] = three(planes, &file.location)?;
    if red == green && green == blue {
        return Ok(red);
    }
    let mut used: Vec<Plane> = [red, green, blue].into_iter().filter(|plane| !plane.is_zero()).collect();
    match (used.pop(), used.is_empty()) {
        (Some(plane), true) => Ok(plane),
        _ => Err(undecided_colours(file, "the image has several colours")),
    }
}

fn three(planes: Vec<Plane>, location: &Location) -> Result<[Plane; 3]> {
    planes.try_into().map_err(|_| Error::malformed(location.clone(), "a channel without a plane"))
}
