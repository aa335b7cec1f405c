//! The model of a specimen: heights and widths of its signals, and how many signals of each kind a nucleus has.

use ndarray::Array2;

use crate::colour::{Colour, PerColour};
use crate::detect::candidate::Candidate;
use crate::detect::defocus::{BySteps, DefocusAttenuation};
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::resolve::blur::{Blur, product};
use crate::resolve::evidence::{SignalModel, debris_over_signals};
use crate::resolve::explanations::{PairTerms, Weights};
use crate::resolve::false_spots::FalseSpots;
use crate::statistics::{below, median};

/// Scatter per axis between two measurements of one place beyond photon noise, px.
const SAME_PLACE_SD_PX: f64 = 0.25;
/// Candidates per colour that are considered in every nucleus, and at most, where the evidence asks for more.
const ALWAYS_CONSIDERED: usize = 7;
const MAX_CONSIDERED: usize = 12;
/// Offset of an intact locus before it is measured, as a share of the largest distance of one.
pub(super) const STARTING_OFFSET: f64 = 0.25;
/// Share of intact loci that are spread evenly over the allowed distance: stretched chromatin.
const STRETCHED_SHARE: f64 = 0.1;

/// The model of a specimen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpecimenModel {
    /// Heights and widths of signals and background.
    pub(super) signals: PerColour<SignalModel>,
    /// Spots that are no signals, as those outside nuclei show.
    pub(super) false_spots: PerColour<FalseSpots>,
    /// Median area of the nuclei, px.
    pub(super) usual_area_px: f64,
    /// How far the signals are out of focus.
    pub(super) blur: Blur,
    /// Intact loci per nucleus.
    pub(super) fused_rate: f64,
    /// Split loci per nucleus.
    pub(super) split_rate: f64,
    /// Isolated signals per nucleus.
    pub(super) isolated_rate: PerColour<f64>,
    /// Background candidates per nucleus that both colours show at one place: autofluorescence.
    pub(super) coincident_rate: f64,
    /// Debris in both colours per nucleus.
    pub(super) debris_rate: f64,
    /// Probability that the crosstalk of a signal of this colour passes as a candidate of the other one.
    pub(super) crosstalk_share: PerColour<f64>,
    /// Standard deviation per axis of green against red in an intact locus, px.
    pub(super) offset_sd_px: f64,
    /// Distance up to which a pair can be an intact locus, px.
    pub(super) fused_distance_px: f64,
}

/// A candidate that is considered: its index among those of its colour, and its odds of being a signal in each step of blur.
#[derive(Debug, Clone, Copy)]
pub(super) struct Considered {
    pub(super) index: usize,
    pub(super) odds: BySteps,
    /// Their mean over the steps.
    pub(super) mean_odds: f64,
    /// Expected number of background candidates like this one.
    background: f64,
    /// Density of the background of nuclei themselves at this candidate, over that number.
    own_background: f64,
}

/// The typical height of signals: the median over the nuclei of the highest candidate of each.
pub(crate) fn typical_height<'c>(nuclei: impl Iterator<Item = &'c [Candidate]>) -> f64 {
    let highest = |own: &[Candidate]| own.iter().map(|c| c.amplitude).max_by(f64::total_cmp);
    median(&mut nuclei.filter_map(highest).collect::<Vec<f64>>())
}

/// The candidates of a nucleus that are considered, and the weights of their explanations.
pub(super) struct WeighedNucleus {
    pub(super) considered: PerColour<Vec<Considered>>,
    pub(super) weights: Weights,
}

impl SpecimenModel {
    /// Starting values from the brightest candidates of each nucleus.
    pub(super) fn start(
        nuclei: &[NucleusCandidates],
        fused_distance_px: f64,
        crosstalk_share: PerColour<f64>,
        false_spots: PerColour<FalseSpots>,
    ) -> Self {
        let signals = PerColour::from_fn(|colour| {
            SignalModel::start(typical_height(nuclei.iter().map(|n| n.of(colour))))
        });
        let mut areas: Vec<f64> = nuclei.iter().map(|n| n.area_px).collect();
        Self {
            signals,
            false_spots,
            usual_area_px: median(&mut areas),
            blur: Blur::default(),
            fused_rate: 1.5,
            split_rate: 0.2,
            isolated_rate: PerColour::both(0.2),
            coincident_rate: 0.1,
            debris_rate: 0.1,
            crosstalk_share,
            offset_sd_px: STARTING_OFFSET * fused_distance_px,
            fused_distance_px,
        }
    }

    /// Typical height of the signals of a colour, grey levels.
    pub(crate) fn height(&self, colour: Colour) -> f64 {
        self.signals[colour].log_height.exp()
    }

    /// Standard deviation of the logarithm of that height.
    pub(crate) fn height_log_sd(&self, colour: Colour) -> f64 {
        self.signals[colour].log_height_sd
    }

    /// Share of the signals of a colour that are lower than this, grey levels.
    pub(crate) fn share_below(&self, colour: Colour, height: f64) -> f64 {
        let signals = &self.signals[colour];
        let z = (height.max(f64::MIN_POSITIVE).ln() - signals.log_height) / signals.log_height_sd;
        below(z)
    }

    /// Share of the signals that are out of focus, among those that are seen.
    pub(crate) fn out_of_focus_share(&self) -> f64 {
        self.blur.out_of_focus()
    }

    /// Factors by which isolated signals of each colour, and split loci, are rarer than in this share of the nuclei; 1 where
    /// they are not.
    pub(super) fn rarer_than(&self, share: f64) -> (PerColour<f64>, f64) {
        let factor = |rate: f64| (share / rate.max(f64::MIN_POSITIVE)).max(1.0);
        (self.isolated_rate.map(factor), factor(self.split_rate))
    }

    /// Share of the signals of a colour that are isolated: they have no partner in their nucleus.
    pub(crate) fn isolated_share(&self, colour: Colour) -> f64 {
        let isolated = self.isolated_rate[colour];
        isolated / (self.fused_rate + self.split_rate + isolated)
    }

    /// Probability that an isolated signal of a colour is an intact locus whose other end is lost, if `lost_of_other` is the
    /// share of lost signals of the other colour.
    pub(crate) fn isolated_by_dropout(&self, colour: Colour, lost_of_other: f64) -> f64 {
        let seen = (1.0 - lost_of_other).max(f64::MIN_POSITIVE);
        (self.fused_rate * lost_of_other / seen / self.isolated_rate[colour]).clamp(0.0, 1.0)
    }

    /// Expected number of background candidates like this one in an area, per unit of log height and of log width.
    pub(super) fn background(&self, c: &Candidate, colour: Colour, area_px: f64) -> f64 {
        self.signals[colour].background_weight(c) + self.false_spots[colour].density(c) * area_px
    }

    /// Share of the background like this candidate that is found outside nuclei too.
    pub(super) fn false_spot_share(&self, c: &Candidate, colour: Colour, area_px: f64) -> f64 {
        let false_spots = self.false_spots[colour].density(c) * area_px;
        let all = self.signals[colour].background_weight(c) + false_spots;
        if all > 0.0 { false_spots / all } else { 0.0 }
    }

    /// The candidates that are considered.
    fn considered(&self, nucleus: &NucleusCandidates, colour: Colour) -> Vec<Considered> {
        let (signals, attenuation) = (&self.signals[colour], &nucleus.attenuation[colour]);
        let candidates = nucleus.of(colour).iter().enumerate();
        let mut considered: Vec<Considered> = candidates
            .map(|(index, c)| {
                let background = self.background(c, colour, nucleus.area_px);
                let odds = signals.odds(c, attenuation, &self.blur, background);
                let own_background = signals.background_density(c) / background.max(f64::MIN_POSITIVE);
                Considered { index, odds, mean_odds: self.blur.mean(&odds), background, own_background }
            })
            .collect();
        considered.sort_by(|a, b| b.mean_odds.total_cmp(&a.mean_odds).then(a.index.cmp(&b.index)));
        let kept = considered
            .iter()
            .enumerate()
            .take_while(|(rank, c)| {
                *rank < ALWAYS_CONSIDERED || (*rank < MAX_CONSIDERED && c.mean_odds * self.fused_rate > 1.0)
            })
            .count();
        considered.truncate(kept);
        considered.sort_by_key(|c| c.index);
        considered
    }

    /// Weights of all terms of a nucleus.
    pub(super) fn weigh(&self, nucleus: &NucleusCandidates) -> WeighedNucleus {
        let considered = PerColour::from_fn(|colour| self.considered(nucleus, colour));
        let area = nucleus.area_px.max(1.0);
        let pair = |r: &Considered, g: &Considered| {
            let (a, b) = (&nucleus.red[r.index], &nucleus.green[g.index]);
            self.weigh_pair((a, r), (b, g), &nucleus.attenuation, area)
        };
        let PerColour { red, green } = &considered;
        let pairs = Array2::from_shape_fn((red.len(), green.len()), |(i, j)| pair(&red[i], &green[j]));
        let isolated = PerColour::from_fn(|colour| {
            considered[colour].iter().map(|c| self.isolated_rate[colour] * c.mean_odds).collect()
        });
        WeighedNucleus { considered, weights: Weights { isolated, pairs } }
    }

    /// Weights of the terms of a red and a green candidate, each with its odds, in a nucleus of `area` px.
    fn weigh_pair(
        &self,
        (a, of_red): (&Candidate, &Considered),
        (b, of_green): (&Candidate, &Considered),
        attenuation: &PerColour<DefocusAttenuation>,
        area: f64,
    ) -> PairTerms {
        let (red, green) = (of_red.mean_odds, of_green.mean_odds);
        let d = a.distance_px(b);
        // Density at this offset with a normal scatter, over the density of unrelated positions in the nucleus.
        let together =
            |variance: f64| area / (std::f64::consts::TAU * variance) * (-0.5 * d * d / variance).exp();
        let limit = self.fused_distance_px;
        let (signals, mut terms) = (&self.signals, PairTerms::default());
        if d <= limit {
            let stretched = STRETCHED_SHARE * area / (std::f64::consts::PI * limit * limit);
            let core = (1.0 - STRETCHED_SHARE) * together(self.offset_sd_px.powi(2));
            // Blurred alike.
            let both = self.blur.mean(&product(&of_red.odds, &of_green.odds));
            terms.fused = self.fused_rate * both * (core + stretched);
        } else {
            terms.split = self.split_rate * red * green;
        }
        let same_place =
            together(a.position_sd_px().powi(2) + b.position_sd_px().powi(2) + SAME_PLACE_SD_PX.powi(2));
        if same_place > 0.0 {
            // Seen in both colours is the background of nuclei, not the speckle of one colour.
            terms.coincident =
                self.coincident_rate * of_red.own_background * of_green.own_background * same_place;
            let over_signals = debris_over_signals(
                (a, &signals.red, &attenuation.red),
                (b, &signals.green, &attenuation.green),
                &self.blur,
            );
            terms.debris = self.debris_rate * red * green * over_signals * same_place;
            let in_green = signals.green.crosstalk_odds(b, a, of_green.background) * same_place;
            terms.red_with_crosstalk = self.crosstalk_share.red * self.isolated_rate.red * red * in_green;
            let in_red = signals.red.crosstalk_odds(a, b, of_red.background) * same_place;
            terms.green_with_crosstalk =
                self.crosstalk_share.green * self.isolated_rate.green * green * in_red;
        }
        terms
    }
}
