//! The place of a signal on the canvas.

use super::canvas::enlarged;
use super::marks;
use crate::detect::Signal;

/// The space on the canvas that a signal and its mark take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) y: f64,
    pub(super) x: f64,
    pub(super) reach: f64,
}

impl Place {
    pub(super) fn of(signal: &Signal, scale: usize) -> Self {
        let (y, x) = (enlarged(signal.y_px, scale), enlarged(signal.x_px, scale));
        Self { y, x, reach: marks::reach(signal, scale) }
    }
}
