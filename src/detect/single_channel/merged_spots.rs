//! Spots that merge into one maximum, separated by fitting several spots of the channel's width together.
//!
//! A maximum is first fitted as one round spot of any width, also on a background that is curved. Two spots of the
//! channel's width are taken instead only where they fit so much better that the further parameters are paid for
//! (Bayesian information criterion, Schwarz 1978, Annals of Statistics 6:461), by more than the spots of this image
//! usually depart from a round Gaussian, and where each of them stands out by itself. Three are tried where two were
//! taken.

use ndarray::Array2;

use crate::detect::candidate::Candidate;
use crate::detect::spot_fit::{Crop, Fit, Model, PlacedSpot, Spot};
use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;

/// Radius of the samples around a maximum in sigmas of a spot: a merged spot lies up to 2.5 of them away.
const RADIUS_SIGMAS: f64 = 3.5;
/// Distance in sigmas within which another signal's light counts.
const NEIGHBOUR_SIGMAS: f64 = 4.0;
/// Error of that light as a share of it: its spot is no perfect Gaussian either.
const NEIGHBOUR_ERROR: f64 = 0.1;
/// Minimal distance in sigmas of two separate spots. Nearer ones look like one long spot.
const MIN_SEPARATION_SIGMAS: f64 = 1.2;
/// Minimal amplitude of each of them in its own standard deviations, with all other parameters free.
const MIN_SNR: f64 = 4.0;
/// Minimal amplitude of each as a share of the highest: the residual of a bright spot that is no perfect Gaussian is no
/// spot.
const MIN_SHARE: f64 = 0.15;
/// Minimal gain of two spots over the usual gain of the signals of this image by their shape, relative to the light in
/// them.
const OVER_USUAL_GAIN: f64 = 4.0;
/// Usual gain of noise by two spots: the median of chi2 of three parameters, and some for the best of all places.
const NOISE_GAIN: f64 = 4.0;
/// Maximal number of spots in one maximum.
const MAX_SPOTS: usize = 3;
/// Minimal number of samples for a fit of two, and maximal number of samples at the camera's limit.
const MIN_SAMPLES: usize = 20;
const MAX_CLIPPED: usize = 2;

/// The plane that spots are fitted to.
pub(crate) struct Merged<'a, 'plane> {
    pub(crate) plane: PlaneView<'plane>,
    pub(crate) no_data: Option<&'a Array2<bool>>,
    pub(crate) noise: &'a Noise,
    /// Sigma of the signals of the channel, px.
    pub(crate) sigma_px: f64,
    /// Level of the brightest pixel of the plane: where many are there, it is the camera's limit.
    pub(crate) limit: f64,
}

/// How several spots fit in the place of one.
struct Trial {
    crop: Crop,
    best: Fit,
    /// Decrease of chi2 by two spots, and the squared SNR of one.
    gain: f64,
    light: f64,
    /// Whether they fit better than one on a curved background, with its one parameter more.
    is_better: bool,
}

impl Merged<'_, '_> {
    /// The spots of each signal that is more than one, `None` for each other. `excess` is, for each, by how much the
    /// noise around exceeds the camera's.
    pub(crate) fn separate(&self, signals: &[Candidate], excess: &[f64]) -> Vec<Option<Vec<PlacedSpot>>> {
        let trials: Vec<Option<Trial>> =
            signals.iter().zip(excess).enumerate().map(|(i, (_, e))| self.trial(signals, i, *e)).collect();
        let mut gains: Vec<f64> =
            trials.iter().flatten().map(|t| (t.gain - NOISE_GAIN).max(0.0) / t.light).collect();
        let Some(usual) = upper_median(&mut gains) else { return vec![None; signals.len()] };
        trials
            .into_iter()
            .map(|trial| {
                let trial = trial?;
                let asked = penalty(&trial.crop, &trial.best);
                if !trial.is_better || trial.gain < asked + OVER_USUAL_GAIN * usual * trial.light {
                    return None;
                }
                let mut best = trial.best;
                if !self.stand_out(&trial.crop, &best) {
                    return None;
                }
                while best.spots.len() < MAX_SPOTS {
                    let Some(more) = self.with_one_more(&trial.crop, &best) else { break };
                    if best.chi2 - more.chi2 < asked || !self.stand_out(&trial.crop, &more) {
                        break;
                    }
                    best = more;
                }
                Some(best.spots.iter().map(|s| trial.crop.placed(s)).collect())
            })
            .collect()
    }

    fn trial(&self, signals: &[Candidate], index: usize, excess: f64) -> Option<Trial> {
        let own = &signals[index];
        let near = NEIGHBOUR_SIGMAS * self.sigma_px + RADIUS_SIGMAS * self.sigma_px;
        let neighbours: Vec<&Candidate> = signals
            .iter()
            .enumerate()
            .filter(|(i, c)| *i != index && own.distance_px(c) < near)
            .map(|(_, c)| c)
            .collect();
        let crop = self.crop(own, &neighbours, excess)?;
        let start = Spot { y: 0.0, x: 0.0, amplitude: own.amplitude };
        let one = crop.fit(self.sigma_px, &[start], Model::Spots)?;
        let round =
            crop.fit(self.sigma_px, &one.spots, Model::AnyWidth).map_or(one.chi2, |r| r.chi2.min(one.chi2));
        let mut best = self.with_one_more(&crop, &one);
        if let Some(halves) = crop.halves(&one, self.sigma_px)
            && let Some(fit) = crop.fit(self.sigma_px, &halves, Model::Spots)
            && best.as_ref().is_none_or(|b| fit.chi2 < b.chi2)
        {
            best = Some(fit);
        }
        let best = best?;
        let curved = crop.fit(self.sigma_px, &one.spots, Model::Curved);
        let is_better = curved.is_none_or(|c| best.chi2 <= c.chi2);
        let gain = round - best.chi2;
        let light = crop.light(&one);
        (light > 0.0).then_some(Trial { crop, best, gain, light, is_better })
    }

    /// A fit with a further spot where the rest of the last fit is highest.
    fn with_one_more(&self, crop: &Crop, last: &Fit) -> Option<Fit> {
        let mut start = last.spots.clone();
        start.push(crop.highest_rest(last, self.sigma_px)?);
        crop.fit(self.sigma_px, &start, Model::Spots)
    }

    /// Whether each spot lies apart from the others and stands out by itself.
    fn stand_out(&self, crop: &Crop, fit: &Fit) -> bool {
        let highest = fit.spots.iter().map(|s| s.amplitude).fold(0.0, f64::max);
        fit.spots.iter().zip(&fit.amplitude_sd).enumerate().all(|(i, (s, sd))| {
            let apart = |t: &Spot| (s.y - t.y).hypot(s.x - t.x) >= MIN_SEPARATION_SIGMAS * self.sigma_px;
            s.amplitude > MIN_SNR * sd
                && s.amplitude > MIN_SHARE * highest
                && fit.spots[..i].iter().all(apart)
                && crop.holds(s)
        })
    }

    /// The samples that are nearer to a signal than to any other.
    fn crop(&self, own: &Candidate, neighbours: &[&Candidate], excess: f64) -> Option<Crop> {
        let (height, width) = self.plane.dim();
        let radius = RADIUS_SIGMAS * self.sigma_px;
        let mut crop = Crop::new(own.y_px, own.x_px, radius);
        crop.neighbours = neighbours.iter().map(|c| (c.y_px - own.y_px, c.x_px - own.x_px)).collect();
        let rows = (own.y_px - radius).ceil().max(0.0) as usize
            ..((own.y_px + radius).floor().max(0.0) as usize + 1).min(height);
        let columns = (own.x_px - radius).ceil().max(0.0) as usize
            ..((own.x_px + radius).floor().max(0.0) as usize + 1).min(width);
        let shape = |r2: f64| (-0.5 * r2 / (self.sigma_px * self.sigma_px)).exp();
        let mut clipped = 0;
        for y in rows {
            for x in columns.clone() {
                let (dy, dx) = (y as f64 - own.y_px, x as f64 - own.x_px);
                let missing = self.no_data.is_some_and(|n| n[(y, x)]);
                if missing || dy.hypot(dx) > radius || !crop.is_own(dy, dx) {
                    continue;
                }
                let value = f64::from(self.plane.at(y, x));
                clipped += usize::from(value >= self.limit);
                let others: f64 = neighbours
                    .iter()
                    .map(|c| c.amplitude * shape((y as f64 - c.y_px).powi(2) + (x as f64 - c.x_px).powi(2)))
                    .sum();
                let level = own.background + others + own.amplitude * shape(dy * dy + dx * dx);
                let variance =
                    self.noise.variance(level) * excess * excess + (NEIGHBOUR_ERROR * others).powi(2);
                crop.push(dy, dx, value - others, variance);
            }
        }
        (crop.len() >= MIN_SAMPLES && clipped <= MAX_CLIPPED).then_some(crop)
    }
}

/// Decrease of chi2 that pays for a further spot, three parameters, in units of the residuals where they
/// exceed noise.
fn penalty(crop: &Crop, fit: &Fit) -> f64 {
    let freedom = crop.len() as f64 - 3.0 * (fit.spots.len() + 1) as f64;
    3.0 * (crop.len() as f64).ln() * (fit.chi2 / freedom.max(1.0)).max(1.0)
}

/// Upper bound of the median of values: two standard deviations of its rank above. `None` if there are too few values.
fn upper_median(values: &mut [f64]) -> Option<f64> {
    let n = values.len() as f64;
    let rank = (0.5 * n + n.sqrt()).floor() as usize;
    values.sort_unstable_by(f64::total_cmp);
    values.get(rank).copied()
}

#[cfg(test)]
mod tests;
