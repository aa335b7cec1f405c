//! What the parts of a large picture have in common: the typical nucleus, the grey levels, and the nuclei that candidates are
//! compared with. A picture that is segmented in parts is cut at the same levels everywhere.

use crate::segment::context::Usual;
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
    /// Parts begin at multiples of this, so that all are reduced on one grid, px.
    pub(crate) fn step_px(&self) -> usize {
        factor(self.diameter_px)
    }
}
