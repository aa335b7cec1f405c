//! A candidate: a spot-like maximum of a probe channel, with the measurements that later steps judge it by.

/// Full width at half maximum of a Gaussian over its sigma.
pub(crate) const FWHM_PER_SIGMA: f64 = 2.354_820_045;

/// A spot-like maximum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    /// Sub-pixel row.
    pub(crate) y_px: f64,
    /// Sub-pixel column.
    pub(crate) x_px: f64,
    /// Nucleus it belongs to, 0 = none.
    pub(crate) nucleus_id: u32,
    /// Height above the local background, grey levels.
    pub(crate) amplitude: f64,
    /// Standard deviation of the amplitude from camera noise alone.
    pub(crate) photon_sd: f64,
    /// Standard deviation of the filter response around it: camera noise and texture together.
    pub(crate) texture_sd: f64,
    /// Fitted sigma, px; the channel's where it could not be fitted.
    pub(crate) sigma_px: f64,
    /// Fitted sigma over the channel's.
    pub(crate) width_ratio: f64,
    /// Local background, grey levels.
    pub(crate) background: f64,
    /// Height from which it is a candidate: over camera noise, and over texture.
    pub(crate) threshold: f64,
    /// Depth in the stack, slices; `None` if the field is a single plane, or the stack shows no peak there.
    pub(crate) z_px: Option<f64>,
}

impl Candidate {
    /// Noise of the amplitude: whichever of camera and texture is larger.
    pub(crate) fn noise_sd(&self) -> f64 {
        self.photon_sd.max(self.texture_sd)
    }

    /// Amplitude over its noise.
    pub(crate) fn snr(&self) -> f64 {
        self.amplitude / self.noise_sd()
    }

    /// Standard deviation per axis of the position from noise, px (a spot's sigma over its SNR).
    pub(crate) fn position_sd_px(&self) -> f64 {
        self.sigma_px / self.width_ratio / self.snr()
    }

    /// Distance between two candidates, px.
    pub(crate) fn distance_px(&self, other: &Self) -> f64 {
        (self.y_px - other.y_px).hypot(self.x_px - other.x_px)
    }
}
