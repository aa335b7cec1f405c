//! Measures a slide in tiles: its pixels are never held at once.
//!
//! A survey of a few blocks gives the figures that must be the same everywhere: the nucleus diameter, the grey levels at which
//! the counterstain is cut, the noise, the width of the signals and the filter. Then each tile of a fixed grid is measured with
//! a margin around it, and the tiles are put together so that each nucleus is counted once.

mod budget;
mod grid;
mod overlap;
mod owners;
mod survey;
mod tile;
mod together;

use rayon::prelude::*;

use crate::analyse::AnalyseParams;
use crate::analyse::measure::{FieldMeasurement, SuppliedMeasurements};
use crate::analyse::picture::measure_supplied;
use crate::error::Result;
use crate::slide::{Progress, SlideSource, read_field};
#[cfg(feature = "run")]
pub(crate) use budget::field_bytes;
use budget::tiles_at_once;
use grid::Grid;
use survey::Survey;
use tile::{MeasuredTile, TileWork};

/// A slide of no more pixels is measured as one field. 4096 x 4096 px take some 300 MiB.
pub const WHOLE_FIELD_PX: u64 = 1 << 24;

/// Whether a field of this size (rows, columns) is a slide: too large to be measured in one piece.
pub(crate) fn is_slide((height_px, width_px): (usize, usize)) -> bool {
    height_px as u64 * width_px as u64 > WHOLE_FIELD_PX
}

/// How a slide is measured. None of these changes a result, but for [`SlideOptions::grid_offset_px`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlideOptions {
    /// Most memory that the measurement may take, bytes. Default: `None`, as many tiles at once as there are threads.
    pub memory_bytes: Option<u64>,
    /// Rows and columns by which the grid of tiles is moved up and to the left, px. Default: 0. It tells how much a result
    /// rests on the grid.
    pub grid_offset_px: [usize; 2],
}

/// Measures a slide in tiles.
pub(super) fn measure(
    source: &dyn SlideSource,
    params: &AnalyseParams,
    options: &SlideOptions,
    progress: &dyn Progress,
) -> Result<FieldMeasurement> {
    let facts = source.facts();
    progress.go_on()?;
    if !is_slide(facts.whole().dim()) {
        let field = read_field(source, facts.whole())?;
        let measured = measure_supplied(&field.view(), SuppliedMeasurements::default(), params)?;
        progress.measured(facts.whole().pixels(), facts.whole().pixels());
        return Ok(measured);
    }
    let at_once = tiles_at_once(facts, options.memory_bytes)?;
    let survey = Survey::of(source, params, progress)?;
    let Some(plan) = &survey.plan else { return Ok(together::without_nuclei(facts, survey.sample)) };
    let grid = Grid::new(facts, plan.diameter_px, plan.step_px(), options.grid_offset_px);
    let work = TileWork { params, source, plan, like: &survey.sample };
    let mut measured: Vec<MeasuredTile> = Vec::with_capacity(grid.tiles.len());
    let mut done_px = 0;
    for tiles in grid.tiles.chunks(at_once) {
        progress.go_on()?;
        let results: Vec<Result<MeasuredTile>> = tiles.par_iter().map(|tile| work.measure(*tile)).collect();
        for result in results {
            let tile = result?;
            done_px += tile.tile.core.pixels();
            measured.push(tile);
        }
        progress.measured(done_px, facts.whole().pixels());
    }
    Ok(together::put_together(facts, measured, &survey.sample, &params.detect))
}
