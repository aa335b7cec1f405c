//! Restoration of a plane before the search: pixels without data, hot pixels and clipped peaks take the values that the
//! pixels around them suggest.

pub(crate) mod clipped_peaks;
pub(crate) mod floor;
mod hot_pixels;
mod missing_pixels;
mod noise_scale;

use ndarray::Array2;

use crate::detect::camera_noise::CameraNoise;
use crate::detect::restore::clipped_peaks::ClippedPeaks;
use crate::detect::restore::floor::Floor;
use crate::detect::restore::missing_pixels::Missing;
use crate::detect::search_image::reborrow;
use crate::field::PlaneView;
use crate::kernel::camera_noise::{self, Noise, NoiseFit};
use crate::setting::Setting;
use crate::units::PixelSize;

/// A plane that is restored, and its noise.
pub(crate) struct Restored<'a> {
    original: PlaneView<'a>,
    /// The restored plane; `None` if nothing was changed.
    image: Option<Array2<f32>>,
    /// Pixels without data, if there are any.
    pub(crate) no_data: Option<Array2<bool>>,
    /// The noise that detection uses.
    pub(crate) noise: Noise,
    /// The noise that the image itself shows, also where another one is used.
    pub(crate) noise_fit: NoiseFit,
    /// Pixels along each axis over which the noise goes together: one as the camera gives it.
    pub(crate) noise_scale_px: usize,
    /// The level at which the background was cut off, if it was.
    pub(crate) floor: Option<Floor>,
    /// Clipped peaks; none before they are looked for.
    pub(crate) clipped: ClippedPeaks,
}

impl<'a> Restored<'a> {
    /// A plane whose missing and hot pixels are filled. Clipped peaks stay.
    pub(crate) fn new(
        original: PlaneView<'a>,
        noise: Setting<CameraNoise>,
        pixel_size: Option<PixelSize>,
    ) -> Self {
        let Missing { filled, floor } = missing_pixels::look(original);
        let (image, no_data) = filled.map_or((None, None), |f| (Some(f.image), Some(f.no_data)));
        let with_gain = noise != Setting::Off;
        let (noise_fit, noise_scale_px) = if let Some(floor) = floor {
            let untold = floor.untold(original, no_data.as_ref());
            let above = camera_noise::estimate(original, Some(&untold), with_gain);
            (floor.noise(original, above), 1)
        } else {
            noise_scale::fit(original, no_data.as_ref(), with_gain)
        };
        let noise = noise.supplied().map_or(noise_fit.noise, |camera| camera.noise());
        let clipped = ClippedPeaks::default();
        let mut restored =
            Self { original, image, no_data, noise, noise_fit, noise_scale_px, floor, clipped };
        restored.fill_hot_pixels(pixel_size);
        restored
    }

    /// As [`Restored::new`], for a part of a larger picture whose noise is known.
    pub(crate) fn of_part(
        original: PlaneView<'a>,
        (noise, noise_fit, noise_scale_px): (Noise, NoiseFit, usize),
        pixel_size: Option<PixelSize>,
    ) -> Self {
        let Missing { filled, floor } = missing_pixels::look(original);
        let (image, no_data) = filled.map_or((None, None), |f| (Some(f.image), Some(f.no_data)));
        let clipped = ClippedPeaks::default();
        let mut restored =
            Self { original, image, no_data, noise, noise_fit, noise_scale_px, floor, clipped };
        restored.fill_hot_pixels(pixel_size);
        restored
    }

    fn fill_hot_pixels(&mut self, pixel_size: Option<PixelSize>) {
        let without_hot = hot_pixels::fill(self.plane(), &self.noise, pixel_size);
        if without_hot.is_some() {
            self.image = without_hot;
        }
    }

    /// Restores the clipped peaks and counts those whose centre (row, column) `counts`. `nominal_sigma_px` is the usual
    /// width of a signal.
    pub(crate) fn restore_clipped_peaks(
        &mut self,
        nominal_sigma_px: f64,
        counts: impl Fn(usize, usize) -> bool,
    ) {
        let (image, clipped) = clipped_peaks::fill(self.plane(), &self.noise, nominal_sigma_px, counts);
        self.clipped = clipped;
        if image.is_some() {
            self.image = image;
        }
    }

    /// The restored plane.
    pub(crate) fn plane(&self) -> PlaneView<'_> {
        self.image.as_ref().map_or_else(|| reborrow(&self.original), PlaneView::from)
    }
}
