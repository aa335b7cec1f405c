//! A borrowed field: planes in the memory of a host.

use crate::colour::Colour;
use crate::error::{Error, Result};
use crate::field::{ChannelRole, Depth, FieldNote, Plane, PlaneView};
use crate::units::PixelSize;

/// A field whose planes lie elsewhere, such as in the memory of a host: nothing is copied.
///
/// ```
/// use breakapart::{Analyser, Assay, FieldView, PlaneView};
/// use ndarray::{Array3, Axis};
/// // An interleaved buffer of a host: (row, column, channel).
/// let buffer = Array3::<u16>::from_elem((64, 64, 3), 100);
/// let channel = |i| PlaneView::from(buffer.index_axis(Axis(2), i));
/// let field = FieldView::new("blank", channel(0), channel(1), channel(2))?;
/// let measurement = Analyser::new(Assay::builtin("alk")?)?.measure_view(&field)?;
/// assert_eq!(measurement.labels().dim(), (64, 64));
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FieldView<'a> {
    /// Name in the reports.
    pub name: &'a str,
    /// Counterstain (DAPI, Hoechst): shows the nuclei.
    pub counterstain: PlaneView<'a>,
    /// Red probe.
    pub red: PlaneView<'a>,
    /// Green probe.
    pub green: PlaneView<'a>,
    /// Size of a pixel; `None` if it is not known.
    pub pixel_size: Option<PixelSize>,
    /// Sample value at which the camera saturates, if it is known.
    pub saturation_level: Option<f32>,
    /// Facts about how the field was read.
    pub notes: &'a [FieldNote],
    /// Its depth, if it was read from a stack of slices: the planes are projections then.
    pub depth: Option<&'a Depth>,
}

impl<'a> FieldView<'a> {
    /// A field from three planes of the same size.
    ///
    /// # Errors
    /// As [`Field::new`](crate::Field::new).
    pub fn new(
        name: &'a str,
        counterstain: PlaneView<'a>,
        red: PlaneView<'a>,
        green: PlaneView<'a>,
    ) -> Result<Self> {
        let (pixel_size, saturation_level) = (None, None);
        let notes = &[];
        let view = Self { name, counterstain, red, green, pixel_size, saturation_level, notes, depth: None };
        let (height, width) = view.dim();
        if height == 0 || width == 0 {
            return Err(Error::parameter(
                "field size",
                format!("{height} x {width} px"),
                "at least 1 x 1 px",
            ));
        }
        for (role, plane) in ChannelRole::ALL.into_iter().zip(view.planes()) {
            let channel = role.name();
            if plane.dim() != (height, width) {
                let (h, w) = plane.dim();
                return Err(Error::parameter(
                    format!("size of the {channel} plane"),
                    format!("{h} x {w} px"),
                    format!("{height} x {width} px, as the counterstain"),
                ));
            }
            plane.check_finite(channel)?;
        }
        Ok(view)
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

    /// Counterstain, red, green.
    pub(crate) fn planes(&self) -> [PlaneView<'a>; 3] {
        [self.counterstain, self.red, self.green]
    }

    /// The same field with other planes.
    pub(crate) fn with_planes<'b>(&self, planes: &'b [Plane; 3]) -> FieldView<'b>
    where
        'a: 'b,
    {
        let [counterstain, red, green] = planes.each_ref().map(Plane::view);
        let Self { name, pixel_size, saturation_level, notes, depth, .. } = *self;
        FieldView { name, counterstain, red, green, pixel_size, saturation_level, notes, depth }
    }

    /// The plane of a probe colour.
    #[must_use]
    pub fn probe(&self, colour: Colour) -> PlaneView<'a> {
        match colour {
            Colour::Red => self.red,
            Colour::Green => self.green,
        }
    }
}
