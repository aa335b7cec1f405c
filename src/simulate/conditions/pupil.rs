//! Parameters of a lens by its pupil.

use serde::{Deserialize, Serialize};

use super::Check;

/// A lens by its pupil: diffraction with rings, true defocus and aberrations instead of a Gaussian. It takes the place
/// of `psf_sigma_um`, `depth_of_focus_um` and `astigmatism_um` of [`Optics`](super::Optics).
///
/// Spots up to 0.25 um wide (standard deviation) get the true shape; counterstain, stroma and larger blobs a Gaussian
/// of about the same width. Aberrations are Zernike coefficients (Noll 1976, J Opt Soc Am 66:207).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Pupil {
    /// Numerical aperture, 0.2 to 1.49 and less than the refractive index. Default 1.4.
    pub na: f64,
    /// Refractive index of the immersion, 1 to 1.6. Default 1.518 (oil).
    pub refractive_index: f64,
    /// Emission wavelengths of counterstain, red and green, nm, 350 to 900 each. Default 460, 590, 525: DAPI,
    /// `SpectrumOrange` and `SpectrumGreen`.
    pub wavelengths_nm: [f64; 3],
    /// Astigmatism, root mean square over the pupil, wavelengths, -0.5 to 0.5. A lens is called perfect below 0.07 in
    /// all. Default 0.03.
    pub astigmatism_waves: f64,
    /// Coma, the same. Default 0.03.
    pub coma_waves: f64,
    /// Spherical aberration, the same. Default 0.04: a cover glass of the wrong thickness gives 0.1 and more.
    pub spherical_waves: f64,
    /// Direction of astigmatism and coma in the field, rad, -10 to 10. Default 0.6.
    pub axis_rad: f64,
}

impl Default for Pupil {
    fn default() -> Self {
        Self {
            na: 1.4,
            refractive_index: 1.518,
            wavelengths_nm: [460.0, 590.0, 525.0],
            astigmatism_waves: 0.03,
            coma_waves: 0.03,
            spherical_waves: 0.04,
            axis_rad: 0.6,
        }
    }
}

/// Largest share of the refractive index that the aperture may be: beyond it, light would leave along the cover glass.
const NA_SHARE_MAX: f64 = 0.99;

impl Pupil {
    pub(super) fn checks(&self) -> Vec<Check> {
        let [counterstain, red, green] = self.wavelengths_nm;
        vec![
            ("pupil.refractive_index", self.refractive_index, 1.0..=1.6),
            ("pupil.na", self.na, 0.2..=(NA_SHARE_MAX * self.refractive_index).min(1.49)),
            ("pupil.wavelengths_nm[counterstain]", counterstain, 350.0..=900.0),
            ("pupil.wavelengths_nm[red]", red, 350.0..=900.0),
            ("pupil.wavelengths_nm[green]", green, 350.0..=900.0),
            ("pupil.astigmatism_waves", self.astigmatism_waves, -0.5..=0.5),
            ("pupil.coma_waves", self.coma_waves, -0.5..=0.5),
            ("pupil.spherical_waves", self.spherical_waves, -0.5..=0.5),
            ("pupil.axis_rad", self.axis_rad, -10.0..=10.0),
        ]
    }
}
