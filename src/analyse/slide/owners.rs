//! Which tile owns a nucleus.
//!
//! Tiles overlap by their margins, and near a seam each sees the nuclei of the other. A nucleus whose centre lies in a tile is
//! this tile's. Where two tiles see one nucleus differently, so that both or neither have its centre, the one with the higher
//! score counts: no nucleus counts twice, and none is lost.

use std::collections::HashMap;

use crate::analyse::slide::grid::Tile;
use crate::analyse::slide::overlap::common_px;
use crate::analyse::slide::tile::MeasuredTile;
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
    /// Its pixels on the slide, in reading order.
    pub(super) runs: Vec<Run>,
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
pub(super) fn owned_nuclei(tiles: &[MeasuredTile]) -> Vec<Owned> {
    let (mut owned, mut claims) = (Vec::new(), Vec::new());
    for (place, measured) in tiles.iter().enumerate() {
        let Some(field) = &measured.field else { continue };
        for (index, nucleus) in field.segmentation.nuclei.iter().enumerate() {
            let claim = || Owned { tile: place, index, runs: runs_on_slide(measured, nucleus) };
            match Standing::of(nucleus, &measured.tile) {
                Standing::Inside => owned.push(claim()),
                Standing::AtSeam { is_home, is_cut } => {
                    claims.push(Claim { owned: claim(), is_home, is_cut, score: nucleus.score });
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
    owned.extend(settle(claims));
    owned.sort_by_key(|nucleus| nucleus.runs.first().map(|run| (run.y, run.x0)));
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
        let bounds = Part { y0: seen.y0 + b.y0, x0: seen.x0 + b.x0, y1: seen.y0 + b.y1, x1: seen.x0 + b.x1 };
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
        let (y, x) = (seen.y0 as f64 + nucleus.centroid_y_px, seen.x0 as f64 + nucleus.centroid_x_px);
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

/// The pixels of a nucleus in the coordinates of the slide.
fn runs_on_slide(measured: &MeasuredTile, nucleus: &Nucleus) -> Vec<Run> {
    let Some(field) = &measured.field else { return Vec::new() };
    let (dy, dx) = (measured.tile.seen.y0 as u32, measured.tile.seen.x0 as u32);
    let rows = nucleus.bounding_box.y0..nucleus.bounding_box.y1;
    let runs = field.segmentation.labels.runs_of(nucleus.id, rows);
    runs.map(|run| Run { y: run.y + dy, x0: run.x0 + dx, x1: run.x1 + dx }).collect()
}

/// The claims that stand, the first before the others: those that are no other's nucleus.
fn settle(claims: Vec<Claim>) -> Vec<Owned> {
    let mut standing: Vec<(Owned, usize)> = Vec::new();
    let mut by_cell: HashMap<[u32; 2], Vec<usize>> = HashMap::new();
    for Claim { owned, is_home, is_cut, .. } in claims {
        // In the margin of its tile a nucleus may be cut; its own tile sees all of it.
        if is_cut && !is_home {
            continue;
        }
        let area: usize = owned.runs.iter().map(|run| run.len()).sum();
        let cells = cells_of(&owned.runs);
        let is_taken = cells.iter().filter_map(|cell| by_cell.get(cell)).flatten().any(|&other| {
            let (other, other_area) = &standing[other];
            let common = common_px(&owned.runs, &other.runs);
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
