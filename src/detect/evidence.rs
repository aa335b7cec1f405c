//! How much each candidate looks like a signal rather than noise, texture or debris.
//!
//! Two populations per colour are told apart over a whole specimen. Signals of one probe have like heights
//! (log-normal) and the width of the optics. False candidates are peaks of noise and texture, whose heights
//! fall off exponentially in units of the local noise, non-specific speckle, and debris, which is wide. The
//! parameters of both are learned from the specimen itself by expectation maximisation; see
//! [`super::sorting`] for the step that weighs the ways in which a nucleus' candidates can be sorted.

use crate::detect::blur::{Blur, BySteps, Dimming, STEPS, log_widening};
use crate::detect::candidate::Candidate;
use crate::detect::heights;
use crate::statistics::{self, normal_of as normal};

/// Parameters of the two populations of one colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Population {
    /// Mean of the log height of signals.
    pub(crate) log_height: f64,
    /// Standard deviation of the log height of signals.
    pub(crate) log_height_sd: f64,
    /// Standard deviation of the log width of signals at high SNR.
    pub(crate) log_width_sd: f64,
    /// Mean excess of false candidates' height over the candidate threshold, in local noise.
    pub(crate) false_decay: f64,
    /// Share of speckle among false candidates.
    pub(crate) speckle_share: f64,
    /// Mean false candidates per nucleus.
    pub(crate) false_rate: f64,
}

/// Share of signals that are two sisters seen as one, wider than one: as many as there are nuclei past S phase.
const SISTER_SHARE: f64 = 0.08;
/// Mean and spread of their log width over that of one: sisters up to a signal diameter apart, averaged over
/// the two axes.
const SISTER_LOG_WIDTH: f64 = 0.25;
const SISTER_LOG_WIDTH_SD: f64 = 0.15;
/// Mean height of speckle relative to signals.
const SPECKLE_HEIGHT: f64 = 0.15;
/// Log-width distribution of false candidates: noise peaks fit anything from half to three times the width.
const FALSE_LOG_WIDTH_MEAN: f64 = 0.15;
const FALSE_LOG_WIDTH_SD: f64 = 0.55;
/// Light of debris, height times width squared, relative to a signal: any between these, each factor as likely as
/// another. Defocus widens a signal but adds no light, and two sisters seen as one give twice that of one (up to 3 times
/// where both are bright): what gives less cannot be told from them.
const DEBRIS_LIGHT: [f64; 2] = [3.0, 60.0];
/// Spread of the logarithm of its light in one colour over that in the other, both relative to signals: a factor of two.
const DEBRIS_LOG_RATIO_SD: f64 = 0.7;
/// Mean and spread of its log width over that of a point: up to about three times; matter that is as narrow as the optics
/// cannot be told from signals.
const DEBRIS_LOG_WIDTH: f64 = 0.5;
const DEBRIS_LOG_WIDTH_SD: f64 = 0.25;
/// Scatter of a fitted log width at an SNR of 1.
const WIDTH_SCATTER: f64 = 2.0;

/// Threshold up to which the unseen signals are allowed for, in standard deviations above the mean: beyond it
/// five of six are not seen, and those that are do not tell how many.
const MOST_UNSEEN_SD: f64 = 1.0;
/// Least variance of the signals that are seen, in units of that of all.
const LEAST_SEEN_VARIANCE: f64 = 0.2;

/// Excess of noise peaks over the threshold before it is measured, in local noise.
const USUAL_FALSE_DECAY: f64 = 0.7;
/// Largest fraction of a signal taken for crosstalk; filter sets for two probes leak far less than this.
pub(crate) const MAX_CROSSTALK: f64 = 0.35;

/// Density of one clump of debris with the heights and widths of a red and a green candidate, over that of two signals.
pub(crate) fn debris_over_signals(
    (a, red, red_dimming): (&Candidate, &Population, &Dimming),
    (b, green, green_dimming): (&Candidate, &Population, &Dimming),
    blur: &Blur,
) -> f64 {
    let [least, most] = DEBRIS_LIGHT.map(f64::ln);
    let light = |c: &Candidate, p: &Population| {
        c.amplitude.max(f64::MIN_POSITIVE).ln() - p.log_height + 2.0 * c.width_ratio.ln()
    };
    let (x, y) = (light(a, red), light(b, green));
    if !(least..=most).contains(&f64::midpoint(x, y)) {
        return 0.0;
    }
    let heights = normal(x - y, 0.0, DEBRIS_LOG_RATIO_SD) / (most - least);
    let width = |c: &Candidate| {
        normal(c.width_ratio.ln(), DEBRIS_LOG_WIDTH, DEBRIS_LOG_WIDTH_SD.hypot(WIDTH_SCATTER / c.snr()))
    };
    let signal = |c: &Candidate, p: &Population, dimming: &Dimming| -> f64 {
        blur.steps().map(|(step, share)| share * p.signal_density(c, dimming, step)).sum()
    };
    let signals = (signal(a, red, red_dimming) * signal(b, green, green_dimming)).max(1e-300);
    (heights * width(a) * width(b) / signals).min(1e26)
}

impl Population {
    /// Starting values around a typical height.
    pub(crate) fn start(height: f64) -> Self {
        Self {
            log_height: height.max(f64::MIN_POSITIVE).ln(),
            log_height_sd: 0.5,
            log_width_sd: 0.1,
            false_decay: USUAL_FALSE_DECAY,
            speckle_share: 0.1,
            false_rate: 1.0,
        }
    }

    /// Density of a ghost of the signal `leaking` over that of a false candidate: as wide as that, and any fraction up to
    /// the largest crosstalk is as likely as any other.
    pub(crate) fn ghost_odds(&self, c: &Candidate, leaking: &Candidate) -> f64 {
        let ratio = c.amplitude / leaking.amplitude;
        if ratio >= MAX_CROSSTALK {
            return 0.0;
        }
        let measured = |c: &Candidate| WIDTH_SCATTER / c.snr();
        let scatter = self.log_width_sd.hypot(measured(c).hypot(measured(leaking))).min(FALSE_LOG_WIDTH_SD);
        let as_wide = normal((c.width_ratio / leaking.width_ratio).ln(), 0.0, scatter);
        (ratio / MAX_CROSSTALK * as_wide / self.false_weight(c).max(1e-300)).min(1e13)
    }

    /// Density of a signal with this height and width, per unit of log height and log width, in a step of blur.
    fn signal_density(&self, c: &Candidate, dimming: &Dimming, step: usize) -> f64 {
        let x = c.amplitude.max(f64::MIN_POSITIVE).ln() - dimming.log_height(step);
        let relative_noise = c.noise_sd() / c.amplitude;
        let sd = self.log_height_sd.hypot(relative_noise);
        heights::density((x - self.log_height) / sd) / sd * self.signal_width_density(c, step)
    }

    /// Density of a signal with this width, per unit of log width, in a step of blur.
    fn signal_width_density(&self, c: &Candidate, step: usize) -> f64 {
        let snr = c.snr();
        let scatter = |sd: f64| sd.hypot(WIDTH_SCATTER / snr).min(FALSE_LOG_WIDTH_SD);
        let x = c.width_ratio.ln() - log_widening(step);
        (1.0 - SISTER_SHARE) * normal(x, 0.0, scatter(self.log_width_sd))
            + SISTER_SHARE * normal(x, SISTER_LOG_WIDTH, scatter(SISTER_LOG_WIDTH_SD))
    }

    /// Density of a false candidate with this height and width, same units.
    pub(crate) fn false_density(&self, c: &Candidate) -> f64 {
        let noise = c.noise_sd();
        let excess = (c.amplitude - c.threshold).max(0.0);
        let texture = (-excess / (self.false_decay * noise)).exp() / (self.false_decay * noise);
        let scale = SPECKLE_HEIGHT * self.log_height.exp();
        let speckle = (-excess / scale).exp() / scale;
        let height = c.amplitude * ((1.0 - self.speckle_share) * texture + self.speckle_share * speckle);
        height * Self::false_width_density(c)
    }

    fn false_width_density(c: &Candidate) -> f64 {
        normal(c.width_ratio.ln(), FALSE_LOG_WIDTH_MEAN, FALSE_LOG_WIDTH_SD)
    }

    /// Density of a false candidate times how many of them there are.
    fn false_weight(&self, c: &Candidate) -> f64 {
        self.false_rate * self.false_density(c)
    }

    /// Signal density over false density in each step of blur that there is; 0 in the others.
    pub(crate) fn odds(&self, c: &Candidate, dimming: &Dimming, blur: &Blur) -> BySteps {
        let mut odds = [0.0; STEPS];
        let of_false = self.false_weight(c).max(1e-300);
        for (step, _) in blur.steps() {
            odds[step] = (self.signal_density(c, dimming, step) / of_false).clamp(1e-13, 1e13);
        }
        odds
    }
}

/// Probability of being a signal below which a step of blur teaches nothing.
const LEAST_TAUGHT: f64 = 1e-4;

impl Taught<'_> {
    /// The steps of blur that count, with the probability of being a signal there.
    fn steps(&self) -> impl Iterator<Item = (usize, f64)> {
        self.signal.into_iter().enumerate().filter(|(_, p)| *p > LEAST_TAUGHT)
    }

    /// Probability of being a signal.
    fn probability(&self) -> f64 {
        self.signal.iter().sum::<f64>().min(1.0)
    }

    /// Logarithm of the height that it would have in focus.
    fn log_height(&self, step: usize) -> f64 {
        self.candidate.amplitude.max(f64::MIN_POSITIVE).ln() - self.dimming.log_height(step)
    }
}

/// A candidate from which a population is learned.
pub(crate) struct Taught<'a> {
    pub(crate) candidate: &'a Candidate,
    pub(crate) dimming: &'a Dimming,
    /// Probability of being a signal in each step of blur.
    pub(crate) signal: BySteps,
}

impl Population {
    /// Learns from candidates with their probabilities of being signals.
    pub(crate) fn update(&mut self, taught: &[Taught<'_>], nuclei: f64) {
        /// Pseudo-signals that hold the spread of heights near a usual value where there are few signals.
        const PSEUDO_SIGNALS: f64 = 15.0;
        const USUAL_LOG_HEIGHT_SD: f64 = 0.35;
        const LOG_HEIGHT_SD_RANGE: [f64; 2] = [0.25, 0.7];
        const LOG_WIDTH_SD_RANGE: [f64; 2] = [0.04, 0.45];
        let (mut real, mut sum) = (0.0, 0.0);
        for t in taught {
            for (step, p) in t.steps() {
                // Noise peaks and debris say little about the height of signals even if they pass for one.
                let w = p * self.core_weight(t, step);
                real += w;
                sum += w * (t.log_height(step) - self.log_height_sd * self.unseen(t, step).1);
            }
        }
        if real > 1.0 {
            self.log_height = sum / real;
        }
        let mut height = PSEUDO_SIGNALS * USUAL_LOG_HEIGHT_SD.powi(2);
        let mut width = PSEUDO_SIGNALS * 0.1_f64.powi(2);
        let mut count = PSEUDO_SIGNALS;
        let mut excess_sum = 2.0 * USUAL_FALSE_DECAY;
        let mut excess_count = 2.0;
        let (mut speckle, mut all_false) = (0.5, 5.0);
        let scale = SPECKLE_HEIGHT * self.log_height.exp();
        for taught in taught {
            let c = taught.candidate;
            let (snr, log_width) = (c.snr(), c.width_ratio.ln());
            for (step, p) in taught.steps() {
                let w = p * self.core_weight(taught, step);
                let (least, excess) = self.unseen(taught, step);
                let seen = (1.0 + least * excess).max(LEAST_SEEN_VARIANCE);
                height +=
                    w * ((taught.log_height(step) - self.log_height).powi(2) - snr.powi(-2)).max(0.0) / seen;
                let wider = log_width - log_widening(step);
                width += w * (wider.powi(2) - (WIDTH_SCATTER / snr).powi(2)).clamp(0.0, 0.5);
                count += w;
            }
            let p = taught.probability();
            let noise = c.noise_sd();
            let excess = (c.amplitude - c.threshold).max(0.0);
            let t = (1.0 - self.speckle_share) * (-excess / (self.false_decay * noise)).exp()
                / (self.false_decay * noise);
            let s = self.speckle_share * (-excess / scale).exp() / scale;
            let of_texture = t / (t + s).max(f64::MIN_POSITIVE);
            // Debris is wide: it must not teach the heights of noise peaks.
            let narrow = if log_width < 0.5 { 1.0 } else { 0.2 };
            excess_sum += (1.0 - p) * of_texture * narrow * excess / noise;
            excess_count += (1.0 - p) * of_texture * narrow;
            speckle += (1.0 - p) * (1.0 - of_texture);
            all_false += 1.0 - p;
        }
        self.log_height_sd = (height / count).sqrt().clamp(LOG_HEIGHT_SD_RANGE[0], LOG_HEIGHT_SD_RANGE[1]);
        self.log_width_sd = (width / count).sqrt().clamp(LOG_WIDTH_SD_RANGE[0], LOG_WIDTH_SD_RANGE[1]);
        self.false_decay = (excess_sum / excess_count).clamp(0.3, 3.0);
        self.speckle_share = (speckle / all_false).clamp(0.02, 0.6);
        let false_total: f64 = taught.iter().map(|t| 1.0 - t.probability()).sum();
        self.false_rate = (false_total + 1.0) / (nuclei + 1.0);
    }

    /// How much higher the signals that are seen are than all signals, since those below the threshold are not:
    /// the threshold and the excess of the mean log height, both in standard deviations of the log height
    /// (mean of a truncated normal distribution).
    fn unseen(&self, taught: &Taught<'_>, step: usize) -> (f64, f64) {
        let threshold =
            taught.candidate.threshold.max(f64::MIN_POSITIVE).ln() - taught.dimming.log_height(step);
        let least = ((threshold - self.log_height) / self.log_height_sd).min(MOST_UNSEEN_SD);
        (least, statistics::normal(least) / statistics::below(-least))
    }

    /// Share of the main log-normal against its tail at this height.
    fn core_weight(&self, taught: &Taught<'_>, step: usize) -> f64 {
        let (c, x) = (taught.candidate, taught.log_height(step));
        let sd = self.log_height_sd.hypot(c.noise_sd() / c.amplitude);
        let [core, tail] = heights::parts((x - self.log_height) / sd);
        core / (core + tail).max(f64::MIN_POSITIVE)
    }
}
