//! A field of view: the counterstain plane, the two probe planes, and the size of a pixel.
//!
//! Positions everywhere are `(y, x)` = (row, column) in pixels of the image as acquired; the centre of the
//! first pixel is (0.0, 0.0).

use ndarray::{Array2, ArrayView2};

use crate::colour::Colour;
use crate::error::{Error, Location, Result};
use crate::units::PixelSize;

mod depth;
mod note;
mod role;
mod view;

pub use depth::{Depth, Drift};
pub(crate) use depth::{FOCUS_BIN_PX, Focus, FocusMap, NucleusFocus, PEAK_BIN_PX, Peak, PeakMap};
pub use note::FieldNote;
pub use role::ChannelRole;
pub use view::FieldView;

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

/// One field of view with its three planes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// Name in the reports: the file name without its image suffix.
    pub name: String,
    /// Counterstain (DAPI, Hoechst): shows the nuclei.
    pub counterstain: Plane,
    /// Red probe.
    pub red: Plane,
    /// Green probe.
    pub green: Plane,
    /// Size of a pixel; `None` if the file does not state it: then no length is known in micrometres.
    pub pixel_size: Option<PixelSize>,
    /// Sample value at which the camera saturates (from the significant bits), if the file states it.
    pub saturation_level: Option<f32>,
    /// Facts about how the field was read.
    pub notes: Vec<FieldNote>,
    /// Its depth, if it was read from a stack of slices: the planes are projections then.
    pub depth: Option<Box<Depth>>,
}

impl Field {
    /// A field from three planes of the same size.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if a plane is empty or the planes differ in size, [`Error::Malformed`] if a float
    /// plane holds a value that is not finite.
    ///
    /// ```
    /// use breakapart::Field;
    /// use ndarray::Array2;
    /// let plane = Array2::<u16>::zeros((64, 64));
    /// let field = Field::new("blank", plane.clone(), plane.clone(), plane)?;
    /// assert_eq!(field.dim(), (64, 64));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    pub fn new(
        name: impl Into<String>,
        counterstain: impl Into<Plane>,
        red: impl Into<Plane>,
        green: impl Into<Plane>,
    ) -> Result<Self> {
        let (counterstain, red, green) = (counterstain.into(), red.into(), green.into());
        FieldView::new("", counterstain.view(), red.view(), green.view())?;
        Ok(Self {
            name: name.into(),
            counterstain,
            red,
            green,
            pixel_size: None,
            saturation_level: None,
            notes: Vec::new(),
            depth: None,
        })
    }

    /// The same field with its pixel size known.
    #[must_use]
    pub fn with_pixel_size(mut self, pixel_size: PixelSize) -> Self {
        self.pixel_size = Some(pixel_size);
        self
    }

    /// (height, width) in pixels.
    #[must_use]
    pub fn dim(&self) -> (usize, usize) {
        self.counterstain.dim()
    }

    /// The plane of a probe colour.
    #[must_use]
    pub fn probe(&self, colour: Colour) -> PlaneView<'_> {
        match colour {
            Colour::Red => self.red.view(),
            Colour::Green => self.green.view(),
        }
    }
}
