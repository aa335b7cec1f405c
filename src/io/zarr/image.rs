//! An image in OME-Zarr: its layout, and the reading of parts of its channels.

use std::ops::Range;
use std::path::Path;

use ndarray::{Array2, ArrayView3, ArrayViewD, Axis as ArrayAxis, Ix3, Slice};
use zarrs::array::ElementOwned;

use super::array::{ZarrArray, bytes_of};
use super::folders::{ImageFolder, images};
use super::multiscale::{Axis, Multiscale};
use super::series_xml;
use crate::error::{Error, Location, Result};
use crate::field::{FieldNote, Plane};
use crate::io::channel::{Channel, PlaneAddress};
use crate::io::layout::Layout;
use crate::io::options::ReadOptions;
use crate::io::sample_type::SampleType;
use crate::io::series::choose;
use crate::io::stack::{self, Stack};
use crate::io::tiff::convert;
use crate::slide::Part;
use crate::stack::raise;

/// Most planes of an image.
const MAX_PLANES: u64 = 1 << 20;
/// Most images and time points of a folder.
const MAX_IMAGES: usize = 16_384;
/// Bytes of the slices that are read at once, unless one row of chunks takes more.
const BLOCK_BYTES: u64 = 64 << 20;

/// An image of full resolution, at one time point.
#[derive(Debug)]
pub(in crate::io) struct ZarrImage {
    array: ZarrArray,
    axes: Vec<Axis>,
    sizes: Sizes,
}

/// Lengths of the axes, 1 for one that is not there.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    channels: u64,
    slices: u64,
    height: usize,
    width: usize,
}

/// An image of the folder that is opened, and how its planes follow each other.
struct Candidate {
    image: ZarrImage,
    multiscale: Multiscale,
    stack: Stack,
    name: String,
}

impl ZarrImage {
    /// Opens the image that the options choose. The series counts the images, and the time points of each.
    pub(in crate::io) fn open(folder: &Path, options: &ReadOptions) -> Result<(Self, Layout)> {
        let location = Location::file(folder);
        let mut candidates = Vec::new();
        let mut words = Vec::new();
        for found in images(folder)? {
            let candidate = Candidate::open(found, options)?;
            words.extend((0..candidate.stack.frames.length).map(|frame| candidate.describe(frame)));
            if words.len() > MAX_IMAGES {
                let feature = format!("more than {MAX_IMAGES} images and time points");
                return Err(Error::unsupported(location, feature));
            }
            candidates.push(candidate);
        }
        let channels = candidates.iter().map(|c| c.stack.channels.length).max().unwrap_or(0);
        let mut frame = choose(&words, channels, options.series, &location)?;
        for (series, candidate) in candidates.into_iter().enumerate() {
            if frame < candidate.stack.frames.length {
                let described = series_xml::channels(folder, series)?;
                let layout = candidate.layout(frame, described, options)?;
                return Ok((candidate.image, layout));
            }
            frame -= candidate.stack.frames.length;
        }
        Err(Error::malformed(location, "no image"))
    }

    /// (height, width) in pixels.
    pub(in crate::io) fn dim(&self) -> (usize, usize) {
        (self.sizes.height, self.sizes.width)
    }

    pub(super) fn location(&self) -> Location {
        self.array.location()
    }

    /// Bytes of a part of a plane while it is read.
    pub(in crate::io) fn plane_bytes(&self, part: Part) -> u64 {
        part.pixels().saturating_mul(self.array.sample_type.decoded_bytes())
    }

    /// All of a plane.
    pub(in crate::io) fn whole(&self) -> Part {
        Part { y0: 0, x0: 0, y1: self.sizes.height, x1: self.sizes.width }
    }

    /// A part of a channel: the maximum over its slices. Samples are kept as those of other files are; with
    /// `is_one_of_several` the type that is kept does not depend on the part.
    pub(in crate::io) fn read(
        &self,
        slices: &[PlaneAddress],
        part: Part,
        is_one_of_several: bool,
    ) -> Result<Plane> {
        let always_floats = |plane: Plane| match plane {
            Plane::U8(a) if is_one_of_several => Plane::F32(a.mapv(f32::from)),
            Plane::U16(a) if is_one_of_several => Plane::F32(a.mapv(f32::from)),
            other => other,
        };
        Ok(match self.array.sample_type {
            SampleType::U8 => Plane::U8(self.project(slices, part)?),
            SampleType::U16 => Plane::U16(self.project(slices, part)?),
            SampleType::F32 => Plane::F32(self.project(slices, part)?),
            SampleType::U32 => always_floats(convert::unsigned_32(self.project(slices, part)?)),
            SampleType::F64 => convert::float_64(self.project(slices, part)?),
            SampleType::I8 => {
                always_floats(convert::signed_8(self.project::<i8>(slices, part)?.mapv(i8::cast_unsigned)))
            }
            SampleType::I16 => {
                always_floats(convert::signed_16(self.project::<i16>(slices, part)?.mapv(i16::cast_unsigned)))
            }
            SampleType::I32 => {
                always_floats(convert::signed_32(self.project::<i32>(slices, part)?.mapv(i32::cast_unsigned)))
            }
            other @ (SampleType::F16 | SampleType::Packed(_)) => {
                return Err(Error::unsupported(self.location(), format!("samples of type {other:?}")));
            }
        })
    }

    fn project<T>(&self, slices: &[PlaneAddress], part: Part) -> Result<Array2<T>>
    where
        T: ElementOwned + Copy + Default + PartialOrd,
    {
        let mut plane = Array2::from_elem(part.dim(), T::default());
        let runs = self.runs(slices);
        let depth = runs.iter().map(|run| run.end - run.start).max().unwrap_or(1);
        for band in self.bands(part, depth) {
            let mut rows =
                plane.slice_axis_mut(ArrayAxis(0), Slice::from(band.y0 - part.y0..band.y1 - part.y0));
            let mut is_first = true;
            for run in &runs {
                let ranges = self.ranges(run, band);
                self.array.check_chunks(&ranges)?;
                let samples: Vec<T> = self.array.read(&ranges)?;
                let block = self.block(&ranges, &samples)?;
                for slice in block.axis_iter(ArrayAxis(0)) {
                    if is_first {
                        rows.assign(&slice);
                        is_first = false;
                    } else {
                        raise(rows.view_mut(), slice);
                    }
                }
            }
        }
        Ok(plane)
    }

    /// Pages that follow each other in depth and share their chunks.
    fn runs(&self, slices: &[PlaneAddress]) -> Vec<Range<u64>> {
        let chunk = self.along(Axis::Depth).map_or(1, |axis| self.array.chunk[axis]);
        let chunk_of = |page: u64| (page / self.sizes.slices, page % self.sizes.slices / chunk);
        let mut runs: Vec<Range<u64>> = Vec::new();
        for page in slices.iter().map(|at| at.page as u64) {
            match runs.last_mut() {
                Some(run) if run.end == page && chunk_of(run.start) == chunk_of(page) => run.end += 1,
                _ => runs.push(page..page + 1),
            }
        }
        runs
    }

    /// Parts of whole rows of chunks, of about [`BLOCK_BYTES`] in `depth` slices.
    fn bands(&self, part: Part, depth: u64) -> Vec<Part> {
        let chunk_rows = self.along(Axis::Row).map_or(1, |axis| self.array.chunk[axis]);
        let chunk_rows = usize::try_from(chunk_rows).unwrap_or(usize::MAX);
        let row_of_chunks =
            bytes_of(&[depth, chunk_rows as u64, part.dim().1 as u64], self.array.sample_type);
        let chunks = usize::try_from(BLOCK_BYTES / row_of_chunks.max(1)).unwrap_or(usize::MAX).max(1);
        let step = chunk_rows.saturating_mul(chunks);
        let mut bands = Vec::new();
        let mut y0 = part.y0;
        while y0 < part.y1 {
            let y1 = (y0 / step).saturating_add(1).saturating_mul(step).min(part.y1);
            bands.push(Part { y0, y1, ..part });
            y0 = y1;
        }
        bands
    }

    fn along(&self, axis: Axis) -> Option<usize> {
        self.axes.iter().position(|other| *other == axis)
    }

    /// The region of pages that follow each other, along the axes of the array.
    fn ranges(&self, pages: &Range<u64>, part: Part) -> Vec<Range<u64>> {
        let Sizes { channels, slices, .. } = self.sizes;
        let one = |at: u64| at..at + 1;
        let slice = pages.start % slices;
        let range = |axis: &Axis| match axis {
            Axis::Time => one(pages.start / slices / channels),
            Axis::Channel => one(pages.start / slices % channels),
            Axis::Depth => slice..slice + (pages.end - pages.start),
            Axis::Row => part.y0 as u64..part.y1 as u64,
            Axis::Column => part.x0 as u64..part.x1 as u64,
            Axis::Other => one(0),
        };
        self.axes.iter().map(range).collect()
    }

    /// The samples of a region as slices of rows.
    fn block<'a, T>(&self, ranges: &[Range<u64>], samples: &'a [T]) -> Result<ArrayView3<'a, T>> {
        let lengths: Vec<usize> = ranges.iter().map(|range| (range.end - range.start) as usize).collect();
        let malformed = |_| Error::malformed(self.location(), "a region of another size than was asked for");
        let mut all = ArrayViewD::from_shape(lengths, samples).map_err(malformed)?;
        let mut axes = self.axes.clone();
        for place in (0..axes.len()).rev() {
            if !matches!(axes[place], Axis::Depth | Axis::Row | Axis::Column) {
                all.index_axis_inplace(ArrayAxis(place), 0);
                axes.remove(place);
            }
        }
        if !axes.contains(&Axis::Depth) {
            all.insert_axis_inplace(ArrayAxis(0));
            axes.insert(0, Axis::Depth);
        }
        let order = [Axis::Depth, Axis::Row, Axis::Column].map(|axis| axes.iter().position(|a| *a == axis));
        let order: Vec<usize> = order.into_iter().flatten().collect();
        all.permuted_axes(order).into_dimensionality::<Ix3>().map_err(malformed)
    }
}

impl Candidate {
    fn open(found: ImageFolder, options: &ReadOptions) -> Result<Self> {
        let multiscale = Multiscale::read(&found.path)?;
        let level = multiscale.levels.first().unwrap_or(&found.path);
        let array = ZarrArray::open(level, options.max_decoded_bytes)?;
        let axes = multiscale.axes.clone();
        let location = array.location().at_key("shape");
        if array.shape.len() != axes.len() {
            let problem = format!("{} lengths, but the image has {} axes", array.shape.len(), axes.len());
            return Err(Error::malformed(location, problem));
        }
        let length = |axis: Axis| {
            axes.iter().zip(&array.shape).find(|(other, _)| **other == axis).map_or(1, |(_, length)| *length)
        };
        let is_long = |(axis, length): (&Axis, &u64)| *axis == Axis::Other && *length > 1;
        if axes.iter().zip(&array.shape).any(is_long) {
            return Err(Error::unsupported(location, "an axis that is none of t, c, z, y and x"));
        }
        let [frames, channels, slices] = [Axis::Time, Axis::Channel, Axis::Depth].map(length);
        let planes = frames.saturating_mul(channels).saturating_mul(slices);
        if planes > MAX_PLANES {
            return Err(Error::unsupported(location, format!("{planes} planes, more than {MAX_PLANES}")));
        }
        let pixels = |axis: Axis| usize::try_from(length(axis)).unwrap_or(usize::MAX);
        let sizes = Sizes { channels, slices, height: pixels(Axis::Row), width: pixels(Axis::Column) };
        let axis = |length: u64, step: u64| stack::Axis { length: length as usize, step: step as usize };
        let stack = Stack {
            first: 0,
            channels: axis(channels, slices),
            slices: axis(slices, 1),
            frames: axis(frames, channels * slices),
        };
        let stack = stack.as_the_caller_names_it(options);
        let image = ZarrImage { array, axes, sizes };
        Ok(Self { image, multiscale, stack, name: found.name })
    }

    fn describe(&self, frame: usize) -> String {
        let (height, width) = self.image.dim();
        format!("{}, {}, {height} x {width} px", self.name, self.stack.describe(frame))
    }

    /// The layout at a time point. `described` is what the OME-XML beside the image states of the channels.
    fn layout(&self, frame: usize, described: Vec<Channel>, options: &ReadOptions) -> Result<Layout> {
        let mut layout = Layout { channels: self.stack.at(frame), ..Layout::default() };
        let is_described = |stated: &[Channel]| stated.len() == layout.channels.len();
        let (stated, described) = (&self.multiscale.channels, described);
        let (has_own, has_xml) = (is_described(stated), is_described(&described));
        for (i, channel) in layout.channels.iter_mut().enumerate() {
            if has_xml {
                let Channel { name, fluor, emission_nm, .. } = described[i].clone();
                (channel.name, channel.fluor, channel.emission_nm) = (name, fluor, emission_nm);
            }
            if has_own && stated[i].name.is_some() {
                channel.name.clone_from(&stated[i].name);
            }
        }
        if let Some(stated) = self.multiscale.pixel_size() {
            layout.set_pixel_size(stated, options)?;
        }
        layout.z_step_um = self.multiscale.z_step_um;
        let slices = layout.channels.iter().map(|channel| channel.slices.len()).max().unwrap_or(0);
        if slices > 1 {
            layout.notes.push(FieldNote::StackProjected { channel: None, slices });
        }
        Ok(layout)
    }
}
