//! Where the pixels of a slide come from.

use crate::error::Result;
use crate::field::{ChannelRole, FieldNote, Plane};
use crate::slide::part::Part;
use crate::units::PixelSize;

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
