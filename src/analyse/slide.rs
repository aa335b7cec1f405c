//! Measures a slide in tiles: its pixels are never held at once.
//!
//! A survey of a few blocks gives the figures that must be the same everywhere: the nucleus diameter, the grey levels at which
//! the counterstain is cut, the noise, the width of the signals and the filter. Then each tile of a fixed grid is measured with
//! a margin around it, and the tiles are put together so that each nucleus is counted once.

mod budget;
mod grid;
mod lanes;
mod overlap;
mod owners;
mod record;
mod share;
mod survey;
mod tile;
mod tiles;
mod together;
mod written;

use std::sync::{Mutex, PoisonError};

use crate::analyse::AnalyseParams;
use crate::analyse::measure::{FieldMeasurement, SuppliedMeasurements};
use crate::analyse::picture::measure_supplied;
use crate::error::{Error, Location, Result};
use crate::slide::{Progress, SlideSource, read_field};
#[cfg(feature = "run")]
pub(crate) use budget::field_bytes;
use budget::{Extent, refuse_too_large, tiles_at_once};
use grid::{Grid, Tile};
use record::TileRecord;
pub use share::SlideShare;
use survey::Survey;
use tile::TileWork;
use tiles::Basis;
pub use tiles::SlideTiles;

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
    refuse_too_large(facts, Extent::Whole, options.memory_bytes)?;
    let surveyed = Surveyed::of(source, params, options, progress)?;
    let at_once = tiles_at_once(facts, Extent::Whole, &surveyed.grid, options.memory_bytes)?;
    let tiles = surveyed.measure(&surveyed.grid, at_once, progress)?;
    Ok(surveyed.put_together(tiles))
}

/// Measures the tiles of a share of a slide.
pub(super) fn measure_share(
    source: &dyn SlideSource,
    params: &AnalyseParams,
    share: SlideShare,
    options: &SlideOptions,
    progress: &dyn Progress,
) -> Result<SlideTiles> {
    let facts = source.facts();
    progress.go_on()?;
    refuse_field(source)?;
    refuse_too_large(facts, Extent::Share(share), options.memory_bytes)?;
    let surveyed = Surveyed::of(source, params, options, progress)?;
    let own = &surveyed.grid[share.places(surveyed.grid.len())];
    let at_once = tiles_at_once(facts, Extent::Share(share), own, options.memory_bytes)?;
    let tiles = surveyed.measure(own, at_once, progress)?;
    Ok(SlideTiles::new(share, surveyed.basis(options), tiles))
}

/// The measurement of a slide from the tiles of all its shares.
pub(super) fn join(
    source: &dyn SlideSource,
    params: &AnalyseParams,
    shares: Vec<SlideTiles>,
    options: &SlideOptions,
    progress: &dyn Progress,
) -> Result<FieldMeasurement> {
    progress.go_on()?;
    refuse_field(source)?;
    refuse_too_large(source.facts(), Extent::Whole, options.memory_bytes)?;
    let surveyed = Surveyed::of(source, params, options, progress)?;
    let name = &source.facts().name;
    let tiles = tiles::gathered(name, shares, &surveyed.basis(options), &surveyed.grid)?;
    let pixels = source.facts().whole().pixels();
    progress.measured(pixels, pixels);
    Ok(surveyed.put_together(tiles))
}

/// A field that is measured in one piece has no tiles to share.
fn refuse_field(source: &dyn SlideSource) -> Result<()> {
    let facts = source.facts();
    if is_slide(facts.whole().dim()) {
        return Ok(());
    }
    let feature = format!("shares of a field of up to {WHOLE_FIELD_PX} px, which is measured in one piece");
    Err(Error::unsupported(Location::file(&facts.name), feature))
}

/// A slide after its survey, ready to be measured in tiles.
struct Surveyed<'a> {
    source: &'a dyn SlideSource,
    params: &'a AnalyseParams,
    survey: Survey,
    /// Its tiles; none if nothing stands out in it.
    grid: Vec<Tile>,
}

impl<'a> Surveyed<'a> {
    fn of(
        source: &'a dyn SlideSource,
        params: &'a AnalyseParams,
        options: &SlideOptions,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let survey = Survey::of(source, params, progress)?;
        let grid = survey.plan.as_ref().map_or_else(Vec::new, |plan| {
            Grid::new(source.facts(), plan.diameter_px, plan.step_px(), options.grid_offset_px).tiles
        });
        Ok(Self { source, params, survey, grid })
    }

    /// Measures some of the tiles, so many at once.
    fn measure(&self, tiles: &[Tile], at_once: usize, progress: &dyn Progress) -> Result<Vec<TileRecord>> {
        let Survey { sample, plan: Some(plan) } = &self.survey else { return Ok(Vec::new()) };
        let work = TileWork { params: self.params, source: self.source, plan, like: sample };
        let all_px = tiles.iter().map(|tile| tile.core.pixels()).sum();
        let done_px = Mutex::new(0);
        lanes::run(tiles, at_once, |tile| {
            progress.go_on()?;
            let record = work.measure(*tile)?;
            let mut done_px = done_px.lock().unwrap_or_else(PoisonError::into_inner);
            *done_px += tile.core.pixels();
            progress.measured(*done_px, all_px);
            Ok(record)
        })
    }

    /// All that shares of this slide have in common.
    fn basis(&self, options: &SlideOptions) -> Basis {
        Basis::of(self.source.facts(), self.params, options.grid_offset_px, &self.survey)
    }

    fn put_together(self, tiles: Vec<TileRecord>) -> FieldMeasurement {
        let Self { source, params, survey: Survey { sample, plan }, .. } = self;
        match plan {
            Some(_) => together::put_together(source.facts(), tiles, &sample, &params.detect),
            None => together::without_nuclei(source.facts(), sample),
        }
    }
}
