//! What speaks against relying on a cutoff from normal controls.

use std::fmt;

use serde::Serialize;

use super::controls::USUAL_CONTROLS;

/// A reason for caution with a cutoff from normal controls.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CutoffCaution {
    /// Fewer controls than usual.
    FewControls {
        /// Controls.
        controls: usize,
    },
    /// The worst of so few controls may well lie within the range of 95 of 100 normal specimens.
    WorstOfFew {
        /// Controls.
        controls: usize,
        /// Chance that the worst one lies above 95 of 100 normal specimens, 0 to 1.
        chance: f64,
        /// Controls for a chance of 0.95.
        needed: usize,
    },
    /// One control has more rearranged nuclei than the others let expect.
    StandsOut {
        /// The control.
        specimen: String,
        /// Its percentage.
        percent: f64,
    },
    /// The controls scatter by more than chance, so that they have no common rate.
    NoCommonRate {
        /// Pearson's chi-squared.
        chi_squared: f64,
        /// Its degrees of freedom.
        degrees: usize,
        /// Chance of such a scatter if they had one rate.
        p: f64,
    },
    /// The controls scatter by more than chance: a bound of one control does not allow for that.
    ScatterBetween {
        /// Chance of such a scatter if they had one rate.
        p: f64,
    },
    /// The counts are too low for a normal distribution.
    SkewedCounts {
        /// Rearranged nuclei of a control on average.
        mean: f64,
    },
    /// The standard deviation of so few controls is uncertain.
    UncertainDeviation {
        /// How many times as large it may be, at 95 %.
        factor: f64,
    },
    /// No control has a rearranged nucleus, so that there is no scatter to measure.
    NothingRearranged,
    /// The assay accepts specimens with fewer nuclei, which exceed the cutoff by chance more often.
    SmallerSpecimens {
        /// Nuclei that the cutoff is made for.
        cells: usize,
        /// Nuclei that the assay asks for.
        accepted: usize,
    },
    /// The first stage of a two-stage rule decides before the cutoff is asked.
    FirstStageUnchanged,
    /// The cutoffs of single patterns stay as they are.
    PatternsUnchanged,
}

impl fmt::Display for CutoffCaution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewControls { controls } => {
                write!(f, "It rests on {controls} normal controls; {USUAL_CONTROLS} are usual. Add controls.")
            }
            Self::WorstOfFew { controls, chance, needed } => write!(
                f,
                "The worst of {controls} controls lies above 95 of 100 normal specimens with a chance of {:.0} %; {needed} controls \
                 make it 95 %.",
                100.0 * chance
            ),
            Self::StandsOut { specimen, percent } => write!(
                f,
                "{specimen} ({percent:.1} %) has more rearranged nuclei than chance explains beside the other controls. Is it \
                 normal, and well hybridised?"
            ),
            Self::NoCommonRate { chi_squared, degrees, p } => write!(
                f,
                "The controls scatter by more than chance (chi-squared {chi_squared:.1}, {degrees} degrees of freedom, {}): \
                 they have no common rate, and this cutoff is too low.",
                rounded(*p)
            ),
            Self::ScatterBetween { p } => write!(
                f,
                "The controls scatter by more than chance ({}): the bound allows for the nuclei counted in the worst control, \
                 not for a worse control to come.",
                rounded(*p)
            ),
            Self::SkewedCounts { mean } => write!(
                f,
                "A control has {mean:.1} rearranged nuclei on average: so few are not normally distributed, and more normal \
                 specimens lie above than the formula says."
            ),
            Self::UncertainDeviation { factor } => {
                write!(f, "The true standard deviation may be {factor:.1} times as large (95 % bound): add controls.")
            }
            Self::NothingRearranged => {
                f.write_str("No control has a rearranged nucleus: there is no rate and no scatter to measure. Do not use it.")
            }
            Self::SmallerSpecimens { cells, accepted } => write!(
                f,
                "It is made for specimens of {cells} nuclei, and the assay accepts {accepted}: smaller specimens exceed it by chance \
                 more often. Ask for {cells} nuclei, or make it for {accepted} (--cells {accepted})."
            ),
            Self::FirstStageUnchanged => f.write_str(
                "The first stage (decision.neg_lt, decision.pos_gt) decides before the cutoff is asked and stays as it is. Check \
                 that both agree.",
            ),
            Self::PatternsUnchanged => f.write_str(
                "The cutoff is that of all rearranged nuclei together. The cutoffs of single patterns (decision.patterns) stay as \
                 they are.",
            ),
        }
    }
}

/// A chance for sentences.
fn rounded(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}
