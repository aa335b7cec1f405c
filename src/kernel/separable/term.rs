//! A term of a separable kernel.

/// One separable term: `kernel(y, x) = vertical[|y|] * horizontal[|x|]`. Index 0 is the centre.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    /// Weights along a row, from the centre outwards.
    pub(crate) horizontal: Vec<f32>,
    /// Weights along a column, from the centre outwards.
    pub(crate) vertical: Vec<f32>,
}
