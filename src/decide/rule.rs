//! From counts to the verdict: integers only.

use std::collections::BTreeMap;

use super::tally::{Tally, Vote, stage_cells};
use super::verdict::{Count, Stage, Verdict};
use crate::assay::{Assay, Decision, PerPattern, Percent, SingleCutoff, TwoStage};
use crate::error::{Error, Result};

/// All evaluable nuclei against one cutoff. Fewer nuclei than the rule asks for are not evaluable.
///
/// ```
/// use breakapart::assay::{Assay, Decision};
/// use breakapart::summarise::{Count, Verdict, single_cutoff};
/// let alk = Assay::builtin("alk")?;
/// let Decision::Single(rule) = &alk.decision else { panic!("one cutoff") };
/// assert_eq!(single_cutoff(Count::new(15, 100)?, rule)?.verdict, Verdict::Positive);
/// assert_eq!(single_cutoff(Count::new(14, 96)?, rule)?.verdict, Verdict::Negative); // 14.58 %
/// assert_eq!(single_cutoff(Count::new(40, 49)?, rule)?.verdict, Verdict::NotEvaluable);
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if more is positive than was counted.
pub fn single_cutoff(count: Count, rule: &SingleCutoff) -> Result<Stage> {
    let count = Count::new(count.positive, count.total)?;
    let met = rule.cutoff_percent.is_met_by(count.positive, count.total, rule.comparator);
    let verdict = match (count.total >= rule.cells, met) {
        (false, _) => Verdict::NotEvaluable,
        (true, true) => Verdict::Positive,
        (true, false) => Verdict::Negative,
    };
    let words = format!(
        "positive if {} {} of all evaluable nuclei, at least {} nuclei",
        rule.comparator, rule.cutoff_percent, rule.cells
    );
    Ok(stage(count, words, verdict))
}

/// The two-stage rule of manual readers: the first stage decides clear specimens; otherwise both stages'
/// counts are summed. Without a second stage an undecided specimen is equivocal.
///
/// The numbers of nuclei are taken as given; [`summarise`](crate::summarise::summarise()) draws them as the assay asks.
///
/// ```
/// use breakapart::assay::{Assay, Decision};
/// use breakapart::summarise::{Count, Verdict, two_stage};
/// use breakapart::Location;
/// let text = Assay::builtin_toml("alk")?
///     .replace("type = \"single\"\ncells = 50\n", "type = \"two_stage\"\nneg_lt = 5\npos_gt = 25\n")
///     .replace("cutoff_percent = 15", "final_cutoff_percent = 15")
///     .replace("key = \"decision.cutoff_percent\"", "key = \"decision.final_cutoff_percent\"");
/// let alk = Assay::from_toml(&text, &Location::file("two_stage.toml"))?;
/// let Decision::TwoStage(rule) = &alk.decision else { panic!("two stages") };
/// let stages = two_stage(Count::new(6, 50)?, None, rule)?;
/// assert_eq!(stages[0].verdict, Verdict::Equivocal);
/// // 14 of 96 is 14.58 %, which prints as 15 % and is negative.
/// let stages = two_stage(Count::new(6, 50)?, Some(Count::new(8, 46)?), rule)?;
/// assert_eq!(stages[1].verdict, Verdict::Negative);
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if more is positive than was counted, or nothing was counted.
pub fn two_stage(first: Count, second: Option<Count>, rule: &TwoStage) -> Result<Vec<Stage>> {
    let first = counted("first stage", first)?;
    let verdict = if first.positive < rule.neg_lt {
        Verdict::Negative
    } else if first.positive > rule.pos_gt {
        Verdict::Positive
    } else {
        Verdict::Equivocal
    };
    let words = format!(
        "first {} evaluable nuclei: negative with fewer than {} rearranged, positive with more than {}, \
         otherwise read on",
        first.total, rule.neg_lt, rule.pos_gt
    );
    let mut stages = vec![stage(first, words, verdict)];
    if let (Verdict::Equivocal, Some(second)) = (verdict, second) {
        let second = counted("second stage", second)?;
        let pooled = Count { positive: first.positive + second.positive, total: first.total + second.total };
        let met = rule.final_cutoff_percent.is_met_by(pooled.positive, pooled.total, rule.comparator);
        let words =
            format!("both stages pooled: positive if {} {}", rule.comparator, rule.final_cutoff_percent);
        stages.push(stage(pooled, words, if met { Verdict::Positive } else { Verdict::Negative }));
    }
    Ok(stages)
}

/// A cutoff for each pattern and one for all rearranged nuclei: positive if any is met. `patterns` holds the
/// nuclei by pattern in laboratory notation.
///
/// ```
/// use std::collections::BTreeMap;
/// use breakapart::assay::{Assay, Decision};
/// use breakapart::summarise::{Count, Verdict, per_pattern};
/// let usp6 = Assay::builtin("usp6")?;
/// let Decision::PerPattern(rule) = &usp6.decision else { panic!("per pattern") };
/// let patterns = |n: usize| BTreeMap::from([("1F1R1G".to_owned(), n)]);
/// assert_eq!(per_pattern(Count::new(10, 200)?, &patterns(10), rule)?.verdict, Verdict::Positive);
/// assert_eq!(per_pattern(Count::new(9, 200)?, &patterns(9), rule)?.verdict, Verdict::Negative);
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if more is positive than was counted.
pub fn per_pattern(count: Count, patterns: &BTreeMap<String, usize>, rule: &PerPattern) -> Result<Stage> {
    let count = Count::new(count.positive, count.total)?;
    let mut met: Vec<String> = Vec::new();
    for (pattern, cutoff) in &rule.patterns {
        let nuclei = Count::new(patterns.get(pattern).copied().unwrap_or(0), count.total)?.positive;
        if cutoff.is_met_by(nuclei, count.total, rule.comparator) {
            met.push(format!("{pattern} {} {cutoff}", rule.comparator));
        }
    }
    if rule.total_cutoff_percent.is_met_by(count.positive, count.total, rule.comparator) {
        met.push(format!("all rearranged {} {}", rule.comparator, rule.total_cutoff_percent));
    }
    let verdict = match (count.total >= rule.cells, met.is_empty()) {
        (false, _) => Verdict::NotEvaluable,
        (true, true) => Verdict::Negative,
        (true, false) => Verdict::Positive,
    };
    let found = if met.is_empty() { "none".to_owned() } else { met.join(", ") };
    let words = format!(
        "positive if a pattern or the total meets its cutoff, at least {} nuclei; met: {found}",
        rule.cells
    );
    Ok(stage(count, words, verdict))
}

/// The assay's rule on evaluable nuclei, given in an order that does not depend on what they show.
pub(super) fn decide(tally: &Tally, assay: &Assay) -> Result<Vec<Stage>> {
    let minimum = minimum_cells(assay);
    let [first, second] = tally.stages;
    if tally.all.total < minimum {
        let words = format!("at least {minimum} evaluable nuclei are needed");
        return Ok(vec![stage(tally.all, words, Verdict::NotEvaluable)]);
    }
    match &assay.decision {
        Decision::Single(rule) => Ok(vec![single_cutoff(first, rule)?]),
        Decision::PerPattern(rule) => Ok(vec![per_pattern(first, &tally.patterns, rule)?]),
        Decision::TwoStage(rule) => {
            let [_, further] = stage_cells(assay);
            // A second stage that is short is pooled as it is, as in 6 of 50 and 8 of 46.
            let mut stages = two_stage(first, Some(second).filter(|second| second.total > 0), rule)?;
            match stages.as_mut_slice() {
                [only] if only.verdict == Verdict::Equivocal => {
                    only.rule = format!("{}; {further} more are needed, none is there", only.rule);
                }
                [_, pooled] if second.total < further => {
                    pooled.rule = format!("{}; {} of {further} are there", pooled.rule, second.total);
                }
                _ => {}
            }
            Ok(stages)
        }
    }
}

/// The verdict that the assay's rule gives on a tally.
pub(super) fn verdict_of(tally: &Tally, assay: &Assay) -> Result<Verdict> {
    Ok(decide(tally, assay)?.last().map_or(Verdict::NotEvaluable, |stage| stage.verdict))
}

/// The verdict that the assay's rule gives on evaluable nuclei.
pub(crate) fn verdict_on(votes: &[Vote], assay: &Assay) -> Result<Verdict> {
    verdict_of(&Tally::of(votes, assay), assay)
}

/// Fewest evaluable nuclei with which the assay's rule can be applied.
pub(crate) fn minimum_cells(assay: &Assay) -> usize {
    let by_rule = match &assay.decision {
        Decision::Single(rule) => rule.cells,
        Decision::PerPattern(rule) => rule.cells,
        Decision::TwoStage(_) => assay.reading.stages.first().map_or(0, |stage| stage.cells),
    };
    by_rule.max(assay.reading.min_tumour_cells)
}

/// Whether a cutoff lies within an interval: the counts do not settle the side.
pub(crate) fn holds(low_percent: f64, high_percent: f64, cutoff: Percent) -> bool {
    (low_percent..=high_percent).contains(&cutoff.value())
}

pub(crate) fn count_of(votes: &[Vote]) -> Count {
    Count { positive: votes.iter().filter(|vote| vote.rearranged).count(), total: votes.len() }
}

fn counted(name: &str, count: Count) -> Result<Count> {
    if count.total == 0 {
        return Err(Error::parameter(format!("nuclei of the {name}"), 0, "1 or more"));
    }
    Count::new(count.positive, count.total)
}

fn stage(count: Count, rule: String, verdict: Verdict) -> Stage {
    Stage { evaluable: count.total, rearranged: count.positive, rule, verdict }
}
