//! Slides: images that are read in pieces, since they are too large to be held at once.
//!
//! A slide is one field, whatever its size. Its pixels come from a [`SlideSource`]: a file, or a host's own storage.

use crate::error::{Error, Result};
use crate::field::{ChannelRole, FieldNote, Plane};
use crate::units::PixelSize;

mod pushed;
mod store;

pub use pushed::PushedSlide;

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

/// Facts of a slide that are known before a pixel is read.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SlideFacts {
    /// Its name in the reports.
    pub name: String,
    /// Rows.
    pub height_px: usize,
    /// Columns.
    pub width_px: usize,
    /// Size of a pixel; `None` if it is not known.
    pub pixel_size: Option<PixelSize>,
    /// Sample value at which the camera saturates, if it is known.
    pub saturation_level: Option<f32>,
    /// Facts about how the slide is read.
    pub notes: Vec<FieldNote>,
}

impl SlideFacts {
    /// Facts of a slide of this size.
    #[must_use]
    pub fn new(name: impl Into<String>, height_px: usize, width_px: usize) -> Self {
        Self { name: name.into(), height_px, width_px, ..Self::default() }
    }

    /// All of the slide.
    #[must_use]
    pub fn whole(&self) -> Part {
        Part { y0: 0, x0: 0, y1: self.height_px, x1: self.width_px }
    }
}

/// A slide whose pixels can be read in pieces, in any order and more than once.
pub trait SlideSource: Sync {
    /// The facts known before a pixel is read.
    fn facts(&self) -> &SlideFacts;

    /// Reads a part of one channel. The part lies within the slide. It may be read from several threads at once.
    ///
    /// # Errors
    /// As the storage has them.
    fn read(&self, role: ChannelRole, part: Part) -> Result<Plane>;
}

/// Watches a slide while it is measured. It is called from several threads.
pub trait Progress: Sync {
    /// So many pixels are measured, of all pixels of the slide.
    fn measured(&self, done_px: u64, all_px: u64) {
        let _ = (done_px, all_px);
    }

    /// Whether the measurement shall end. It then gives [`Error::Cancelled`].
    fn is_cancelled(&self) -> bool {
        false
    }

    /// # Errors
    /// [`Error::Cancelled`] if the measurement shall end.
    fn go_on(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// Watches nothing.
impl Progress for () {}
