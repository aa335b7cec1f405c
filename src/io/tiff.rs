//! TIFF and `BigTIFF`: pages, strips and tiles, interleaved and planar samples, either byte order.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ndarray::Array2;
use rayon::prelude::*;

use super::sample_type::SampleType;
use crate::error::{Error, Location, Result};
use crate::field::Plane;
use crate::workspace::Workspace;
use chunk::Compression;
use directory::DirectoryReader;

mod chunk;
mod convert;
mod described;
mod directory;
mod jpeg;
mod jpeg2000;
mod kind;
mod labels;
mod page;
mod palette;
mod sample;
mod tag;

pub(super) use directory::truncated;
pub(super) use page::Page;
use page::Stored;
use palette::Meaning;
use sample::{Predictor, Sample, from_file_order, read_row, unpack_row};

/// Bytes of the buffer through which the file is read.
const BUFFER_BYTES: usize = 1 << 14;
/// Bytes that are copied at a time where there is no compression: they stay in cache.
const PIECE_BYTES: usize = 1 << 17;
/// Decoded bytes of the strips or tiles that are decompressed side by side.
const BATCH_BYTES: u64 = 1 << 22;
/// Most bytes of tags that describe the pages of a file: twice those of as many pages as a file may have, each with a palette.
const MAX_VALUE_BYTES: u64 = 1 << 26;

/// A TIFF file whose pages are known and can be decoded.
#[derive(Debug)]
pub(super) struct TiffFile {
    location: Location,
    directories: DirectoryReader<BufReader<File>>,
    /// The pages of full resolution, in the order of the file.
    pub(super) pages: Vec<Page>,
    /// How many directories the main chain has, reduced copies included.
    pub(super) directory_count: usize,
    limit: u64,
}

impl TiffFile {
    /// Opens a file and describes its pages; no pixel is decoded. `limit` bounds the bytes of a decoded strip
    /// or tile.
    pub(super) fn open(path: &Path, limit: u64) -> Result<Self> {
        let location = Location::file(path);
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        let reader = BufReader::with_capacity(BUFFER_BYTES, file);
        let (mut directories, chain) = DirectoryReader::open(reader, &location)?;
        let mut pages = Vec::new();
        for (index, directory) in chain.iter().enumerate() {
            pages.extend(Page::read(&mut directories, directory, index)?);
            let needed = directories.value_bytes();
            if needed > MAX_VALUE_BYTES {
                return Err(Error::Limit { location, needed, limit: MAX_VALUE_BYTES });
            }
        }
        let directory_count = chain.len();
        if pages.is_empty() {
            return Err(Error::malformed(location, "the file holds no page of full resolution"));
        }
        Ok(Self { location, directories, pages, directory_count, limit })
    }

    /// Decodes some samples of a page (a position in `pages`) into a plane each.
    pub(super) fn read_samples(
        &mut self,
        page: usize,
        samples: &[usize],
        workspace: &mut Workspace,
    ) -> Result<Vec<Plane>> {
        let Some(page) = self.pages.get(page).cloned() else {
            return Err(Error::malformed(self.location.clone(), format!("there is no page {page}")));
        };
        match page.palette.clone().as_deref() {
            Some(Meaning::Greys(palette) | Meaning::Colours(palette)) => {
                let indices = self.read_stored(&page, &[0], workspace)?;
                Ok(indices.iter().flat_map(|plane| convert::colours(plane, palette, samples)).collect())
            }
            Some(Meaning::GreyLevels) | None => self.read_stored(&page, samples, workspace),
        }
    }

    /// Decodes samples in the type that keeps their grey levels.
    fn read_stored(
        &mut self,
        page: &Page,
        samples: &[usize],
        workspace: &mut Workspace,
    ) -> Result<Vec<Plane>> {
        fn each<T>(planes: Vec<Array2<T>>, convert: impl FnMut(Array2<T>) -> Plane) -> Vec<Plane> {
            planes.into_iter().map(convert).collect()
        }
        Ok(match page.sample_type {
            SampleType::U8 => each(self.planes(page, samples, workspace)?, Plane::U8),
            SampleType::U16 | SampleType::Packed(_) => {
                each(self.planes(page, samples, workspace)?, Plane::U16)
            }
            SampleType::F32 => each(self.planes(page, samples, workspace)?, Plane::F32),
            SampleType::U32 => each(self.planes(page, samples, workspace)?, convert::unsigned_32),
            SampleType::I8 => each(self.planes(page, samples, workspace)?, convert::signed_8),
            SampleType::I16 => each(self.planes(page, samples, workspace)?, convert::signed_16),
            SampleType::I32 => each(self.planes(page, samples, workspace)?, convert::signed_32),
            SampleType::F16 => each(self.planes(page, samples, workspace)?, convert::float_16),
            SampleType::F64 => each(self.planes(page, samples, workspace)?, convert::float_64),
        })
    }

    /// Decodes each strip or tile once, and copies its samples straight to the planes they belong to.
    fn planes<T: Sample>(
        &mut self,
        page: &Page,
        samples: &[usize],
        workspace: &mut Workspace,
    ) -> Result<Vec<Array2<T>>> {
        let chunk_bytes = page.row_bytes().saturating_mul(page.chunk_height as u64);
        if chunk_bytes > self.limit {
            let (location, limit) = (page.location.clone(), self.limit);
            return Err(Error::Limit { location, needed: chunk_bytes, limit });
        }
        let chunks = page.chunks(&mut self.directories)?;
        let (across, down) = page.grid();
        // Each pass decodes one grid of strips or tiles, and gives one or more of the wanted samples.
        let passes: Vec<&[usize]> = if page.planar { samples.chunks(1).collect() } else { vec![samples] };
        let mut planes = Vec::with_capacity(samples.len());
        for wanted in passes {
            let first = if page.planar { wanted[0] * across * down } else { 0 };
            let mut arrays: Vec<Vec<T>> =
                wanted.iter().map(|_| T::room(workspace, page.height * page.width)).collect();
            let places: Vec<Place> = (0..down)
                .flat_map(|row| (0..across).map(move |column| (row, column)))
                .map(|(row, column)| Place { index: first + row * across + column, row, column })
                .collect();
            if page.compression == Compression::None {
                for place in places {
                    self.copy_stored(page, place, &chunks, wanted, &mut arrays)?;
                }
            } else {
                let together = (BATCH_BYTES / chunk_bytes.max(1)).max(1) as usize;
                for batch in places.chunks(together) {
                    self.decompress_batch(page, batch, &chunks, wanted, &mut arrays)?;
                }
            }
            for array in arrays {
                let plane = Array2::from_shape_vec((page.height, page.width), array);
                planes.push(plane.map_err(|e| Error::malformed(page.location.clone(), e))?);
            }
        }
        Ok(planes)
    }

    /// Copies an uncompressed strip or tile to the planes, a few rows at a time: it may be as large as the image.
    fn copy_stored<T: Sample>(
        &mut self,
        page: &Page,
        place: Place,
        chunks: &[Stored],
        wanted: &[usize],
        arrays: &mut [Vec<T>],
    ) -> Result<()> {
        let stored = place.stored(page, chunks)?;
        let row_bytes = page.row_bytes() as usize;
        let (rows, together) = (page.chunk_rows(place.row), (PIECE_BYTES / row_bytes.max(1)).max(1));
        let y = place.row * page.chunk_height;
        if let ([array], true) = (&mut *arrays, page.is_stored_as_plane()) {
            // The file is read to where the samples belong.
            let end = page.height.min(y + rows);
            let little_endian = self.directories.little_endian();
            let mut offset = stored.offset;
            for samples in array[y * page.width..end * page.width].chunks_mut(together * page.width) {
                let bytes = bytemuck::cast_slice_mut::<T, u8>(samples);
                self.directories.read_into(offset, bytes, &page.location)?;
                offset = offset.saturating_add(bytes.len() as u64);
                from_file_order(samples, little_endian);
            }
            return Ok(());
        }
        let mut bytes = vec![0; row_bytes * together.min(rows)];
        for line in (0..rows).step_by(together) {
            let bytes = &mut bytes[..row_bytes * together.min(rows - line)];
            let offset = stored.offset.saturating_add((line * row_bytes) as u64);
            self.directories.read_into(offset, bytes, &page.location)?;
            self.scatter(page, (place, line), bytes, wanted, arrays);
        }
        Ok(())
    }

    /// Decompresses some strips or tiles side by side and copies them to the planes.
    fn decompress_batch<T: Sample>(
        &mut self,
        page: &Page,
        places: &[Place],
        chunks: &[Stored],
        wanted: &[usize],
        arrays: &mut [Vec<T>],
    ) -> Result<()> {
        let mut batch = Vec::with_capacity(places.len());
        for &place in places {
            let stored = place.stored(page, chunks)?;
            batch.push((place, self.directories.read_at(stored.offset, stored.bytes, &page.location)?));
        }
        let decompressed: Vec<_> = batch
            .into_par_iter()
            .map(|(place, stored)| (place, page.decompress(&stored, page.chunk_rows(place.row))))
            .collect();
        for (place, bytes) in decompressed {
            let mut bytes = bytes.map_err(|problem| {
                Error::malformed(page.location.clone(), format!("strip or tile {}: {problem}", place.index))
            })?;
            self.scatter(page, (place, 0), &mut bytes, wanted, arrays);
        }
        Ok(())
    }

    /// Copies the wanted samples of rows of a decoded strip or tile, from row `first` of it on, to their places.
    fn scatter<T: Sample>(
        &self,
        page: &Page,
        (place, first): (Place, usize),
        bytes: &mut [u8],
        wanted: &[usize],
        arrays: &mut [Vec<T>],
    ) {
        let stride = page.samples_in_chunk();
        let (y, x) = (place.row * page.chunk_height + first, place.column * page.chunk_width);
        // Tiles reach beyond the image.
        let height = (page.chunk_height - first).min(page.height.saturating_sub(y));
        let width = page.chunk_width.min(page.width - x);
        let little_endian = self.directories.little_endian();
        let mut pixels = vec![T::default(); page.chunk_width * stride];
        for (line, bytes) in bytes.chunks_exact_mut(page.row_bytes() as usize).take(height).enumerate() {
            let start = (y + line) * page.width + x;
            let mut unpacked;
            let mut predictor = page.predictor;
            let (bytes, little_endian) = match page.sample_type {
                SampleType::Packed(bits) => {
                    let differences = (predictor == Predictor::Horizontal).then_some(stride);
                    predictor = Predictor::None;
                    unpacked = unpack_row(bytes, bits, pixels.len(), differences);
                    (unpacked.as_mut_slice(), true)
                }
                _ => (bytes, little_endian),
            };
            if let ([array], 1, Predictor::None) = (&mut *arrays, stride, predictor) {
                T::read(bytes, little_endian, &mut array[start..start + width]);
                continue;
            }
            read_row(bytes, predictor, little_endian, stride, &mut pixels);
            for (array, &sample) in arrays.iter_mut().zip(wanted) {
                let target = &mut array[start..start + width];
                let offset = if page.planar { 0 } else { sample };
                if stride == 1 {
                    target.copy_from_slice(&pixels[..width]);
                } else {
                    for (to, pixel) in target.iter_mut().zip(pixels.chunks_exact(stride)) {
                        *to = pixel[offset];
                    }
                }
            }
        }
    }
}

/// A strip or tile: its number in the file, and its row and column in the grid.
#[derive(Debug, Clone, Copy)]
struct Place {
    index: usize,
    row: usize,
    column: usize,
}

impl Place {
    /// Its bytes in the file.
    fn stored(self, page: &Page, chunks: &[Stored]) -> Result<Stored> {
        let problem = || Error::malformed(page.location.clone(), format!("no strip or tile {}", self.index));
        chunks.get(self.index).copied().ok_or_else(problem)
    }
}

#[cfg(test)]
mod tests;
