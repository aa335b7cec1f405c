//! An image file as channels and slices, whatever its format, and the decoding of whole channels.

use std::collections::BTreeSet;
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
use super::planes;
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
            Content::Tiff(tiff) => planes::of_tiff(tiff, (&channels, indices), location, limit, workspace),
            #[cfg(feature = "ome-zarr")]
            Content::Zarr(image) => planes::of_zarr(image, (&channels, indices), location, limit),
        }
    }

    /// The slices that any of these channels has, the lowest first.
    pub(super) fn slices(&self, indices: &[usize]) -> BTreeSet<usize> {
        let channels: Vec<&Channel> = indices.iter().filter_map(|&i| self.layout.channels.get(i)).collect();
        planes::slices_of(&channels)
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
                planes::slice_of_tiff(tiff, (&channels, indices), slice, (location, limit), workspace)
            }
            #[cfg(feature = "ome-zarr")]
            Content::Zarr(image) => {
                planes::slice_of_zarr(image, (&channels, indices), slice, location, limit)
            }
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
        let PlaneAddress { page, sample, .. } = only_slice(channel, location)?;
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
                    only_slice(channel, location)?;
                    let (image, slices) = (image.clone(), channel.slices.clone());
                    (PartContent::Zarr { image, slices }, location.clone())
                }
                Content::Tiff(tiff) => {
                    let PlaneAddress { page, sample, .. } = only_slice(channel, location)?;
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
        slices => Err(slide_of_slices(slices.len(), location)),
    }
}

/// A slide that is a stack.
pub(super) fn slide_of_slices(count: usize, location: &Location) -> Error {
    let feature = format!(
        "a slide of {count} slices in depth; save its maximum projection, or one slice, as the slide"
    );
    Error::unsupported(location.clone(), feature)
}
