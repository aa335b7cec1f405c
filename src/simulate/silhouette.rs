//! The outline of a nucleus in the field.

/// Outline of one body in the field.
#[derive(Debug, Clone, Default)]
pub(super) struct Silhouette {
    /// Value in the labels; 0 if no pixel of the body lies in the field.
    pub(super) label: u32,
    /// Pixels in the field, seen or hidden under other nuclei.
    pub(super) whole_area_px: usize,
    /// Pixels in the field that are labelled as this nucleus.
    pub(super) area_px: usize,
    /// Whether it reaches the edge of the field.
    pub(super) border: bool,
}
