//! The measurement of one tile.

use crate::analyse::AnalyseParams;
use crate::analyse::measure::{FieldMeasurement, Known};
use crate::analyse::picture::measure_picture;
use crate::analyse::slide::grid::Tile;
use crate::analyse::slide::record::TileRecord;
use crate::error::Result;
use crate::field::{ChannelRole, FieldView, PlaneView};
use crate::segment::{SegmentPlan, Segmentation, segment_part};
use crate::slide::SlideSource;

/// The source and the settings that all tiles share.
pub(super) struct TileWork<'a> {
    pub(super) params: &'a AnalyseParams,
    pub(super) source: &'a dyn SlideSource,
    pub(super) plan: &'a SegmentPlan,
    /// The survey, whose noise, width and filter are those of the slide.
    pub(super) like: &'a FieldMeasurement,
}

impl TileWork<'_> {
    /// Measures a tile. The probes of a tile without nuclei are not even read.
    pub(super) fn measure(&self, tile: Tile) -> Result<TileRecord> {
        let read = |role| self.source.read(role, tile.seen);
        let counterstain = read(ChannelRole::Counterstain)?;
        let nuclei = self.segment(counterstain.view())?;
        if nuclei.nuclei.is_empty() {
            return Ok(TileRecord::empty(tile));
        }
        let (red, green) = rayon::join(|| read(ChannelRole::Red), || read(ChannelRole::Green));
        let (red, green) = (red?, green?);
        let facts = self.source.facts();
        let mut view = FieldView::new(&facts.name, counterstain.view(), red.view(), green.view())?;
        (view.pixel_size, view.saturation_level) = (facts.pixel_size, facts.saturation_level);
        let nuclei = |view: &FieldView<'_>, is_darkened: bool| {
            if is_darkened { self.segment(view.counterstain) } else { Ok(nuclei) }
        };
        let field =
            measure_picture(&view, nuclei, Known { spots: None, like: Some(self.like) }, self.params)?;
        Ok(TileRecord::of(tile, field))
    }

    fn segment(&self, counterstain: PlaneView<'_>) -> Result<Segmentation> {
        segment_part(counterstain, self.plan, &self.params.segment)
    }
}
