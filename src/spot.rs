//! The place of a spot.

/// The place of a spot that another program found.
///
/// Pixels of the full-resolution image; the centre of the first pixel is 0.0.
///
/// ```
/// use breakapart::SpotPlace;
/// let place = SpotPlace { y_px: -0.3, x_px: 12.0 };
/// assert!(place.lies_in((20, 40)));
/// assert!(!place.lies_in((20, 12)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct SpotPlace {
    /// Row.
    pub y_px: f64,
    /// Column.
    pub x_px: f64,
}

impl SpotPlace {
    /// Whether it lies on a pixel of an image of so many rows and columns.
    #[must_use]
    pub fn lies_in(self, (height, width): (usize, usize)) -> bool {
        let is_on = |at: f64, pixels: usize| at >= -0.5 && at < pixels as f64 - 0.5;
        is_on(self.y_px, height) && is_on(self.x_px, width)
    }

    /// The pixel that it lies on, if it lies in an image.
    pub(crate) fn pixel(self) -> (usize, usize) {
        // The cast takes what lies before the first pixel's centre to it.
        let nearest = |at: f64| (at + 0.5).floor() as usize;
        (nearest(self.y_px), nearest(self.x_px))
    }
}
