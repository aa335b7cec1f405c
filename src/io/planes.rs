//! The planes of channels: their maximum over the slices, or one slice.

use std::collections::BTreeSet;

use super::channel::{Channel, PlaneAddress};
use super::no_light::refuse_infinite;
use super::tiff::{Page, TiffFile};
#[cfg(feature = "ome-zarr")]
use super::zarr::ZarrImage;
use crate::error::{Error, Location, Result};
use crate::field::Plane;
use crate::stack::maximum;
use crate::workspace::Workspace;

/// Planes that reading a stack slice by slice keeps, counted as planes of one channel: its projections, their sums, the peaks
/// along the depth, and the slice at hand.
const PLANES_OF_STACK: u64 = 24;

/// Channels with their numbers.
type Numbered<'a> = (&'a [&'a Channel], &'a [usize]);

/// The maximum of each channel over its slices.
pub(super) fn of_tiff(
    tiff: &mut TiffFile,
    (channels, indices): Numbered<'_>,
    location: &Location,
    limit: u64,
    workspace: &mut Workspace,
) -> Result<Vec<Plane>> {
    let depth = channels.iter().map(|channel| channel.slices.len()).max().unwrap_or(0);
    // The planes kept and, if there is more than one slice, those of the slice being read.
    let planes = channels.len() as u64 * if depth > 1 { 2 } else { 1 };
    check_memory(plane_bytes(tiff), planes, location, limit)?;
    let mut projections: Vec<Option<Plane>> = vec![None; channels.len()];
    for slice in slices_of(channels) {
        let planes = read_slice(tiff, (channels, indices), slice, workspace)?;
        for (projection, plane) in projections.iter_mut().zip(planes) {
            let Some(plane) = plane else { continue };
            *projection = Some(match projection.take() {
                None => plane,
                Some(earlier) => {
                    let highest = maximum(earlier, &plane).ok_or_else(|| unlike(location))?;
                    workspace.recycle_plane(plane);
                    highest
                }
            });
        }
    }
    let incomplete = || Error::malformed(location.clone(), "a channel has no plane");
    projections.into_iter().map(|plane| plane.ok_or_else(incomplete)).collect()
}

/// One slice of each channel that has it.
pub(super) fn slice_of_tiff(
    tiff: &mut TiffFile,
    channels: Numbered<'_>,
    slice: usize,
    (location, limit): (&Location, u64),
    workspace: &mut Workspace,
) -> Result<Vec<Option<Plane>>> {
    check_memory(plane_bytes(tiff), PLANES_OF_STACK, location, limit)?;
    read_slice(tiff, channels, slice, workspace)
}

fn unlike(location: &Location) -> Error {
    Error::malformed(location.clone(), "the slices differ in size or sample type")
}

fn plane_bytes(tiff: &TiffFile) -> u64 {
    tiff.pages.first().map_or(0, Page::plane_bytes)
}

fn check_memory(plane_bytes: u64, planes: u64, location: &Location, limit: u64) -> Result<()> {
    let needed = plane_bytes.saturating_mul(planes);
    if needed > limit {
        return Err(Error::Limit { location: location.clone(), needed, limit });
    }
    Ok(())
}

/// The slices that any of the channels has, the lowest first.
pub(super) fn slices_of(channels: &[&Channel]) -> BTreeSet<usize> {
    channels.iter().flat_map(|channel| &channel.slices).map(|at| at.slice).collect()
}

/// Where a slice of a channel lies, if the channel has it.
fn address(channel: &Channel, slice: usize) -> Option<PlaneAddress> {
    channel.slices.iter().find(|at| at.slice == slice).copied()
}

/// The planes of the channels in a slice; channels that share a page are decoded together.
fn read_slice(
    tiff: &mut TiffFile,
    (channels, indices): Numbered<'_>,
    slice: usize,
    workspace: &mut Workspace,
) -> Result<Vec<Option<Plane>>> {
    let addresses: Vec<Option<PlaneAddress>> =
        channels.iter().map(|channel| address(channel, slice)).collect();
    let mut found: Vec<Option<Plane>> = vec![None; channels.len()];
    for i in 0..channels.len() {
        let Some(PlaneAddress { page, .. }) = addresses[i].filter(|_| found[i].is_none()) else { continue };
        let (members, samples): (Vec<usize>, Vec<usize>) = (i..channels.len())
            .filter_map(|j| addresses[j].filter(|at| at.page == page).map(|at| (j, at.sample)))
            .unzip();
        let planes = tiff.read_samples(page, &samples, workspace)?;
        for (j, plane) in members.into_iter().zip(planes) {
            let place = tiff.pages.get(page).map(|page| page.location.clone()).unwrap_or_default();
            refuse_infinite(&plane, (0, 0), &place.at_channel(indices[j]))?;
            found[j] = Some(plane);
        }
    }
    Ok(found)
}

/// The maximum of each channel over its slices.
#[cfg(feature = "ome-zarr")]
pub(super) fn of_zarr(
    image: &ZarrImage,
    (channels, indices): Numbered<'_>,
    location: &Location,
    limit: u64,
) -> Result<Vec<Plane>> {
    check_memory(image.plane_bytes(image.whole()), channels.len() as u64, location, limit)?;
    let planes = channels.iter().zip(indices);
    planes.map(|(channel, index)| whole_of_zarr(image, &channel.slices, *index, location)).collect()
}

/// One slice of each channel that has it.
#[cfg(feature = "ome-zarr")]
pub(super) fn slice_of_zarr(
    image: &ZarrImage,
    (channels, indices): Numbered<'_>,
    slice: usize,
    location: &Location,
    limit: u64,
) -> Result<Vec<Option<Plane>>> {
    check_memory(image.plane_bytes(image.whole()), PLANES_OF_STACK, location, limit)?;
    let plane = |(channel, index): (&&Channel, &usize)| {
        address(channel, slice).map(|at| whole_of_zarr(image, &[at], *index, location)).transpose()
    };
    channels.iter().zip(indices).map(plane).collect()
}

#[cfg(feature = "ome-zarr")]
fn whole_of_zarr(
    image: &ZarrImage,
    slices: &[PlaneAddress],
    index: usize,
    location: &Location,
) -> Result<Plane> {
    let plane = image.read(slices, image.whole(), false)?;
    refuse_infinite(&plane, (0, 0), &location.clone().at_channel(index))?;
    Ok(plane)
}
