//! Where in depth the nuclei of a stack are in focus.

use crate::field::{Depth, NucleusFocus};
use crate::reading::FieldDepth;
use crate::segment::Segmentation;

/// The depth of a field that was read from a stack.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MeasuredDepth {
    pub(super) field: FieldDepth,
    /// The focus of each nucleus, by id from 1.
    pub(super) nuclei: Vec<Option<NucleusFocus>>,
}

impl MeasuredDepth {
    pub(super) fn of(depth: &Depth, segmentation: &Segmentation) -> Self {
        let labels = &segmentation.labels;
        let focus = |nucleus: &crate::segment::Nucleus| {
            let bounds = nucleus.bounding_box;
            let belongs = |y: usize, x: usize| labels.get((y, x)) == Some(&nucleus.id);
            depth.counterstain.of_nucleus(bounds.y0..bounds.y1, bounds.x0..bounds.x1, belongs)
        };
        Self {
            field: FieldDepth {
                slices: depth.slices,
                last_z_px: depth.last_z_px,
                z_step_um: depth.z_step_um,
                largest_drift_px: depth.drift.largest_px,
                slices_not_registered: depth.drift.not_registered,
            },
            nuclei: segmentation.nuclei.iter().map(focus).collect(),
        }
    }
}
