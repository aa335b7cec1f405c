//! From candidates to signals: the populations and the sorting of every nucleus, learned together over a
//! specimen by expectation maximisation.

mod learn;

use ndarray::Array2;
use rayon::prelude::*;

use crate::colour::Colour;
use crate::detect::blur::{Blur, BySteps, Dimming, product};
use crate::detect::candidate::Candidate;
use crate::detect::evidence::{Population, debris_over_signals};
use crate::detect::sorting::{NoneSeparated, PairParts, Part, Probabilities, Weights};
use crate::statistics::{below, median};

pub(crate) use learn::learn;

/// The candidates of one nucleus, strongest first, greens corrected for the chromatic shift.
#[derive(Debug, Clone, Default)]
pub(crate) struct NucleusCandidates {
    pub(crate) red: Vec<Candidate>,
    pub(crate) green: Vec<Candidate>,
    /// What the filters that found them make of signals out of focus: red, green.
    pub(crate) dimming: [Dimming; 2],
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
    /// How far the signals are out of focus.
    blur: Blur,
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
    /// Its intact loci.
    pub(crate) fused: FusedEnds,
}

/// Intact loci, and those of their ends that only the other end makes signals: red, green.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct FusedEnds {
    pub(crate) loci: f64,
    pub(crate) missed_alone: [f64; 2],
}

impl FusedEnds {
    /// Those of one nucleus, each counted by its probability.
    fn of(weights: &Weights, p: &Probabilities) -> Self {
        let mut ends = Self::default();
        for ((i, j), pair) in p.pairs.indexed_iter() {
            ends.loci += pair.fused;
            for (missed, lone) in
                ends.missed_alone.iter_mut().zip([weights.lone_red[i], weights.lone_green[j]])
            {
                *missed += if lone < 1.0 { pair.fused } else { 0.0 };
            }
        }
        ends
    }

    /// Those of several nuclei, in the order given.
    pub(crate) fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), |sum, own| Self {
            loci: sum.loci + own.loci,
            missed_alone: [0, 1].map(|c| sum.missed_alone[c] + own.missed_alone[c]),
        })
    }
}

impl Decision {
    /// What is said of the candidates of a colour.
    pub(crate) fn of(&self, colour: Colour) -> &[(f64, Part)] {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }

    /// Whether the nucleus has a signal of a colour.
    pub(crate) fn shows(&self, colour: Colour) -> bool {
        self.of(colour).iter().any(|(_, part)| *part == Part::Signal)
    }
}

/// A candidate that is sorted: its place among those of its colour, and its odds of being a signal in each step of blur.
#[derive(Debug, Clone, Copy)]
struct Considered {
    index: usize,
    odds: BySteps,
    /// Their mean over the steps.
    mean_odds: f64,
}

/// The candidates of a nucleus that are sorted, and the weights of their parts.
struct Sorted {
    red: Vec<Considered>,
    green: Vec<Considered>,
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
            blur: Blur::default(),
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
        below(z)
    }

    /// Share of the signals that are out of focus, by what was learned from those that are seen.
    pub(crate) fn out_of_focus_share(&self) -> f64 {
        self.blur.out_of_focus()
    }

    /// Share of the signals of a colour that have no partner in their nucleus.
    pub(crate) fn lone_share(&self, colour: Colour) -> f64 {
        let lone = self.lone_rate[colour.index()];
        lone / (self.fused_rate + self.split_rate + lone)
    }

    /// Chance that a signal of a colour without partner is an intact locus whose other end is lost, where such a share of
    /// the other colour is.
    pub(crate) fn alone_by_loss(&self, colour: Colour, lost_of_other: f64) -> f64 {
        let seen = (1.0 - lost_of_other).max(f64::MIN_POSITIVE);
        (self.fused_rate * lost_of_other / seen / self.lone_rate[colour.index()]).clamp(0.0, 1.0)
    }

    fn population(&self, colour: Colour) -> &Population {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }

    /// The candidates worth sorting.
    fn worth_sorting(&self, nucleus: &NucleusCandidates, colour: Colour) -> Vec<Considered> {
        let (population, dimming) = (self.population(colour), &nucleus.dimming[colour.index()]);
        let candidates = nucleus.of(colour).iter().enumerate();
        let mut considered: Vec<Considered> = candidates
            .map(|(index, c)| {
                let odds = population.odds(c, dimming, &self.blur);
                Considered { index, odds, mean_odds: self.blur.mean(&odds) }
            })
            .collect();
        considered.sort_by(|a, b| b.mean_odds.total_cmp(&a.mean_odds).then(a.index.cmp(&b.index)));
        let kept = considered
            .iter()
            .enumerate()
            .take_while(|(rank, c)| {
                *rank < SORTED_ALWAYS || (*rank < SORTED_MAX && c.mean_odds * self.fused_rate > 1.0)
            })
            .count();
        considered.truncate(kept);
        considered.sort_by_key(|c| c.index);
        considered
    }

    /// Weights of all parts of a nucleus.
    fn weigh(&self, nucleus: &NucleusCandidates) -> Sorted {
        let [red, green] = Colour::BOTH.map(|colour| self.worth_sorting(nucleus, colour));
        let area = nucleus.area_px.max(1.0);
        let pair = |r: &Considered, g: &Considered| {
            let (a, b) = (&nucleus.red[r.index], &nucleus.green[g.index]);
            self.weigh_pair((a, r), (b, g), &nucleus.dimming, area)
        };
        let pairs = Array2::from_shape_fn((red.len(), green.len()), |(i, j)| pair(&red[i], &green[j]));
        let alone =
            |considered: &[Considered], rate: f64| considered.iter().map(|c| rate * c.mean_odds).collect();
        let weights = Weights {
            lone_red: alone(&red, self.lone_rate[0]),
            lone_green: alone(&green, self.lone_rate[1]),
            pairs,
        };
        Sorted { red, green, weights }
    }

    /// Weights of what a red and a green candidate, each with its odds, can be together in a nucleus of `area` px.
    fn weigh_pair(
        &self,
        (a, of_red): (&Candidate, &Considered),
        (b, of_green): (&Candidate, &Considered),
        dimming: &[Dimming; 2],
        area: f64,
    ) -> PairParts {
        let (red, green) = (of_red.mean_odds, of_green.mean_odds);
        let d = a.distance_px(b);
        // Density at this offset with a normal scatter, over that of unrelated positions in the nucleus.
        let together =
            |variance: f64| area / (std::f64::consts::TAU * variance) * (-0.5 * d * d / variance).exp();
        let limit = self.fused_distance_px;
        let mut parts = PairParts::default();
        if d <= limit {
            let stretched = STRETCHED_SHARE * area / (std::f64::consts::PI * limit * limit);
            let core = (1.0 - STRETCHED_SHARE) * together(self.offset_sd_px.powi(2));
            // Blurred alike.
            let both = self.blur.mean(&product(&of_red.odds, &of_green.odds));
            parts.fused = self.fused_rate * both * (core + stretched);
        } else {
            parts.split = self.split_rate * red * green;
        }
        let same_place =
            together(a.position_sd_px().powi(2) + b.position_sd_px().powi(2) + SAME_PLACE_SD_PX.powi(2));
        if same_place > 0.0 {
            parts.coincident =
                self.coincident_rate / (self.red.false_rate * self.green.false_rate) * same_place;
            let [red_dimming, green_dimming] = dimming;
            let over_signals =
                debris_over_signals((a, &self.red, red_dimming), (b, &self.green, green_dimming), &self.blur);
            parts.debris = self.debris_rate * red * green * over_signals * same_place;
            let ghost = self.green.ghost_odds(b, a) * same_place;
            parts.red_with_ghost = self.ghost_share[0] * self.lone_rate[0] * red * ghost;
            let ghost = self.red.ghost_odds(a, b) * same_place;
            parts.green_with_ghost = self.ghost_share[1] * self.lone_rate[1] * green * ghost;
        }
        parts
    }
}

/// Reads every nucleus with a learned model.
pub(crate) fn decide(nuclei: &[NucleusCandidates], model: &Model) -> Vec<Decision> {
    let part = |considered: &[Considered], p: &[f64], parts: &[Part], len: usize| {
        let mut all = vec![(0.0, Part::False); len];
        for ((c, &p), part) in considered.iter().zip(p).zip(parts) {
            all[c.index] = (p, *part);
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
                fused: FusedEnds::of(&sorted.weights, &p),
            }
        })
        .collect()
}

/// Probability that a candidate outside every nucleus is a signal.
pub(crate) fn outside_nuclei(model: &Model, colour: Colour, candidate: &Candidate, dimming: &Dimming) -> f64 {
    let odds = model.population(colour).odds(candidate, dimming, &model.blur);
    let weight = model.lone_rate[colour.index()] * model.blur.mean(&odds);
    weight / (1.0 + weight)
}
