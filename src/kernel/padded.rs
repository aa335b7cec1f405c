//! An image with room around it, so that kernels run over whole groups of pixels and over neighbours without asking where
//! the image ends.

/// Pixels that kernels look at together.
pub(crate) const LANES: usize = 16;

/// Pixels in rows of a whole number of [`LANES`]. At least one pixel between the end of a row and the start of the next,
/// and a row above and below the image, belong to none of its pixels.
#[derive(Debug, Default)]
pub(crate) struct Padded {
    /// Every pixel with what lies around.
    pub(crate) values: Vec<f32>,
    /// From a pixel to the one below.
    pub(crate) stride: usize,
    /// Number of rows and columns of the image.
    pub(crate) dim: (usize, usize),
}

impl Padded {
    /// Makes it an image of `dim`. What is around is 0 but for the ends of rows; pixels keep what the memory holds.
    pub(crate) fn reshape(&mut self, dim: (usize, usize)) {
        self.dim = dim;
        self.stride = (dim.1 + 1).next_multiple_of(LANES);
        let (first, end) = (self.at(0, 0), self.at(dim.0, 0));
        let all = end + self.stride + 2 * LANES;
        if self.values.len() < all {
            self.values.resize(all, 0.0);
        }
        self.values[..first].fill(0.0);
        self.values[end..all].fill(0.0);
    }

    /// Where a pixel lies.
    #[inline(always)]
    pub(crate) fn at(&self, y: usize, x: usize) -> usize {
        (y + 1) * self.stride + LANES + x
    }

    /// The image's rows with their ends, one after the other.
    pub(crate) fn rows_mut(&mut self) -> &mut [f32] {
        let (first, end) = (self.at(0, 0), self.at(self.dim.0, 0));
        &mut self.values[first..end]
    }
}
