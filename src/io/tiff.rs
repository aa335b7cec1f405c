//! TIFF and `BigTIFF`: pages, strips and tiles, interleaved and planar samples, either byte order.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Location, Result};
use crate::field::Plane;
use crate::slide::Part;
use crate::workspace::Workspace;
use directory::DirectoryReader;

mod cache;
mod chunk;
mod convert;
mod described;
mod directory;
mod ids;
mod jpeg;
mod jpeg2000;
mod kind;
mod labels;
mod page;
mod palette;
mod pixels;
mod positioned;
mod sample;
mod scatter;
mod tag;

pub(super) use cache::ChunkCache;
pub(super) use directory::truncated;
pub(super) use page::Page;
pub(super) use pixels::{HeldIn, LocatedPage, Pixels, Wanted};
use positioned::PositionedFile;

/// Bytes of the buffer through which the directories are read.
const BUFFER_BYTES: usize = 1 << 14;

/// A TIFF file whose pages are known and can be decoded.
#[derive(Debug)]
pub(super) struct TiffFile {
    location: Location,
    directories: DirectoryReader<BufReader<File>>,
    /// The pages of full resolution, in the order of the file.
    pub(super) pages: Vec<Page>,
    /// How many directories the main chain has, reduced copies included.
    pub(super) directory_count: usize,
    pub(super) pixels: Arc<Pixels>,
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
        let mut pages = Vec::new();
        for (index, directory) in chain.iter().enumerate() {
            pages.extend(Page::read(&mut directories, directory, index)?);
        }
        let directory_count = chain.len();
        if pages.is_empty() {
            return Err(Error::malformed(location, "the file holds no page of full resolution"));
        }
        let little_endian = directories.little_endian();
        let pixels = Arc::new(Pixels { file: PositionedFile::new(pixels), little_endian, limit });
        Ok(Self { location, directories, pages, directory_count, pixels })
    }

    /// Locates the strips or tiles of a page (a position in `pages`).
    pub(super) fn locate(&mut self, page: usize) -> Result<LocatedPage> {
        let Some(page) = self.pages.get(page).cloned() else {
            return Err(Error::malformed(self.location.clone(), format!("there is no page {page}")));
        };
        let chunks = page.chunks(&mut self.directories)?;
        Ok(LocatedPage { page, chunks })
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
        self.pixels.read(&located, Wanted { samples, part }, None, workspace)
    }
}

#[cfg(test)]
mod tests;
