//! Image planes in the sample type they were stored in.

use ndarray::{Array2, ArrayView2};

use crate::error::{Error, Location, Result};

/// One image plane in the sample type it was stored in.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Plane {
    /// 8-bit unsigned samples.
    U8(Array2<u8>),
    /// 16-bit unsigned samples.
    U16(Array2<u16>),
    /// 32-bit float samples, all finite.
    F32(Array2<f32>),
}

impl Plane {
    /// Borrows the samples.
    #[must_use]
    pub fn view(&self) -> PlaneView<'_> {
        match self {
            Self::U8(a) => PlaneView::U8(a.view()),
            Self::U16(a) => PlaneView::U16(a.view()),
            Self::F32(a) => PlaneView::F32(a.view()),
        }
    }

    /// (height, width) in pixels.
    #[must_use]
    pub fn dim(&self) -> (usize, usize) {
        self.view().dim()
    }

    /// Whether all samples are zero.
    #[cfg(feature = "io")]
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::U8(a) => a.iter().all(|&v| v == 0),
            Self::U16(a) => a.iter().all(|&v| v == 0),
            Self::F32(a) => a.iter().all(|&v| v == 0.0),
        }
    }
}

impl From<Array2<u8>> for Plane {
    fn from(a: Array2<u8>) -> Self {
        Self::U8(a)
    }
}
impl From<Array2<u16>> for Plane {
    fn from(a: Array2<u16>) -> Self {
        Self::U16(a)
    }
}
impl From<Array2<f32>> for Plane {
    fn from(a: Array2<f32>) -> Self {
        Self::F32(a)
    }
}

/// A borrowed [`Plane`], which every step of the analysis takes, so that a host can pass its own memory.
///
/// ```
/// use breakapart::PlaneView;
/// use ndarray::array;
/// let image = array![[1_u16, 2], [3, 4]];
/// let plane = PlaneView::from(&image);
/// let mut row = [0.0; 2];
/// plane.read_row(1, 0, &mut row);
/// assert_eq!(row, [3.0, 4.0]);
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum PlaneView<'a> {
    /// 8-bit unsigned samples.
    U8(ArrayView2<'a, u8>),
    /// 16-bit unsigned samples.
    U16(ArrayView2<'a, u16>),
    /// 32-bit float samples.
    F32(ArrayView2<'a, f32>),
}

impl PlaneView<'_> {
    /// (height, width) in pixels.
    #[must_use]
    pub fn dim(&self) -> (usize, usize) {
        match self {
            Self::U8(a) => a.dim(),
            Self::U16(a) => a.dim(),
            Self::F32(a) => a.dim(),
        }
    }

    /// Writes samples `x0 .. x0 + out.len()` of row `y` to `out` as `f32`.
    ///
    /// # Panics
    /// If the range does not lie in the plane.
    #[inline(always)]
    pub fn read_row(&self, y: usize, x0: usize, out: &mut [f32]) {
        #[inline(always)]
        fn copy<T: Copy>(a: &ArrayView2<'_, T>, y: usize, x0: usize, out: &mut [f32], to: impl Fn(T) -> f32) {
            let row = a.row(y);
            if let Some(row) = row.as_slice() {
                let samples = &row[x0..x0 + out.len()];
                for (o, &v) in out.iter_mut().zip(samples) {
                    *o = to(v);
                }
            } else {
                for (i, o) in out.iter_mut().enumerate() {
                    *o = to(row[x0 + i]);
                }
            }
        }
        match self {
            Self::U8(a) => copy(a, y, x0, out, f32::from),
            Self::U16(a) => copy(a, y, x0, out, f32::from),
            Self::F32(a) => copy(a, y, x0, out, |v| v),
        }
    }

    /// # Errors
    /// [`Error::Malformed`] naming the first sample of this channel that is not a finite number, and how many are not:
    /// no light gives such a sample, and what should stand there is not known.
    pub(crate) fn check_finite(&self, channel: &str) -> Result<()> {
        let Self::F32(a) = self else { return Ok(()) };
        let Some(((y, x), value)) = a.indexed_iter().find(|(_, v)| !v.is_finite()) else { return Ok(()) };
        let count = a.iter().filter(|v| !v.is_finite()).count();
        let problem = format!(
            "the sample at row {y}, column {x} is {value}, not a finite number ({count} such samples)"
        );
        Err(Error::malformed(Location::default().at_channel(channel), problem))
    }

    /// The sample at row `y`, column `x` as `f32`.
    ///
    /// # Panics
    /// If the position does not lie in the plane.
    #[must_use]
    #[inline]
    pub fn at(&self, y: usize, x: usize) -> f32 {
        match self {
            Self::U8(a) => f32::from(a[(y, x)]),
            Self::U16(a) => f32::from(a[(y, x)]),
            Self::F32(a) => a[(y, x)],
        }
    }
}

impl<'a> From<ArrayView2<'a, u8>> for PlaneView<'a> {
    fn from(a: ArrayView2<'a, u8>) -> Self {
        Self::U8(a)
    }
}
impl<'a> From<ArrayView2<'a, u16>> for PlaneView<'a> {
    fn from(a: ArrayView2<'a, u16>) -> Self {
        Self::U16(a)
    }
}
impl<'a> From<ArrayView2<'a, f32>> for PlaneView<'a> {
    fn from(a: ArrayView2<'a, f32>) -> Self {
        Self::F32(a)
    }
}
impl<'a> From<&'a Array2<u8>> for PlaneView<'a> {
    fn from(a: &'a Array2<u8>) -> Self {
        Self::U8(a.view())
    }
}
impl<'a> From<&'a Array2<u16>> for PlaneView<'a> {
    fn from(a: &'a Array2<u16>) -> Self {
        Self::U16(a.view())
    }
}
impl<'a> From<&'a Array2<f32>> for PlaneView<'a> {
    fn from(a: &'a Array2<f32>) -> Self {
        Self::F32(a.view())
    }
}
impl<'a> From<&'a Plane> for PlaneView<'a> {
    fn from(p: &'a Plane) -> Self {
        p.view()
    }
}
