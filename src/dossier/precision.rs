//! Precision: the scatter of repeats.

use std::collections::BTreeMap;

use serde::Serialize;

use super::input::{DossierInput, DossierOptions, DossierSpecimen, Repeats};
use super::minimum::{OF_ONE_ANSWER, REPEAT_DEGREES};
use super::part::Part;
use crate::agreement::{Precision, Proportion, RepeatGroup, precision};
use crate::decide::Count;
use crate::error::Result;

/// Scatter of repeats, in points of percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PrecisionFigures {
    /// The components of variance.
    pub precision: Precision,
    /// Standard deviation that counting so few nuclei makes by itself: that of the binomial distribution.
    pub counting_sd: f64,
}

/// Precision: the scatter of specimens that were scored several times.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PrecisionPart {
    /// Percentages of each specimen and its repeats.
    pub repeats: Vec<RepeatGroup>,
    /// Specimens and repeats without a result.
    pub without_result: Vec<String>,
    /// All of them.
    pub all: Part<PrecisionFigures>,
    /// Specimens with a mean below the cutoff.
    pub below_cutoff: Part<PrecisionFigures>,
    /// Specimens with a mean at the cutoff or above.
    pub from_cutoff: Part<PrecisionFigures>,
    /// Repeats with the same verdict as the first result of the specimen.
    pub same_verdict: Part<Proportion>,
}

/// A specimen and its repeats.
type Group<'a> = Vec<&'a DossierSpecimen>;

impl PrecisionPart {
    pub(super) fn of(input: &DossierInput, options: &DossierOptions) -> Result<Self> {
        let mut by_name: BTreeMap<&str, Group<'_>> = BTreeMap::new();
        let repeats = Repeats::of(input);
        for specimen in &input.specimens {
            let Some(of) = repeats.first_of(specimen) else { continue };
            let group = by_name.entry(of).or_default();
            let is_first = specimen.reference.repeat_of.is_none();
            group.insert(if is_first { 0 } else { group.len() }, specimen);
        }
        // Repeats of a specimen without a result are named in the list of the unused.
        let has_first = |group: &Group<'_>| group.first().is_some_and(|s| s.reference.repeat_of.is_none());
        by_name.retain(|_, group| group.len() > 1 && has_first(group));
        let members = || by_name.values().flatten();
        let without_result = members()
            .filter(|specimen| specimen.result_percent().is_none())
            .map(|specimen| specimen.specimen.clone())
            .collect();
        let with_result = |group: &Group<'_>| -> Vec<Count> {
            group.iter().filter(|s| s.result_percent().is_some()).map(|s| s.count).collect()
        };
        let counts: Vec<(&str, Vec<Count>)> = by_name
            .iter()
            .map(|(name, group)| (*name, with_result(group)))
            .filter(|(_, counts)| counts.len() > 1)
            .collect();
        let cutoff = input.assay.decision.cutoff().value();
        let mean = |counts: &[Count]| percents(counts).iter().sum::<f64>() / counts.len() as f64;
        let figures = |keep: &dyn Fn(f64) -> bool| {
            let kept: Vec<_> = counts.iter().filter(|(_, counts)| keep(mean(counts))).cloned().collect();
            figures(&kept, options.level)
        };
        let repeats = counts.iter().map(|(name, counts)| group(name, counts)).collect();
        Ok(Self {
            repeats,
            without_result,
            all: figures(&|_| true)?,
            below_cutoff: figures(&|mean| mean < cutoff)?,
            from_cutoff: figures(&|mean| mean >= cutoff)?,
            same_verdict: same_verdict(by_name.values(), options.level)?,
        })
    }
}

fn percents(counts: &[Count]) -> Vec<f64> {
    counts.iter().filter_map(|count| count.percent()).collect()
}

fn group(specimen: &str, counts: &[Count]) -> RepeatGroup {
    RepeatGroup { specimen: specimen.to_owned(), values: percents(counts) }
}

fn figures(groups: &[(&str, Vec<Count>)], level: f64) -> Result<Part<PrecisionFigures>> {
    let degrees: usize = groups.iter().map(|(_, counts)| counts.len() - 1).sum();
    Part::of(("repeats (beyond the first result)", degrees, REPEAT_DEGREES), || {
        let values: Vec<RepeatGroup> = groups.iter().map(|(name, counts)| group(name, counts)).collect();
        let counting_sd = counting_sd(groups);
        Ok(precision(&values, level)?.map(|precision| PrecisionFigures { precision, counting_sd }))
    })
}

/// Pooled standard deviation of counts that scatter around the share of their specimen by chance alone, points.
fn counting_sd(groups: &[(&str, Vec<Count>)]) -> f64 {
    let (mut weights, mut variances) = (0.0, 0.0);
    for (_, counts) in groups {
        let (positive, total) = counts.iter().fold((0, 0), |(x, n), c| (x + c.positive, n + c.total));
        let share = positive as f64 / total as f64;
        let of_one = counts.iter().map(|count| share * (1.0 - share) / count.total as f64).sum::<f64>();
        let degrees = counts.len() as f64 - 1.0;
        weights += degrees;
        variances += degrees * of_one / counts.len() as f64;
    }
    100.0 * (variances / weights).sqrt()
}

fn same_verdict<'a>(groups: impl Iterator<Item = &'a Group<'a>>, level: f64) -> Result<Part<Proportion>> {
    let mut count = Count::default();
    for group in groups {
        let Some((first, repeats)) = group.split_first() else { continue };
        count.total += repeats.len();
        count.positive += repeats.iter().filter(|repeat| repeat.verdict == first.verdict).count();
    }
    Part::of(("repeats (beyond the first result)", count.total, OF_ONE_ANSWER), || {
        Proportion::of(count, level)
    })
}
