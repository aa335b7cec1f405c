//! TIFF and `BigTIFF`: pages, strips and tiles, interleaved and planar samples, either byte order.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Location, Result};
use crate::field::Plane;
use crate::slide::Part;
use crate::workspace::Workspace;
use directory::{Directory, DirectoryReader};

mod cache;
mod chunk;
pub(super) mod convert;
mod described;
mod directory;
mod ids;
mod jpeg;
mod jpeg2000;
mod kind;
mod labels;
mod levels;
mod page;
mod palette;
mod pixels;
mod positioned;
mod sample;
mod scatter;
mod tag;

pub(super) use cache::{ChunkCache, PageNumber};
#[cfg(feature = "ome-zarr")]
pub(super) use chunk::unzstd;
pub(super) use directory::truncated;
pub(super) use page::Page;
pub(super) use pixels::{HeldIn, LocatedPage, Pixels, Wanted};
use positioned::PositionedFile;

/// Bytes of the buffer through which the directories are read.
const BUFFER_BYTES: usize = 1 << 14;
/// Most bytes of tags that describe the pages of a file: twice those of as many pages as a file may have, each with a palette.
const MAX_VALUE_BYTES: u64 = 1 << 26;

/// A TIFF file whose pages are known and can be decoded.
#[derive(Debug)]
pub(super) struct TiffFile {
    location: Location,
    directories: DirectoryReader<BufReader<File>>,
    /// The directories of reduced copies in the main chain.
    reduced: Vec<Directory>,
    /// Further files whose pages are among those of this one.
    others: Vec<TiffFile>,
    /// The pages of full resolution, in the order of the file.
    pub(super) pages: Vec<Page>,
    /// How many directories the main chain has, reduced copies included.
    pub(super) directory_count: usize,
    pixels: Arc<Pixels>,
}

impl TiffFile {
    /// Opens a file and describes its pages; no pixel is decoded. `limit` bounds the bytes of a decoded strip
    /// or tile.
    pub(super) fn open(path: &Path, limit: u64) -> Result<Self> {
        let location = Location::file(path);
        let io = |source| Error::io(path, source);
        let file = File::open(path).map_err(io)?;
        let pixels = file.try_clone().map_err(io)?;
        let reader = BufReader::with_capacity(BUFFER_BYTES, file);
        let (mut directories, chain) = DirectoryReader::open(reader, &location)?;
        let (mut pages, mut reduced) = (Vec::new(), Vec::new());
        for (index, directory) in chain.iter().enumerate() {
            match Page::read(&mut directories, directory, index)? {
                Some(page) => pages.push(page),
                None => reduced.push(directory.clone()),
            }
            let needed = directories.value_bytes();
            if needed > MAX_VALUE_BYTES {
                return Err(Error::Limit { location, needed, limit: MAX_VALUE_BYTES });
            }
        }
        let directory_count = chain.len();
        if pages.is_empty() {
            return Err(Error::malformed(location, "the file holds no page of full resolution"));
        }
        let little_endian = directories.little_endian();
        let pixels = Arc::new(Pixels { file: PositionedFile::new(pixels), little_endian, limit });
        let others = Vec::new();
        Ok(Self { location, directories, reduced, others, pages, directory_count, pixels })
    }

    /// Adds the pages of another file of the same set behind those of this one. Gives the number of the file.
    pub(super) fn add_file(&mut self, path: &Path) -> Result<usize> {
        let other = Self::open(path, self.pixels.limit)?;
        let file = self.others.len() + 1;
        self.pages.extend(other.pages.iter().map(|page| Page { file, ..page.clone() }));
        self.others.push(other);
        Ok(file)
    }

    /// A file of the set: this one, or one that was added.
    fn file(&self, number: usize) -> &Self {
        number.checked_sub(1).and_then(|other| self.others.get(other)).unwrap_or(self)
    }

    fn file_mut(&mut self, number: usize) -> &mut Self {
        match number {
            1.. if number <= self.others.len() => &mut self.others[number - 1],
            _ => self,
        }
    }

    /// A page by its position in `pages`.
    fn page(&self, page: usize) -> Result<Page> {
        let missing = || Error::malformed(self.location.clone(), format!("there is no page {page}"));
        self.pages.get(page).cloned().ok_or_else(missing)
    }

    /// Locates the strips or tiles of a page (a position in `pages`).
    pub(super) fn locate(&mut self, page: usize) -> Result<LocatedPage> {
        let page = self.page(page)?;
        let chunks = page.chunks(&mut self.file_mut(page.file).directories)?;
        Ok(LocatedPage { page, chunks })
    }

    /// The pixels of the file that a page lies in.
    pub(super) fn pixels_of(&self, page: &LocatedPage) -> &Arc<Pixels> {
        &self.file(page.page.file).pixels
    }

    /// Decodes some samples of a page (a position in `pages`) into a plane each.
    pub(super) fn read_samples(
        &mut self,
        page: usize,
        samples: &[usize],
        workspace: &mut Workspace,
    ) -> Result<Vec<Plane>> {
        let located = self.locate(page)?;
        let part = Part { y0: 0, x0: 0, y1: located.page.height, x1: located.page.width };
        self.pixels_of(&located).read(&located, Wanted { samples, part }, None, workspace)
    }
}

#[cfg(test)]
mod tests;
