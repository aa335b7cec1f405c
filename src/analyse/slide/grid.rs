//! The tiles of a slide: a fixed grid, whatever the storage, the memory and the threads.

use crate::slide::{Part, SlideFacts};

/// Edge of a tile, px.
pub(super) const TILE_PX: usize = 3072;
/// Margin around a tile, in typical nucleus diameters: a nucleus whose centre lies in the tile is seen whole, and so are its
/// neighbours.
const HALO_DIAMETERS: f64 = 1.5;
/// Smallest and largest margin, px.
pub(super) const MIN_HALO_PX: usize = 32;
const MAX_HALO_PX: usize = 512;

/// A tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// The pixels that are its own.
    pub(super) core: Part,
    /// The pixels that it is measured with: its own, and the margin around them.
    pub(super) seen: Part,
}

/// The tiles of a slide, in reading order.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) tiles: Vec<Tile>,
}

impl Grid {
    /// Tiles for nuclei of this diameter. They begin at multiples of `step_px`, so that all are reduced on one grid.
    pub(super) fn new(facts: &SlideFacts, diameter_px: f64, step_px: usize, offset_px: [usize; 2]) -> Self {
        let halo_px = ((HALO_DIAMETERS * diameter_px) as usize).clamp(MIN_HALO_PX, MAX_HALO_PX);
        let [offset_y, offset_x] = offset_px.map(|px| px % TILE_PX);
        let rows = spans(facts.height_px, offset_y, halo_px, step_px);
        let columns = spans(facts.width_px, offset_x, halo_px, step_px);
        let tile = |rows: &Span, columns: &Span| Tile {
            core: Part { y0: rows.core[0], x0: columns.core[0], y1: rows.core[1], x1: columns.core[1] },
            seen: Part { y0: rows.seen[0], x0: columns.seen[0], y1: rows.seen[1], x1: columns.seen[1] },
        };
        let tiles = rows.iter().flat_map(|rows| columns.iter().map(move |columns| tile(rows, columns)));
        Self { tiles: tiles.collect() }
    }
}

/// The extent of a tile along one axis.
struct Span {
    core: [usize; 2],
    seen: [usize; 2],
}

fn spans(size: usize, offset: usize, halo_px: usize, step_px: usize) -> Vec<Span> {
    let count = (size + offset).div_ceil(TILE_PX);
    let span = |i: usize| {
        let start = (i * TILE_PX).saturating_sub(offset);
        let end = ((i + 1) * TILE_PX - offset).min(size);
        let first = start.saturating_sub(halo_px);
        Span { core: [start, end], seen: [first - first % step_px, (end + halo_px).min(size)] }
    };
    (0..count).map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_pixel_is_of_one_tile(
            size in 1_usize..20_000,
            offset in 0_usize..TILE_PX,
            halo in 0_usize..500,
            step in 1_usize..9,
        ) {
            let spans = spans(size, offset, halo, step);
            let mut next = 0;
            for Span { core, seen } in spans {
                prop_assert_eq!(core[0], next);
                prop_assert!(core[0] < core[1] && core[1] - core[0] <= TILE_PX);
                prop_assert!(seen[0] % step == 0 && seen[0] + halo + step > core[0].min(halo + step - 1));
                prop_assert!(seen[0] <= core[0].saturating_sub(halo) && seen[1] == (core[1] + halo).min(size));
                next = core[1];
            }
            prop_assert_eq!(next, size);
        }
    }
}
