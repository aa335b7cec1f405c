//! A field of view: the counterstain plane, the two probe planes, and the size of a pixel.
//!
//! Positions everywhere are `(y, x)` = (row, column) in pixels of the image as acquired; the centre of the
//! first pixel is (0.0, 0.0).

use crate::colour::Colour;
use crate::error::Result;
use crate::units::PixelSize;

mod depth;
mod note;
mod plane;
mod role;
mod view;

pub use depth::{Depth, Drift};
pub(crate) use depth::{FOCUS_BIN_PX, Focus, FocusMap, NucleusFocus, PEAK_BIN_PX, Peak, PeakMap};
pub use note::FieldNote;
pub use plane::{Plane, PlaneView};
pub use role::ChannelRole;
pub use view::FieldView;

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
    /// [`crate::Error::InvalidParameter`] if a plane is empty or the planes differ in size, [`crate::Error::Malformed`] if a float
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

    /// The field, borrowed.
    #[must_use]
    pub fn view(&self) -> FieldView<'_> {
        FieldView {
            name: &self.name,
            counterstain: self.counterstain.view(),
            red: self.red.view(),
            green: self.green.view(),
            pixel_size: self.pixel_size,
            saturation_level: self.saturation_level,
            notes: &self.notes,
            depth: self.depth.as_deref(),
        }
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
