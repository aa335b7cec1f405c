//! From candidates to signals: the populations and the sorting of every nucleus, learned together over a
//! specimen by expectation maximisation.

use rayon::prelude::*;

use crate::detect::candidate::{Candidate, median};
use crate::detect::evidence::{Population, debris_over_signals};
use crate::detect::sorting::{NoneSeparated, PairParts, Part, Probabilities, Weights};
use crate::field::Colour;

/// The candidates of one nucleus, strongest first, greens corrected for the chromatic shift.
#[derive(Debug, Clone, Default)]
pub(crate) struct NucleusCandidates {
    pub(crate) red: Vec<Candidate>,
    pub(crate) green: Vec<Candidate>,
    pub(crate) area_px: f64,
    /// Centre of its field (rows, columns), px.
    pub(crate) field_centre_px: [f64; 2],
}

impl NucleusCandidates {
    /// The candidates of a colour.
    pub(crate) fn of(&self, colour: Colour) -> &[Candidate] {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }
}

/// What was learned over the specimen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Model {
    pub(crate) red: Population,
    pub(crate) green: Population,
    /// Intact loci per nucleus.
    fused_rate: f64,
    /// Split loci per nucleus.
    split_rate: f64,
    /// Signals without partner per nucleus: red, green.
    lone_rate: [f64; 2],
    /// False candidates per nucleus that both colours show at one place: autofluorescence.
    coincident_rate: f64,
    /// Debris in both colours per nucleus.
    debris_rate: f64,
    /// Probability that a signal's crosstalk into the other colour passes as a candidate: red, green.
    ghost_share: [f64; 2],
    /// Standard deviation per axis of green against red in an intact locus, px.
    offset_sd_px: f64,
    /// Distance up to which a pair can be an intact locus, px.
    fused_distance_px: f64,
}

/// Most rounds of expectation maximisation; it stops when the heights of signals have settled.
const ROUNDS: usize = 30;
/// Change of the mean log heights below which they have settled.
const SETTLED: f64 = 1e-3;
/// Pseudo-counts that hold each rate off zero.
const RATE_PSEUDO_COUNT: f64 = 0.5;
/// Scatter per axis between two measurements of one place beyond photon noise, px.
const SAME_PLACE_SD_PX: f64 = 0.25;
/// Candidates per colour whose sortings are summed over in every nucleus, and where the evidence asks for it.
const SORTED_ALWAYS: usize = 7;
const SORTED_MAX: usize = 12;
/// Offset of an intact locus before it is measured, as a share of the largest distance of one.
const STARTING_OFFSET: f64 = 0.25;
/// Share of intact loci that are spread evenly over the allowed distance: stretched chromatin.
const STRETCHED_SHARE: f64 = 0.1;

/// Probabilities and the reading of one nucleus.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision {
    /// Probability of being a signal, per red candidate; and what it is in the heaviest sorting.
    pub(crate) red: Vec<(f64, Part)>,
    /// The same per green candidate.
    pub(crate) green: Vec<(f64, Part)>,
    /// Probability that no signal stands alone or split.
    pub(crate) none_separated: NoneSeparated,
}

impl Decision {
    /// What is said of the candidates of a colour.
    pub(crate) fn of(&self, colour: Colour) -> &[(f64, Part)] {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }
}

/// The candidates of a nucleus that are sorted, and the weights of their parts.
struct Sorted {
    red: Vec<usize>,
    green: Vec<usize>,
    weights: Weights,
}

impl Model {
    /// Starting values from the brightest candidates of each nucleus.
    fn start(nuclei: &[NucleusCandidates], fused_distance_px: f64, ghost_share: [f64; 2]) -> Self {
        let [red, green] = Colour::BOTH.map(|colour| {
            let mut brightest: Vec<f64> = nuclei
                .iter()
                .filter_map(|n| n.of(colour).iter().map(|c| c.amplitude).max_by(f64::total_cmp))
                .collect();
            Population::start(median(&mut brightest))
        });
        Self {
            red,
            green,
            fused_rate: 1.5,
            split_rate: 0.2,
            lone_rate: [0.2, 0.2],
            coincident_rate: 0.1,
            debris_rate: 0.1,
            ghost_share,
            offset_sd_px: STARTING_OFFSET * fused_distance_px,
            fused_distance_px,
        }
    }

    /// Typical height of the signals of a colour, grey levels.
    pub(crate) fn height(&self, colour: Colour) -> f64 {
        self.population(colour).log_height.exp()
    }

    /// Standard deviation of the logarithm of that height.
    pub(crate) fn height_log_sd(&self, colour: Colour) -> f64 {
        self.population(colour).log_height_sd
    }

    /// Share of the signals of a colour that are lower than this, grey levels.
    pub(crate) fn share_below(&self, colour: Colour, height: f64) -> f64 {
        let population = self.population(colour);
        let z = (height.max(f64::MIN_POSITIVE).ln() - population.log_height) / population.log_height_sd;
        0.5 * statrs::function::erf::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
    }

    /// Share of the signals of a colour that have no partner in their nucleus.
    pub(crate) fn lone_share(&self, colour: Colour) -> f64 {
        let lone = self.lone_rate[colour.index()];
        lone / (self.fused_rate + self.split_rate + lone)
    }

    fn population(&self, colour: Colour) -> &Population {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }

    /// Indices of the candidates worth sorting, and their odds.
    fn worth_sorting(&self, nucleus: &NucleusCandidates, colour: Colour) -> (Vec<usize>, Vec<f64>) {
        let population = self.population(colour);
        let mut odds: Vec<(usize, f64)> =
            nucleus.of(colour).iter().map(|c| population.odds(c)).enumerate().collect();
        odds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let kept = odds
            .iter()
            .enumerate()
            .take_while(|(rank, (_, o))| {
                *rank < SORTED_ALWAYS || (*rank < SORTED_MAX && *o * self.fused_rate > 1.0)
            })
            .count();
        odds.truncate(kept);
        odds.sort_by_key(|o| o.0);
        odds.into_iter().unzip()
    }

    /// Weights of all parts of a nucleus.
    fn weigh(&self, nucleus: &NucleusCandidates) -> Sorted {
        let (red, red_odds) = self.worth_sorting(nucleus, Colour::Red);
        let (green, green_odds) = self.worth_sorting(nucleus, Colour::Green);
        let area = nucleus.area_px.max(1.0);
        let pair = |i: usize, j: usize| {
            let (a, b) = (&nucleus.red[red[i]], &nucleus.green[green[j]]);
            self.weigh_pair((a, red_odds[i]), (b, green_odds[j]), area)
        };
        let pairs = (0..red.len()).map(|i| (0..green.len()).map(|j| pair(i, j)).collect()).collect();
        let weights = Weights {
            lone_red: red_odds.iter().map(|o| self.lone_rate[0] * o).collect(),
            lone_green: green_odds.iter().map(|o| self.lone_rate[1] * o).collect(),
            pairs,
        };
        Sorted { red, green, weights }
    }

    /// Weights of what a red and a green candidate, each with its odds, can be together in a nucleus of `area` px.
    fn weigh_pair(&self, (a, red): (&Candidate, f64), (b, green): (&Candidate, f64), area: f64) -> PairParts {
        let d = a.distance_px(b);
        // Density at this offset with a normal scatter, over that of unrelated positions in the nucleus.
        let together =
            |variance: f64| area / (std::f64::consts::TAU * variance) * (-0.5 * d * d / variance).exp();
        let limit = self.fused_distance_px;
        let mut parts = PairParts::default();
        if d <= limit {
            let stretched = STRETCHED_SHARE * area / (std::f64::consts::PI * limit * limit);
            let core = (1.0 - STRETCHED_SHARE) * together(self.offset_sd_px.powi(2));
            parts.fused = self.fused_rate * red * green * (core + stretched);
        } else {
            parts.split = self.split_rate * red * green;
        }
        let same_place =
            together(a.position_sd_px().powi(2) + b.position_sd_px().powi(2) + SAME_PLACE_SD_PX.powi(2));
        if same_place > 0.0 {
            parts.coincident =
                self.coincident_rate / (self.red.false_rate * self.green.false_rate) * same_place;
            let over_signals = debris_over_signals((a, &self.red), (b, &self.green));
            parts.debris = self.debris_rate * red * green * over_signals * same_place;
            let ghost = self.green.ghost_odds(b, a.amplitude) * same_place;
            parts.red_with_ghost = self.ghost_share[0] * self.lone_rate[0] * red * ghost;
            let ghost = self.red.ghost_odds(a, b.amplitude) * same_place;
            parts.green_with_ghost = self.ghost_share[1] * self.lone_rate[1] * green * ghost;
        }
        parts
    }

    /// Takes over what the sortings of all nuclei say.
    fn update(&mut self, nuclei: &[NucleusCandidates], results: &[(Sorted, Probabilities)]) {
        let n = nuclei.len() as f64;
        let rate = |sum: f64| (sum + RATE_PSEUDO_COUNT) / (n + 1.0);
        let (mut fused, mut squares, mut split, mut coincident, mut debris) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let mut lone = [0.0, 0.0];
        let (mut red, mut green) = (Vec::new(), Vec::new());
        for (nucleus, (sorted, p)) in nuclei.iter().zip(results) {
            for (i, row) in p.pairs.iter().enumerate() {
                for (j, pair) in row.iter().enumerate() {
                    let d = nucleus.red[sorted.red[i]].distance_px(&nucleus.green[sorted.green[j]]);
                    fused += pair.fused;
                    squares += pair.fused * d * d;
                    split += pair.split;
                    coincident += pair.coincident;
                    debris += pair.debris;
                }
            }
            lone[0] += p.lone_red.iter().sum::<f64>();
            lone[1] += p.lone_green.iter().sum::<f64>();
            red.extend(nucleus.red.iter().copied().zip(expand(
                &sorted.red,
                &p.red_is_signal(),
                nucleus.red.len(),
            )));
            green.extend(nucleus.green.iter().copied().zip(expand(
                &sorted.green,
                &p.green_is_signal(),
                nucleus.green.len(),
            )));
        }
        self.fused_rate = rate(fused);
        self.split_rate = rate(split);
        self.lone_rate = lone.map(rate);
        self.coincident_rate = rate(coincident);
        self.debris_rate = rate(debris);
        // Ten pseudo-pairs at the starting value.
        let start = (STARTING_OFFSET * self.fused_distance_px).powi(2);
        self.offset_sd_px = ((squares / 2.0 + 10.0 * start) / (fused + 10.0)).sqrt();
        self.red.update(&red, n);
        self.green.update(&green, n);
    }
}

/// Values of the sorted candidates at their places among all; 0 for the others.
fn expand(indices: &[usize], values: &[f64], len: usize) -> Vec<f64> {
    let mut all = vec![0.0; len];
    for (&i, &v) in indices.iter().zip(values) {
        all[i] = v;
    }
    all
}

/// Learns the model from all nuclei of a specimen.
pub(crate) fn learn(nuclei: &[NucleusCandidates], fused_distance_px: f64, ghost_share: [f64; 2]) -> Model {
    let mut model = Model::start(nuclei, fused_distance_px, ghost_share);
    for _ in 0..ROUNDS {
        let results: Vec<(Sorted, Probabilities)> = nuclei
            .par_iter()
            .map(|n| {
                let sorted = model.weigh(n);
                let probabilities = sorted.weights.probabilities();
                (sorted, probabilities)
            })
            .collect();
        let before = [model.red.log_height, model.green.log_height];
        model.update(nuclei, &results);
        let change = (model.red.log_height - before[0]).abs().max((model.green.log_height - before[1]).abs());
        if change < SETTLED {
            break;
        }
    }
    model
}

/// Reads every nucleus with a learned model.
pub(crate) fn decide(nuclei: &[NucleusCandidates], model: &Model) -> Vec<Decision> {
    let part = |indices: &[usize], p: &[f64], parts: &[Part], len: usize| {
        let mut all = vec![(0.0, Part::False); len];
        for ((&i, &p), part) in indices.iter().zip(p).zip(parts) {
            all[i] = (p, *part);
        }
        all
    };
    nuclei
        .par_iter()
        .map(|nucleus| {
            let sorted = model.weigh(nucleus);
            let heaviest = sorted.weights.heaviest();
            let p = sorted.weights.probabilities();
            Decision {
                red: part(&sorted.red, &p.red_is_signal(), &heaviest.red, nucleus.red.len()),
                green: part(&sorted.green, &p.green_is_signal(), &heaviest.green, nucleus.green.len()),
                none_separated: sorted.weights.none_separated(),
            }
        })
        .collect()
}

/// Probability that a candidate outside every nucleus is a signal.
pub(crate) fn outside_nuclei(model: &Model, colour: Colour, candidate: &Candidate) -> f64 {
    let weight = model.lone_rate[colour.index()] * model.population(colour).odds(candidate);
    weight / (1.0 + weight)
}
