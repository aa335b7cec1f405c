//! Step 2: signals in a probe channel.
//!
//! Every spot-like maximum is a candidate, measured with a filter matched to the width of the signals of this
//! image. Which candidates are signals is decided from all of them together: signals have like heights and the
//! width of the optics; noise, texture, speckle and debris do not. There is no threshold in grey levels.

mod alone;
mod bank;
pub(crate) mod blur;
mod camera;
pub(crate) mod candidate;
mod clipped;
pub(crate) mod decide;
pub(crate) mod evidence;
mod filter;
pub(crate) mod heights;
mod hot;
mod local_noise;
mod masked;
mod maxima;
mod merged;
mod params;
pub(crate) mod rejected;
mod response;
mod scan;
mod scene;
mod sigma;
mod signal;
pub(crate) mod sorting;
mod width;

pub use camera::CameraNoise;
pub use params::DetectParams;
pub use rejected::{RejectedCandidate, Rejection};
pub use signal::Signal;

use candidate::{Candidate, FWHM_PER_SIGMA};

use crate::colour::Colour;
use crate::error::Result;
use crate::field::PlaneView;
use crate::units::PixelSize;

/// Finds the signals of one channel over the whole image, where nothing is known of nuclei or of the other
/// colour. `colour` is noted in the result, and says which of the channels' parameters hold.
///
/// Spots that merge into one maximum are told apart where the image shows that they are several: two of like height at
/// an SNR of 20 from about two sigmas (0.85 diameters) on. A single long spot can pass for two; it is for rules such as
/// [`crate::pair`]'s to join what is one signal. In the nuclei of a specimen this is not done: signals of one colour
/// that near count as one there.
///
/// The signals come in reading order. Samples that are not finite numbers count as missing: the image is continued
/// over them from what is around, and no signal is found there.
///
/// # Errors
/// [`crate::Error::InvalidParameter`] if a parameter is out of range.
///
/// ```
/// use breakapart::{Colour, PlaneView, detect::{detect, DetectParams}};
/// use ndarray::Array2;
/// // Two spots of sigma 1.5 px on a background with a little noise.
/// let spots = [(20.0, 30.0), (44.0, 18.0)];
/// let image = Array2::from_shape_fn((64, 64), |(y, x)| {
///     let spot = |(sy, sx): (f64, f64)| {
///         500.0 * (-((y as f64 - sy).powi(2) + (x as f64 - sx).powi(2)) / 4.5).exp()
///     };
///     (100.0 + spots.map(spot).iter().sum::<f64>() + ((y * 7 + x * 13) % 5) as f64) as u16
/// });
/// let signals = detect(PlaneView::from(&image), Colour::Red, None, &DetectParams::default())?;
/// assert_eq!(signals.len(), 2);
/// assert!((signals[0].y_px - 20.0).abs() < 0.1 && (signals[0].x_px - 30.0).abs() < 0.1);
/// # Ok::<(), breakapart::Error>(())
/// ```
pub fn detect(
    plane: PlaneView<'_>,
    colour: Colour,
    pixel_size: Option<PixelSize>,
    params: &DetectParams,
) -> Result<Vec<Signal>> {
    params.validate()?;
    let (found, probabilities) = alone::detect(plane, colour, pixel_size, params);
    Ok(found
        .candidates
        .iter()
        .zip(probabilities)
        .filter(|(_, p)| *p > 0.5)
        .map(|(c, p)| signal_of(c, colour, p))
        .collect())
}

/// The signal that a candidate turned out to be.
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
    }
}
