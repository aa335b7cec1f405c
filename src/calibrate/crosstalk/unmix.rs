//! Correction of the candidates for crosstalk.

use crate::colour::PerColour;
use crate::detect::candidate::Candidate;
use crate::detect::nucleus_candidates::NucleusCandidates;

/// Minimal height of a corrected candidate, in standard deviations of camera noise.
const MIN_UNMIXED_SNR: f64 = 3.5;

/// Subtracts from every candidate the crosstalk of the candidates of the other colour nearby, and drops candidates of
/// which too little is left. `fractions` has the crosstalk of each colour into the other one. Returns which candidates
/// stayed.
pub(crate) fn unmix(nucleus: &mut NucleusCandidates, fractions: PerColour<f64>) -> PerColour<Vec<bool>> {
    if fractions == PerColour::both(0.0) {
        return PerColour::from_fn(|colour| vec![true; nucleus.of(colour).len()]);
    }
    // A spot seen by the matched filter at a distance: the filter's response falls off like a Gaussian of
    // sqrt(2) times the spot's width near the centre.
    let leak = |of: &[Candidate], at: &Candidate| -> f64 {
        of.iter()
            .map(|c| {
                let sigma_px = c.sigma_px / c.width_ratio;
                c.amplitude * (-c.distance_px(at).powi(2) / (4.0 * sigma_px * sigma_px)).exp()
            })
            .fold(0.0, f64::max)
    };
    let determinant = 1.0 - fractions.red * fractions.green;
    let red: Vec<f64> = nucleus
        .red
        .iter()
        .map(|c| (c.amplitude - fractions.green * leak(&nucleus.green, c)) / determinant)
        .collect();
    let green: Vec<f64> = nucleus
        .green
        .iter()
        .map(|c| (c.amplitude - fractions.red * leak(&nucleus.red, c)) / determinant)
        .collect();
    let mut stayed = PerColour { red: Vec::new(), green: Vec::new() };
    let channels = [(&mut nucleus.red, red, &mut stayed.red), (&mut nucleus.green, green, &mut stayed.green)];
    for (candidates, amplitudes, stayed) in channels {
        for (c, a) in candidates.iter_mut().zip(amplitudes) {
            c.amplitude = a.min(c.amplitude);
            stayed.push(c.amplitude >= MIN_UNMIXED_SNR * c.photon_sd);
        }
        let mut keep = stayed.iter();
        candidates.retain(|_| keep.next().is_some_and(|&k| k));
    }
    stayed
}
