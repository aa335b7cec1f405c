//! What the parts of a large picture have in common: the typical nucleus, the grey levels, and the nuclei that candidates are
//! compared with. A picture that is segmented in parts is cut at the same levels everywhere.

use crate::segment::context::{Usual, usual_of_first};
use crate::segment::proposal::Proposals;
use crate::segment::score::ScoreModel;
use crate::segment::working_image::{Levels, factor};

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct SegmentPlan {
    /// Typical diameter of a nucleus, px.
    pub(crate) diameter_px: f64,
    pub(super) levels: Levels,
    /// The nuclei of the first pass.
    pub(super) first: Usual,
    /// The nuclei that the second pass is compared with.
    pub(super) second: Usual,
}

impl SegmentPlan {
    /// The plan of an image whose candidates, and those of its second pass, are known; `None` if it shows nothing.
    pub(super) fn of(proposals: &Proposals, second: &Proposals, model: &ScoreModel) -> Option<Self> {
        let image = proposals.image.as_ref()?;
        let alone = proposals.score(&model.alone, &proposals.features);
        let first = usual_of_first(&proposals.candidates, &proposals.features, &proposals.brightness, &alone);
        Some(Self {
            diameter_px: proposals.diameter_px()?,
            levels: image.levels_of_picture(),
            second: second.usual.clone().unwrap_or_else(|| first.clone()),
            first,
        })
    }

    /// Parts begin at multiples of this, so that all are reduced on one grid, px.
    pub(crate) fn step_px(&self) -> usize {
        factor(self.diameter_px)
    }
}
