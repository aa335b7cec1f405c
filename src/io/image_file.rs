//! An image file as channels and slices, whatever its format, and the decoding of whole channels.

use std::fs::File;
use std::io::Read;
use std::path::Path;
#[cfg(feature = "ome-zarr")]
use std::sync::Arc;

use super::channel::{Channel, PlaneAddress};
use super::describe;
use super::layout::Layout;
use super::options::ReadOptions;
use super::part_reader::{PartContent, PartReader};
use super::projection::{maximum, refuse_infinite};
use super::purpose::Purpose;
use super::raster;
use super::tiff::{LocatedPage, PageNumber, TiffFile};
#[cfg(feature = "ome-zarr")]
use super::zarr::ZarrImage;
use super::zarr_folder::is_zarr;
use crate::error::{Error, Location, Result};
use crate::field::{FieldNote, Plane};
use crate::workspace::Workspace;

/// Whether a file is known to hold several channels that are not the colours of a picture. A file that cannot be opened is
/// not.
pub(super) fn holds_several_channels(path: &Path) -> bool {
    // Other formats hold grey or colours, and are decoded when they are opened.
    let mut start = [0; 2];
    let is_tiff = File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok())
        && matches!(&start, b"II" | b"MM");
    if !is_tiff && !is_zarr(path) {
        return false;
    }
    let file = ImageFile::open(path, &ReadOptions::default(), Purpose::Channel);
    file.is_ok_and(|file| !file.layout.rgb && file.layout.channels.len() > 1)
}

/// (height, width) of the channels of a file, by its headers.
pub(super) fn dim(path: &Path, options: &ReadOptions, purpose: Purpose) -> Result<(usize, usize)> {
    match raster::dim(path) {
        Some(dim) => Ok(dim),
        None => ImageFile::open(path, options, purpose)?.dim(),
    }
}

/// The format of an image file, by its first bytes, whatever its suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Tiff,
    Png,
    Jpeg,
}

impl Format {
    pub(super) fn of(path: &Path) -> Result<Self> {
        let location = Location::file(path);
        let io = |source| Error::io(path, source);
        if std::fs::metadata(path).map_err(io)?.is_dir() {
            let problem =
                std::io::Error::new(std::io::ErrorKind::IsADirectory, "a folder, not an image file");
            return Err(io(problem));
        }
        let mut start = Vec::new();
        File::open(path).map_err(io)?.take(8).read_to_end(&mut start).map_err(io)?;
        match start.as_slice() {
            [] => Err(Error::malformed(location, "the file is empty")),
            [b'I', b'I', ..] | [b'M', b'M', ..] => Ok(Self::Tiff),
            [0x89, b'P', b'N', b'G', ..] => Ok(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            other => {
                let problem = format!("not a TIFF, PNG or JPEG file: it begins with the bytes {other:02x?}");
                Err(Error::malformed(location, problem))
            }
        }
    }
}

/// Where the pixels come from.
#[derive(Debug)]
enum Content {
    Tiff(Box<TiffFile>),
    /// Decoded planes of a PNG or JPEG.
    Raster(Vec<Plane>),
    #[cfg(feature = "ome-zarr")]
    Zarr(Arc<ZarrImage>),
}

/// An image file, or folder of Zarr, that is open, described and ready to be decoded.
#[derive(Debug)]
pub(super) struct ImageFile {
    pub(super) location: Location,
    pub(super) layout: Layout,
    content: Content,
}

impl ImageFile {
    /// Opens a file.
    pub(super) fn open(path: &Path, options: &ReadOptions, purpose: Purpose) -> Result<Self> {
        let location = Location::file(path);
        if is_zarr(path) {
            return Self::open_zarr(path, options);
        }
        let limit = options.max_decoded_bytes;
        match Format::of(path)? {
            Format::Tiff => {
                let mut tiff = TiffFile::open(path, limit)?;
                let layout = describe::of_tiff(&mut tiff, &location, options, purpose)?;
                Ok(Self { location, layout, content: Content::Tiff(Box::new(tiff)) })
            }
            Format::Png => {
                let planes = raster::read_png(path, limit)?;
                let layout = Layout::of_raster(planes.len());
                Ok(Self { location, layout, content: Content::Raster(planes) })
            }
            Format::Jpeg => {
                let (planes, are_colours_halved) = raster::read_jpeg(path, limit)?;
                let mut layout = Layout::of_raster(planes.len());
                layout.notes.push(FieldNote::LossyCompression { channel: None });
                layout.notes.extend(are_colours_halved.then_some(FieldNote::ColoursHalved { channel: None }));
                Ok(Self { location, layout, content: Content::Raster(planes) })
            }
        }
    }

    #[cfg(feature = "ome-zarr")]
    fn open_zarr(path: &Path, options: &ReadOptions) -> Result<Self> {
        let (image, layout) = ZarrImage::open(path, options)?;
        Ok(Self { location: Location::file(path), layout, content: Content::Zarr(Arc::new(image)) })
    }

    #[cfg(not(feature = "ome-zarr"))]
    fn open_zarr(path: &Path, _: &ReadOptions) -> Result<Self> {
        let feature = "OME-Zarr: the feature `ome-zarr` is not compiled in";
        Err(Error::unsupported(Location::file(path), feature))
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
            #[cfg(feature = "ome-zarr")]
            Content::Zarr(image) => read_zarr(image, (&channels, indices), location, limit),
        }
    }

    /// (height, width) of the channels in pixels.
    pub(super) fn dim(&self) -> Result<(usize, usize)> {
        let at = self.layout.channels.first().and_then(|channel| channel.slices.first());
        let dim = match (&self.content, at) {
            (Content::Raster(planes), Some(at)) => planes.get(at.sample).map(Plane::dim),
            (Content::Tiff(tiff), Some(at)) => tiff.pages.get(at.page).map(|page| (page.height, page.width)),
            #[cfg(feature = "ome-zarr")]
            (Content::Zarr(image), Some(_)) => Some(image.dim()),
            (_, None) => None,
        };
        dim.ok_or_else(|| Error::malformed(self.location.clone(), "no page of the file is a channel"))
    }

    /// Readers of parts of the reduced copies of a channel, the largest first.
    pub(super) fn level_readers(
        &mut self,
        index: usize,
        number: usize,
        limit: u64,
    ) -> Result<Vec<PartReader>> {
        let Self { location, layout, content: Content::Tiff(tiff) } = self else { return Ok(Vec::new()) };
        let Some(channel) = layout.channels.get(index) else { return Ok(Vec::new()) };
        let PlaneAddress { page, sample } = only_slice(channel, location)?;
        let levels = tiff.levels(page)?.into_iter().filter(|level| level.page.check_parts().is_ok());
        let reader = |(level, located): (usize, LocatedPage)| {
            let location = located.page.location.clone().at_channel(index);
            let number = PageNumber { file: number, level, page };
            let pixels = tiff.pixels_of(&located).clone();
            let content = PartContent::Tiff { pixels, page: Box::new(located), sample, number };
            PartReader { content, location, limit }
        };
        Ok((1..).zip(levels).map(reader).collect())
    }

    /// Readers of parts of channels. The file has a number among those of the slide.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if a channel is a stack, or its compressed strips are too large to be decoded for each part.
    pub(super) fn part_readers(
        &mut self,
        indices: &[usize],
        number: usize,
        limit: u64,
    ) -> Result<Vec<PartReader>> {
        let Self { location, layout, content } = self;
        let mut readers = Vec::with_capacity(indices.len());
        for &index in indices {
            let no_plane = || Error::malformed(location.clone(), "a channel has no plane");
            let channel = layout.channels.get(index).ok_or_else(no_plane)?;
            let (content, location) = match content {
                Content::Raster(planes) => {
                    let PlaneAddress { sample, .. } = only_slice(channel, location)?;
                    let plane = planes.get(sample).cloned().ok_or_else(no_plane)?;
                    (PartContent::Raster(plane), location.clone())
                }
                #[cfg(feature = "ome-zarr")]
                Content::Zarr(image) => {
                    let (image, slices) = (image.clone(), channel.slices.clone());
                    (PartContent::Zarr { image, slices }, location.clone())
                }
                Content::Tiff(tiff) => {
                    let PlaneAddress { page, sample } = only_slice(channel, location)?;
                    let located = tiff.locate(page)?;
                    located.page.check_parts()?;
                    let location = located.page.location.clone();
                    let number = PageNumber { file: number, level: 0, page };
                    let pixels = tiff.pixels_of(&located).clone();
                    (PartContent::Tiff { pixels, page: Box::new(located), sample, number }, location)
                }
            };
            readers.push(PartReader { content, location: location.at_channel(index), limit });
        }
        Ok(readers)
    }
}

/// A channel that is a single plane, since a slide is not projected.
fn only_slice(channel: &Channel, location: &Location) -> Result<PlaneAddress> {
    match channel.slices.as_slice() {
        [only] => Ok(*only),
        [] => Err(Error::malformed(location.clone(), "a channel has no plane")),
        slices => {
            let feature = format!(
                "a slide of {} slices in depth; save its maximum projection, or one slice, as the slide",
                slices.len()
            );
            Err(Error::unsupported(location.clone(), feature))
        }
    }
}

fn read_stack(
    tiff: &mut TiffFile,
    (channels, indices): (&[&Channel], &[usize]),
    location: &Location,
    limit: u64,
    workspace: &mut Workspace,
) -> Result<Vec<Plane>> {
    let depth = channels.iter().map(|channel| channel.slices.len()).max().unwrap_or(0);
    // The planes kept and, if there is more than one slice, those of the slice being read.
    let plane_bytes = tiff.pages.first().map_or(0, super::tiff::Page::plane_bytes);
    let needed = plane_bytes.saturating_mul(channels.len() as u64 * if depth > 1 { 2 } else { 1 });
    if needed > limit {
        return Err(Error::Limit { location: location.clone(), needed, limit });
    }
    let mut projections: Vec<Option<Plane>> = vec![None; channels.len()];
    for slice in 0..depth {
        let addresses: Vec<Option<PlaneAddress>> =
            channels.iter().map(|channel| channel.slices.get(slice).copied()).collect();
        let mut done = vec![false; channels.len()];
        for i in 0..channels.len() {
            let Some(PlaneAddress { page, .. }) = addresses[i].filter(|_| !done[i]) else { continue };
            // Channels that share a page are decoded together.
            let (members, samples): (Vec<usize>, Vec<usize>) = (i..channels.len())
                .filter_map(|j| addresses[j].filter(|at| at.page == page).map(|at| (j, at.sample)))
                .unzip();
            let planes = tiff.read_samples(page, &samples, workspace)?;
            for (j, plane) in members.into_iter().zip(planes) {
                done[j] = true;
                let place = tiff.pages.get(page).map(|page| page.location.clone()).unwrap_or_default();
                refuse_infinite(&plane, (0, 0), &place.at_channel(indices[j]))?;
                projections[j] = Some(match projections[j].take() {
                    None => plane,
                    Some(earlier) => {
                        let highest = maximum(earlier, &plane, location)?;
                        workspace.recycle_plane(plane);
                        highest
                    }
                });
            }
        }
    }
    let incomplete = || Error::malformed(location.clone(), "a channel has no plane");
    projections.into_iter().map(|plane| plane.ok_or_else(incomplete)).collect()
}

#[cfg(feature = "ome-zarr")]
fn read_zarr(
    image: &ZarrImage,
    (channels, indices): (&[&Channel], &[usize]),
    location: &Location,
    limit: u64,
) -> Result<Vec<Plane>> {
    let whole = image.whole();
    let needed = image.plane_bytes(whole).saturating_mul(channels.len() as u64);
    if needed > limit {
        return Err(Error::Limit { location: location.clone(), needed, limit });
    }
    let read = |(channel, index): (&&Channel, &usize)| {
        let plane = image.read(&channel.slices, whole, false)?;
        refuse_infinite(&plane, (0, 0), &location.clone().at_channel(index))?;
        Ok(plane)
    };
    channels.iter().zip(indices).map(read).collect()
}
