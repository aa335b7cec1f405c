//! Parameters of signal detection.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::detect::camera_noise::CameraNoise;
use crate::error::{Error, Result};
use crate::setting::Setting;
use crate::units::PixelSize;

/// Parameters of signal detection. None is a grey level: thresholds are in units of noise that is measured
/// in each image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DetectParams {
    /// Sigma of a signal that is expected before it is measured, um. Range 0.05 to 1. Default 0.2: the
    /// diffraction limit of a 1.3 to 1.4 NA objective (0.09 um) widened by a probe of 250 to 300 kb.
    pub nominal_sigma_um: f64,
    /// The same where no pixel size is known, px. Range 0.5 to 20. Default 1.5.
    pub nominal_sigma_without_pixel_size_px: f64,
    /// Full width at half maximum of red and of green signals, px: `estimate` measures it on the signals of each image,
    /// `off` takes the nominal one, a value is used as it is (`report.json` gives that of a specimen as
    /// `signal_diameter_px`). Range 1.2 to 47. Default: `estimate` for both.
    pub signal_diameter_px: [Setting<f64>; 2],
    /// Noise of the red and of the green camera: `estimate` measures it on each image, as a straight line of the
    /// level; `off` takes one noise for all levels, the middle one of the image; a value is used as it is, but for
    /// fields of which the counterstain is taken off, where what is left has another noise. Default: `estimate` for
    /// both.
    pub camera_noise: [Setting<CameraNoise>; 2],
    /// Smallest sigma that sampling allows, px. Range 0.3 to 2. Default 0.7.
    pub min_sigma_px: f64,
    /// Height over camera noise from which a maximum is a candidate, in standard deviations. Permissive: the
    /// decision comes later, with texture, width and partner. Range 2 to 10. Default 4: of 10^6 independent
    /// maxima of pure noise 32 pass.
    pub candidate_snr: f64,
    /// Height over the local spread of the filter response (noise and texture) from which a maximum is a
    /// candidate, in standard deviations. Range 0 to 10. Default 3.
    pub candidate_texture_snr: f64,
    /// Height over camera noise from which a spot is used for measuring the width. Range 5 to 100. Default 10.
    pub width_snr: f64,
    /// Fewest spots for a measured width. Range 1 to 1000. Default 2.
    pub width_spots_min: usize,
    /// Most spots used, the brightest ones. Range 10 to 10000. Default 150.
    pub width_spots_max: usize,
    /// Quantile of the measured widths that is taken for the width of a single signal: below the median,
    /// since doublets and debris are wide and nothing real is narrow. Range 0.1 to 0.6. Default 0.4.
    pub width_quantile: f64,
    /// Window of the broadest filter in signal sigmas, for smooth backgrounds. Range 1 to 5. Default 3.
    pub broad_support: f64,
    /// Window of the wide filters in signal sigmas. Range 1 to 4. Default 2.
    pub wide_support: f64,
    /// Window of the narrow filter, for strongly textured tissue. Range 0.8 to 3. Default 1.4.
    pub narrow_support: f64,
    /// Pixels of an image on which width and filter are learned; of a larger one, parts with many nuclei. Range 65536
    /// to 10^9. Default 2^18: some 20 nuclei of 9 um at 0.1 um per pixel.
    pub sample_px: usize,
    /// Grid points on which the filters are compared. Range 100 to 1000000. Default 20000.
    pub filter_samples: usize,
    /// How far outside the outline of a nucleus a signal still belongs to it, um (a nucleus' rim is dim).
    /// Range 0 to 2. Default 0.3.
    pub nucleus_margin_um: f64,
}

impl Default for DetectParams {
    fn default() -> Self {
        Self {
            nominal_sigma_um: 0.2,
            nominal_sigma_without_pixel_size_px: 1.5,
            signal_diameter_px: [Setting::Estimate; 2],
            camera_noise: [Setting::Estimate; 2],
            min_sigma_px: 0.7,
            candidate_snr: 4.0,
            candidate_texture_snr: 3.0,
            width_snr: 10.0,
            width_spots_min: 2,
            width_spots_max: 150,
            width_quantile: 0.4,
            broad_support: 3.0,
            wide_support: 2.0,
            narrow_support: 1.4,
            sample_px: 1 << 18,
            filter_samples: 20_000,
            nucleus_margin_um: 0.3,
        }
    }
}

impl DetectParams {
    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        let check = |name: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(Error::parameter(name, value, format!("{low} to {high}")))
            }
        };
        check("nominal_sigma_um", self.nominal_sigma_um, 0.05, 1.0)?;
        check("nominal_sigma_without_pixel_size_px", self.nominal_sigma_without_pixel_size_px, 0.5, 20.0)?;
        for (colour, (diameter, noise)) in
            Colour::BOTH.iter().zip(self.signal_diameter_px.into_iter().zip(self.camera_noise))
        {
            diameter.check(&format!("signal_diameter_px[{}]", colour.name()), [1.2, 47.0])?;
            if let Some(noise) = noise.supplied() {
                noise.validate(&format!("camera_noise[{}]", colour.name()))?;
            }
        }
        check("min_sigma_px", self.min_sigma_px, 0.3, 2.0)?;
        check("candidate_snr", self.candidate_snr, 2.0, 10.0)?;
        check("candidate_texture_snr", self.candidate_texture_snr, 0.0, 10.0)?;
        check("width_snr", self.width_snr, 5.0, 100.0)?;
        check("width_spots_min", self.width_spots_min as f64, 1.0, 1000.0)?;
        check("width_spots_max", self.width_spots_max as f64, 10.0, 10_000.0)?;
        check("width_quantile", self.width_quantile, 0.1, 0.6)?;
        check("broad_support", self.broad_support, 1.0, 5.0)?;
        check("wide_support", self.wide_support, 1.0, 4.0)?;
        check("narrow_support", self.narrow_support, 0.8, 3.0)?;
        check("sample_px", self.sample_px as f64, 65_536.0, 1e9)?;
        check("filter_samples", self.filter_samples as f64, 100.0, 1e6)?;
        check("nucleus_margin_um", self.nucleus_margin_um, 0.0, 2.0)
    }

    /// Expected sigma in pixels.
    pub(crate) fn nominal_sigma_px(&self, pixel_size: Option<PixelSize>) -> f64 {
        let px = pixel_size
            .map_or(self.nominal_sigma_without_pixel_size_px, |p| p.um_to_px(self.nominal_sigma_um));
        px.clamp(self.min_sigma_px, 20.0)
    }

    /// The margin around nuclei in pixels; where no pixel size is known, in proportion to the signal width.
    pub(crate) fn nucleus_margin_px(&self, pixel_size: Option<PixelSize>, sigma_px: f64) -> f64 {
        pixel_size.map_or(sigma_px * self.nucleus_margin_um / self.nominal_sigma_um, |p| {
            p.um_to_px(self.nucleus_margin_um)
        })
    }
}
