//! Reads the channels of a field slice by slice.

use std::collections::BTreeSet;

use super::image_file::ImageFile;
use super::no_picture;
use super::options::ReadOptions;
use crate::error::{Error, Location, Result};
use crate::field::{Depth, Plane};
use crate::stack::StackProjector;
use crate::units::PixelSize;
use crate::workspace::Workspace;

/// Where a channel of a field lies: a file among those at hand, and a channel of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChannelPlace {
    pub(super) file: usize,
    pub(super) channel: usize,
}

/// The projections of the three channels, and the depth of the field.
pub(super) type Projected = ([Plane; 3], Box<Depth>);

/// Reads three channels slice by slice; `None` if none of them has more than one slice.
///
/// # Errors
/// As [`ImageFile::read_channels`]; [`Error::Malformed`] if the slices differ in size or sample type.
pub(super) fn read_stack(
    files: &mut [ImageFile],
    places: [ChannelPlace; 3],
    pixel_size: Option<PixelSize>,
    options: &ReadOptions,
    workspace: &mut Workspace,
) -> Result<Option<Projected>> {
    options.validate()?;
    let location = files.first().map(|file| file.location.clone()).unwrap_or_default();
    let slices_of = |place: ChannelPlace| files.get(place.file).map(|file| file.slices(&[place.channel]));
    let slices: BTreeSet<usize> = places.into_iter().filter_map(slices_of).flatten().collect();
    if slices.len() < 2 {
        return Ok(None);
    }
    let mut projector = StackProjector::new(pixel_size);
    for slice in slices {
        let mut planes = [None, None, None];
        for (number, file) in files.iter_mut().enumerate() {
            let own: Vec<usize> = (0..places.len()).filter(|&i| places[i].file == number).collect();
            let channels: Vec<usize> = own.iter().map(|&i| places[i].channel).collect();
            let read = file.read_slice(&channels, slice, options.max_decoded_bytes, workspace)?;
            for (i, plane) in own.into_iter().zip(read) {
                planes[i] = plane;
            }
        }
        projector.push(slice as f64, planes).map_err(|error| at(error, &location))?;
    }
    let stated = files.iter().find_map(|file| file.layout.z_step_um);
    finish(projector, options.z_step_um.or(stated), &location).map(Some)
}

/// The projections of the slices, with pixels that hold no picture filled.
///
/// # Errors
/// [`Error::Malformed`] if a channel has no plane, or no number at all.
pub(super) fn finish(
    projector: StackProjector,
    z_step_um: Option<f64>,
    location: &Location,
) -> Result<Projected> {
    let (planes, depth) = projector.finish_planes(z_step_um).map_err(|error| at(error, location))?;
    let mut planes = Vec::from(planes);
    no_picture::fill(&mut planes, location)?;
    let planes = planes.try_into();
    Ok((planes.map_err(|_| Error::malformed(location.clone(), "a channel without a plane"))?, depth))
}

/// A fault of the slices, in this file.
pub(super) fn at(error: Error, location: &Location) -> Error {
    match error {
        Error::Malformed { problem, .. } => Error::malformed(location.clone(), problem),
        other => other,
    }
}
