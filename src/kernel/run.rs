//! A horizontal run of pixels.

/// Pixels `x0..x1` of row `y`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) y: u32,
    pub(crate) x0: u32,
    pub(crate) x1: u32,
}

impl Run {
    /// Number of pixels.
    pub(crate) fn len(self) -> usize {
        (self.x1 - self.x0) as usize
    }
}
