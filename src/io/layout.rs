//! The channels of a file, and what it states of them.

use super::calibration::SQUARE_TOLERANCE;
use super::channel::{Channel, PlaneAddress};
use super::options::ReadOptions;
use crate::error::Result;
use crate::field::FieldNote;
use crate::units::PixelSize;

/// The channels and properties of a file.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) channels: Vec<Channel>,
    /// Whether the channels are the red, green and blue of a colour image.
    pub(super) rgb: bool,
    pub(super) pixel_size: Option<PixelSize>,
    /// Distance between slices, um, as the file states it.
    pub(super) z_step_um: Option<f64>,
    /// Highest sample value that the camera can give, if the file says.
    pub(super) saturation_level: Option<f32>,
    pub(super) notes: Vec<FieldNote>,
}

impl Layout {
    /// A PNG or JPEG of one or three planes.
    pub(super) fn of_raster(planes: usize) -> Self {
        Self::of_page(0, planes, planes == 3)
    }

    /// A page whose samples are channels.
    pub(super) fn of_page(page: usize, channels: usize, has_colours: bool) -> Self {
        let mut layout = Self { rgb: has_colours && channels == 3, ..Self::default() };
        layout.channels = (0..channels).map(|sample| single_slice(page, sample)).collect();
        if layout.rgb {
            layout.name_rgb();
        }
        layout
    }

    /// Takes the pixel size that the file states, unless the caller supplies one: then an impossible statement is no
    /// error, and a different one is a note.
    pub(super) fn set_pixel_size(&mut self, stated: Result<PixelSize>, options: &ReadOptions) -> Result<()> {
        match (stated, options.pixel_size) {
            (stated, None) => self.pixel_size = Some(stated?),
            (Ok(size), Some(given)) if (size.um() - given.um()).abs() > SQUARE_TOLERANCE * given.um() => {
                let (stated_um, used_um) = (size.um(), given.um());
                self.notes.push(FieldNote::PixelSizeOverridden { channel: None, stated_um, used_um });
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn name_rgb(&mut self) {
        for (channel, name) in self.channels.iter_mut().zip(["red", "green", "blue"]) {
            channel.name = Some(name.to_owned());
        }
    }
}

fn single_slice(page: usize, sample: usize) -> Channel {
    Channel { slices: vec![PlaneAddress { page, sample, slice: 0 }], ..Channel::default() }
}
