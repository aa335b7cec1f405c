//! Signals of one channel where neither nuclei nor the other colour are known.
//!
//! This is a path of its own: the reading of a specimen does not take it. Each candidate is judged by how far it stands out
//! of the noise around it, and maxima that are several spots are separated.

mod merged_spots;
mod populations;
mod separate;

use crate::colour::Colour;
use crate::detect::find;
use crate::detect::params::DetectParams;
use crate::detect::restore::Restored;
use crate::detect::signal::{Signal, signal_of};
use crate::error::Result;
use crate::field::PlaneView;
use crate::units::PixelSize;
use populations::CANDIDATE_Z;
use separate::separate;

/// Finds the signals of one channel over the whole image, without nuclei and without the other colour. `colour` is copied to
/// the result, and selects the parameters of that channel.
///
/// Spots that merge into one maximum are separated if the image shows that they are several: two of like height at
/// an SNR of 20 from about two sigmas (0.85 diameters) on. A single long spot can pass for two; rules such as
/// [`crate::pair`]'s join the halves of one signal. In the nuclei of a specimen spots are not separated: signals of one
/// colour at that distance count as one there.
///
/// The signals come in reading order. Samples that are not finite numbers count as missing: the image is continued
/// over them from the pixels around, and no signal is found there.
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
    let restored = Restored::new(plane, params.camera_noise[colour], pixel_size);
    let mut search = params.clone();
    search.candidate_snr = search.candidate_snr.min(CANDIDATE_Z);
    let mut found = find::candidates_of(&restored, colour, None, pixel_size, &search);
    let (mut probabilities, populations) = populations::fit(&found);
    if let Some(populations) = populations {
        let no_data = restored.no_data.as_ref();
        separate(restored.plane(), no_data, &mut found, &mut probabilities, &populations);
    }
    let signals = found.candidates.iter().zip(probabilities).filter(|(_, p)| *p > 0.5);
    Ok(signals.map(|(c, p)| signal_of(c, colour, p)).collect())
}
