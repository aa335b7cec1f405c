//! Crosstalk taken off the candidates.

use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::detect::decide::NucleusCandidates;

/// Height in camera noise that must be left of a candidate after crosstalk is taken off.
const LEAST_UNMIXED_SNR: f64 = 3.5;

/// Takes from every candidate what leaks into it from the other colour's candidates nearby, and drops those of
/// which too little is left. `fractions` are red into green and green into red. Says which of red and green
/// stayed.
pub(crate) fn unmix(nucleus: &mut NucleusCandidates, fractions: [f64; 2]) -> [Vec<bool>; 2] {
    if fractions == [0.0, 0.0] {
        return Colour::BOTH.map(|c| vec![true; nucleus.of(c).len()]);
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
    let determinant = 1.0 - fractions[0] * fractions[1];
    let red: Vec<f64> = nucleus
        .red
        .iter()
        .map(|c| (c.amplitude - fractions[1] * leak(&nucleus.green, c)) / determinant)
        .collect();
    let green: Vec<f64> = nucleus
        .green
        .iter()
        .map(|c| (c.amplitude - fractions[0] * leak(&nucleus.red, c)) / determinant)
        .collect();
    let mut stayed = [Vec::new(), Vec::new()];
    let channels = [(&mut nucleus.red, red), (&mut nucleus.green, green)];
    for ((candidates, amplitudes), stayed) in channels.into_iter().zip(&mut stayed) {
        for (c, a) in candidates.iter_mut().zip(amplitudes) {
            c.amplitude = a.min(c.amplitude);
            stayed.push(c.amplitude >= LEAST_UNMIXED_SNR * c.photon_sd);
        }
        let mut keep = stayed.iter();
        candidates.retain(|_| keep.next().is_some_and(|&k| k));
    }
    stayed
}
