//! What strong signals of a colour have of the other colour beside them.

use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::detect::decide::NucleusCandidates;
use crate::instrument::crosstalk::Place;
use crate::statistics::median;

/// Least SNR of the leaking signal.
const MIN_SNR: f64 = 15.0;
/// A partner within this distance makes the signal one of a pair, in signal diameters.
const PARTNER_DIAMETERS: f64 = 2.0;
/// Largest offset between signal and ghost, in signal diameters: sub-pixel error only.
const GHOST_DIAMETERS: f64 = 0.25;
/// Offset in noise of the position (a spot's sigma over its SNR; per axis it is 1.4 of them, so that this holds 98 of 100
/// ghosts), and in signal diameters from what noise does not tell: pixels, overlap, haze.
const GHOST_POSITION_SDS: f64 = 4.0;
const GHOST_LEAST_DIAMETERS: f64 = 0.05;
/// Distance up to which most partners of an intact locus lie, in signal diameters.
const BESIDE_DIAMETERS: f64 = 0.75;
/// Usual scatter per axis of green against red in an intact locus, in signal diameters, and the number of loci it counts
/// for.
const PAIR_SCATTER_DIAMETERS: f64 = 0.25;
const PAIR_SCATTER_COUNT: f64 = 3.0;

/// The only candidate of the other colour near a strong signal.
#[derive(Clone, Copy)]
pub(super) struct Companion {
    /// Its height over the signal's.
    pub(super) ratio: f64,
    /// Noise of that ratio over it.
    pub(super) relative_noise: f64,
    /// Distance, and that up to which it is at the place, in signal diameters.
    distance: f64,
    ghost_distance: f64,
}

impl Companion {
    fn of(signal: &Candidate, other: &Candidate, diameter_px: f64, place: Place) -> Option<Self> {
        let distance = signal.distance_px(other) / diameter_px;
        (distance <= BESIDE_DIAMETERS).then(|| Self {
            ratio: other.amplitude / signal.amplitude,
            relative_noise: (1.0 / other.snr()).hypot(1.0 / signal.snr()),
            distance,
            ghost_distance: place.diameters(signal, other, diameter_px),
        })
    }

    /// Intact loci at the place for one beside it.
    fn pairs_at_place(&self, scatter: f64) -> f64 {
        let further_than = |r: f64| (-0.5 * (r / scatter).powi(2)).exp();
        let beside = further_than(self.ghost_distance) - further_than(BESIDE_DIAMETERS);
        (1.0 - further_than(self.ghost_distance)) / beside.max(f64::MIN_POSITIVE)
    }
}

impl Place {
    /// Distance in signal diameters up to which a ghost lies at the place of its signal.
    fn diameters(self, signal: &Candidate, ghost: &Candidate, diameter_px: f64) -> f64 {
        match self {
            Self::Widest => GHOST_DIAMETERS,
            Self::ByNoise => {
                let noise_px = signal.position_sd_px().hypot(ghost.position_sd_px());
                (GHOST_POSITION_SDS * noise_px / diameter_px)
                    .hypot(GHOST_LEAST_DIAMETERS)
                    .min(GHOST_DIAMETERS)
            }
        }
    }
}

/// What strong signals of a colour have of the other colour beside them.
#[derive(Default)]
pub(super) struct Companions {
    /// Companions at the very place.
    pub(super) at_place: Vec<Companion>,
    /// Companions as far off as pairs are, but ghosts are not.
    pub(super) beside: Vec<Companion>,
    /// Heights of signals with nothing near, over the least height of a candidate of the other colour there.
    pub(super) alone: Vec<f64>,
}

impl Companions {
    pub(super) fn gather(nuclei: &[NucleusCandidates], from: Colour, diameter_px: f64, place: Place) -> Self {
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
                    [one] => match Companion::of(signal, one, diameter_px, place) {
                        Some(companion) if companion.distance <= companion.ghost_distance => {
                            out.at_place.push(companion);
                        }
                        Some(companion) => out.beside.push(companion),
                        None => {}
                    },
                    // More than one: at least one of them is no ghost, and who knows which.
                    _ => {}
                }
            }
        }
        out
    }

    /// Intact loci at the place of which `which` is true, expected from those beside it: their scatter tells how many are
    /// as close as ghosts. Ghosts draw the signals of a faint colour to their place, so that the scatter depends on the
    /// ratio.
    pub(super) fn pairs_at_place(&self, which: impl Fn(&Companion) -> bool) -> f64 {
        let scatter2 = self.scatter2(PAIR_SCATTER_DIAMETERS.powi(2), |_| true);
        let scatter = self.scatter2(scatter2, &which).sqrt();
        self.beside.iter().filter(|c| which(c)).map(|c| c.pairs_at_place(scatter)).sum()
    }

    /// Variance per axis of the companions beside the place, where a usual one counts for a few.
    fn scatter2(&self, usual: f64, which: impl Fn(&Companion) -> bool) -> f64 {
        let (mut squares, mut count) = (PAIR_SCATTER_COUNT * usual, PAIR_SCATTER_COUNT);
        for c in self.beside.iter().filter(|c| which(c)) {
            squares += 0.5 * (c.distance.powi(2) - c.ghost_distance.powi(2));
            count += 1.0;
        }
        squares / count
    }

    /// How many times as many intact loci lie at the place as their scatter says, by those of which `which` is true; 1 or
    /// more.
    pub(super) fn crowding(&self, which: impl Fn(&Companion) -> bool) -> f64 {
        let seen = self.at_place.iter().filter(|c| which(c)).count() as f64;
        ((seen + 1.0) / (self.pairs_at_place(which) + 1.0)).max(1.0)
    }
}
