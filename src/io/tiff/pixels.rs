//! Decodes the pixels of a page, whole or a part of them, from several threads at once.

use ndarray::Array2;
use rayon::prelude::*;

use super::cache::{ChunkCache, PageNumber, Samples};
use super::chunk::Compression;
use super::convert;
use super::page::{Page, Stored};
use super::palette::Meaning;
use super::positioned::PositionedFile;
use super::sample::{Sample, from_file_order};
use super::scatter::{Coding, Rows, Target, scatter};
use crate::error::{Error, Result};
use crate::field::Plane;
use crate::io::sample_type::SampleType;
use crate::slide::Part;
use crate::workspace::Workspace;

/// Bytes that are copied at a time where there is no compression: they stay in cache.
const PIECE_BYTES: usize = 1 << 17;
/// Bytes of a row from which on it pays not to read them. Systems read in pages of 4 KiB.
const MIN_SKIPPED_BYTES: usize = 1 << 13;
/// Decoded bytes of the strips or tiles that are decompressed side by side.
const BATCH_BYTES: u64 = 1 << 22;

/// A page whose strips or tiles are located.
#[derive(Debug, Clone)]
pub(in crate::io) struct LocatedPage {
    pub(in crate::io) page: Page,
    pub(super) chunks: Vec<Stored>,
}

/// Where decoded strips and tiles of a page are held, and its number there.
#[derive(Debug, Clone, Copy)]
pub(in crate::io) struct HeldIn<'a> {
    pub(in crate::io) cache: &'a ChunkCache,
    pub(in crate::io) page: PageNumber,
}

/// The pixels of a TIFF file.
#[derive(Debug)]
pub(in crate::io) struct Pixels {
    pub(super) file: PositionedFile,
    pub(super) little_endian: bool,
    /// Most bytes of a decoded strip or tile.
    pub(super) limit: u64,
}

/// What is read of a page.
#[derive(Debug, Clone, Copy)]
pub(in crate::io) struct Wanted<'a> {
    pub(in crate::io) samples: &'a [usize],
    pub(in crate::io) part: Part,
}

/// A strip or tile: its number in the file, and its row and column in the grid.
#[derive(Debug, Clone, Copy)]
struct Place {
    index: usize,
    row: usize,
    column: usize,
}

impl Pixels {
    /// Decodes a part of some samples of a page into a plane each. The part lies within the page.
    pub(in crate::io) fn read(
        &self,
        located: &LocatedPage,
        wanted: Wanted<'_>,
        held: Option<HeldIn<'_>>,
        workspace: &mut Workspace,
    ) -> Result<Vec<Plane>> {
        match located.page.palette.as_deref() {
            Some(Meaning::Greys(palette) | Meaning::Colours(palette)) => {
                let places = Wanted { samples: &[0], ..wanted };
                let indices = self.read_stored(located, places, held, workspace)?;
                Ok(indices
                    .iter()
                    .flat_map(|plane| convert::colours(plane, palette, wanted.samples))
                    .collect())
            }
            Some(Meaning::GreyLevels) | None => self.read_stored(located, wanted, held, workspace),
        }
    }

    /// Decodes samples of this type as they are stored.
    pub(super) fn planes<T: Sample>(
        &self,
        located: &LocatedPage,
        wanted: Wanted<'_>,
    ) -> Result<Vec<Array2<T>>> {
        Reading { pixels: self, located, wanted, held: None }.planes(&mut Workspace::default())
    }

    /// Decodes samples in the type that keeps their grey levels.
    fn read_stored(
        &self,
        located: &LocatedPage,
        wanted: Wanted<'_>,
        held: Option<HeldIn<'_>>,
        workspace: &mut Workspace,
    ) -> Result<Vec<Plane>> {
        fn each<T>(planes: Vec<Array2<T>>, convert: impl FnMut(Array2<T>) -> Plane) -> Vec<Plane> {
            planes.into_iter().map(convert).collect()
        }
        let reading = Reading { pixels: self, located, wanted, held };
        Ok(match located.page.sample_type {
            SampleType::U8 => each(reading.planes(workspace)?, Plane::U8),
            SampleType::U16 | SampleType::Packed(_) => each(reading.planes(workspace)?, Plane::U16),
            SampleType::F32 => each(reading.planes(workspace)?, Plane::F32),
            SampleType::U32 => each(reading.planes(workspace)?, convert::unsigned_32),
            SampleType::I8 => each(reading.planes(workspace)?, convert::signed_8),
            SampleType::I16 => each(reading.planes(workspace)?, convert::signed_16),
            SampleType::I32 => each(reading.planes(workspace)?, convert::signed_32),
            SampleType::F16 => each(reading.planes(workspace)?, convert::float_16),
            SampleType::F64 => each(reading.planes(workspace)?, convert::float_64),
        })
    }
}

/// One reading of a part of a page.
struct Reading<'a> {
    pixels: &'a Pixels,
    located: &'a LocatedPage,
    wanted: Wanted<'a>,
    held: Option<HeldIn<'a>>,
}

/// A decompressed strip or tile.
enum Chunk {
    /// As it was before compression.
    Bytes(Vec<u8>),
    /// With its prediction undone.
    Samples(Samples),
}

impl Reading<'_> {
    /// Decodes each strip or tile once, and copies its samples straight to the planes they belong to.
    fn planes<T: Sample>(&self, workspace: &mut Workspace) -> Result<Vec<Array2<T>>> {
        let (page, part) = (&self.located.page, self.wanted.part);
        let chunk_bytes = page.row_bytes().saturating_mul(page.chunk_height as u64);
        if chunk_bytes > self.pixels.limit {
            let (location, limit) = (page.location.clone(), self.pixels.limit);
            return Err(Error::Limit { location, needed: chunk_bytes, limit });
        }
        let (across, down) = page.grid();
        let rows = part.y0 / page.chunk_height..part.y1.div_ceil(page.chunk_height);
        let columns = part.x0 / page.chunk_width..part.x1.div_ceil(page.chunk_width);
        let (height, width) = part.dim();
        // Each pass decodes one grid of strips or tiles, and gives one or more of the wanted samples.
        let samples = self.wanted.samples;
        let passes: Vec<&[usize]> = if page.planar { samples.chunks(1).collect() } else { vec![samples] };
        let mut planes = Vec::with_capacity(samples.len());
        for samples in passes {
            let first = if page.planar { samples[0] * across * down } else { 0 };
            let arrays = samples.iter().map(|_| T::room(workspace, height * width)).collect();
            let mut target = Target { part, samples, arrays };
            let places: Vec<Place> = rows
                .clone()
                .flat_map(|row| columns.clone().map(move |column| (row, column)))
                .map(|(row, column)| Place { index: first + row * across + column, row, column })
                .collect();
            if page.compression == Compression::None {
                for place in places {
                    self.copy_stored(place, &mut target)?;
                }
            } else {
                let together = (BATCH_BYTES / chunk_bytes.max(1)).max(1) as usize;
                for batch in places.chunks(together) {
                    self.decompress_batch(batch, &mut target)?;
                }
            }
            for array in target.arrays {
                let plane = Array2::from_shape_vec((height, width), array);
                planes.push(plane.map_err(|e| Error::malformed(page.location.clone(), e))?);
            }
        }
        Ok(planes)
    }

    /// The bytes of a strip or tile in the file.
    fn stored(&self, place: Place) -> Result<Stored> {
        let LocatedPage { page, chunks } = self.located;
        let problem = || Error::malformed(page.location.clone(), format!("no strip or tile {}", place.index));
        chunks.get(place.index).copied().ok_or_else(problem)
    }

    /// The pixels of a strip or tile that are wanted, as a part of the page.
    fn common(&self, place: Place) -> Part {
        let page = &self.located.page;
        let (y0, x0) = (place.row * page.chunk_height, place.column * page.chunk_width);
        self.wanted.part.common(&Part { y0, x0, y1: y0 + page.chunk_height, x1: x0 + page.chunk_width })
    }

    /// Copies an uncompressed strip or tile to the planes, a few rows at a time: it may be as large as the image.
    fn copy_stored<T: Sample>(&self, place: Place, target: &mut Target<'_, T>) -> Result<()> {
        let page = &self.located.page;
        let (stored, common) = (self.stored(place)?, self.common(place));
        let row_bytes = page.row_bytes() as usize;
        let (top, left) = (place.row * page.chunk_height, place.column * page.chunk_width);
        let little_endian = self.pixels.little_endian;
        let offset =
            |y: usize, skipped: usize| stored.offset.saturating_add(((y - top) * row_bytes + skipped) as u64);
        let width = target.part.dim().1;
        if let ([array], true) = (target.arrays.as_mut_slice(), page.is_stored_as_plane()) {
            // The file is read to where the samples belong.
            let together = if width == page.width { (PIECE_BYTES / row_bytes.max(1)).max(1) } else { 1 };
            let places =
                &mut array[(common.y0 - target.part.y0) * width..(common.y1 - target.part.y0) * width];
            for (i, samples) in places.chunks_mut(together * width).enumerate() {
                let bytes = bytemuck::cast_slice_mut::<T, u8>(samples);
                let at = offset(common.y0 + i * together, common.x0 * size_of::<T>());
                self.pixels.file.read_into(at, bytes, &page.location)?;
                from_file_order(samples, little_endian);
            }
            return Ok(());
        }
        let coding = Coding::of(page, little_endian);
        let pixel_bytes = page.pixel_bytes().filter(|_| coding.is_plain());
        let (first, columns) = match pixel_bytes {
            Some(bytes) if (page.chunk_width - common.dim().1) * bytes >= MIN_SKIPPED_BYTES => {
                (common.x0 - left, common.dim().1)
            }
            _ => (0, page.chunk_width),
        };
        let is_whole = columns == page.chunk_width;
        let read_bytes = if is_whole { row_bytes } else { columns * pixel_bytes.unwrap_or(0) };
        let together = if is_whole { (PIECE_BYTES / row_bytes.max(1)).max(1) } else { 1 };
        let mut bytes = vec![0; read_bytes * together.min(common.dim().0)];
        for y in (common.y0..common.y1).step_by(together) {
            let bytes = &mut bytes[..read_bytes * together.min(common.y1 - y)];
            let at = offset(y, first * pixel_bytes.unwrap_or(0));
            self.pixels.file.read_into(at, bytes, &page.location)?;
            let rows = Rows { y, x: left + first, columns, bytes, row_bytes: read_bytes, coding };
            scatter(page, rows, target);
        }
        Ok(())
    }

    /// Decompresses some strips or tiles side by side and copies them to the planes.
    fn decompress_batch<T: Sample>(&self, places: &[Place], target: &mut Target<'_, T>) -> Result<()> {
        let page = &self.located.page;
        let decompressed: Vec<_> =
            places.par_iter().map(|&place| (place, self.decompressed::<T>(place))).collect();
        for (place, chunk) in decompressed {
            let coding = Coding::of(page, self.pixels.little_endian);
            let chunk = chunk?;
            let (bytes, row_bytes, coding) = match &chunk {
                Chunk::Bytes(bytes) => (bytes, page.row_bytes() as usize, coding),
                Chunk::Samples(samples) => (
                    samples.as_ref(),
                    page.chunk_width * page.samples_in_chunk() * size_of::<T>(),
                    coding.undone(),
                ),
            };
            let (y, x) = (place.row * page.chunk_height, place.column * page.chunk_width);
            scatter(page, Rows { y, x, columns: page.chunk_width, bytes, row_bytes, coding }, target);
        }
        Ok(())
    }

    fn decompressed<T: Sample>(&self, place: Place) -> Result<Chunk> {
        let page = &self.located.page;
        let decompress = || {
            let stored = self.stored(place)?;
            let bytes = self.pixels.file.read_at(stored.offset, stored.bytes, &page.location)?;
            page.decompress(&bytes, page.chunk_rows(place.row)).map_err(|problem| {
                Error::malformed(page.location.clone(), format!("strip or tile {}: {problem}", place.index))
            })
        };
        let Some(HeldIn { cache, page: number }) = self.held else {
            return decompress().map(Chunk::Bytes);
        };
        let coding = Coding::of(page, self.pixels.little_endian);
        let undo = |bytes: Vec<u8>| coding.undo::<T>(bytes, page);
        cache.get((number, place.index), || decompress().map(undo)).map(Chunk::Samples)
    }
}
