//! What the summary holds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::{Exclusion, NucleusClass};

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
    /// Too few evaluable nuclei, or a probe failed.
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
    /// The stages of the decision in the order taken.
    pub stages: Vec<Stage>,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the percentage lies in the assay's borderline band or the interval holds the cutoff.
    pub borderline: bool,
    /// What the reader should do or know: confirm by IHC or NGS, second reader, values to verify, ...
    pub advice: Vec<String>,
}
