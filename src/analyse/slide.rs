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

use crate::analyse::{Analyser, FieldMeasurement};
use crate::error::Result;
use crate::field::{ChannelRole, Field};
use crate::slide::{Progress, SlideFacts, SlideSource};
#[cfg(feature = "run")]
pub(crate) use budget::field_bytes;
use budget::tiles_at_once;
use grid::Grid;
use survey::Survey;
use tile::{MeasuredTile, TileWork};

/// A slide of no more pixels is measured as one field. 4096 x 4096 px take some 300 MiB.
pub const WHOLE_FIELD_PX: u64 = 1 << 24;

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

impl Analyser {
    /// Measures a slide in tiles, as [`Analyser::measure_field`] measures a field. The result does not depend on the number of
    /// threads, on how the slide is stored or on the memory that may be used. A slide of up to [`WHOLE_FIELD_PX`] is measured as a
    /// field.
    ///
    /// # Errors
    /// [`crate::Error::Limit`] if [`SlideOptions::memory_bytes`] is too little, with the number needed;
    /// [`crate::Error::Cancelled`] if `progress` ends it; [`crate::Error::Malformed`] if a sample is not a finite number; those of
    /// the source.
    ///
    /// ```
    /// use breakapart::analyse::SlideOptions;
    /// use breakapart::slide::{Part, PushedSlide, SlideFacts};
    /// use breakapart::{Analyser, Assay, PlaneView};
    /// use ndarray::Array2;
    /// let mut slide = PushedSlide::in_memory(SlideFacts::new("S1", 96, 128));
    /// let tile = Array2::<u16>::from_elem((96, 64), 100);
    /// for x0 in [64, 0] {
    ///     slide.push(Part { y0: 0, x0, y1: 96, x1: x0 + 64 }, [PlaneView::from(&tile); 3])?;
    /// }
    /// let analyser = Analyser::new(Assay::builtin("alk")?)?;
    /// let measured = analyser.measure_slide(&slide, &SlideOptions::default(), &())?;
    /// assert_eq!(measured.labels().dim(), (96, 128));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    pub fn measure_slide(
        &self,
        source: &dyn SlideSource,
        options: &SlideOptions,
        progress: &dyn Progress,
    ) -> Result<FieldMeasurement> {
        let facts = source.facts();
        progress.go_on()?;
        if facts.whole().pixels() <= WHOLE_FIELD_PX {
            let measured = self.measure_field(&whole(source)?)?;
            progress.measured(facts.whole().pixels(), facts.whole().pixels());
            return Ok(measured);
        }
        let at_once = tiles_at_once(facts, options.memory_bytes)?;
        let survey = Survey::of(self, source, progress)?;
        let Some(plan) = &survey.plan else { return Ok(together::without_nuclei(facts, survey.sample)) };
        let grid = Grid::new(facts, plan.diameter_px, plan.step_px(), options.grid_offset_px);
        let work = TileWork { analyser: self, source, plan, like: &survey.sample };
        let mut measured: Vec<MeasuredTile> = Vec::with_capacity(grid.tiles.len());
        let mut done_px = 0;
        for tiles in grid.tiles.chunks(at_once) {
            progress.go_on()?;
            let results: Vec<Result<MeasuredTile>> =
                tiles.par_iter().map(|tile| work.measure(*tile)).collect();
            for result in results {
                let tile = result?;
                done_px += tile.tile.core.pixels();
                measured.push(tile);
            }
            progress.measured(done_px, facts.whole().pixels());
        }
        Ok(together::put_together(facts, measured, &survey.sample, &self.params.detect))
    }
}

/// All of a slide as a field.
fn whole(source: &dyn SlideSource) -> Result<Field> {
    let facts = source.facts();
    let SlideFacts { name, pixel_size, saturation_level, notes, .. } = facts.clone();
    let plane = |role| source.read(role, facts.whole());
    let [counterstain, red, green] = ChannelRole::ALL.map(plane);
    let mut field = Field::new(name, counterstain?, red?, green?)?;
    (field.pixel_size, field.saturation_level, field.notes) = (pixel_size, saturation_level, notes);
    Ok(field)
}
