//! An image that is written in tiles.

use super::sample::{Reduction, TileSample};
use super::tile::TILE_PX;
use crate::io::ome_description::OmeDescription;

/// An image that is written in tiles.
#[derive(Debug, Clone)]
pub(crate) struct TiledImage {
    /// (height, width) in pixels.
    pub(crate) dim: (usize, usize),
    /// Planes, a page each.
    pub(crate) planes: usize,
    /// Samples of a pixel: 1, or 3 for a picture in colours.
    pub(crate) samples: usize,
    /// How its reduced copies are made.
    pub(crate) reduction: Reduction,
    /// How hard it is compressed: 1 to 9. Noise is as large at 1 as at 9.
    pub(crate) deflate_level: u32,
    pub(crate) description: OmeDescription,
}

impl TiledImage {
    /// Bytes of its samples and those of its reduced copies, which are a third of it at most.
    pub(super) fn bytes<T: TileSample>(&self) -> u64 {
        let (height, width) = self.dim;
        let pixels = height.next_multiple_of(TILE_PX) as u64 * width.next_multiple_of(TILE_PX) as u64;
        let samples = pixels.saturating_mul((self.planes * self.samples * size_of::<T>()) as u64);
        samples.saturating_mul(4) / 3
    }
}
