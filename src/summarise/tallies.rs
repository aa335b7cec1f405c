//! Counts by pattern and class.

use std::collections::BTreeMap;

use super::summary::{IsolatedTally, PatternTally};
use crate::assay::{Assay, Decision};
use crate::classify::{NucleusCall, NucleusClass};
use crate::decide::{Count, interval};
use crate::error::Result;

/// How often each key occurs.
pub(super) fn tally<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// In percent of the nuclei. Summed in the order given, which does not depend on the threads.
pub(super) fn percent_expected(evaluable: &[&NucleusCall]) -> Option<f64> {
    let sum: Option<f64> = evaluable.iter().map(|call| call.probability_rearranged).sum();
    sum.filter(|_| !evaluable.is_empty()).map(|sum| 100.0 * sum / evaluable.len() as f64)
}

/// The patterns that have a cutoff of their own.
pub(super) fn pattern_tallies(
    patterns: &BTreeMap<String, usize>,
    evaluable: usize,
    assay: &Assay,
) -> Result<Vec<PatternTally>> {
    let Decision::PerPattern(rule) = &assay.decision else { return Ok(Vec::new()) };
    rule.patterns
        .iter()
        .map(|(pattern, cutoff)| {
            let nuclei = patterns.get(pattern).copied().unwrap_or(0);
            let count = Count::new(nuclei, evaluable)?;
            let limits = (evaluable > 0)
                .then(|| interval(count, assay.report.ci_level, assay.report.ci))
                .transpose()?;
            Ok(PatternTally {
                pattern: pattern.clone(),
                nuclei,
                percent: count.percent(),
                cutoff_percent: *cutoff,
                met: cutoff.is_met_by(nuclei, evaluable, rule.comparator),
                interval: limits,
            })
        })
        .collect()
}

/// The classes of isolated and extra signals.
pub(super) fn isolated_tallies(classes: &BTreeMap<NucleusClass, usize>, assay: &Assay) -> Vec<IsolatedTally> {
    let meaning_of = |(class, nuclei): (&NucleusClass, &usize)| {
        Some(IsolatedTally { class: *class, meaning: class.isolated_meaning(assay)?, nuclei: *nuclei })
    };
    classes.iter().filter_map(meaning_of).collect()
}
