//! How much each candidate looks like a signal rather than noise, texture or debris.
//!
//! The candidates of a colour are signals or background. Signals of one probe have like heights (log-normal) and the width of
//! the optics. The background is peaks of noise and texture, whose heights fall off exponentially in units of the local noise,
//! unspecific speckle, and debris, which is wide. The parameters of both are fitted to the specimen itself by expectation
//! maximisation; [`super::explanations`] weighs all explanations of the candidates of a nucleus.

use crate::calibrate::crosstalk::MAX_CROSSTALK;
use crate::detect::candidate::Candidate;
use crate::detect::defocus::{BySteps, DefocusAttenuation, STEPS, log_widening};
use crate::resolve::blur::Blur;
use crate::resolve::height_distribution;
use crate::statistics::{self, normal_of as normal};

/// Signals and background of one colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SignalModel {
    /// Mean of the log height of signals.
    pub(crate) log_height: f64,
    /// Standard deviation of the log height of signals.
    pub(crate) log_height_sd: f64,
    /// Standard deviation of the log width of signals at high SNR.
    pub(crate) log_width_sd: f64,
    /// Mean excess of background heights over the candidate threshold, in local noise.
    pub(crate) background_decay: f64,
    /// Share of speckle in the background.
    pub(crate) speckle_share: f64,
    /// Mean number of background candidates per nucleus.
    pub(crate) background_rate: f64,
}

/// Share of signals that are doublets seen as one spot, wider than one: the share of nuclei past S phase.
const DOUBLET_SHARE: f64 = 0.08;
/// Mean and standard deviation of the log width of a doublet over a single signal: its halves lie up to a signal diameter
/// apart, averaged over the two axes.
const DOUBLET_LOG_WIDTH: f64 = 0.25;
const DOUBLET_LOG_WIDTH_SD: f64 = 0.15;
/// Mean height of speckle relative to signals.
const SPECKLE_HEIGHT: f64 = 0.15;
/// Log-width distribution of the background: noise peaks fit anything from half to three times the width.
const BACKGROUND_LOG_WIDTH_MEAN: f64 = 0.15;
const BACKGROUND_LOG_WIDTH_SD: f64 = 0.55;
/// Light of debris, height times width squared, relative to a signal: between these limits, each factor as likely as
/// another. Defocus widens a signal but adds no light, and a doublet gives twice the light of one signal (up to 3 times if
/// both halves are bright): debris with less light cannot be distinguished from them.
const DEBRIS_LIGHT: [f64; 2] = [3.0, 60.0];
/// Standard deviation of the logarithm of its light in one colour over its light in the other, both relative to signals: a
/// factor of two.
const DEBRIS_LOG_RATIO_SD: f64 = 0.7;
/// Mean and standard deviation of its log width over a point: up to about three times; debris as narrow as the optics cannot
/// be distinguished from signals.
const DEBRIS_LOG_WIDTH: f64 = 0.5;
const DEBRIS_LOG_WIDTH_SD: f64 = 0.25;
/// Scatter of a fitted log width at an SNR of 1.
const WIDTH_SCATTER: f64 = 2.0;

/// Threshold up to which undetected signals are allowed for, in standard deviations above the mean: beyond it
/// five of six are not detected, and the detected ones do not show how many there are.
const MAX_UNDETECTED_SD: f64 = 1.0;
/// Minimal variance of the detected signals, in units of the variance of all.
const MIN_DETECTED_VARIANCE: f64 = 0.2;

/// Excess of noise peaks over the threshold before it is measured, in local noise.
const USUAL_BACKGROUND_DECAY: f64 = 0.7;
/// Density of one clump of debris with the heights and widths of a red and a green candidate, over the density of two
/// signals.
pub(crate) fn debris_over_signals(
    (a, red, red_attenuation): (&Candidate, &SignalModel, &DefocusAttenuation),
    (b, green, green_attenuation): (&Candidate, &SignalModel, &DefocusAttenuation),
    blur: &Blur,
) -> f64 {
    let [min, max] = DEBRIS_LIGHT.map(f64::ln);
    let light = |c: &Candidate, p: &SignalModel| {
        c.amplitude.max(f64::MIN_POSITIVE).ln() - p.log_height + 2.0 * c.width_ratio.ln()
    };
    let (x, y) = (light(a, red), light(b, green));
    if !(min..=max).contains(&f64::midpoint(x, y)) {
        return 0.0;
    }
    let heights = normal(x - y, 0.0, DEBRIS_LOG_RATIO_SD) / (max - min);
    let width = |c: &Candidate| {
        normal(c.width_ratio.ln(), DEBRIS_LOG_WIDTH, DEBRIS_LOG_WIDTH_SD.hypot(WIDTH_SCATTER / c.snr()))
    };
    let signal = |c: &Candidate, p: &SignalModel, attenuation: &DefocusAttenuation| -> f64 {
        blur.steps().map(|(step, share)| share * p.signal_density(c, attenuation, step)).sum()
    };
    let signals = (signal(a, red, red_attenuation) * signal(b, green, green_attenuation)).max(1e-300);
    (heights * width(a) * width(b) / signals).min(1e26)
}

impl SignalModel {
    /// Starting values around a typical height.
    pub(crate) fn start(height: f64) -> Self {
        Self {
            log_height: height.max(f64::MIN_POSITIVE).ln(),
            log_height_sd: 0.5,
            log_width_sd: 0.1,
            background_decay: USUAL_BACKGROUND_DECAY,
            speckle_share: 0.1,
            background_rate: 1.0,
        }
    }

    /// Density of crosstalk of the signal `leaking` over the density of `background`: it is as wide as the signal, and any
    /// fraction up to the largest crosstalk is as likely as any other.
    pub(crate) fn crosstalk_odds(&self, c: &Candidate, leaking: &Candidate, background: f64) -> f64 {
        let ratio = c.amplitude / leaking.amplitude;
        if ratio >= MAX_CROSSTALK {
            return 0.0;
        }
        let measured = |c: &Candidate| WIDTH_SCATTER / c.snr();
        let scatter =
            self.log_width_sd.hypot(measured(c).hypot(measured(leaking))).min(BACKGROUND_LOG_WIDTH_SD);
        let as_wide = normal((c.width_ratio / leaking.width_ratio).ln(), 0.0, scatter);
        (ratio / MAX_CROSSTALK * as_wide / background.max(1e-300)).min(1e13)
    }

    /// Density of a signal with this height and width, per unit of log height and log width, in a step of blur.
    fn signal_density(&self, c: &Candidate, attenuation: &DefocusAttenuation, step: usize) -> f64 {
        let x = c.amplitude.max(f64::MIN_POSITIVE).ln() - attenuation.log_height(step);
        let relative_noise = c.noise_sd() / c.amplitude;
        let sd = self.log_height_sd.hypot(relative_noise);
        height_distribution::density((x - self.log_height) / sd) / sd * self.signal_width_density(c, step)
    }

    /// Density of a signal with this width, per unit of log width, in a step of blur.
    fn signal_width_density(&self, c: &Candidate, step: usize) -> f64 {
        let snr = c.snr();
        let scatter = |sd: f64| sd.hypot(WIDTH_SCATTER / snr).min(BACKGROUND_LOG_WIDTH_SD);
        let x = c.width_ratio.ln() - log_widening(step);
        (1.0 - DOUBLET_SHARE) * normal(x, 0.0, scatter(self.log_width_sd))
            + DOUBLET_SHARE * normal(x, DOUBLET_LOG_WIDTH, scatter(DOUBLET_LOG_WIDTH_SD))
    }

    /// Density of background with this height and width, same units.
    pub(crate) fn background_density(&self, c: &Candidate) -> f64 {
        let noise = c.noise_sd();
        let excess = (c.amplitude - c.threshold).max(0.0);
        let texture = (-excess / (self.background_decay * noise)).exp() / (self.background_decay * noise);
        let scale = SPECKLE_HEIGHT * self.log_height.exp();
        let speckle = (-excess / scale).exp() / scale;
        let height = c.amplitude * ((1.0 - self.speckle_share) * texture + self.speckle_share * speckle);
        height * Self::background_width_density(c)
    }

    fn background_width_density(c: &Candidate) -> f64 {
        normal(c.width_ratio.ln(), BACKGROUND_LOG_WIDTH_MEAN, BACKGROUND_LOG_WIDTH_SD)
    }

    /// Density of background times the number of background candidates in a nucleus.
    pub(crate) fn background_weight(&self, c: &Candidate) -> f64 {
        self.background_rate * self.background_density(c)
    }

    /// Signal density over the density of background in each step of blur that there is; 0 in the others.
    pub(crate) fn odds(
        &self,
        c: &Candidate,
        attenuation: &DefocusAttenuation,
        blur: &Blur,
        background: f64,
    ) -> BySteps {
        let mut odds = [0.0; STEPS];
        let of_background = background.max(1e-300);
        for (step, _) in blur.steps() {
            odds[step] = (self.signal_density(c, attenuation, step) / of_background).clamp(1e-13, 1e13);
        }
        odds
    }
}

/// Probability of being a signal below which a step of blur is left out.
const MIN_PROBABILITY: f64 = 1e-4;

impl Observation<'_> {
    /// The steps of blur that count, with the probability of being a signal there.
    fn steps(&self) -> impl Iterator<Item = (usize, f64)> {
        self.signal.into_iter().enumerate().filter(|(_, p)| *p > MIN_PROBABILITY)
    }

    /// Probability of being background of the nuclei themselves.
    fn background(&self) -> f64 {
        (1.0 - self.signal.iter().sum::<f64>().min(1.0)) * (1.0 - self.false_spot)
    }

    /// Logarithm of the height that it would have in focus.
    fn log_height(&self, step: usize) -> f64 {
        self.candidate.amplitude.max(f64::MIN_POSITIVE).ln() - self.attenuation.log_height(step)
    }
}

/// A candidate to which the model is fitted.
pub(crate) struct Observation<'a> {
    pub(crate) candidate: &'a Candidate,
    pub(crate) attenuation: &'a DefocusAttenuation,
    /// Probability of being a signal in each step of blur.
    pub(crate) signal: BySteps,
    /// Share of the background like it that is found outside nuclei too, and known from there.
    pub(crate) false_spot: f64,
}

impl SignalModel {
    /// Updates the model by candidates with their probabilities of being signals.
    pub(crate) fn update(&mut self, observations: &[Observation<'_>], nuclei: f64) {
        /// Pseudo-signals that hold the standard deviation of heights near a usual value if there are few signals.
        const PSEUDO_SIGNALS: f64 = 15.0;
        const USUAL_LOG_HEIGHT_SD: f64 = 0.35;
        const LOG_HEIGHT_SD_RANGE: [f64; 2] = [0.25, 0.7];
        const LOG_WIDTH_SD_RANGE: [f64; 2] = [0.04, 0.45];
        let (mut real, mut sum) = (0.0, 0.0);
        for t in observations {
            for (step, p) in t.steps() {
                // Noise peaks and debris say little about the height of signals, even if one passes for a signal.
                let w = p * self.core_weight(t, step);
                real += w;
                sum += w * (t.log_height(step) - self.log_height_sd * self.truncation(t, step).1);
            }
        }
        if real > 1.0 {
            self.log_height = sum / real;
        }
        let mut height = PSEUDO_SIGNALS * USUAL_LOG_HEIGHT_SD.powi(2);
        let mut width = PSEUDO_SIGNALS * 0.1_f64.powi(2);
        let mut count = PSEUDO_SIGNALS;
        let mut excess_sum = 2.0 * USUAL_BACKGROUND_DECAY;
        let mut excess_count = 2.0;
        let (mut speckle, mut all_background) = (0.5, 5.0);
        let scale = SPECKLE_HEIGHT * self.log_height.exp();
        for observation in observations {
            let c = observation.candidate;
            let (snr, log_width) = (c.snr(), c.width_ratio.ln());
            for (step, p) in observation.steps() {
                let w = p * self.core_weight(observation, step);
                let (threshold, excess) = self.truncation(observation, step);
                let detected = (1.0 + threshold * excess).max(MIN_DETECTED_VARIANCE);
                height += w
                    * ((observation.log_height(step) - self.log_height).powi(2) - snr.powi(-2)).max(0.0)
                    / detected;
                let wider = log_width - log_widening(step);
                width += w * (wider.powi(2) - (WIDTH_SCATTER / snr).powi(2)).clamp(0.0, 0.5);
                count += w;
            }
            let background = observation.background();
            let noise = c.noise_sd();
            let excess = (c.amplitude - c.threshold).max(0.0);
            let t = (1.0 - self.speckle_share) * (-excess / (self.background_decay * noise)).exp()
                / (self.background_decay * noise);
            let s = self.speckle_share * (-excess / scale).exp() / scale;
            let of_texture = t / (t + s).max(f64::MIN_POSITIVE);
            // Debris is wide: it must not change the heights of noise peaks.
            let narrow = if log_width < 0.5 { 1.0 } else { 0.2 };
            excess_sum += background * of_texture * narrow * excess / noise;
            excess_count += background * of_texture * narrow;
            speckle += background * (1.0 - of_texture);
            all_background += background;
        }
        self.log_height_sd = (height / count).sqrt().clamp(LOG_HEIGHT_SD_RANGE[0], LOG_HEIGHT_SD_RANGE[1]);
        self.log_width_sd = (width / count).sqrt().clamp(LOG_WIDTH_SD_RANGE[0], LOG_WIDTH_SD_RANGE[1]);
        self.background_decay = (excess_sum / excess_count).clamp(0.3, 3.0);
        self.speckle_share = (speckle / all_background).clamp(0.02, 0.6);
        let background_total: f64 = observations.iter().map(Observation::background).sum();
        self.background_rate = (background_total + 1.0) / (nuclei + 1.0);
    }

    /// How much higher the detected signals are than all signals, since signals below the threshold are not detected:
    /// the threshold and the excess of the mean log height, both in standard deviations of the log height
    /// (mean of a truncated normal distribution).
    fn truncation(&self, observation: &Observation<'_>, step: usize) -> (f64, f64) {
        let threshold = observation.candidate.threshold.max(f64::MIN_POSITIVE).ln()
            - observation.attenuation.log_height(step);
        let least = ((threshold - self.log_height) / self.log_height_sd).min(MAX_UNDETECTED_SD);
        (least, statistics::normal(least) / statistics::below(-least))
    }

    /// Share of the main log-normal against its tail at this height.
    fn core_weight(&self, observation: &Observation<'_>, step: usize) -> f64 {
        let (c, x) = (observation.candidate, observation.log_height(step));
        let sd = self.log_height_sd.hypot(c.noise_sd() / c.amplitude);
        let [core, tail] = height_distribution::parts((x - self.log_height) / sd);
        core / (core + tail).max(f64::MIN_POSITIVE)
    }
}
