//! Probability that a candidate is a signal, from one channel alone.
//!
//! The evidence is how far a candidate stands out of the local noise, `z`. Three populations are separated by
//! expectation maximisation: signals, whose `z` is log-normal and whose width is that of the optics; peaks of
//! camera noise, whose number and heights follow from theory (Adler and Hasofer, see [`noise_peaks_above`]);
//! and peaks of texture, whose heights fall off exponentially at a rate fitted to the image, if that explains the
//! candidates better than noise does.

use crate::detect::candidate::Candidate;
use crate::detect::find::ChannelCandidates;
use crate::statistics::normal_of as normal;

/// `z` from which a maximum is a candidate: low enough to show the background.
pub(super) const CANDIDATE_Z: f64 = 3.5;
/// Noise peaks per pixel above the `z` that starts the population of signals: one in a million pixels.
const SURE_FALSE_PER_PX: f64 = 1e-6;
/// Noise peaks per pixel above the lowest `z` of any signal, which needs many others like it.
const POSSIBLE_FALSE_PER_PX: f64 = 2e-5;
/// Minimal number of signals above all noise from which the heights of signals, and so the expected number of dim ones, are
/// known to a third: enough to do without a population of texture.
const MIN_SURE: f64 = 10.0;
/// Number of parameters of texture: the minimal gain of the log likelihood for texture to be assumed
/// (Akaike 1974, IEEE Transactions on Automatic Control 19:716). Where noise explains all low candidates, texture would
/// only cost dim signals.
const TEXTURE_PARAMETERS: f64 = 2.0;
/// Rounds of expectation maximisation, and the change of the number of signals below which it has settled.
const ROUNDS: usize = 40;
const SETTLED: f64 = 1e-3;
/// Range of the standard deviation of log `z` of signals: from probes of one size in nuclei in one plane to
/// mixed heights over a factor of six either way.
const LOG_Z_SD: [f64; 2] = [0.25, 0.9];
/// Usual standard deviation of log `z` of signals, and the number of signals that it counts for.
const USUAL_LOG_Z_SD: f64 = 0.5;
const LOG_Z_PSEUDO_COUNT: f64 = 5.0;
/// Range of the mean log width of signals: the filter's is a low quantile of the measured ones.
const LOG_WIDTH: [f64; 2] = [-0.1, 0.4];
/// Range of the standard deviation of log width of signals, the usual one, and its count.
const LOG_WIDTH_SD: [f64; 2] = [0.1, 0.5];
const USUAL_LOG_WIDTH_SD: f64 = 0.25;
/// Scatter of a fitted log width at an SNR of 1.
const WIDTH_SCATTER: f64 = 2.0;
/// Log-width distribution of the background, which fits anything from half to three times the width.
const FALSE_LOG_WIDTH: [f64; 2] = [0.15, 0.55];
/// Range of the mean excess of texture peaks over the lowest `z`, the usual one, and its count: of fewer peaks one that
/// is high, or a dim signal among them, would stretch the population over the signals.
const DECAY: [f64; 2] = [0.3, 2.0];
const USUAL_DECAY: f64 = 0.7;
/// `z` up to which texture is fitted: above it are signals, which are not the tail of texture.
const TEXTURE_Z: f64 = 5.5;
const DECAY_PSEUDO_COUNT: f64 = 20.0;
/// Pseudo-count of texture peaks and of signals.
const PSEUDO_COUNT: f64 = 0.5;

/// Number per pixel of maxima above `z` of white noise filtered to spots of `sigma_px`: the high-level
/// approximation `roughness * z * exp(-z^2 / 2) / (2 pi)^(3/2)` (Adler and Hasofer 1976, Annals of Probability
/// 4:1), with the roughness `1 / (2 sigma^2)` of Gaussian filtering.
fn noise_peaks_above(z: f64, sigma_px: f64) -> f64 {
    z * (-0.5 * z * z).exp() / (2.0 * sigma_px * sigma_px * std::f64::consts::TAU.powf(1.5))
}

/// The `z` above which there are this many noise peaks per pixel.
fn z_of(false_per_px: f64, sigma_px: f64) -> f64 {
    let (mut low, mut high) = (2.0, 10.0);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if noise_peaks_above(middle, sigma_px) > false_per_px { low = middle } else { high = middle }
    }
    high
}

/// Mean of an exponential distribution of this decay, truncated at the range in which texture is fitted.
fn truncated_mean(decay: f64) -> f64 {
    let range = TEXTURE_Z - CANDIDATE_Z;
    decay - range / (range / decay).exp_m1()
}

/// The decay at which the truncated exponential distribution has this mean.
fn decay_of_mean(mean: f64) -> f64 {
    let [mut low, mut high] = DECAY;
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if truncated_mean(middle) < mean { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// A candidate in the units of the populations.
pub(super) struct Item {
    z: f64,
    log_width: f64,
    /// Density of noise peaks here, a count per unit of `z`.
    noise: f64,
    false_width: f64,
}

/// Probability of being a signal for each candidate, and the populations, if there are any signals.
pub(super) fn fit(found: &ChannelCandidates) -> (Vec<f64>, Option<Populations>) {
    let sigma = found.sigma_px;
    let pixels = found.data_px as f64;
    let items: Vec<Item> =
        found.candidates.iter().zip(&found.local_noise).map(|(c, n)| item(found, c, *n, pixels)).collect();
    let (sure, least) = (z_of(SURE_FALSE_PER_PX, sigma), z_of(POSSIBLE_FALSE_PER_PX, sigma));
    let start: Vec<f64> = items.iter().map(|i| if i.z > sure { 1.0 } else { 0.0 }).collect();
    let surely = start.iter().sum::<f64>();
    if surely < 1.0 {
        return (start, None);
    }
    let with = settle(&items, &start, least, true);
    if surely < MIN_SURE {
        return (with.0, Some(with.1));
    }
    let without = settle(&items, &start, least, false);
    let gain = with.1.log_likelihood(&items) - without.1.log_likelihood(&items);
    let (probabilities, model) = if gain > TEXTURE_PARAMETERS { with } else { without };
    (probabilities, Some(model))
}

/// Fits the populations, with texture or without.
fn settle(items: &[Item], start: &[f64], least: f64, has_texture: bool) -> (Vec<f64>, Populations) {
    let mut probabilities = start.to_vec();
    let mut texture = vec![if has_texture { 0.5 } else { 0.0 }; items.len()];
    let fit = |probabilities: &[f64], texture: &[f64]| {
        let mut model = Populations::fit(items, probabilities, texture, least);
        if !has_texture {
            model.texture_peaks = 0.0;
        }
        model
    };
    let mut model = fit(&probabilities, &texture);
    let mut before = 0.0;
    for _ in 0..ROUNDS {
        for ((i, p), t) in items.iter().zip(&mut probabilities).zip(&mut texture) {
            *p = model.probability(i);
            *t = if has_texture { model.texture(i) / model.density(i) } else { 0.0 };
        }
        let signals: f64 = probabilities.iter().sum();
        if (signals - before).abs() < SETTLED {
            break;
        }
        before = signals;
        model = fit(&probabilities, &texture);
    }
    (probabilities, model)
}

pub(super) fn item(found: &ChannelCandidates, c: &Candidate, local_noise: f64, pixels: f64) -> Item {
    // Whether there is a spot at all is judged by the noise without a spot.
    let sd = found.filter.amplitude_sd(&found.noise, c.background, 0.0).max(local_noise);
    let z = c.amplitude / sd;
    let log_width = c.width_ratio.ln();
    Item {
        z,
        log_width,
        noise: pixels * z * noise_peaks_above(z, found.sigma_px),
        false_width: normal(log_width, FALSE_LOG_WIDTH[0], FALSE_LOG_WIDTH[1]),
    }
}

/// The fitted populations.
pub(super) struct Populations {
    /// The lowest `z` of a signal.
    least: f64,
    signals: f64,
    log_z: f64,
    log_z_sd: f64,
    pub(super) log_width: f64,
    log_width_sd: f64,
    texture_peaks: f64,
    decay: f64,
}

impl Populations {
    fn fit(items: &[Item], probabilities: &[f64], texture: &[f64], least: f64) -> Self {
        let signals: f64 = probabilities.iter().sum();
        let over = |f: &dyn Fn(&Item) -> f64, weights: &[f64]| -> f64 {
            items.iter().zip(weights).map(|(i, w)| w * f(i)).sum()
        };
        let log_z = over(&|i| i.z.ln(), probabilities) / signals.max(f64::MIN_POSITIVE);
        let height = over(&|i| (i.z.ln() - log_z).powi(2), probabilities)
            + LOG_Z_PSEUDO_COUNT * USUAL_LOG_Z_SD.powi(2);
        let log_width = (over(&|i| i.log_width, probabilities) / (signals + LOG_Z_PSEUDO_COUNT))
            .clamp(LOG_WIDTH[0], LOG_WIDTH[1]);
        let excess_width =
            |i: &Item| ((i.log_width - log_width).powi(2) - (WIDTH_SCATTER / i.z).powi(2)).clamp(0.0, 0.5);
        let width = over(&excess_width, probabilities) + LOG_Z_PSEUDO_COUNT * USUAL_LOG_WIDTH_SD.powi(2);
        let low = |i: &Item| if i.z < TEXTURE_Z { 1.0 } else { 0.0 };
        let peaks = over(&low, texture);
        let usual = truncated_mean(USUAL_DECAY);
        let excess = over(&|i| low(i) * (i.z - CANDIDATE_Z).max(0.0), texture);
        let decay = decay_of_mean((excess + DECAY_PSEUDO_COUNT * usual) / (peaks + DECAY_PSEUDO_COUNT));
        let sd =
            |sum: f64, [low, high]: [f64; 2]| (sum / (signals + LOG_Z_PSEUDO_COUNT)).sqrt().clamp(low, high);
        Self {
            least,
            signals: signals + PSEUDO_COUNT,
            log_z,
            log_z_sd: sd(height, LOG_Z_SD),
            log_width,
            log_width_sd: sd(width, LOG_WIDTH_SD),
            texture_peaks: (peaks + PSEUDO_COUNT) / (1.0 - ((CANDIDATE_Z - TEXTURE_Z) / decay).exp()),
            decay,
        }
    }

    /// Density of signals, a count per unit of `z` and of log width.
    fn signal(&self, i: &Item) -> f64 {
        if i.z <= self.least {
            return 0.0;
        }
        let width_sd = self.log_width_sd.hypot(WIDTH_SCATTER / i.z).min(FALSE_LOG_WIDTH[1]);
        self.signals * normal(i.z.ln(), self.log_z, self.log_z_sd) / i.z
            * normal(i.log_width, self.log_width, width_sd)
    }

    /// Density of all candidates, same units.
    fn density(&self, i: &Item) -> f64 {
        (self.signal(i) + self.texture(i) + i.noise * i.false_width).max(f64::MIN_POSITIVE)
    }

    /// Probability of being a signal.
    pub(super) fn probability(&self, i: &Item) -> f64 {
        self.signal(i) / self.density(i)
    }

    /// Logarithm of the likelihood of the candidates as a Poisson process, but for the number of noise peaks.
    fn log_likelihood(&self, items: &[Item]) -> f64 {
        items.iter().map(|i| self.density(i).ln()).sum::<f64>() - self.signals - self.texture_peaks
    }

    /// Density of texture peaks, same units.
    fn texture(&self, i: &Item) -> f64 {
        let excess = (i.z - CANDIDATE_Z).max(0.0);
        self.texture_peaks * (-excess / self.decay).exp() / self.decay * i.false_width
    }
}
