//! The memory that a slide takes.

use crate::analyse::slide::grid::{MIN_HALO_PX, TILE_PX, Tile};
use crate::analyse::slide::share::SlideShare;
use crate::error::{Error, Location, Result};
use crate::slide::SlideFacts;

/// Memory for each pixel of a tile that is being measured, bytes: three planes, labels, and the images of the search.
const BYTES_OF_PIXEL: u64 = 20;
/// Memory for each megapixel of a slide that stays until all tiles are measured, bytes: outlines and candidates of tissue with 40
/// nuclei to the megapixel.
const BYTES_OF_MEGAPIXEL: u64 = 200_000;
/// Memory for each megapixel of such a slide while its nuclei are read together, bytes.
const BYTES_OF_MEGAPIXEL_READ: u64 = 540_000;
/// Memory of a process that measures nothing, bytes.
const BYTES_AT_REST: u64 = 32 << 20;

/// Memory that a field of so many pixels takes while it is measured, bytes.
#[cfg(feature = "run")]
pub(crate) fn field_bytes(pixels: u64) -> u64 {
    pixels * BYTES_OF_PIXEL + BYTES_AT_REST
}

/// How much of a slide is measured.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    /// All of it: then its nuclei are read together.
    Whole,
    /// The tiles of a share, whose records are written.
    Share(SlideShare),
}

/// Refuses a slide that does not fit whatever the size of its nuclei is, before any of it is read.
pub(super) fn refuse_too_large(facts: &SlideFacts, extent: Extent, memory_bytes: Option<u64>) -> Result<()> {
    let edge = |size: usize| (TILE_PX + 2 * MIN_HALO_PX).min(size) as u64;
    at_once(facts, extent, edge(facts.height_px) * edge(facts.width_px), memory_bytes).map(drop)
}

/// Tiles that are measured at once: as many as there are threads, or as fit.
pub(super) fn tiles_at_once(
    facts: &SlideFacts,
    extent: Extent,
    tiles: &[Tile],
    memory_bytes: Option<u64>,
) -> Result<usize> {
    let largest = tiles.iter().map(|tile| tile.seen.pixels()).max();
    at_once(facts, extent, largest.unwrap_or(1), memory_bytes)
}

fn at_once(facts: &SlideFacts, extent: Extent, tile_px: u64, memory_bytes: Option<u64>) -> Result<usize> {
    let threads = rayon::current_num_threads().max(1);
    let Some(limit) = memory_bytes else { return Ok(threads) };
    let tile = tile_px * BYTES_OF_PIXEL;
    let megapixels = facts.whole().pixels() / 1_000_000;
    let (kept, read) = match extent {
        Extent::Whole => (megapixels, megapixels * BYTES_OF_MEGAPIXEL_READ),
        Extent::Share(share) => (megapixels.div_ceil(share.of() as u64), 0),
    };
    let kept = kept * BYTES_OF_MEGAPIXEL + BYTES_AT_REST;
    let needed = (tile + kept).max(read + BYTES_AT_REST);
    if needed > limit {
        let location = Location::file(&facts.name).at_key("memory");
        return Err(Error::Limit { location, needed, limit });
    }
    Ok((((limit - kept) / tile) as usize).clamp(1, threads))
}
