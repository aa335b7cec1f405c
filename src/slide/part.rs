//! Rectangles of pixels.

/// A rectangle of pixels: rows `y0..y1`, columns `x0..x1` of the slide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct Part {
    /// First row.
    pub y0: usize,
    /// First column.
    pub x0: usize,
    /// One past the last row.
    pub y1: usize,
    /// One past the last column.
    pub x1: usize,
}

impl Part {
    /// (height, width) in pixels.
    #[must_use]
    pub fn dim(&self) -> (usize, usize) {
        (self.y1.saturating_sub(self.y0), self.x1.saturating_sub(self.x0))
    }

    /// Number of pixels.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        let (height, width) = self.dim();
        (height as u64).saturating_mul(width as u64)
    }

    /// The pixels that lie in both.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        let (y0, x0) = (self.y0.max(other.y0), self.x0.max(other.x0));
        Self { y0, x0, y1: self.y1.min(other.y1).max(y0), x1: self.x1.min(other.x1).max(x0) }
    }
}
