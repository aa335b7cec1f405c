//! What a TIFF file says of its pages, and pages that it does not list.

use std::fs::File;
use std::io::BufReader;

use super::chunk::Compression;
use super::directory::DirectoryReader;
use super::page::Page;
use super::{TiffFile, labels, tag};
use crate::error::{Error, Result};
use crate::io::resolution::Resolution;
use crate::io::stack::Stack;

/// Most images behind a single directory.
const MAX_PAGES_BEHIND: usize = 16_384;

impl TiffFile {
    /// The image descriptions of a page, OME-XML or `ImageJ`'s lines, the last one first: some programs write both.
    pub(in crate::io) fn descriptions(&mut self, page: usize) -> Result<Vec<String>> {
        let Some(page) = self.pages.get(page) else { return Ok(Vec::new()) };
        self.directories.texts(&page.directory, tag::IMAGE_DESCRIPTION)
    }

    /// The resolution tags of a page.
    pub(in crate::io) fn resolution(&mut self, page: usize) -> Result<Resolution> {
        let Some(Page { directory, .. }) = self.pages.get(page) else { return Ok(Resolution::default()) };
        Ok(Resolution {
            x: self.directories.fraction(directory, tag::X_RESOLUTION)?,
            y: self.directories.fraction(directory, tag::Y_RESOLUTION)?,
            unit: self.directories.integer(directory, tag::RESOLUTION_UNIT, Some(2))?,
        })
    }

    /// How many planes a `MetaMorph` stack holds in its single directory; 0 if the file is none.
    pub(in crate::io) fn metamorph_planes(&self) -> u64 {
        let count =
            |page: &Page| DirectoryReader::<BufReader<File>>::count(&page.directory, tag::METAMORPH_STACK);
        self.pages.first().map_or(0, count)
    }

    /// The names that `ImageJ` gave to the images of a stack, one for each channel: that of its first image.
    pub(in crate::io) fn imagej_labels(&mut self, stack: &Stack) -> Result<Vec<Option<String>>> {
        let Some(Page { directory, .. }) = self.pages.first() else { return Ok(Vec::new()) };
        let counts = self.directories.integers(directory, tag::IMAGEJ_COUNTS)?.unwrap_or_default();
        let bytes = self.directories.integers(directory, tag::IMAGEJ_DATA)?.unwrap_or_default();
        let labels = labels::read(&counts, &bytes, self.directories.little_endian());
        let label = |channel: usize| labels.get(channel * stack.channels.step).cloned().flatten();
        Ok((0..stack.channels.length).map(label).collect())
    }

    /// Adds the images that lie behind the only one that has a directory, without a gap, to the pages: `count` in all.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the image is compressed or in pieces, [`Error::Malformed`] if the file is too short.
    pub(in crate::io) fn add_pages_behind(&mut self, count: usize) -> Result<()> {
        let [page] = self.pages.as_slice() else { return Ok(()) };
        let (page, bytes) = (page.clone(), page.stored_bytes());
        let places = page.chunks(&mut self.directories)?;
        let is_whole =
            places.windows(2).all(|pair| pair[0].offset.saturating_add(pair[0].bytes) == pair[1].offset);
        if page.compression != Compression::None || page.tiled || !is_whole {
            let feature =
                format!("{count} images in one page that is compressed or in pieces; save it as OME-TIFF");
            return Err(Error::unsupported(self.location.clone(), feature));
        }
        let start = places.first().map_or(0, |place| place.offset);
        let end = bytes.saturating_mul(count as u64).saturating_add(start);
        if end > self.directories.length() || count > MAX_PAGES_BEHIND {
            let problem = format!(
                "the file is incomplete: copy it again ({count} images in one page end at byte {end}, the file ends at {})",
                self.directories.length()
            );
            return Err(Error::malformed(self.location.clone(), problem));
        }
        let behind = |i: usize| Page { shift: bytes * i as u64, ..page.clone() };
        self.pages.extend((1..count).map(behind));
        Ok(())
    }
}
