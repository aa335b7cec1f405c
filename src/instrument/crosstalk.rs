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
    /// The fraction, 0 to 0.35.
    pub fraction: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Signals it rests on.
    pub signals: usize,
}

/// Least SNR of the leaking signal.
const MIN_SNR: f64 = 15.0;
/// Offset between signal and ghost, in signal diameters: sub-pixel error only.
const GHOST_DIAMETERS: f64 = 0.25;
/// A partner within this distance makes the signal one of a pair, in signal diameters.
const PARTNER_DIAMETERS: f64 = 2.0;
/// Spread of log ratios of one crosstalk: noise of the ghost and error of the filter.
const KERNEL_LOG_RATIO: f64 = 0.12;
/// Distance up to which most partners of an intact locus lie, in signal diameters.
const BESIDE_DIAMETERS: f64 = 0.75;
/// Intact loci with a distance of a ghost's over those between that and the one above: 0.65 for the usual
/// scatter of a quarter of a diameter per axis, less for wider.
const PAIRS_AT_PLACE: f64 = 0.65;
/// Fewest ghosts that make a crosstalk, and standard deviations by which they must exceed chance.
const MIN_GHOSTS: usize = 4;
const LEAST_STANDARD_DEVIATIONS: f64 = 3.0;
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
    pub(crate) fn ghost_share(&self) -> f64 {
        if self.crosstalk.is_some() {
            return 0.05;
        }
        (self.ghosts + 0.5) / (self.ghosts + self.clean + 1.0)
    }
}

/// What strong signals of a colour have of the other colour beside them.
#[derive(Default)]
struct Companions {
    /// Ratio of heights where the one companion is at the very place.
    at_place: Vec<f64>,
    /// The same where it is as far off as pairs are, but a ghost is not.
    beside: Vec<f64>,
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
                        let ratio = one.amplitude / signal.amplitude;
                        let distance = signal.distance_px(one) / diameter_px;
                        if distance <= GHOST_DIAMETERS {
                            out.at_place.push(ratio);
                        } else if distance <= BESIDE_DIAMETERS {
                            out.beside.push(ratio);
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
    let faint = |ratios: &[f64]| ratios.iter().copied().filter(|r| *r <= MAX_CROSSTALK).collect::<Vec<f64>>();
    let ratios = faint(&at_place);
    let by_chance = PAIRS_AT_PLACE * faint(&beside).len() as f64;
    let none = Finding {
        crosstalk: None,
        clean: alone.len() as f64,
        ghosts: (ratios.len() as f64 - by_chance).max(0.0),
    };
    let weight = |a: f64, b: f64| (-0.5 * ((a / b).ln() / KERNEL_LOG_RATIO).powi(2)).exp();
    let crowding = |at: f64| ratios.iter().map(|r| weight(*r, at)).sum::<f64>();
    let Some(mut mode) = ratios.iter().copied().max_by(|a, b| crowding(*a).total_cmp(&crowding(*b))) else {
        return none;
    };
    for _ in 0..10 {
        let w: f64 = ratios.iter().map(|r| weight(*r, mode)).sum();
        mode = (ratios.iter().map(|r| weight(*r, mode) * r.ln()).sum::<f64>() / w).exp();
    }
    let reach = 3.0 * KERNEL_LOG_RATIO;
    let off = |r: f64| (r / mode).ln();
    let inside: Vec<f64> = ratios.iter().copied().filter(|r| off(*r).abs() < reach).collect();
    let n = inside.len() as f64;
    // Were they pairs, there would be as many of a little larger ratios, and as many a little further off.
    let larger = at_place.iter().filter(|r| (reach..3.0 * reach).contains(&off(**r))).count() as f64;
    let further = PAIRS_AT_PLACE * beside.iter().filter(|r| off(**r).abs() < reach).count() as f64;
    let pairs = larger.max(further);
    // Crosstalk spares no signal: those whose ghost would be seen must show one.
    let spared = alone.iter().filter(|a| mode * **a > VISIBLE).count() as f64;
    if inside.len() < MIN_GHOSTS
        || n < pairs + LEAST_STANDARD_DEVIATIONS * (pairs + 1.0).sqrt()
        || n < MIN_SHARE * (n + spared)
    {
        return none;
    }
    let sd = (inside.iter().map(|r| (r - mode).powi(2)).sum::<f64>() / n).sqrt();
    let crosstalk = Crosstalk { fraction: mode, standard_error: sd / n.sqrt(), signals: inside.len() };
    Finding { crosstalk: Some(crosstalk), ..none }
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
