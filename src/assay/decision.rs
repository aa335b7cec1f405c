//! How many nuclei are read and how the counts become a verdict.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::percent::{Comparator, Percent};
use crate::words::words;

/// How many nuclei are read, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reading {
    /// Minimum number of evaluable tumour nuclei; with fewer the specimen is not evaluable.
    pub min_tumour_cells: usize,
    /// Minimum number of fields (areas of the tumour); with fewer the summary advises to read more.
    pub fields_min: usize,
    /// Stages of manual reading: cells and reader of each. A two-stage decision takes its cells from here.
    pub stages: Vec<ReadingStage>,
}

/// One stage of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReadingStage {
    /// Nuclei read in this stage.
    pub cells: usize,
    /// Which reader: 1 is the first.
    pub reader: usize,
}

/// From counts to the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decision {
    /// All evaluable nuclei against one cutoff.
    Single(SingleCutoff),
    /// A first stage that decides clear specimens, and a second that is pooled with the first.
    TwoStage(TwoStage),
    /// A cutoff for each signal pattern and one for all rearranged nuclei.
    PerPattern(PerPattern),
}

impl Decision {
    /// The cutoff of all rearranged nuclei together (of both stages pooled, if there are two).
    #[must_use]
    pub fn cutoff(&self) -> Percent {
        match self {
            Self::Single(rule) => rule.cutoff_percent,
            Self::TwoStage(rule) => rule.final_cutoff_percent,
            Self::PerPattern(rule) => rule.total_cutoff_percent,
        }
    }

    /// The side of the cutoff to which the cutoff itself belongs.
    #[must_use]
    pub fn comparator(&self) -> Comparator {
        match self {
            Self::Single(rule) => rule.comparator,
            Self::TwoStage(rule) => rule.comparator,
            Self::PerPattern(rule) => rule.comparator,
        }
    }
}

/// All evaluable nuclei against one cutoff.
///
/// This is how software that reads every nucleus of a slide decides: there is no reason to stop after 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SingleCutoff {
    /// Minimum number of evaluable nuclei.
    pub cells: usize,
    /// The cutoff, percent of the evaluable nuclei.
    pub cutoff_percent: Percent,
    /// `>=`: a specimen at exactly the cutoff is positive.
    pub comparator: Comparator,
}

/// The rule of manual readers for ALK: a first reader decides clear specimens, a second reader's nuclei are
/// pooled with the first's. The number of nuclei of each stage is in [`Reading::stages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TwoStage {
    /// Fewer rearranged nuclei than this in the first stage: negative.
    pub neg_lt: usize,
    /// More rearranged nuclei than this in the first stage: positive.
    pub pos_gt: usize,
    /// Cutoff of both stages pooled, percent.
    pub final_cutoff_percent: Percent,
    /// `>=`: a specimen at exactly the final cutoff is positive.
    pub comparator: Comparator,
}

/// A cutoff for each signal pattern and one for all rearranged nuclei together; meeting any of them is
/// positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PerPattern {
    /// Minimum number of evaluable nuclei.
    pub cells: usize,
    /// `>=`: a specimen at exactly a cutoff is positive.
    pub comparator: Comparator,
    /// Cutoff of all rearranged nuclei together, percent.
    pub total_cutoff_percent: Percent,
    /// Cutoffs by pattern in laboratory notation (`1F1R1G`), percent of the evaluable nuclei. Only nuclei of
    /// exactly that pattern count for it.
    pub patterns: BTreeMap<String, Percent>,
}

/// Percentages close to the cutoff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Borderline {
    /// First percentage in the band.
    pub low_percent: Percent,
    /// First percentage past it.
    pub high_percent: Percent,
    /// The action to take.
    pub action: String,
}

/// Where the cutoff comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CutoffProvenance {
    /// Kind of source.
    pub source: CutoffSource,
    /// How the cutoff was found: `published`, `inverse_beta`, ... in words.
    pub method: String,
    /// Normal specimens measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_normals: Option<usize>,
    /// Nuclei counted in each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells_per_normal: Option<usize>,
    /// Confidence of the bound, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// When, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// Kind of source of a cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutoffSource {
    /// The kit's instructions.
    Kit,
    /// Published, from another laboratory.
    Literature,
    /// The laboratory's own normal controls.
    LabValidated,
    /// Not stated.
    Unstated,
}

words!(CutoffSource, "source of a cutoff", {
    Kit => "kit",
    Literature => "literature",
    LabValidated => "lab_validated",
    Unstated => "unstated",
});

/// How results are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Report {
    /// Edition of ISCN that strings follow, such as `2024`.
    pub iscn_edition: u16,
    /// `x` or `×`.
    pub times_symbol: String,
    /// Whether ISCN strings give `[n/total]`.
    pub denominators: bool,
    /// The interval shown first.
    pub ci: IntervalMethod,
    /// Its confidence level, 0 to 1.
    pub ci_level: f64,
}

/// Confidence interval of a proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Wilson score interval.
    Wilson,
    /// Clopper-Pearson interval.
    ClopperPearson,
}

words!(IntervalMethod, "confidence interval", {
    Wilson => "wilson",
    ClopperPearson => "clopper_pearson",
});
