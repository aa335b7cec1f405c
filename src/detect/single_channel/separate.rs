//! Separation of signals that are several spots.

use ndarray::Array2;

use crate::detect::candidate::Candidate;
use crate::detect::find::ChannelCandidates;
use crate::detect::single_channel::merged_spots::Merged;
use crate::detect::single_channel::populations::{Populations, item};
use crate::detect::spot_fit::PlacedSpot;
use crate::field::PlaneView;

/// Replaces signals that are several spots by these, if each of the spots is a signal.
pub(super) fn separate(
    plane: PlaneView<'_>,
    no_data: Option<&Array2<bool>>,
    found: &mut ChannelCandidates,
    probabilities: &mut Vec<f64>,
    populations: &Populations,
) {
    let samples = (0..plane.dim().0).flat_map(|y| (0..plane.dim().1).map(move |x| (y, x)));
    let limit = samples.map(|(y, x)| f64::from(plane.at(y, x))).fold(f64::NEG_INFINITY, f64::max);
    let sigma_px = found.sigma_px * populations.log_width.exp();
    let merged = Merged { plane, no_data, noise: &found.noise, sigma_px, limit };
    let is_signal: Vec<usize> = (0..probabilities.len()).filter(|i| probabilities[*i] > 0.5).collect();
    let signals: Vec<Candidate> = is_signal.iter().map(|i| found.candidates[*i]).collect();
    let excess: Vec<f64> = is_signal
        .iter()
        .zip(&signals)
        .map(|(i, c)| {
            let camera = found.filter.amplitude_sd(&found.noise, c.background, 0.0);
            (found.local_noise[*i] / camera).max(1.0)
        })
        .collect();
    let pixels = found.data_px as f64;
    let mut spots: Vec<Option<Vec<PlacedSpot>>> = vec![None; probabilities.len()];
    for (i, resolved) in is_signal.into_iter().zip(merged.separate(&signals, &excess)) {
        spots[i] = resolved;
    }
    let (mut candidates, mut local_noise, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (i, spots) in spots.into_iter().enumerate() {
        let (whole, noise) = (found.candidates[i], found.local_noise[i]);
        let parts: Vec<(Candidate, f64)> = spots
            .into_iter()
            .flatten()
            .map(|spot| {
                let part = Candidate {
                    y_px: spot.y_px,
                    x_px: spot.x_px,
                    amplitude: spot.amplitude,
                    photon_sd: found.filter.amplitude_sd(&found.noise, whole.background, spot.amplitude),
                    sigma_px,
                    width_ratio: sigma_px / found.sigma_px,
                    ..whole
                };
                (part, populations.probability(&item(found, &part, noise, pixels)))
            })
            .filter(|(_, probability)| *probability > 0.5)
            .collect();
        let parts = if parts.len() > 1 { parts } else { vec![(whole, probabilities[i])] };
        for (part, probability) in parts {
            candidates.push(part);
            local_noise.push(noise);
            kept.push(probability);
        }
    }
    (found.candidates, found.local_noise, *probabilities) = (candidates, local_noise, kept);
}
