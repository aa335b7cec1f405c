//! The levels of an image, of which the first is the one that is measured.

use std::path::PathBuf;

use super::array::ZarrArray;
use super::image::ZarrImage;
use crate::error::Result;

/// A level of a pyramid.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LevelSize {
    /// The folder of its array.
    pub folder: PathBuf,
    /// Rows.
    pub height_px: usize,
    /// Columns.
    pub width_px: usize,
}

/// The levels of an image, that of full resolution first.
pub(super) fn level_sizes(image: &ZarrImage, limit_bytes: u64) -> Result<Vec<LevelSize>> {
    let size = |folder: &PathBuf| {
        let array = ZarrArray::open(folder, limit_bytes)?;
        let (height_px, width_px) = image.dim_of(&array)?;
        Ok(LevelSize { folder: folder.clone(), height_px, width_px })
    };
    image.levels.iter().map(size).collect()
}
