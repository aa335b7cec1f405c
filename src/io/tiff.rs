//! TIFF and `BigTIFF`: pages, strips and tiles, interleaved and planar samples, either byte order.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ::tiff::TiffError;
use ::tiff::decoder::{Decoder, DecodingResult, Limits};
use ndarray::Array2;

use super::image_file::SampleType;
use crate::error::{Error, Location, Result};
use crate::field::Plane;
use directory::{Directory, DirectoryReader};

mod directory;
mod page;
mod tag;

pub(super) use directory::truncated;
pub(super) use page::Page;

/// Bytes of the buffer between the file and the decoder.
const BUFFER_BYTES: usize = 1 << 17;

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
    decoder: Option<Decoder<BufReader<File>>>,
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
        Ok(Self { location, directories, first, pages, directory_count, decoder: None, limit })
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
        if page.chunk_bytes() > self.limit {
            let (needed, limit) = (page.chunk_bytes(), self.limit);
            return Err(Error::Limit { location: page.location, needed, limit });
        }
        page.check_chunks(&mut self.directories)?;
        let limit = self.limit;
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(self::decoder(&self.location, limit)?),
        };
        decoder.seek_to_image(page.index).map_err(|e| failure(e, &page.location, limit))?;
        let decoder = PageDecoder { decoder, page: &page, limit };
        match page.sample_type {
            SampleType::U8 => {
                decoder.planes(samples, |d| if let DecodingResult::U8(v) = d { Some(v) } else { None })
            }
            SampleType::U16 => {
                decoder.planes(samples, |d| if let DecodingResult::U16(v) = d { Some(v) } else { None })
            }
            SampleType::F32 => {
                decoder.planes(samples, |d| if let DecodingResult::F32(v) = d { Some(v) } else { None })
            }
        }
    }
}

fn decoder(location: &Location, limit: u64) -> Result<Decoder<BufReader<File>>> {
    let path = location.path.clone().unwrap_or_default();
    let file = File::open(&path).map_err(|source| Error::io(&path, source))?;
    let decoder = Decoder::new(BufReader::with_capacity(BUFFER_BYTES, file));
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(limit).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = usize::MAX; // bounds the compressed bytes, which are in the file
    Ok(decoder.map_err(|e| failure(e, location, limit))?.with_limits(limits))
}

/// A page under the decoder.
struct PageDecoder<'a> {
    decoder: &'a mut Decoder<BufReader<File>>,
    page: &'a Page,
    limit: u64,
}

impl PageDecoder<'_> {
    /// Decodes each strip or tile once, and copies its samples straight to the planes they belong to.
    fn planes<T>(
        self,
        samples: &[usize],
        unwrap: impl Fn(DecodingResult) -> Option<Vec<T>>,
    ) -> Result<Vec<Plane>>
    where
        T: Copy + Default,
        Array2<T>: Into<Plane>,
    {
        let Self { decoder, page, limit } = self;
        let (across, down) = page.grid();
        let stride = page.samples_in_chunk();
        // Each pass decodes one grid of strips or tiles, and gives one or more of the wanted samples.
        let passes: Vec<&[usize]> = if page.planar { samples.chunks(1).collect() } else { vec![samples] };
        let mut planes = Vec::with_capacity(samples.len());
        for wanted in passes {
            let first_chunk = if page.planar { wanted[0] * across * down } else { 0 };
            let mut arrays: Vec<Vec<T>> = Vec::new();
            for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column))) {
                let (y, x) = (row * page.chunk_height, column * page.chunk_width);
                let (height, width) =
                    (page.chunk_height.min(page.height - y), page.chunk_width.min(page.width - x));
                let index = first_chunk + row * across + column;
                let decoded =
                    decoder.read_chunk(index as u32).map_err(|e| failure(e, &page.location, limit))?;
                let chunk = unwrap(decoded).filter(|chunk| chunk.len() == height * width * stride);
                let Some(chunk) = chunk else {
                    let problem = format!("strip or tile {index} does not decode to {height} x {width} px");
                    return Err(Error::malformed(page.location.clone(), problem));
                };
                if (across, down, stride, wanted.len()) == (1, 1, 1, 1) {
                    arrays.push(chunk);
                    continue;
                }
                if arrays.is_empty() {
                    arrays = wanted.iter().map(|_| vec![T::default(); page.height * page.width]).collect();
                }
                for (array, &sample) in arrays.iter_mut().zip(wanted) {
                    let offset = if page.planar { 0 } else { sample };
                    let lines = array.chunks_exact_mut(page.width).skip(y).take(height);
                    for (line, from) in lines.zip(chunk.chunks_exact(width * stride)) {
                        for (to, pixel) in line[x..x + width].iter_mut().zip(from.chunks_exact(stride)) {
                            *to = pixel[offset];
                        }
                    }
                }
            }
            for array in arrays {
                let plane = Array2::from_shape_vec((page.height, page.width), array);
                planes.push(plane.map_err(|e| Error::malformed(page.location.clone(), e))?.into());
            }
        }
        Ok(planes)
    }
}

/// The decoder's errors as this crate's.
fn failure(error: TiffError, location: &Location, limit: u64) -> Error {
    let location = location.clone();
    match error {
        TiffError::IoError(source) => match source.kind() {
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
                Error::malformed(location, format!("the compressed data are damaged: {source}"))
            }
            _ => truncated(source, &location),
        },
        TiffError::UnsupportedError(what) => Error::unsupported(location, what),
        TiffError::LimitsExceeded => {
            // The decoder does not say how much it wanted.
            Error::Limit { location, needed: limit.saturating_add(1), limit }
        }
        other => Error::malformed(location, other),
    }
}
