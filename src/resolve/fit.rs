//! Expectation maximisation: signals, rates and blur of a specimen from the explanations of all its nuclei.

use rayon::prelude::*;

use crate::colour::{Colour, PerColour};
use crate::detect::defocus::{BySteps, STEPS};
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::resolve::blur::{Blur, product};
use crate::resolve::evidence::Observation;
use crate::resolve::explanations::{PairTerms, Probabilities};
use crate::resolve::false_spots::FalseSpots;
use crate::resolve::model::{Considered, STARTING_OFFSET, SpecimenModel, WeighedNucleus};

/// Probability of being an intact locus below which a pair is not used for the blur.
const MIN_FUSED: f64 = 1e-4;
/// Maximal number of rounds of expectation maximisation; it stops when the heights of signals have settled.
const ROUNDS: usize = 30;
/// Change of the mean log heights below which they have settled.
const SETTLED: f64 = 1e-3;
/// Pseudo-counts that hold each rate off zero.
const RATE_PSEUDO_COUNT: f64 = 0.5;

/// Fits the model to all nuclei of a specimen: first with all signals in focus, then with a share of them out of focus,
/// which is kept if it is plausible.
pub(crate) fn fit(
    nuclei: &[NucleusCandidates],
    fused_distance_px: f64,
    crosstalk_share: PerColour<f64>,
    false_spots: PerColour<FalseSpots>,
) -> SpecimenModel {
    let mut in_focus = SpecimenModel::start(nuclei, fused_distance_px, crosstalk_share, false_spots);
    in_focus.settle(nuclei);
    let mut blurred = SpecimenModel { blur: Blur::assumed(), ..in_focus.clone() };
    blurred.round(nuclei);
    if !blurred.blur.may_be() {
        return in_focus;
    }
    blurred.settle(nuclei);
    if blurred.blur.is_plausible() { blurred } else { in_focus }
}

impl SpecimenModel {
    /// Rounds until the heights of signals have settled.
    fn settle(&mut self, nuclei: &[NucleusCandidates]) {
        let log_heights = |model: &Self| model.signals.map(|signals| signals.log_height);
        for _ in 0..ROUNDS {
            let before = log_heights(self);
            self.round(nuclei);
            let change = log_heights(self).zip(before).map(|(after, before)| (after - before).abs());
            if change.red.max(change.green) < SETTLED {
                break;
            }
        }
    }

    /// One round: weighs the explanations of all nuclei, and updates the model by them.
    fn round(&mut self, nuclei: &[NucleusCandidates]) {
        let results: Vec<(WeighedNucleus, Probabilities)> = nuclei
            .par_iter()
            .map(|n| {
                let weighed = self.weigh(n);
                let probabilities = weighed.weights.probabilities();
                (weighed, probabilities)
            })
            .collect();
        self.update(nuclei, &results);
    }

    /// Updates the model by the probabilities of all nuclei.
    fn update(&mut self, nuclei: &[NucleusCandidates], results: &[(WeighedNucleus, Probabilities)]) {
        let n = nuclei.len() as f64;
        let rate = |sum: f64| (sum + RATE_PSEUDO_COUNT) / (n + 1.0);
        let (mut sums, mut squares) = (PairTerms::default(), 0.0);
        let mut isolated = PerColour::both(0.0);
        let mut observed = PerColour { red: Vec::new(), green: Vec::new() };
        for (nucleus, (weighed, p)) in nuclei.iter().zip(results) {
            let mut signal = self.by_steps(weighed, p);
            for (r, row) in weighed.considered.red.iter().zip(p.pairs.rows()) {
                for (g, pair) in weighed.considered.green.iter().zip(row) {
                    let d = nucleus.red[r.index].distance_px(&nucleus.green[g.index]);
                    sums.fused += pair.fused;
                    squares += pair.fused * d * d;
                    sums.split += pair.split;
                    sums.coincident += pair.coincident;
                    sums.debris += pair.debris;
                }
            }
            for colour in Colour::BOTH {
                isolated[colour] += p.isolated[colour].iter().sum::<f64>();
                // Candidates that are not considered are no signals.
                let mut all = vec![[0.0; STEPS]; nucleus.of(colour).len()];
                for (considered, signal) in weighed.considered[colour].iter().zip(signal[colour].drain(..)) {
                    all[considered.index] = signal;
                }
                let attenuation = &nucleus.attenuation[colour];
                let of = |(candidate, signal)| Observation {
                    candidate,
                    attenuation,
                    signal,
                    false_spot: self.false_spot_share(candidate, colour, nucleus.area_px),
                };
                observed[colour].extend(nucleus.of(colour).iter().zip(all).map(of));
            }
        }
        self.fused_rate = rate(sums.fused);
        self.split_rate = rate(sums.split);
        self.isolated_rate = isolated.map(rate);
        self.coincident_rate = rate(sums.coincident);
        self.debris_rate = rate(sums.debris);
        // Ten pseudo-pairs at the starting value.
        let start = (STARTING_OFFSET * self.fused_distance_px).powi(2);
        self.offset_sd_px = ((squares / 2.0 + 10.0 * start) / (sums.fused + 10.0)).sqrt();
        for colour in Colour::BOTH {
            self.signals[colour].update(&observed[colour], n);
        }
        let mut counts = [0.0; STEPS];
        for observation in observed.red.iter().chain(&observed.green) {
            for (count, p) in counts.iter_mut().zip(observation.signal) {
                *count += p;
            }
        }
        self.blur.update(&counts);
    }

    /// Probability of being a signal in each step of blur, of the candidates that were considered.
    fn by_steps(&self, weighed: &WeighedNucleus, p: &Probabilities) -> PerColour<Vec<BySteps>> {
        let not_fused = |considered: &[Considered], signal: &[f64], fused: &dyn Fn(usize) -> f64| {
            let each = considered.iter().zip(signal).enumerate();
            each.map(|(i, (c, signal))| {
                let not_fused = (signal - fused(i)).max(0.0);
                self.blur.posterior(&c.odds).map(|share| not_fused * share)
            })
            .collect::<Vec<BySteps>>()
        };
        let of_red = |i: usize| p.pairs.row(i).iter().map(|pair| pair.fused).sum();
        let of_green = |j: usize| p.pairs.column(j).iter().map(|pair| pair.fused).sum();
        let considered = &weighed.considered;
        let mut red = not_fused(&considered.red, &p.red_is_signal(), &of_red);
        let mut green = not_fused(&considered.green, &p.green_is_signal(), &of_green);
        for ((r, row), red) in considered.red.iter().zip(p.pairs.rows()).zip(&mut red) {
            for ((g, pair), green) in considered.green.iter().zip(row).zip(&mut green) {
                if pair.fused <= MIN_FUSED {
                    continue;
                }
                let shares = self.blur.posterior(&product(&r.odds, &g.odds));
                for (step, share) in shares.into_iter().enumerate() {
                    red[step] += pair.fused * share;
                    green[step] += pair.fused * share;
                }
            }
        }
        PerColour { red, green }
    }
}
