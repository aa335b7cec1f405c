//! Which tile owns a nucleus.
//!
//! Tiles overlap by their margins, and near a seam each sees the nuclei of the other. A nucleus whose centre lies in a tile is
//! this tile's. Where two tiles see one nucleus differently, so that both or neither have its centre, the one with the higher
//! score counts: no nucleus counts twice, and none is lost.

use std::collections::HashMap;

use crate::analyse::slide::grid::Tile;
use crate::analyse::slide::overlap::common_px;
use crate::analyse::slide::record::{TileNucleus, TileRecord};
use crate::kernel::run::Run;
use crate::segment::Nucleus;
use crate::slide::Part;

/// Share of the smaller of two nuclei that both have from which they are one. Neighbours share the error of their outlines,
/// a tenth at most.
const SAME_SHARE: f64 = 0.3;
/// Edge of the cells by which nuclei are looked up, px.
const CELL_PX: u32 = 256;

/// A nucleus that counts, and the tile that owns it.
pub(super) struct Owned {
    /// Place of the tile among the tiles.
    pub(super) tile: usize,
    /// Place of the nucleus among those of the tile.
    pub(super) index: usize,
}

impl Owned {
    /// The nucleus in its tile.
    pub(super) fn of<'t>(&self, tiles: &'t [TileRecord]) -> Option<&'t TileNucleus> {
        tiles.get(self.tile)?.nuclei().get(self.index)
    }

    /// Its pixels, in reading order.
    fn runs<'t>(&self, tiles: &'t [TileRecord]) -> &'t [Run] {
        self.of(tiles).map_or(&[], |nucleus| &nucleus.runs)
    }
}

/// A nucleus near a seam.
struct Claim {
    owned: Owned,
    /// Whether its centre lies in its tile.
    is_home: bool,
    /// Whether the end of the margin cuts it.
    is_cut: bool,
    score: f64,
}

/// The nuclei that count, in reading order of their first pixels.
pub(super) fn owned_nuclei(tiles: &[TileRecord]) -> Vec<Owned> {
    let (mut owned, mut claims) = (Vec::new(), Vec::new());
    for (tile, record) in tiles.iter().enumerate() {
        for (index, TileNucleus { nucleus, .. }) in record.nuclei().iter().enumerate() {
            let own = Owned { tile, index };
            match Standing::of(nucleus, &record.tile) {
                Standing::Inside => owned.push(own),
                Standing::AtSeam { is_home, is_cut } => {
                    claims.push(Claim { owned: own, is_home, is_cut, score: nucleus.score });
                }
                Standing::Elsewhere => {}
            }
        }
    }
    claims.sort_by(|a, b| {
        (b.is_home.cmp(&a.is_home))
            .then(a.is_cut.cmp(&b.is_cut))
            .then(b.score.total_cmp(&a.score))
            .then((a.owned.tile, a.owned.index).cmp(&(b.owned.tile, b.owned.index)))
    });
    owned.extend(settle(claims, tiles));
    owned.sort_by_key(|nucleus| nucleus.runs(tiles).first().map(|run| (run.y, run.x0)));
    owned
}

/// Where a nucleus lies in its tile.
enum Standing {
    /// No other tile sees it.
    Inside,
    /// Another tile sees it, or a part of it.
    AtSeam { is_home: bool, is_cut: bool },
    /// It lies in the margin alone: it is another tile's.
    Elsewhere,
}

impl Standing {
    fn of(nucleus: &Nucleus, tile: &Tile) -> Self {
        let Tile { core, seen } = tile;
        let b = nucleus.bounding_box;
        let bounds = Part { y0: b.y0, x0: b.x0, y1: b.y1, x1: b.x1 };
        // The margins of the neighbours reach as far into this tile as its own reaches out.
        let reach = |core: usize, seen: usize| if core == seen { 0 } else { 2 * core.abs_diff(seen) };
        let is_inside = bounds.y0 >= core.y0 + reach(core.y0, seen.y0)
            && bounds.x0 >= core.x0 + reach(core.x0, seen.x0)
            && bounds.y1 + reach(core.y1, seen.y1) <= core.y1
            && bounds.x1 + reach(core.x1, seen.x1) <= core.x1;
        if is_inside {
            return Self::Inside;
        }
        if bounds.common(core).pixels() == 0 {
            return Self::Elsewhere;
        }
        let (y, x) = (nucleus.centroid_y_px, nucleus.centroid_x_px);
        let is_home = y >= core.y0 as f64 - 0.5
            && y < core.y1 as f64 - 0.5
            && x >= core.x0 as f64 - 0.5
            && x < core.x1 as f64 - 0.5;
        let is_cut = (bounds.y0 == seen.y0 && seen.y0 < core.y0)
            || (bounds.x0 == seen.x0 && seen.x0 < core.x0)
            || (bounds.y1 == seen.y1 && seen.y1 > core.y1)
            || (bounds.x1 == seen.x1 && seen.x1 > core.x1);
        Self::AtSeam { is_home, is_cut }
    }
}

/// The claims that stand, the first before the others: those that are no other's nucleus.
fn settle(claims: Vec<Claim>, tiles: &[TileRecord]) -> Vec<Owned> {
    let mut standing: Vec<(Owned, usize)> = Vec::new();
    let mut by_cell: HashMap<[u32; 2], Vec<usize>> = HashMap::new();
    for Claim { owned, is_home, is_cut, .. } in claims {
        // In the margin of its tile a nucleus may be cut; its own tile sees all of it.
        if is_cut && !is_home {
            continue;
        }
        let runs = owned.runs(tiles);
        let area: usize = runs.iter().map(|run| run.len()).sum();
        let cells = cells_of(runs);
        let is_taken = cells.iter().filter_map(|cell| by_cell.get(cell)).flatten().any(|&other| {
            let (other, other_area) = &standing[other];
            let common = common_px(runs, other.runs(tiles));
            common as f64 > SAME_SHARE * area.min(*other_area) as f64
        });
        if !is_taken {
            cells.into_iter().for_each(|cell| by_cell.entry(cell).or_default().push(standing.len()));
            standing.push((owned, area));
        }
    }
    standing.into_iter().map(|(owned, _)| owned).collect()
}

/// The cells that the box around some runs meets.
fn cells_of(runs: &[Run]) -> Vec<[u32; 2]> {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return Vec::new() };
    let (x0, x1) = runs.iter().fold((u32::MAX, 0), |(a, b), run| (a.min(run.x0), b.max(run.x1)));
    let columns = x0 / CELL_PX..=x1 / CELL_PX;
    (first.y / CELL_PX..=last.y / CELL_PX).flat_map(|y| columns.clone().map(move |x| [y, x])).collect()
}
