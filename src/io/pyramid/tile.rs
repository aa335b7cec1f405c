//! Size of a tile.

/// Height and width of a tile in pixels. TIFF asks for multiples of 16; viewers fetch tiles of 256 px.
pub(crate) const TILE_PX: usize = 256;
