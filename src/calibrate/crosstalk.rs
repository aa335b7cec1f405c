//! Crosstalk between the probe channels, from isolated signals.
//!
//! An isolated red signal that leaks into green shows a faint green candidate at the same place, always at the same
//! fraction of its height. An intact locus shows green there too, but near its own height and a fraction of a
//! diameter off. Intact loci say nothing about crosstalk, so they must not be mistaken for it: only a sharp mode
//! of low ratios counts, as close to the place as noise puts crosstalk.

mod coincident_pairs;
mod ratio_mode;
#[cfg(test)]
mod tests;
mod unmix;

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::detect::nucleus_candidates::NucleusCandidates;
use coincident_pairs::{CoincidentPair, CoincidentPairs, Place};
use ratio_mode::{MAX_MEASURED, RatioMode, ratio_modes};
pub(crate) use unmix::unmix;

/// Fraction of a colour's height that appears in the other channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Crosstalk {
    /// The fraction: 0 to 0.5 if estimated, 0 to 0.8 if supplied.
    pub fraction: f64,
    /// Its standard error; `None` if it was supplied.
    pub standard_error: Option<f64>,
    /// Number of signals that it was estimated from; 0 if it was supplied.
    pub signals: usize,
    /// Whether the candidates were corrected for it: always, since an estimate without support is not reported.
    pub used: bool,
}

impl Crosstalk {
    /// A crosstalk that the user knows.
    pub(crate) fn supplied(fraction: f64) -> Self {
        Self { fraction, standard_error: None, signals: 0, used: true }
    }
}

/// Largest fraction of a signal that passes as crosstalk; filter sets for two probes leak far less.
pub(crate) const MAX_CROSSTALK: f64 = 0.35;
/// Minimal number of crosstalk candidates for an estimate, and standard deviations by which they must exceed chance.
const MIN_PAIRS: f64 = 4.0;
const MIN_STANDARD_DEVIATIONS: f64 = 3.0;
/// Minimal number of crosstalk candidates over the number with ratios just outside their mode, of which intact loci have about
/// as many, and over the number of intact loci expected at the place from those further off.
const MIN_OVER_FLANKS: f64 = 3.0;
const MIN_OVER_FURTHER: f64 = 2.0;
/// Minimal number of crosstalk candidates over the number of fainter ones at the place: any other light there adds to the
/// crosstalk.
const MIN_OVER_LOWER: f64 = 3.0;
/// Minimal share of crosstalk candidates among the isolated signals whose crosstalk would be seen; not 1, as specks of another
/// colour pass for signals.
const MIN_SHARE: f64 = 0.5;
/// Height of crosstalk that is sure to be seen, over the minimal height of a candidate.
const VISIBLE: f64 = 1.5;

/// The evidence of isolated signals of a colour for crosstalk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CrosstalkEvidence {
    /// The crosstalk, if ratios have a sharp mode.
    pub(crate) crosstalk: Option<Crosstalk>,
    /// Isolated strong signals with nothing at their place: evidence against crosstalk.
    clean: f64,
    /// Isolated strong signals with something faint at their place, beyond the number that intact loci explain.
    faint: f64,
}

impl CrosstalkEvidence {
    /// Probability that the crosstalk of a signal passes as a candidate of its own: small if the candidates are corrected for
    /// crosstalk, otherwise the share of isolated signals that show something faint at their place.
    pub(crate) fn crosstalk_share(&self, corrected: bool) -> f64 {
        if corrected {
            return 0.05;
        }
        (self.faint + 0.5) / (self.faint + self.clean + 1.0)
    }
}

/// Estimates the crosstalk of `from` into the other colour, which lies at the place of the signal.
pub(crate) fn estimate(
    nuclei: &[impl Borrow<NucleusCandidates>],
    from: Colour,
    diameter_px: f64,
) -> CrosstalkEvidence {
    let gather = |place| CoincidentPairs::gather(nuclei, from, diameter_px, place);
    let widest = gather(Place::Widest);
    let by_chance = widest.intact_at_place(|c| c.ratio <= MAX_CROSSTALK);
    let faint = widest.at_place.iter().filter(|c| c.ratio <= MAX_CROSSTALK).count();
    let (clean, faint) = (widest.isolated.len() as f64, faint as f64 - by_chance);
    let pairs = gather(Place::ByNoise);
    // The faint end of the intact loci may be the larger mode.
    let modes = ratio_modes(&pairs.at_place).into_iter().filter(|mode| is_crosstalk(mode, &pairs));
    let crosstalk =
        modes.map(|mode| crosstalk_of(&mode, &pairs.at_place)).max_by_key(|crosstalk| crosstalk.signals);
    CrosstalkEvidence { crosstalk, clean, faint: faint.max(0.0) }
}

/// The crosstalk that a mode shows.
fn crosstalk_of(mode: &RatioMode, pairs: &[CoincidentPair]) -> Crosstalk {
    let squares: f64 =
        pairs.iter().filter(|c| mode.holds(c.ratio)).map(|c| (c.ratio - mode.ratio).powi(2)).sum();
    Crosstalk {
        fraction: mode.ratio,
        standard_error: Some(squares.sqrt() / mode.count),
        signals: mode.count as usize,
        used: true,
    }
}

/// Whether a mode is crosstalk. If its pairs were intact loci, there would be others with ratios not much different, and others
/// a little further off.
fn is_crosstalk(mode: &RatioMode, pairs: &CoincidentPairs) -> bool {
    let CoincidentPairs { at_place, isolated, .. } = pairs;
    if mode.count < MIN_PAIRS || mode.ratio > MAX_MEASURED {
        return false;
    }
    let excess = pairs.excess_at_place(|c| !mode.holds(c.ratio));
    let intact = |which: &dyn Fn(&CoincidentPair) -> bool| excess * pairs.intact_at_place(which);
    let count = |which: &dyn Fn(&CoincidentPair) -> bool| -> f64 {
        at_place.iter().filter(|c| which(c)).count() as f64
    };
    let in_flank = |c: &CoincidentPair| (1.0..2.0).contains(&mode.off(c.ratio));
    let higher = |c: &CoincidentPair| in_flank(c) && c.ratio > mode.ratio;
    // Where the other colour is weak, intact loci with crosstalk added have slightly higher ratios, as the loci further off
    // show; but none has a lower one.
    let unexplained = (count(&higher) - intact(&higher)).max(0.0);
    let lower = count(&|c| c.ratio < mode.ratio && !mode.holds(c.ratio));
    let flanks = count(&in_flank).min(lower + unexplained);
    let further = intact(&|c| mode.holds(c.ratio));
    let stands_out = |others: f64, times: f64| {
        mode.count >= times * others + MIN_STANDARD_DEVIATIONS * (others + 1.0).sqrt()
    };
    // Crosstalk spares no signal: every signal whose crosstalk would be seen must show it.
    let spared = isolated.iter().filter(|height| mode.ratio * **height > VISIBLE).count() as f64;
    stands_out(flanks, MIN_OVER_FLANKS)
        && stands_out(further, MIN_OVER_FURTHER)
        && mode.count >= MIN_SHARE * (mode.count + spared)
        && mode.count >= MIN_OVER_LOWER * lower
}
