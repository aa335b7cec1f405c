//! The depth of fields that were read from stacks.

use serde::{Deserialize, Serialize};

/// The depth of a field that was read from a stack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldDepth {
    /// Slices of the stack.
    pub slices: usize,
    /// Depth of the last slice, slices; the first one has the depth 0. With gaps it is more than the slices less one.
    pub last_z_px: f64,
    /// Distance between slices, um; `None` if neither the file nor the caller states it.
    pub z_step_um: Option<f64>,
    /// Largest displacement of a slice against the first, px. It was undone in whole pixels.
    pub largest_drift_px: f64,
    /// Slices whose displacement could not be measured.
    pub slices_not_registered: usize,
}

impl FieldDepth {
    /// A depth in slices in micrometres, if their distance is known.
    #[must_use]
    pub fn um(&self, z_px: f64) -> Option<f64> {
        self.z_step_um.map(|step_um| step_um * z_px)
    }

    /// Whether the depth of a signal is the first slice or the last: the stack ends before the signal does.
    #[must_use]
    pub fn is_cut(&self, z_px: f64) -> bool {
        z_px <= 0.0 || z_px >= self.last_z_px
    }
}

/// The depth of a nucleus in a field that was read from a stack.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NucleusDepth {
    /// Depth of its best focus, slices; `None` if its counterstain has no fine structure.
    pub best_focus_z_px: Option<f64>,
    /// Depth over which its counterstain is in focus, slices.
    pub in_focus_z_px: Option<f64>,
    /// Its signals in the first or the last slice: the stack ends before they do.
    pub cut_signals: usize,
}
