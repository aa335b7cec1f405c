//! Expectation maximisation: the populations, rates and blur of a specimen from the sortings of all its nuclei.

use rayon::prelude::*;

use super::{Considered, Model, NucleusCandidates, STARTING_OFFSET, Sorted};
use crate::colour::Colour;
use crate::detect::blur::{Blur, BySteps, STEPS, product};
use crate::detect::evidence::Taught;
use crate::detect::sorting::Probabilities;

/// Probability of being a pair blurred alike below which it tells nothing of blur.
const LEAST_FUSED: f64 = 1e-4;
/// Most rounds of expectation maximisation; it stops when the heights of signals have settled.
const ROUNDS: usize = 30;
/// Change of the mean log heights below which they have settled.
const SETTLED: f64 = 1e-3;
/// Pseudo-counts that hold each rate off zero.
const RATE_PSEUDO_COUNT: f64 = 0.5;

/// Learns the model from all nuclei of a specimen: all signals in focus first, and out of it one by one where that shows.
pub(crate) fn learn(nuclei: &[NucleusCandidates], fused_distance_px: f64, ghost_share: [f64; 2]) -> Model {
    let mut in_focus = Model::start(nuclei, fused_distance_px, ghost_share);
    in_focus.settle(nuclei);
    let mut blurred = Model { blur: Blur::assumed(), ..in_focus };
    blurred.round(nuclei);
    if !blurred.blur.may_be() {
        return in_focus;
    }
    blurred.settle(nuclei);
    if blurred.blur.is_plausible() { blurred } else { in_focus }
}

impl Model {
    /// Rounds until the heights of signals have settled.
    fn settle(&mut self, nuclei: &[NucleusCandidates]) {
        for _ in 0..ROUNDS {
            let before = [self.red.log_height, self.green.log_height];
            self.round(nuclei);
            let change =
                (self.red.log_height - before[0]).abs().max((self.green.log_height - before[1]).abs());
            if change < SETTLED {
                break;
            }
        }
    }

    /// One round: sorts all nuclei, and takes over what that says.
    fn round(&mut self, nuclei: &[NucleusCandidates]) {
        let results: Vec<(Sorted, Probabilities)> = nuclei
            .par_iter()
            .map(|n| {
                let sorted = self.weigh(n);
                let probabilities = sorted.weights.probabilities();
                (sorted, probabilities)
            })
            .collect();
        self.update(nuclei, &results);
    }

    /// Takes over what the sortings of all nuclei say.
    fn update(&mut self, nuclei: &[NucleusCandidates], results: &[(Sorted, Probabilities)]) {
        let n = nuclei.len() as f64;
        let rate = |sum: f64| (sum + RATE_PSEUDO_COUNT) / (n + 1.0);
        let (mut fused, mut squares, mut split, mut coincident, mut debris) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let mut lone = [0.0, 0.0];
        let mut taught = [Vec::new(), Vec::new()];
        for (nucleus, (sorted, p)) in nuclei.iter().zip(results) {
            let mut signal = self.by_steps(sorted, p);
            for (r, row) in sorted.red.iter().zip(p.pairs.rows()) {
                for (g, pair) in sorted.green.iter().zip(row) {
                    let d = nucleus.red[r.index].distance_px(&nucleus.green[g.index]);
                    fused += pair.fused;
                    squares += pair.fused * d * d;
                    split += pair.split;
                    coincident += pair.coincident;
                    debris += pair.debris;
                }
            }
            lone[0] += p.lone_red.iter().sum::<f64>();
            lone[1] += p.lone_green.iter().sum::<f64>();
            for (colour, considered) in Colour::BOTH.into_iter().zip([&sorted.red, &sorted.green]) {
                let c = colour.index();
                // Those not sorted are no signals.
                let mut all = vec![[0.0; STEPS]; nucleus.of(colour).len()];
                for (considered, signal) in considered.iter().zip(signal[c].drain(..)) {
                    all[considered.index] = signal;
                }
                let of = |(candidate, signal)| Taught { candidate, dimming: &nucleus.dimming[c], signal };
                taught[c].extend(nucleus.of(colour).iter().zip(all).map(of));
            }
        }
        self.fused_rate = rate(fused);
        self.split_rate = rate(split);
        self.lone_rate = lone.map(rate);
        self.coincident_rate = rate(coincident);
        self.debris_rate = rate(debris);
        // Ten pseudo-pairs at the starting value.
        let start = (STARTING_OFFSET * self.fused_distance_px).powi(2);
        self.offset_sd_px = ((squares / 2.0 + 10.0 * start) / (fused + 10.0)).sqrt();
        self.red.update(&taught[0], n);
        self.green.update(&taught[1], n);
        let mut counts = [0.0; STEPS];
        for t in taught.iter().flatten() {
            for (count, p) in counts.iter_mut().zip(t.signal) {
                *count += p;
            }
        }
        self.blur.update(&counts);
    }

    /// Probability of being a signal in each step of blur, of the reds and greens that were sorted.
    fn by_steps(&self, sorted: &Sorted, p: &Probabilities) -> [Vec<BySteps>; 2] {
        let alone = |considered: &[Considered], signal: &[f64], fused: &dyn Fn(usize) -> f64| {
            let each = considered.iter().zip(signal).enumerate();
            each.map(|(i, (c, signal))| {
                let alone = (signal - fused(i)).max(0.0);
                self.blur.given(&c.odds).map(|share| alone * share)
            })
            .collect::<Vec<BySteps>>()
        };
        let of_red = |i: usize| p.pairs.row(i).iter().map(|pair| pair.fused).sum();
        let of_green = |j: usize| p.pairs.column(j).iter().map(|pair| pair.fused).sum();
        let mut red = alone(&sorted.red, &p.red_is_signal(), &of_red);
        let mut green = alone(&sorted.green, &p.green_is_signal(), &of_green);
        for ((r, row), red) in sorted.red.iter().zip(p.pairs.rows()).zip(&mut red) {
            for ((g, pair), green) in sorted.green.iter().zip(row).zip(&mut green) {
                if pair.fused <= LEAST_FUSED {
                    continue;
                }
                let shares = self.blur.given(&product(&r.odds, &g.odds));
                for (step, share) in shares.into_iter().enumerate() {
                    red[step] += pair.fused * share;
                    green[step] += pair.fused * share;
                }
            }
        }
        [red, green]
    }
}
