//! Pairs of a strong signal of one colour and a candidate of the other colour at its place or beside it.

use std::borrow::Borrow;

use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::statistics::median;

/// Minimal SNR of the leaking signal.
const MIN_SNR: f64 = 15.0;
/// A partner within this distance makes the signal one of a pair, in signal diameters.
const PARTNER_DIAMETERS: f64 = 2.0;
/// Largest offset between signal and crosstalk, in signal diameters: sub-pixel error only.
const MAX_OFFSET_DIAMETERS: f64 = 0.25;
/// Largest offset in standard deviations of the position (sigma of a spot over its SNR; per axis it is 1.4 of them, so that 98
/// of 100 crosstalk candidates lie within), and in signal diameters beyond noise: pixels, overlap, haze.
const MAX_OFFSET_POSITION_SDS: f64 = 4.0;
const SYSTEMATIC_OFFSET_DIAMETERS: f64 = 0.05;
/// Distance up to which most partners of an intact locus lie, in signal diameters.
const BESIDE_DIAMETERS: f64 = 0.75;
/// Usual scatter per axis of green against red in an intact locus, in signal diameters, and the number of loci it counts
/// for.
const PAIR_SCATTER_DIAMETERS: f64 = 0.25;
const PAIR_SCATTER_COUNT: f64 = 3.0;

/// How far the place of a signal reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// As far as noise puts crosstalk.
    ByNoise,
    /// As far as any crosstalk.
    Widest,
}

/// A strong signal and the only candidate of the other colour near it.
#[derive(Clone, Copy)]
pub(super) struct CoincidentPair {
    /// Height of the candidate over the height of the signal.
    pub(super) ratio: f64,
    /// Relative noise of that ratio.
    pub(super) relative_noise: f64,
    /// Distance between the two, and the distance up to which it is at the place, in signal diameters.
    distance: f64,
    place_reach: f64,
}

impl CoincidentPair {
    fn of(signal: &Candidate, other: &Candidate, diameter_px: f64, place: Place) -> Option<Self> {
        let distance = signal.distance_px(other) / diameter_px;
        (distance <= BESIDE_DIAMETERS).then(|| Self {
            ratio: other.amplitude / signal.amplitude,
            relative_noise: (1.0 / other.snr()).hypot(1.0 / signal.snr()),
            distance,
            place_reach: place.diameters(signal, other, diameter_px),
        })
    }

    /// Expected number of intact loci at the place for this one beside it.
    fn intact_at_place(&self, scatter: f64) -> f64 {
        let further_than = |r: f64| (-0.5 * (r / scatter).powi(2)).exp();
        let beside = further_than(self.place_reach) - further_than(BESIDE_DIAMETERS);
        (1.0 - further_than(self.place_reach)) / beside.max(f64::MIN_POSITIVE)
    }
}

impl Place {
    /// Distance in signal diameters up to which crosstalk lies at the place of its signal.
    fn diameters(self, signal: &Candidate, other: &Candidate, diameter_px: f64) -> f64 {
        match self {
            Self::Widest => MAX_OFFSET_DIAMETERS,
            Self::ByNoise => {
                let noise_px = signal.position_sd_px().hypot(other.position_sd_px());
                (MAX_OFFSET_POSITION_SDS * noise_px / diameter_px)
                    .hypot(SYSTEMATIC_OFFSET_DIAMETERS)
                    .min(MAX_OFFSET_DIAMETERS)
            }
        }
    }
}

/// The coincident pairs of the strong signals of a colour, and its isolated signals.
#[derive(Default)]
pub(super) struct CoincidentPairs {
    /// Pairs whose candidate lies at the place of the signal.
    pub(super) at_place: Vec<CoincidentPair>,
    /// Pairs as far off as intact loci are, but crosstalk is not.
    pub(super) beside: Vec<CoincidentPair>,
    /// Heights of signals with nothing near, over the minimal height of a candidate of the other colour there.
    pub(super) isolated: Vec<f64>,
}

impl CoincidentPairs {
    pub(super) fn gather(
        nuclei: &[impl Borrow<NucleusCandidates>],
        from: Colour,
        diameter_px: f64,
        place: Place,
    ) -> Self {
        let nuclei = || nuclei.iter().map(Borrow::borrow);
        let mut heights: Vec<f64> =
            nuclei().filter_map(|n: &NucleusCandidates| n.of(from).first().map(|c| c.amplitude)).collect();
        let typical = median(&mut heights);
        let threshold = |nucleus: &NucleusCandidates| {
            median(&mut nucleus.of(from.other()).iter().map(|c| c.threshold).collect::<Vec<f64>>())
        };
        let mut thresholds: Vec<f64> = nuclei().map(threshold).filter(|t| *t > 0.0).collect();
        let usual_threshold = median(&mut thresholds);
        let mut out = Self::default();
        for nucleus in nuclei() {
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
                    [] => out.isolated.push(signal.amplitude / threshold.max(f64::MIN_POSITIVE)),
                    [one] => match CoincidentPair::of(signal, one, diameter_px, place) {
                        Some(companion) if companion.distance <= companion.place_reach => {
                            out.at_place.push(companion);
                        }
                        Some(companion) => out.beside.push(companion),
                        None => {}
                    },
                    // More than one: at least one of them is no crosstalk, and it is unknown which.
                    _ => {}
                }
            }
        }
        out
    }

    /// Number of intact loci at the place of which `which` is true, expected from those beside it: their scatter shows how
    /// many are as close as crosstalk. Crosstalk draws the signals of a faint colour to its place, so that the scatter
    /// depends on the ratio.
    pub(super) fn intact_at_place(&self, which: impl Fn(&CoincidentPair) -> bool) -> f64 {
        let scatter2 = self.scatter2(PAIR_SCATTER_DIAMETERS.powi(2), |_| true);
        let scatter = self.scatter2(scatter2, &which).sqrt();
        self.beside.iter().filter(|c| which(c)).map(|c| c.intact_at_place(scatter)).sum()
    }

    /// Variance per axis of the pairs beside the place, with a few pseudo-pairs of the usual variance.
    fn scatter2(&self, usual: f64, which: impl Fn(&CoincidentPair) -> bool) -> f64 {
        let (mut squares, mut count) = (PAIR_SCATTER_COUNT * usual, PAIR_SCATTER_COUNT);
        for c in self.beside.iter().filter(|c| which(c)) {
            squares += 0.5 * (c.distance.powi(2) - c.place_reach.powi(2));
            count += 1.0;
        }
        squares / count
    }

    /// Number of intact loci at the place over the number expected from their scatter, by those of which `which` is true;
    /// at least 1.
    pub(super) fn excess_at_place(&self, which: impl Fn(&CoincidentPair) -> bool) -> f64 {
        let seen = self.at_place.iter().filter(|c| which(c)).count() as f64;
        ((seen + 1.0) / (self.intact_at_place(which) + 1.0)).max(1.0)
    }
}
