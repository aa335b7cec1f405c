//! Rectangles around regions of the working image.

use crate::kernel::run::Run;

/// A rectangle of the working image.
pub(super) struct Crop {
    y0: usize,
    x0: usize,
    height: usize,
    width: usize,
}

impl Crop {
    /// The runs' bounding box with a pixel around it where the image goes on.
    pub(super) fn around(runs: &[Run], (height, width): (usize, usize)) -> Self {
        let y0 = runs.first().map_or(0, |r| r.y as usize);
        let y1 = runs.last().map_or(0, |r| r.y as usize + 1);
        let x0 = runs.iter().map(|r| r.x0 as usize).min().unwrap_or(0);
        let x1 = runs.iter().map(|r| r.x1 as usize).max().unwrap_or(0);
        let (y0, x0) = (y0.saturating_sub(1), x0.saturating_sub(1));
        let (y1, x1) = ((y1 + 1).min(height), (x1 + 1).min(width));
        Self { y0, x0, height: y1 - y0, width: x1 - x0 }
    }

    /// Number of rows and columns.
    pub(super) fn dim(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// Runs of the image, which lie in the rectangle, by their places in it.
    pub(super) fn inwards(&self, runs: &[Run]) -> impl Iterator<Item = Run> {
        let (y0, x0) = (self.y0 as u32, self.x0 as u32);
        runs.iter().map(move |r| Run { y: r.y - y0, x0: r.x0 - x0, x1: r.x1 - x0 })
    }

    /// A run of the rectangle by its place in the image.
    pub(super) fn outwards(&self, run: Run) -> Run {
        let (y0, x0) = (self.y0 as u32, self.x0 as u32);
        Run { y: run.y + y0, x0: run.x0 + x0, x1: run.x1 + x0 }
    }
}
