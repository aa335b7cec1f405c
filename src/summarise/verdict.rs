//! What the summary holds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::loss::LossEffect;
use crate::assay::{IsolatedMeaning, Percent};
use crate::classify::{Exclusion, NucleusClass};
use crate::error::{Error, Result};

/// The verdict on a specimen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Below the cutoff.
    Negative,
    /// At or above the cutoff, as the assay's comparator says.
    Positive,
    /// The assay asks for more nuclei, or a second reader, before it can be decided.
    Equivocal,
    /// Too few evaluable nuclei, a probe failed, or the verdict may rest on signals below detection.
    NotEvaluable,
}

impl Verdict {
    /// The word used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Positive => "positive",
            Self::Equivocal => "equivocal",
            Self::NotEvaluable => "not_evaluable",
        }
    }
}

/// So many of so many nuclei.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Count {
    /// Nuclei with the finding.
    pub positive: usize,
    /// Nuclei looked at.
    pub total: usize,
}

impl Count {
    /// `positive` of `total`.
    ///
    /// ```
    /// use breakapart::summarise::Count;
    /// assert_eq!(Count::new(27, 50)?.percent(), Some(54.0));
    /// assert!(Count::new(51, 50).is_err());
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if `positive` is more than `total`.
    pub fn new(positive: usize, total: usize) -> Result<Self> {
        if positive > total {
            return Err(Error::parameter("positive nuclei", positive, format!("0 to the total, {total}")));
        }
        Ok(Self { positive, total })
    }

    /// `100 * positive / total` for display; `None` of nothing. Verdicts compare integers instead.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        (self.total > 0).then(|| 100.0 * self.positive as f64 / self.total as f64)
    }
}

/// A two-sided confidence interval of a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Interval {
    /// Lower limit, percent.
    pub low_percent: f64,
    /// Upper limit, percent.
    pub high_percent: f64,
    /// Confidence level, 0 to 1.
    pub level: f64,
}

/// One stage of the decision as it was taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Stage {
    /// Nuclei counted up to and including this stage.
    pub evaluable: usize,
    /// Rearranged among them.
    pub rearranged: usize,
    /// The rule that was applied, in words with its numbers.
    pub rule: String,
    /// What it gave.
    pub verdict: Verdict,
}

/// A signal pattern that has a cutoff of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PatternTally {
    /// The pattern in laboratory notation.
    pub pattern: String,
    /// Evaluable nuclei with exactly this pattern.
    pub nuclei: usize,
    /// The same in percent of the evaluable nuclei; `None` if nothing is evaluable.
    pub percent: Option<f64>,
    /// Its cutoff, percent.
    pub cutoff_percent: Percent,
    /// Whether the cutoff is met.
    pub met: bool,
    /// Interval of the percentage, by the assay's method; `None` if nothing is evaluable.
    pub interval: Option<Interval>,
}

/// Evaluable nuclei with signals without partner, and what the assay makes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IsolatedTally {
    /// The class.
    pub class: NucleusClass,
    /// What it counts as.
    pub meaning: IsolatedMeaning,
    /// Evaluable nuclei of the class.
    pub nuclei: usize,
}

/// Counts, percentage, uncertainty and verdict of one specimen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Nuclei found.
    pub nuclei: usize,
    /// Nuclei counted.
    pub evaluable: usize,
    /// Nuclei rearranged among those counted.
    pub rearranged: usize,
    /// `100 * rearranged / evaluable`; `None` if nothing is evaluable.
    pub percent_rearranged: Option<f64>,
    /// Wilson score interval; `None` if nothing is evaluable.
    pub wilson: Option<Interval>,
    /// Clopper-Pearson interval; `None` if nothing is evaluable.
    pub clopper_pearson: Option<Interval>,
    /// Nuclei left out, by reason.
    pub exclusions: BTreeMap<Exclusion, usize>,
    /// Evaluable nuclei by signal pattern in laboratory notation.
    pub patterns: BTreeMap<String, usize>,
    /// Evaluable nuclei by class.
    pub classes: BTreeMap<NucleusClass, usize>,
    /// Patterns that have a cutoff of their own; empty unless the assay's decision is per pattern.
    pub pattern_tallies: Vec<PatternTally>,
    /// Isolated and extra signals found, and what they count as.
    pub isolated: Vec<IsolatedTally>,
    /// Evaluable nuclei with a pair in the assay's grey zone.
    pub uncertain: usize,
    /// Evaluable nuclei whose probability leaves their call open.
    pub doubtful: usize,
    /// Percentage among the evaluable nuclei that are not doubtful; `None` if there are none.
    pub percent_without_doubtful: Option<f64>,
    /// Evaluable nuclei with signals of one colour only and no fused pair; 0 for an assay that leaves them out.
    pub one_colour_only: usize,
    /// Percentage among the other evaluable nuclei; `None` if there are none.
    pub percent_without_one_colour_only: Option<f64>,
    /// Sum of the probabilities of the evaluable nuclei, in percent of them: what the percentage is expected to
    /// be over all ways of sorting the signals, with those lost below detection allowed for; `None` where a probability
    /// is not known.
    pub percent_expected: Option<f64>,
    /// What signals below detection do to the count. Of the percentages only `percent_expected` allows for it.
    pub loss_effect: LossEffect,
    /// The stages of the decision in the order taken.
    pub stages: Vec<Stage>,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the percentage lies in the assay's borderline band or the interval (by the assay's method)
    /// holds the cutoff. `false` if the specimen is not evaluable.
    pub borderline: bool,
    /// Whether the result needs confirmation by another method before anything depends on it.
    pub confirm: bool,
    /// What the reader should do or know: confirm by IHC or NGS, second reader, values to verify, ...
    pub advice: Vec<String>,
}
