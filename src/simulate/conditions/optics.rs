//! Parameters of the microscope.

use serde::{Deserialize, Serialize};

use super::{Check, Pupil};

/// The microscope: sampling, blur, shift between channels, stack of planes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Optics {
    /// Edge of a pixel in the specimen, um, 0.03 to 1. A camera with 6.5 um pixels gives 0.16 at 40x, 0.108
    /// at 60x, 0.065 at 100x. Default 0.1.
    pub pixel_um: f64,
    /// Standard deviation of the point spread function in focus, um, 0.03 to 1: 0.21 wavelength / NA for a
    /// perfect lens (Zhang 2007, Appl Opt 46:1819), 0.09 um at 580 nm and NA 1.4. Default 0.11.
    pub psf_sigma_um: f64,
    /// Distance from focus at which the point spread function covers twice the area, um, 0.1 to 20. A single
    /// exposure at NA 1.4 has about 0.5; images merged from several planes, as scanners make them, more.
    /// Default 2.
    pub depth_of_focus_um: f64,
    /// Height of the focus above the middle of the specimen (for a stack: of its middle plane), um,
    /// -20 to 20. Default 0.
    pub defocus_um: f64,
    /// Distance between the heights at which rows and columns are in focus, um, 0 to 10. Default 0.
    pub astigmatism_um: f64,
    /// Position of green relative to red in the middle of the field, (y, x), px, -50 to 50 each.
    /// Good systems have less than 0.05 um. Default 0, 0.
    pub shift_px: [f64; 2],
    /// Magnification of green relative to red, less one, -0.02 to 0.02: the shift grows from the middle of
    /// the field outwards. Default 0.
    pub shift_magnification: f64,
    /// Rotation of green relative to red about the middle of the field, rad, -0.02 to 0.02. Default 0.
    pub shift_rotation: f64,
    /// Share of the red light seen in green, and of the green light seen in red, 0 to 0.8 each. Default 0, 0.
    pub crosstalk: [f64; 2],
    /// Loss of light in the corners of the field, 0 to 0.9; it grows with the square of the distance from
    /// the middle. Default 0.12.
    pub vignette: f64,
    /// Planes of the stack, 1 to 64; 1 is a single image. Default 1.
    pub planes: usize,
    /// Distance between planes, um, 0.05 to 5. Default 0.5.
    pub plane_step_um: f64,
    /// Displacement of the last plane of a stack against the first, (y, x), px, -200 to 200 each; the planes between
    /// are displaced in proportion, and the middle one not at all. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_px: Option<[f64; 2]>,
    /// A lens by its pupil instead of a Gaussian. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pupil: Option<Pupil>,
}

impl Default for Optics {
    fn default() -> Self {
        Self {
            pixel_um: 0.1,
            psf_sigma_um: 0.11,
            depth_of_focus_um: 2.0,
            defocus_um: 0.0,
            astigmatism_um: 0.0,
            shift_px: [0.0, 0.0],
            shift_magnification: 0.0,
            shift_rotation: 0.0,
            crosstalk: [0.0, 0.0],
            vignette: 0.12,
            planes: 1,
            plane_step_um: 0.5,
            drift_px: None,
            pupil: None,
        }
    }
}

impl Optics {
    pub(super) fn checks(&self) -> Vec<Check> {
        let mut checks = vec![
            ("pixel_um", self.pixel_um, 0.03..=1.0),
            ("psf_sigma_um", self.psf_sigma_um, 0.03..=1.0),
            ("depth_of_focus_um", self.depth_of_focus_um, 0.1..=20.0),
            ("defocus_um", self.defocus_um, -20.0..=20.0),
            ("astigmatism_um", self.astigmatism_um, 0.0..=10.0),
            ("shift_px[y]", self.shift_px[0], -50.0..=50.0),
            ("shift_px[x]", self.shift_px[1], -50.0..=50.0),
            ("shift_magnification", self.shift_magnification, -0.02..=0.02),
            ("shift_rotation", self.shift_rotation, -0.02..=0.02),
            ("crosstalk[red to green]", self.crosstalk[0], 0.0..=0.8),
            ("crosstalk[green to red]", self.crosstalk[1], 0.0..=0.8),
            ("vignette", self.vignette, 0.0..=0.9),
            ("planes", self.planes as f64, 1.0..=64.0),
            ("plane_step_um", self.plane_step_um, 0.05..=5.0),
        ];
        if let Some([y_px, x_px]) = self.drift_px {
            checks.push(("drift_px[y]", y_px, -200.0..=200.0));
            checks.push(("drift_px[x]", x_px, -200.0..=200.0));
        }
        checks.extend(self.pupil.iter().flat_map(Pupil::checks));
        checks
    }

    /// Displacement of a plane of the stack by drift, (y, x), px.
    pub(in crate::simulate) fn drift_of_plane_px(&self, plane: usize) -> Option<[f64; 2]> {
        let last = self.planes.checked_sub(1).filter(|last| *last > 0)?;
        let share = plane as f64 / last as f64 - 0.5;
        self.drift_px.map(|drift| drift.map(|px| share * px))
    }
}
