//! An image file as channels and slices, whatever its format, and the decoding of whole channels.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::channel::{Channel, PlaneAddress};
use super::describe;
use super::layout::Layout;
use super::options::ReadOptions;
use super::purpose::Purpose;
use super::raster;
use super::tiff::TiffFile;
use crate::error::{Error, Location, Result};
use crate::field::{FieldNote, Plane};
use crate::stack::maximum;
use crate::workspace::Workspace;

/// Whether a file is known to hold several channels that are not the colours of a picture. A file that cannot be opened is
/// not.
pub(super) fn holds_several_channels(path: &Path) -> bool {
    // Other formats hold grey or colours, and are decoded when they are opened.
    let mut start = [0; 2];
    let is_tiff = File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok())
        && matches!(&start, b"II" | b"MM");
    if !is_tiff {
        return false;
    }
    let file = ImageFile::open(path, &ReadOptions::default(), Purpose::Channel);
    file.is_ok_and(|file| !file.layout.rgb && file.layout.channels.len() > 1)
}

/// Where the pixels come from.
#[derive(Debug)]
enum Content {
    Tiff(Box<TiffFile>),
    /// Decoded planes of a PNG or JPEG.
    Raster(Vec<Plane>),
}

/// An image file that is open, described and ready to be decoded.
#[derive(Debug)]
pub(super) struct ImageFile {
    pub(super) location: Location,
    pub(super) layout: Layout,
    content: Content,
}

impl ImageFile {
    /// Opens a file by its first bytes, whatever its suffix.
    pub(super) fn open(path: &Path, options: &ReadOptions, purpose: Purpose) -> Result<Self> {
        let location = Location::file(path);
        let io = |source| Error::io(path, source);
        if std::fs::metadata(path).map_err(io)?.is_dir() {
            let problem =
                std::io::Error::new(std::io::ErrorKind::IsADirectory, "a folder, not an image file");
            return Err(io(problem));
        }
        let mut start = Vec::new();
        File::open(path).map_err(io)?.take(8).read_to_end(&mut start).map_err(io)?;
        let limit = options.max_decoded_bytes;
        match start.as_slice() {
            [] => Err(Error::malformed(location, "the file is empty")),
            [b'I', b'I', ..] | [b'M', b'M', ..] => {
                let mut tiff = TiffFile::open(path, limit)?;
                let layout = describe::of_tiff(&mut tiff, &location, options, purpose)?;
                Ok(Self { location, layout, content: Content::Tiff(Box::new(tiff)) })
            }
            [0x89, b'P', b'N', b'G', ..] => {
                let planes = raster::read_png(path, limit)?;
                let layout = Layout::of_raster(planes.len());
                Ok(Self { location, layout, content: Content::Raster(planes) })
            }
            [0xff, 0xd8, 0xff, ..] => {
                let (planes, are_colours_halved) = raster::read_jpeg(path, limit)?;
                let mut layout = Layout::of_raster(planes.len());
                layout.notes.push(FieldNote::LossyCompression { channel: None });
                layout.notes.extend(are_colours_halved.then_some(FieldNote::ColoursHalved { channel: None }));
                Ok(Self { location, layout, content: Content::Raster(planes) })
            }
            other => {
                let problem = format!("not a TIFF, PNG or JPEG file: it begins with the bytes {other:02x?}");
                Err(Error::malformed(location, problem))
            }
        }
    }

    /// Decodes whole channels. A stack becomes the maximum over its slices.
    ///
    /// # Errors
    /// [`Error::Limit`] if the planes would take more than `limit` bytes; [`Error::Malformed`] if the pixels
    /// cannot be decoded or a float sample is infinite. Samples that are not a number stay.
    pub(super) fn read_channels(
        &mut self,
        indices: &[usize],
        limit: u64,
        workspace: &mut Workspace,
    ) -> Result<Vec<Plane>> {
        let Self { location, layout, content } = self;
        let channels: Vec<&Channel> = indices.iter().filter_map(|&i| layout.channels.get(i)).collect();
        match content {
            Content::Raster(planes) => {
                let plane = |channel: &&Channel| channel.slices.first().and_then(|at| planes.get(at.sample));
                Ok(channels.iter().filter_map(plane).cloned().collect())
            }
            Content::Tiff(tiff) => read_stack(tiff, (&channels, indices), location, limit, workspace),
        }
    }

    /// The slices that any of these channels has, the lowest first.
    pub(super) fn slices(&self, indices: &[usize]) -> BTreeSet<usize> {
        let channels: Vec<&Channel> = indices.iter().filter_map(|&i| self.layout.channels.get(i)).collect();
        slices_of(&channels)
    }

    /// Decodes one slice of some channels; `None` for a channel that does not have it.
    ///
    /// # Errors
    /// As [`ImageFile::read_channels`].
    pub(super) fn read_slice(
        &mut self,
        indices: &[usize],
        slice: usize,
        limit: u64,
        workspace: &mut Workspace,
    ) -> Result<Vec<Option<Plane>>> {
        let Self { location, layout, content } = self;
        let channels: Vec<&Channel> = indices.iter().filter_map(|&i| layout.channels.get(i)).collect();
        match content {
            Content::Raster(planes) => {
                let at = |channel: &&Channel| channel.slices.iter().find(|at| at.slice == slice).copied();
                Ok(channels.iter().map(|channel| planes.get(at(channel)?.sample).cloned()).collect())
            }
            Content::Tiff(tiff) => {
                check_memory(tiff, PLANES_OF_STACK, location, limit)?;
                read_slice(tiff, &channels, indices, slice, workspace)
            }
        }
    }
}

/// Planes that reading a stack slice by slice keeps, counted as planes of one channel: its projections, their sums, the peaks
/// along the depth, and the slice at hand.
const PLANES_OF_STACK: u64 = 24;

fn read_stack(
    tiff: &mut TiffFile,
    (channels, indices): (&[&Channel], &[usize]),
    location: &Location,
    limit: u64,
    workspace: &mut Workspace,
) -> Result<Vec<Plane>> {
    let depth = channels.iter().map(|channel| channel.slices.len()).max().unwrap_or(0);
    // The planes kept and, if there is more than one slice, those of the slice being read.
    check_memory(tiff, channels.len() as u64 * if depth > 1 { 2 } else { 1 }, location, limit)?;
    let mut projections: Vec<Option<Plane>> = vec![None; channels.len()];
    for slice in slices_of(channels) {
        let planes = read_slice(tiff, channels, indices, slice, workspace)?;
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

fn unlike(location: &Location) -> Error {
    Error::malformed(location.clone(), "the slices differ in size or sample type")
}

fn check_memory(tiff: &TiffFile, planes: u64, location: &Location, limit: u64) -> Result<()> {
    let plane_bytes = tiff.pages.first().map_or(0, super::tiff::Page::plane_bytes);
    let needed = plane_bytes.saturating_mul(planes);
    if needed > limit {
        return Err(Error::Limit { location: location.clone(), needed, limit });
    }
    Ok(())
}

/// The slices that any of the channels has, the lowest first.
fn slices_of(channels: &[&Channel]) -> BTreeSet<usize> {
    channels.iter().flat_map(|channel| &channel.slices).map(|at| at.slice).collect()
}

/// The planes of the channels in a slice; channels that share a page are decoded together.
fn read_slice(
    tiff: &mut TiffFile,
    channels: &[&Channel],
    indices: &[usize],
    slice: usize,
    workspace: &mut Workspace,
) -> Result<Vec<Option<Plane>>> {
    let address = |channel: &&Channel| channel.slices.iter().find(|at| at.slice == slice).copied();
    let addresses: Vec<Option<PlaneAddress>> = channels.iter().map(address).collect();
    let mut found: Vec<Option<Plane>> = vec![None; channels.len()];
    for i in 0..channels.len() {
        let Some(PlaneAddress { page, .. }) = addresses[i].filter(|_| found[i].is_none()) else { continue };
        let (members, samples): (Vec<usize>, Vec<usize>) = (i..channels.len())
            .filter_map(|j| addresses[j].filter(|at| at.page == page).map(|at| (j, at.sample)))
            .unzip();
        let planes = tiff.read_samples(page, &samples, workspace)?;
        for (j, plane) in members.into_iter().zip(planes) {
            check_not_infinite(&plane, tiff, page, indices[j])?;
            found[j] = Some(plane);
        }
    }
    Ok(found)
}

fn check_not_infinite(plane: &Plane, tiff: &TiffFile, page: usize, channel: usize) -> Result<()> {
    let Plane::F32(samples) = plane else { return Ok(()) };
    match samples.indexed_iter().find(|(_, value)| value.is_infinite()) {
        None => Ok(()),
        Some(((y, x), value)) => {
            let location = tiff.pages.get(page).map(|page| page.location.clone()).unwrap_or_default();
            let problem = format!(
                "the sample at row {y}, column {x} is {value}, which no light gives; set it to NaN where there is no picture"
            );
            Err(Error::malformed(location.at_channel(channel), problem))
        }
    }
}
