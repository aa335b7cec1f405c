//! Crosstalk between the probe channels, from signals that stand alone.
//!
//! A lone red signal that leaks into green shows a faint green ghost at the same place, always at the same
//! fraction of its height. An intact locus shows green there too, but near its own height and a fraction of a
//! diameter off. Intact loci say nothing on crosstalk, so they must not be mistaken for it: only a sharp crowd
//! of low ratios counts.

use serde::Serialize;

use crate::detect::candidate::{Candidate, median};
use crate::detect::decide::NucleusCandidates;
use crate::detect::evidence::MAX_CROSSTALK;
use crate::field::Colour;

/// Fraction of a colour's height that appears in the other channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Crosstalk {
    /// The fraction, 0 to 0.5 if estimated, to 0.8 if given.
    pub fraction: f64,
    /// Its standard error; `None` if it was given.
    pub standard_error: Option<f64>,
    /// Signals it rests on; 0 if it was given.
    pub signals: usize,
}

impl Crosstalk {
    /// One that is known.
    pub(crate) fn fixed(fraction: f64) -> Self {
        Self { fraction, standard_error: None, signals: 0 }
    }
}

/// Least SNR of the leaking signal.
const MIN_SNR: f64 = 15.0;
/// Offset between signal and ghost, in signal diameters: sub-pixel error only.
const GHOST_DIAMETERS: f64 = 0.25;
/// A partner within this distance makes the signal one of a pair, in signal diameters.
const PARTNER_DIAMETERS: f64 = 2.0;
/// Spread of log ratios of one crosstalk from errors of the filter, and the most from the ghost's noise.
const KERNEL_LOG_RATIO: f64 = 0.1;
const MAX_RELATIVE_NOISE: f64 = 0.25;
/// Largest crosstalk that is measured, where ghosts are plain: channels of unlike gain make it look larger.
const MAX_MEASURED: f64 = 0.5;
/// Distance up to which most partners of an intact locus lie, in signal diameters.
const BESIDE_DIAMETERS: f64 = 0.75;
/// Intact loci with a distance of a ghost's over those between that and the one above: 0.65 for the usual
/// scatter of a quarter of a diameter per axis, less for wider.
const PAIRS_AT_PLACE: f64 = 0.65;
/// Fewest ghosts that make a crosstalk, and standard deviations by which they must exceed chance.
const MIN_GHOSTS: f64 = 4.0;
const LEAST_STANDARD_DEVIATIONS: f64 = 3.0;
/// Least number of ghosts over that of companions with ratios just outside their crowd, of which pairs have about
/// as many, and over that of pairs expected at the place by those further off.
const LEAST_OVER_FLANKS: f64 = 3.0;
const LEAST_OVER_FURTHER: f64 = 2.0;
/// Least share of ghosts among the lone signals whose ghosts would be seen; not 1, as specks of another colour
/// pass for signals.
const MIN_SHARE: f64 = 0.5;
/// Height of a ghost that is sure to be seen, over the least height of a candidate.
const VISIBLE: f64 = 1.5;

/// Height in camera noise that must be left of a candidate after crosstalk is taken off.
const LEAST_UNMIXED_SNR: f64 = 3.5;

/// What lone signals of a colour say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Finding {
    /// The crosstalk, if there is a sharp crowd of ghosts.
    pub(crate) crosstalk: Option<Crosstalk>,
    /// Lone strong signals without any ghost: evidence against crosstalk.
    clean: f64,
    /// Lone strong signals with something faint at their place, beyond what pairs give.
    ghosts: f64,
}

impl Finding {
    /// Probability that a signal's crosstalk passes as a candidate of its own: small once crosstalk has been
    /// taken off, otherwise the share of lone signals that show something faint at their place.
    pub(crate) fn ghost_share(&self, taken_off: bool) -> f64 {
        if taken_off {
            return 0.05;
        }
        (self.ghosts + 0.5) / (self.ghosts + self.clean + 1.0)
    }
}

/// The only candidate of the other colour near a strong signal.
#[derive(Clone, Copy)]
struct Companion {
    /// Its height over the signal's.
    ratio: f64,
    /// Noise of that height over it.
    relative_noise: f64,
}

/// What strong signals of a colour have of the other colour beside them.
#[derive(Default)]
struct Companions {
    /// Companions at the very place.
    at_place: Vec<Companion>,
    /// Companions as far off as pairs are, but ghosts are not.
    beside: Vec<Companion>,
    /// Heights of signals with nothing near, over the least height of a candidate of the other colour there.
    alone: Vec<f64>,
}

impl Companions {
    fn gather(nuclei: &[NucleusCandidates], from: Colour, diameter_px: f64) -> Self {
        let mut heights: Vec<f64> =
            nuclei.iter().filter_map(|n| n.of(from).first().map(|c| c.amplitude)).collect();
        let typical = median(&mut heights);
        let threshold = |nucleus: &NucleusCandidates| {
            median(&mut nucleus.of(from.other()).iter().map(|c| c.threshold).collect::<Vec<f64>>())
        };
        let mut thresholds: Vec<f64> = nuclei.iter().map(threshold).filter(|t| *t > 0.0).collect();
        let usual_threshold = median(&mut thresholds);
        let mut out = Self::default();
        for nucleus in nuclei {
            let threshold = Some(threshold(nucleus)).filter(|t| *t > 0.0).unwrap_or(usual_threshold);
            for signal in nucleus.of(from) {
                if signal.amplitude < MIN_SNR * signal.noise_sd() || signal.amplitude < 0.4 * typical {
                    continue;
                }
                let near: Vec<&Candidate> = nucleus
                    .of(from.other())
                    .iter()
                    .filter(|c| signal.distance_px(c) <= PARTNER_DIAMETERS * diameter_px)
                    .collect();
                match near.as_slice() {
                    [] => out.alone.push(signal.amplitude / threshold.max(f64::MIN_POSITIVE)),
                    [one] => {
                        let companion = Companion {
                            ratio: one.amplitude / signal.amplitude,
                            relative_noise: one.noise_sd() / one.amplitude,
                        };
                        let distance = signal.distance_px(one) / diameter_px;
                        if distance <= GHOST_DIAMETERS {
                            out.at_place.push(companion);
                        } else if distance <= BESIDE_DIAMETERS {
                            out.beside.push(companion);
                        }
                    }
                    // More than one: at least one of them is no ghost, and who knows which.
                    _ => {}
                }
            }
        }
        out
    }
}

/// Looks for the crosstalk of `from` into the other colour. Positions must be free of chromatic shift.
pub(crate) fn estimate(nuclei: &[NucleusCandidates], from: Colour, diameter_px: f64) -> Finding {
    let Companions { at_place, beside, alone } = Companions::gather(nuclei, from, diameter_px);
    let faint = |found: &[Companion]| found.iter().filter(|c| c.ratio <= MAX_CROSSTALK).count() as f64;
    let by_chance = PAIRS_AT_PLACE * faint(&beside);
    let none = Finding {
        crosstalk: None,
        clean: alone.len() as f64,
        ghosts: (faint(&at_place) - by_chance).max(0.0),
    };
    let is_crosstalk = |crowd: &Crowd| {
        // Were they pairs, there would be others of ratios not much different, and others a little further off.
        let in_flank = |c: &&Companion| (1.0..2.0).contains(&crowd.off(c.ratio));
        let higher = |c: &&Companion| in_flank(c) && c.ratio > crowd.mode;
        let flanks = at_place.iter().filter(in_flank).count() as f64;
        // Where the other colour is weak, pairs with crosstalk added have higher ratios not much different, as those further off
        // tell; but none has a lower one.
        let pairs = PAIRS_AT_PLACE * beside.iter().filter(higher).count() as f64;
        let unexplained = (at_place.iter().filter(higher).count() as f64 - pairs).max(0.0);
        let lower =
            at_place.iter().filter(|c| c.ratio < crowd.mode && crowd.off(c.ratio) >= 1.0).count() as f64;
        let flanks = flanks.min(lower + unexplained);
        let further = PAIRS_AT_PLACE * beside.iter().filter(|c| crowd.off(c.ratio) < 1.0).count() as f64;
        let stands_out = |pairs: f64, times: f64| {
            crowd.count >= times * pairs + LEAST_STANDARD_DEVIATIONS * (pairs + 1.0).sqrt()
        };
        // Crosstalk spares no signal: those whose ghost would be seen must show one.
        let spared = alone.iter().filter(|a| crowd.mode * **a > VISIBLE).count() as f64;
        crowd.count >= MIN_GHOSTS
            && crowd.mode <= MAX_MEASURED
            && stands_out(flanks, LEAST_OVER_FLANKS)
            && stands_out(further, LEAST_OVER_FURTHER)
            && crowd.count >= MIN_SHARE * (crowd.count + spared)
    };
    // The faint end of the pairs may be the larger crowd.
    let crosstalk =
        crowds(&at_place).into_iter().filter(is_crosstalk).max_by(|a, b| a.count.total_cmp(&b.count));
    Finding { crosstalk: crosstalk.map(|crowd| crowd.crosstalk(&at_place)), ..none }
}

/// Where ratios crowd.
struct Crowd {
    mode: f64,
    /// Reach to either side, in log ratio.
    reach: f64,
    /// Ratios within it.
    count: f64,
}

impl Crowd {
    /// Distance from the mode in units of the reach.
    fn off(&self, ratio: f64) -> f64 {
        (ratio / self.mode).ln().abs() / self.reach
    }

    fn crosstalk(&self, companions: &[Companion]) -> Crosstalk {
        let squares: f64 = companions
            .iter()
            .filter(|c| self.off(c.ratio) < 1.0)
            .map(|c| (c.ratio - self.mode).powi(2))
            .sum();
        Crosstalk {
            fraction: self.mode,
            standard_error: Some(squares.sqrt() / self.count),
            signals: self.count as usize,
        }
    }
}

/// The crowds of low ratios, from the lowest on.
fn crowds(companions: &[Companion]) -> Vec<Crowd> {
    /// Starts of the search, over the largest crosstalk: a factor of 1.2 apart, less than a crowd is wide.
    const STARTS: i32 = 18;
    const STEP: f64 = 1.2;
    /// Steps of the mean shift.
    const STEPS: usize = 15;
    let low: Vec<&Companion> = companions.iter().filter(|c| c.ratio <= MAX_MEASURED).collect();
    let spread = |c: &Companion| KERNEL_LOG_RATIO.hypot(c.relative_noise.min(MAX_RELATIVE_NOISE));
    let weight = |c: &Companion, at: f64| {
        let sd = spread(c);
        (-0.5 * ((c.ratio / at).ln() / sd).powi(2)).exp() / sd
    };
    let mean = |at: f64, f: &dyn Fn(&Companion) -> f64| {
        let weights: f64 = low.iter().map(|c| weight(c, at)).sum();
        (weights > f64::MIN_POSITIVE).then(|| low.iter().map(|c| weight(c, at) * f(c)).sum::<f64>() / weights)
    };
    let from = |start: i32| {
        let mut mode = MAX_MEASURED / STEP.powi(start);
        for _ in 0..STEPS {
            mode = mean(mode, &|c| c.ratio.ln())?.exp();
        }
        let reach = 2.0 * mean(mode, &|c| spread(c).powi(2))?.sqrt();
        let crowd = Crowd { mode, reach, count: 0.0 };
        let count = companions.iter().filter(|c| crowd.off(c.ratio) < 1.0).count() as f64;
        Some(Crowd { count, ..crowd })
    };
    (0..STARTS).rev().filter_map(from).collect()
}

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
