//! The input of a dossier.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::unused::Unused;
use crate::assay::Assay;
use crate::decide::{Count, Verdict, check_level};
use crate::error::{Error, Result};
use crate::run::{Ihc, ReferenceValues, ReviewedReadings};

/// A specimen as it was scored, and what other methods say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DossierSpecimen {
    /// Its name.
    pub specimen: String,
    /// Rearranged nuclei of the evaluable ones.
    pub count: Count,
    /// Its verdict.
    pub verdict: Verdict,
    /// Whether it is a normal control.
    pub is_normal: bool,
    /// Fields that could not be read.
    pub failed_fields: usize,
    /// Codes of the findings that withhold its verdict.
    pub withheld_by: Vec<String>,
    /// Results of other methods.
    pub reference: ReferenceValues,
    /// Evaluable nuclei by signal pattern.
    pub patterns: BTreeMap<String, usize>,
}

impl DossierSpecimen {
    /// A specimen of which nothing else is known.
    #[must_use]
    pub fn new(specimen: impl Into<String>, count: Count, verdict: Verdict) -> Self {
        Self {
            specimen: specimen.into(),
            count,
            verdict,
            is_normal: false,
            failed_fields: 0,
            withheld_by: Vec::new(),
            reference: ReferenceValues::default(),
            patterns: BTreeMap::new(),
        }
    }

    /// The percentage of a specimen that has a result.
    pub(super) fn result_percent(&self) -> Option<f64> {
        self.count.percent().filter(|_| self.verdict != Verdict::NotEvaluable)
    }

    /// Whether its verdict is positive; `None` without a decided verdict.
    pub(super) fn is_positive(&self) -> Option<bool> {
        self.verdict.is_decided().then_some(self.verdict == Verdict::Positive)
    }
}

/// The count of a reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderCount {
    /// The specimen.
    pub specimen: String,
    /// The reader.
    pub reader: String,
    /// Rearranged nuclei of those counted.
    pub count: Count,
}

/// The input of a dossier: the results of one assay, and what a laboratory knows of its specimens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DossierInput {
    /// The assay.
    pub assay: Assay,
    /// The specimens.
    pub specimens: Vec<DossierSpecimen>,
    /// Counts of readers.
    pub readers: Vec<ReaderCount>,
    /// Readings of the results that were reviewed.
    pub reviews: Vec<ReviewedReadings>,
    /// Results, rows and reviews that could not be used.
    pub unused: Vec<Unused>,
    /// Versions of the crate that made the results, each once.
    pub crate_versions: Vec<String>,
    /// Digests of assay, parameters and options by which the results were made, each once.
    pub settings: Vec<String>,
}

impl DossierInput {
    /// Specimens without counts of readers, whose settings are not known.
    #[must_use]
    pub fn new(assay: Assay, specimens: Vec<DossierSpecimen>) -> Self {
        Self {
            assay,
            specimens,
            readers: Vec::new(),
            reviews: Vec::new(),
            unused: Vec::new(),
            crate_versions: Vec::new(),
            settings: Vec::new(),
        }
    }

    /// Refuses specimens, counts or reviews that stand twice, and repeats of an unknown specimen or of themselves.
    pub(super) fn check(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for specimen in &self.specimens {
            Count::new(specimen.count.positive, specimen.count.total)?;
            if !names.insert(specimen.specimen.as_str()) {
                return Err(Error::parameter("specimen", &specimen.specimen, "each specimen once"));
            }
        }
        let of_unused = |name: &str| self.unused.iter().any(|unused| unused.specimen == name);
        for name in self.specimens.iter().filter_map(|s| s.reference.repeat_of.as_deref()) {
            if !names.contains(name) && !of_unused(name) {
                return Err(Error::parameter("repeat_of", name, "a specimen of the results or of the sheet"));
            }
        }
        let repeats = Repeats::of(self);
        if let Some(specimen) = self.specimens.iter().find(|specimen| repeats.first_of(specimen).is_none()) {
            let allowed = "a specimen that does not repeat this one";
            let value = specimen.reference.repeat_of.as_deref().unwrap_or_default();
            return Err(Error::parameter("repeat_of", format!("{value}, of {}", specimen.specimen), allowed));
        }
        let mut reviewed = BTreeSet::new();
        for review in &self.reviews {
            if !names.contains(review.specimen.as_str()) || !reviewed.insert(review.specimen.as_str()) {
                return Err(Error::parameter(
                    "reviews",
                    &review.specimen,
                    "each specimen with a result once",
                ));
            }
        }
        let mut counted = BTreeSet::new();
        for reader in &self.readers {
            Count::new(reader.count.positive, reader.count.total)?;
            if reader.count.total == 0 {
                return Err(Error::parameter("evaluable", 0, "1 or more nuclei of a reader"));
            }
            if !counted.insert((&reader.specimen, &reader.reader)) {
                let value = format!("{}, {}", reader.specimen, reader.reader);
                return Err(Error::parameter("specimen and reader", value, "each once"));
            }
        }
        Ok(())
    }

    /// Specimens that repeat no other.
    pub(super) fn originals(&self) -> impl Iterator<Item = &DossierSpecimen> {
        self.specimens.iter().filter(|specimen| specimen.reference.repeat_of.is_none())
    }
}

/// The specimens that repeat others.
pub(super) struct Repeats<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Repeats<'a> {
    pub(super) fn of(input: &'a DossierInput) -> Self {
        let of = |s: &'a DossierSpecimen| Some((s.specimen.as_str(), s.reference.repeat_of.as_deref()?));
        Self(input.specimens.iter().filter_map(of).collect())
    }

    /// The specimen at the end of a chain of repeats, itself if it repeats none; `None` if the chain has no end.
    pub(super) fn first_of(&self, specimen: &'a DossierSpecimen) -> Option<&'a str> {
        let mut first = specimen.specimen.as_str();
        for _ in 0..=self.0.len() {
            let Some(earlier) = self.0.get(first) else { return Some(first) };
            first = *earlier;
        }
        None
    }
}

/// How a dossier is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DossierOptions {
    /// Confidence level of all two-sided intervals. Above 0, below 1. Default 0.95.
    pub level: f64,
    /// One-sided confidence of the cutoffs and of the limit of blank. Range 0.5 to 0.9999. Default 0.95.
    pub confidence: f64,
    /// Share of the specimens at the limit of detection that are detected. Above 0, below 1. Default 0.95 (CLSI EP17).
    pub power: f64,
    /// Least staining that counts as positive. Default 2+; it depends on the antibody.
    pub ihc_positive_from: Ihc,
}

impl Default for DossierOptions {
    fn default() -> Self {
        Self { level: 0.95, confidence: 0.95, power: 0.95, ihc_positive_from: Ihc::Moderate }
    }
}

impl DossierOptions {
    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        check_level("level", self.level)?;
        check_level("power", self.power)?;
        if !(0.5..=0.9999).contains(&self.confidence) {
            return Err(Error::parameter("confidence", self.confidence, "0.5 to 0.9999"));
        }
        if self.ihc_positive_from == Ihc::None {
            return Err(Error::parameter("ihc_positive_from", Ihc::None, "1+, 2+ or 3+"));
        }
        Ok(())
    }
}
