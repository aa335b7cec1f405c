//! The reduced copies of a page: a pyramid.

use std::collections::HashMap;

use super::directory::Directory;
use super::page::Page;
use super::{LocatedPage, TiffFile, tag};
use crate::error::Result;

/// Most reduced copies of a page: a slide of 2^32 px has 32.
const MAX_LEVELS: usize = 64;

impl TiffFile {
    /// The reduced copies of a page (a position in `pages`), the largest first: those that its directory names (`SubIFDs`), or
    /// else those among the pages of the file. A copy that cannot be read is none.
    pub(in crate::io) fn levels(&mut self, page: usize) -> Result<Vec<LocatedPage>> {
        let page = self.page(page)?;
        let file = self.file_mut(page.file);
        let mut levels: Vec<LocatedPage> = Vec::new();
        for directory in file.copies(&page)? {
            let Ok(copy) = Page::of(&mut file.directories, &directory, page.index) else { continue };
            let is_alike = copy.sample_type == page.sample_type && copy.samples == page.samples;
            let is_smaller = copy.height < page.height && copy.width < page.width;
            if let (true, Ok(chunks)) = (is_alike && is_smaller, copy.chunks(&mut file.directories)) {
                let copy = Page { file: page.file, ..copy };
                levels.push(LocatedPage { page: copy, chunks });
            }
        }
        levels.sort_by_key(|level| std::cmp::Reverse((level.page.height, level.page.width)));
        Ok(levels)
    }

    /// The directories of the copies of a page.
    fn copies(&mut self, page: &Page) -> Result<Vec<Directory>> {
        let places = self.directories.integers(&page.directory, tag::SUB_IFDS)?.unwrap_or_default();
        if !places.is_empty() {
            let location = &page.location;
            let directory = |&at: &u64| self.directories.single(at, location).ok();
            return Ok(places.iter().take(MAX_LEVELS).filter_map(directory).collect());
        }
        // Copies follow their page, or those of all pages follow each other: of each size, the first one is that of the first
        // page.
        let same_size =
            self.pages.iter().filter(|other| (other.height, other.width) == (page.height, page.width));
        let position = same_size.take_while(|other| other.index < page.index).count();
        let mut seen: HashMap<(u64, u64), usize> = HashMap::new();
        let mut copies = Vec::new();
        for directory in &self.reduced {
            let width = self.directories.integer(directory, tag::IMAGE_WIDTH, None)?;
            let height = self.directories.integer(directory, tag::IMAGE_LENGTH, None)?;
            let count = seen.entry((height, width)).or_default();
            if *count == position {
                copies.push(directory.clone());
            }
            *count += 1;
        }
        Ok(copies)
    }
}
