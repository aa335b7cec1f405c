//! The contents of a summary.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::regions::RegionSummary;
use super::secondary::SecondaryFinding;
use crate::assay::{IsolatedMeaning, Percent};
use crate::classify::{Exclusion, NucleusClass};
use crate::decide::{Interval, LossEffect, MoreNuclei, Stage, Verdict};
use crate::quality::Finding;

/// A signal pattern that has a cutoff of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// The stages of the assay's rule in the order taken.
    pub stages: Vec<Stage>,
    /// The verdict by the assay's rule, whatever the findings.
    pub by_rule: Verdict,
    /// Whether the rule gives a positive verdict only because isolated signals count.
    pub depends_on_isolated: bool,
    /// The verdict: by the rule, or not evaluable if findings withhold it ([`Summary::withheld_by`]).
    pub verdict: Verdict,
    /// Whether the percentage lies in the assay's borderline band or the interval (by the assay's method)
    /// holds the cutoff. `false` if the specimen is not evaluable.
    pub borderline: bool,
    /// Whether the verdict must be confirmed by another method or reader before anything depends on it.
    pub confirm: bool,
    /// All findings: those that withhold this verdict first, then the others by their effect, the strongest first.
    pub findings: Vec<Finding>,
    /// The regions in which nuclei are counted, in the order of the fields and their files; empty if nuclei are counted
    /// everywhere, or everywhere but in areas that exclude.
    #[serde(default)]
    pub regions: Vec<RegionSummary>,
    /// The nuclei outside, none of which is counted; `None` if nuclei are counted everywhere.
    #[serde(default)]
    pub outside_region: Option<RegionSummary>,
    /// Patterns beside the verdict for which the assay has a cutoff, such as monosomy.
    #[serde(default)]
    pub secondary: Vec<SecondaryFinding>,
    /// The nuclei that are missing to the assay's minimum, or for an interval that does not hold the cutoff; `None` if there
    /// are enough.
    #[serde(default)]
    pub more_nuclei: Option<MoreNuclei>,
}

impl Summary {
    /// The codes of the findings that withhold the verdict, each once.
    #[must_use]
    pub fn withheld_by_codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = Vec::new();
        for finding in self.withheld_by() {
            if !codes.contains(&finding.code()) {
                codes.push(finding.code());
            }
        }
        codes
    }

    /// The findings of one check, by its code (`docs/findings.md`).
    pub fn found<'s>(&'s self, code: &'s str) -> impl Iterator<Item = &'s Finding> {
        self.findings.iter().filter(move |finding| finding.code() == code)
    }

    /// Whether a check found anything.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.found(code).next().is_some()
    }

    /// The findings that withhold the verdict that the assay's rule gives.
    pub fn withheld_by(&self) -> impl Iterator<Item = &Finding> {
        let withholds = |f: &&Finding| f.effect.withholds(self.by_rule, self.depends_on_isolated);
        self.findings.iter().filter(withholds)
    }
}
