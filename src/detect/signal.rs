//! One hybridisation signal.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::detect::candidate::{Candidate, FWHM_PER_SIGMA};

/// One hybridisation signal: a diffraction-limited spot of a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Signal {
    /// Its colour.
    pub colour: Colour,
    /// The nucleus it lies in; 0 = outside every nucleus.
    pub nucleus_id: u32,
    /// Row, px, as acquired: chromatic correction does not move it.
    pub y_px: f64,
    /// Column, px, as acquired.
    pub x_px: f64,
    /// Integrated intensity of the Gaussian of its height and width above the local background, grey levels times px2.
    pub intensity: f64,
    /// Height above the local background, grey levels.
    pub amplitude: f64,
    /// Amplitude over its standard deviation by the local noise.
    pub snr: f64,
    /// Full width at half maximum, px.
    pub diameter_px: f64,
    /// Estimated probability that this is a hybridisation signal, not noise, debris or crosstalk.
    pub probability: f64,
    /// Depth in the stack, slices, between slices; the first one is 0. `None` if the field is a single plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z_px: Option<f64>,
}

impl Signal {
    /// A signal of unit intensity at a place, for rules and tests that need no image.
    #[must_use]
    pub fn at(colour: Colour, y_px: f64, x_px: f64) -> Self {
        Self {
            colour,
            nucleus_id: 0,
            y_px,
            x_px,
            intensity: 1.0,
            amplitude: 1.0,
            snr: 1.0,
            diameter_px: 1.0,
            probability: 1.0,
            z_px: None,
        }
    }
}

/// The signal that a candidate is.
pub(crate) fn signal_of(candidate: &Candidate, colour: Colour, probability: f64) -> Signal {
    Signal {
        colour,
        nucleus_id: candidate.nucleus_id,
        y_px: candidate.y_px,
        x_px: candidate.x_px,
        intensity: candidate.amplitude * std::f64::consts::TAU * candidate.sigma_px.powi(2),
        amplitude: candidate.amplitude,
        snr: candidate.snr(),
        diameter_px: FWHM_PER_SIGMA * candidate.sigma_px,
        probability,
        z_px: candidate.z_px,
    }
}
