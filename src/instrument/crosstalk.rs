//! Crosstalk between the probe channels, from signals that stand alone.
//!
//! A lone red signal that leaks into green shows a faint green ghost at the same place, always at the same
//! fraction of its height. An intact locus shows green there too, but near its own height and a fraction of a
//! diameter off. Intact loci say nothing on crosstalk, so they must not be mistaken for it: only a sharp crowd
//! of low ratios counts, as close to the place as noise puts ghosts.

mod companions;
mod crowd;
#[cfg(test)]
mod tests;
mod unmix;

use serde::Serialize;

use crate::colour::Colour;
use crate::detect::decide::NucleusCandidates;
use crate::detect::evidence::MAX_CROSSTALK;
use companions::{Companion, Companions};
use crowd::{Crowd, crowds};
pub(crate) use unmix::unmix;

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
    /// Whether it was taken off: always, for one that is not supported is not told.
    pub used: bool,
}

impl Crosstalk {
    /// One that is known.
    pub(crate) fn supplied(fraction: f64) -> Self {
        Self { fraction, standard_error: None, signals: 0, used: true }
    }
}

/// Largest crosstalk that is measured, where ghosts are plain: channels of unlike gain make it look larger.
const MAX_MEASURED: f64 = 0.5;
/// Fewest ghosts that make a crosstalk, and standard deviations by which they must exceed chance.
const MIN_GHOSTS: f64 = 4.0;
const LEAST_STANDARD_DEVIATIONS: f64 = 3.0;
/// Least number of ghosts over that of companions with ratios just outside their crowd, of which pairs have about
/// as many, and over that of pairs expected at the place by those further off.
const LEAST_OVER_FLANKS: f64 = 3.0;
const LEAST_OVER_FURTHER: f64 = 2.0;
/// Least number of ghosts over that of fainter companions at the place: whatever else shines there adds to a ghost.
const LEAST_OVER_LOWER: f64 = 3.0;
/// Least share of ghosts among the lone signals whose ghosts would be seen; not 1, as specks of another colour
/// pass for signals.
const MIN_SHARE: f64 = 0.5;
/// Height of a ghost that is sure to be seen, over the least height of a candidate.
const VISIBLE: f64 = 1.5;

/// What counts as the place of a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    /// As far as noise puts a ghost.
    ByNoise,
    /// As far as any ghost.
    Widest,
}

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

/// Looks for the crosstalk of `from` into the other colour, whose ghosts lie at the place of the signal.
pub(crate) fn estimate(nuclei: &[NucleusCandidates], from: Colour, diameter_px: f64) -> Finding {
    let gather = |place| Companions::gather(nuclei, from, diameter_px, place);
    let widest = gather(Place::Widest);
    let by_chance = widest.pairs_at_place(|c| c.ratio <= MAX_CROSSTALK);
    let faint = widest.at_place.iter().filter(|c| c.ratio <= MAX_CROSSTALK).count();
    let (clean, ghosts) = (widest.alone.len() as f64, faint as f64 - by_chance);
    let companions = gather(Place::ByNoise);
    // The faint end of the pairs may be the larger crowd.
    let crowds = crowds(&companions.at_place).into_iter().filter(|crowd| is_crosstalk(crowd, &companions));
    let crosstalk =
        crowds.map(|crowd| crowd.crosstalk(&companions.at_place)).max_by_key(|crosstalk| crosstalk.signals);
    Finding { crosstalk, clean, ghosts: ghosts.max(0.0) }
}

/// Whether a crowd is of ghosts. Were they pairs, there would be others of ratios not much different, and others a little
/// further off.
fn is_crosstalk(crowd: &Crowd, companions: &Companions) -> bool {
    let Companions { at_place, alone, .. } = companions;
    if crowd.count < MIN_GHOSTS || crowd.mode > MAX_MEASURED {
        return false;
    }
    let crowding = companions.crowding(|c| !crowd.holds(c.ratio));
    let pairs = |which: &dyn Fn(&Companion) -> bool| crowding * companions.pairs_at_place(which);
    let count =
        |which: &dyn Fn(&Companion) -> bool| -> f64 { at_place.iter().filter(|c| which(c)).count() as f64 };
    let in_flank = |c: &Companion| (1.0..2.0).contains(&crowd.off(c.ratio));
    let higher = |c: &Companion| in_flank(c) && c.ratio > crowd.mode;
    // Where the other colour is weak, pairs with crosstalk added have higher ratios not much different, as those further off
    // tell; but none has a lower one.
    let unexplained = (count(&higher) - pairs(&higher)).max(0.0);
    let lower = count(&|c| c.ratio < crowd.mode && !crowd.holds(c.ratio));
    let flanks = count(&in_flank).min(lower + unexplained);
    let further = pairs(&|c| crowd.holds(c.ratio));
    let stands_out = |pairs: f64, times: f64| {
        crowd.count >= times * pairs + LEAST_STANDARD_DEVIATIONS * (pairs + 1.0).sqrt()
    };
    // Crosstalk spares no signal: those whose ghost would be seen must show one.
    let spared = alone.iter().filter(|a| crowd.mode * **a > VISIBLE).count() as f64;
    stands_out(flanks, LEAST_OVER_FLANKS)
        && stands_out(further, LEAST_OVER_FURTHER)
        && crowd.count >= MIN_SHARE * (crowd.count + spared)
        && crowd.count >= LEAST_OVER_LOWER * lower
}
