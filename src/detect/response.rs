//! The response of a filter: the height of a spot at each pixel.

use ndarray::Array2;

/// Some rows of the response of a filter to a plane, or all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Response<'a> {
    samples: &'a [f32],
    width: usize,
    /// The plane's row that is the first of these.
    first_row: usize,
}

impl<'a> Response<'a> {
    /// Whole rows of `width` samples, from row `first_row` of the plane on.
    pub(crate) fn new(samples: &'a [f32], width: usize, first_row: usize) -> Self {
        Self { samples, width, first_row }
    }

    /// The value at a pixel of the plane; `None` where there is none.
    #[inline(always)]
    pub(crate) fn get(&self, y: usize, x: usize) -> Option<f32> {
        self.row(y).get(x).copied()
    }

    /// The rows from `y - reach` to `y + reach` of the plane, one after the other; `None` where not all are there.
    pub(crate) fn rows_around(&self, y: usize, reach: usize) -> Option<&'a [f32]> {
        let first = y.checked_sub(reach)?.checked_sub(self.first_row)?;
        self.samples.get(first * self.width..(first + 2 * reach + 1) * self.width)
    }

    /// A row of the plane; empty where there is none.
    #[inline(always)]
    pub(crate) fn row(&self, y: usize) -> &'a [f32] {
        let start = y.wrapping_sub(self.first_row).saturating_mul(self.width);
        self.samples.get(start..start.saturating_add(self.width)).unwrap_or_default()
    }
}

impl<'a> From<&'a Array2<f32>> for Response<'a> {
    fn from(rows: &'a Array2<f32>) -> Self {
        Self::new(rows.as_slice().unwrap_or_default(), rows.ncols(), 0)
    }
}
