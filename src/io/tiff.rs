//! TIFF and `BigTIFF`: pages, strips and tiles, interleaved and planar samples, either byte order.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ndarray::Array2;

use super::image_file::SampleType;
use crate::error::{Error, Location, Result};
use crate::field::Plane;
use chunk::{Sample, read_row};
use directory::{Directory, DirectoryReader};

mod chunk;
mod directory;
mod page;
mod tag;

pub(super) use directory::truncated;
pub(super) use page::Page;

/// Bytes of the buffer through which the file is read.
const BUFFER_BYTES: usize = 1 << 14;

/// What the resolution tags of a page say, uninterpreted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Resolution {
    /// Pixels per unit along x.
    pub(super) x: Option<f64>,
    /// Pixels per unit along y.
    pub(super) y: Option<f64>,
    /// 1: no unit, 2: inch, 3: centimetre.
    pub(super) unit: u64,
}

/// A TIFF file whose pages are known and can be decoded.
#[derive(Debug)]
pub(super) struct TiffFile {
    location: Location,
    directories: DirectoryReader<BufReader<File>>,
    first: Directory,
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
        }
        let directory_count = chain.len();
        let Some(first) = chain.into_iter().next().filter(|_| !pages.is_empty()) else {
            return Err(Error::malformed(location, "the file holds no page of full resolution"));
        };
        Ok(Self { location, directories, first, pages, directory_count, limit })
    }

    /// The image description of the first page: OME-XML or `ImageJ`'s lines, if anything.
    pub(super) fn description(&mut self) -> Result<Option<String>> {
        self.directories.text(&self.first, tag::IMAGE_DESCRIPTION)
    }

    /// The resolution tags of the first page.
    pub(super) fn resolution(&mut self) -> Result<Resolution> {
        Ok(Resolution {
            x: self.directories.fraction(&self.first, tag::X_RESOLUTION)?,
            y: self.directories.fraction(&self.first, tag::Y_RESOLUTION)?,
            unit: self.directories.integer(&self.first, tag::RESOLUTION_UNIT, Some(2))?,
        })
    }

    /// How many planes a `MetaMorph` stack holds in its single directory; 0 if the file is none.
    pub(super) fn metamorph_planes(&self) -> u64 {
        DirectoryReader::<BufReader<File>>::count(&self.first, tag::METAMORPH_STACK)
    }

    /// Decodes some samples of a page (a position in `pages`) into a plane each.
    pub(super) fn read_samples(&mut self, page: usize, samples: &[usize]) -> Result<Vec<Plane>> {
        let Some(page) = self.pages.get(page).cloned() else {
            return Err(Error::malformed(self.location.clone(), format!("there is no page {page}")));
        };
        match page.sample_type {
            SampleType::U8 => self.planes::<u8>(&page, samples),
            SampleType::U16 => self.planes::<u16>(&page, samples),
            SampleType::F32 => self.planes::<f32>(&page, samples),
        }
    }

    /// Decodes each strip or tile once, and copies its samples straight to the planes they belong to.
    fn planes<T: Sample>(&mut self, page: &Page, samples: &[usize]) -> Result<Vec<Plane>>
    where
        Array2<T>: Into<Plane>,
    {
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
                wanted.iter().map(|_| vec![T::default(); page.height * page.width]).collect();
            for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column))) {
                let index = first + row * across + column;
                let Some(&stored) = chunks.get(index) else {
                    return Err(Error::malformed(page.location.clone(), format!("no strip or tile {index}")));
                };
                let length = page.row_bytes() as usize * page.chunk_rows(row);
                let bytes = self.directories.read_at(stored.offset, stored.bytes, &page.location)?;
                let bytes = page.compression.decompress(&bytes, length).map_err(|problem| {
                    Error::malformed(page.location.clone(), format!("strip or tile {index}: {problem}"))
                })?;
                self.scatter(page, (row, column), bytes, wanted, &mut arrays);
            }
            for array in arrays {
                let plane = Array2::from_shape_vec((page.height, page.width), array);
                planes.push(plane.map_err(|e| Error::malformed(page.location.clone(), e))?.into());
            }
        }
        Ok(planes)
    }

    /// Copies the wanted samples of a decoded strip or tile to their places.
    fn scatter<T: Sample>(
        &self,
        page: &Page,
        (row, column): (usize, usize),
        mut bytes: Vec<u8>,
        wanted: &[usize],
        arrays: &mut [Vec<T>],
    ) {
        let stride = page.samples_in_chunk();
        let (y, x) = (row * page.chunk_height, column * page.chunk_width);
        let (height, width) = (page.chunk_height.min(page.height - y), page.chunk_width.min(page.width - x));
        let mut pixels = vec![T::default(); page.chunk_width * stride];
        for (line, bytes) in bytes.chunks_exact_mut(page.row_bytes() as usize).take(height).enumerate() {
            read_row(bytes, page.predictor, self.directories.little_endian(), stride, &mut pixels);
            let start = (y + line) * page.width + x;
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
