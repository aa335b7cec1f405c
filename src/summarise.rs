//! Step 5: from nucleus calls to the specimen's verdict.
//!
//! The verdict is decided in integers: percentages are rounded for display only, never before a comparison.
//! This crate reads every evaluable nucleus, so the built-in assays hold all of them against the cutoff; the
//! two-stage rule of manual readers is there for laboratories that need it ([`two_stage`]).

mod advice;
mod cutoff;
mod decide;
mod interval;
mod loss;
mod one_colour;
mod pairing_fault;
mod verdict;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assay::{Assay, Decision, IsolatedMeaning, Sex};
use crate::classify::{LostShare, NucleusCall, NucleusClass};
use crate::colour::Colour;
use crate::error::{Error, Result};
use decide::{Vote, decide, holds};
pub(crate) use interval::deviations;
use loss::Standing;

pub use cutoff::{
    Cutoff, CutoffMethod, beta_inverse_cutoff, critical_binomial, exact_upper_bound, mean_plus_sd,
};
pub use decide::{per_pattern, single_cutoff, two_stage};
pub use interval::{clopper_pearson, interval, wilson};
pub use loss::{ExpectedNuclei, LossEffect};
pub use pairing_fault::PairingFault;
pub use verdict::{Count, Interval, IsolatedTally, PatternTally, Stage, Summary, Verdict};

/// Loci that lost a colour independently of each other, so that isolated signals of the other one tell little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomLoss {
    /// The colour.
    pub colour: Colour,
    /// Whether no verdict may rest on isolated signals of the other colour.
    pub decisive: bool,
}

/// What the summary is told beside the calls and the assay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SummariseParams {
    /// Sex of the patient, for X-linked genes. Default: not known.
    pub sex: Option<Sex>,
    /// Fields read. Default: not known, and then not held against the assay's `reading.fields_min`.
    pub fields: Option<usize>,
    /// A probe that failed, so that no verdict can be given whatever the counts. Default: none.
    pub probe_failed: Option<Colour>,
    /// Why the pairs tell nothing, so that no verdict can be given whatever the counts. Default: none.
    pub pairing_fault: Option<PairingFault>,
    /// A colour that loci lost at random. A positive verdict that rests on isolated signals is to be confirmed, and
    /// not given if the loss is decisive. Default: none.
    pub random_loss: Option<RandomLoss>,
    /// Whether so many signals are out of focus, and so many nuclei blurred or without any, that rearranged ones may be
    /// among them unseen: no negative verdict is given then. Default: `false`.
    pub many_unseen: bool,
    /// Share of the red and green signals standing alone that are not taken for signals though they lie above detection, as
    /// where many are out of focus: rearranged nuclei of which an end is so missed look intact. Default: none.
    pub missed_alone: [LostShare; 2],
    /// Confidence with which the nuclei that lost signals below detection ([`LossEffect`]) are not more than their upper
    /// bound, one-sided, 0.5 to 0.9999. A verdict that would be another one at that bound is not given. Default 0.95, the
    /// usual level of upper bounds on false positives in normals (`cutoff`).
    pub loss_level: f64,
}

impl Default for SummariseParams {
    fn default() -> Self {
        Self {
            sex: None,
            fields: None,
            probe_failed: None,
            pairing_fault: None,
            random_loss: None,
            many_unseen: false,
            missed_alone: [LostShare::default(); 2],
            loss_level: LOSS_LEVEL,
        }
    }
}

/// Confidence of the upper bounds on signals lost.
pub(crate) const LOSS_LEVEL: f64 = 0.95;

/// Counts, percentage, intervals, verdict and advice for the nuclei of one specimen.
///
/// Nuclei whose meaning the assay leaves open (isolated signals that are `equivocal`, pairs in an `uncertain`
/// grey zone) are not counted as rearranged; but if counting them the other way would turn the verdict, it is
/// equivocal. A two-stage decision draws its nuclei from all fields, in an order that depends only on the
/// number of each nucleus in `calls`, never on what it shows.
///
/// ```
/// use breakapart::assay::Assay;
/// use breakapart::classify::{ClassifyParams, NucleusEvidence, SignalPattern, classify};
/// use breakapart::summarise::{SummariseParams, Verdict, summarise};
/// let alk = Assay::builtin("alk")?;
/// let calls: Vec<_> = (1..=60)
///     .map(|id| {
///         let split = usize::from(id % 2 == 0);
///         let pattern = SignalPattern { fused: 2 - split, split, ..SignalPattern::default() };
///         classify(&NucleusEvidence::of_pattern(id, pattern), &alk, None, &ClassifyParams::default())
///     })
///     .collect();
/// let summary = summarise(&calls, &alk, &SummariseParams::default())?;
/// assert_eq!((summary.rearranged, summary.evaluable), (30, 60));
/// assert_eq!(summary.percent_rearranged, Some(50.0));
/// assert_eq!(summary.verdict, Verdict::Positive);
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::Assay`] if the assay is not valid ([`Assay::validate`]), [`Error::InvalidParameter`] if `loss_level` is out
/// of range.
pub fn summarise(calls: &[NucleusCall], assay: &Assay, params: &SummariseParams) -> Result<Summary> {
    assay.validate()?;
    let evaluable: Vec<&NucleusCall> =
        drawn_order(calls).into_iter().filter(|call| call.evaluable()).collect();
    let count =
        Count { positive: evaluable.iter().filter(|call| call.rearranged).count(), total: evaluable.len() };
    let patterns = tally(evaluable.iter().map(|call| call.pattern.to_string()));
    let classes = tally(evaluable.iter().map(|call| call.class));
    let level = assay.report.ci_level;
    let present = count.total > 0;

    let (mut stages, mut verdict) = verdict_of(&evaluable, assay)?;
    let split_only = only_by_isolated(&evaluable, verdict, assay)?;
    let random_loss = params.random_loss.filter(|_| split_only);
    if !(0.5..=0.9999).contains(&params.loss_level) {
        return Err(Error::parameter("loss_level", params.loss_level, "0.5 to 0.9999"));
    }
    let loss_effect =
        LossEffect::of(&evaluable, &params.missed_alone, (assay, params.sex), deviations(params.loss_level));
    let hidden_by = loss::hidden_by(&evaluable, &params.missed_alone);
    let standing = loss::held_against(&loss_effect, &evaluable, verdict, &hidden_by, assay)?;
    let obstacle = if let Some(fault) = params.pairing_fault {
        Some(fault.rule().to_owned())
    } else if let Some(colour) = params.probe_failed {
        Some(format!("the {} probe failed: nothing can be concluded from the counts", colour.name()))
    } else if let Standing::Falls(rule) = &standing {
        Some(rule.clone())
    } else if params.many_unseen && verdict == Verdict::Negative {
        Some("negative, but many nuclei are out of focus or show no signal".to_owned())
    } else {
        random_loss.filter(|loss| loss.decisive).map(|loss| {
            format!(
                "positive only because isolated signals count, and loci lost {} at random",
                loss.colour.name()
            )
        })
    };
    if let (Some(rule), true) = (obstacle, verdict != Verdict::NotEvaluable) {
        verdict = Verdict::NotEvaluable;
        stages.push(Stage { evaluable: count.total, rearranged: count.positive, rule, verdict });
    }
    let mut summary = Summary {
        nuclei: calls.len(),
        evaluable: count.total,
        rearranged: count.positive,
        percent_rearranged: count.percent(),
        wilson: if present { Some(wilson(count, level)?) } else { None },
        clopper_pearson: if present { Some(clopper_pearson(count, level)?) } else { None },
        exclusions: tally(calls.iter().filter_map(|call| call.exclusion)),
        pattern_tallies: pattern_tallies(&patterns, count.total, assay)?,
        isolated: isolated_tallies(&classes, assay),
        uncertain: evaluable.iter().filter(|call| call.uncertain).count(),
        doubtful: evaluable.iter().filter(|call| call.doubtful).count(),
        percent_without_doubtful: without(&evaluable, |call| call.doubtful).percent(),
        one_colour_only: evaluable.iter().filter(|call| call.pattern.one_colour_only()).count(),
        percent_without_one_colour_only: without(&evaluable, |call| call.pattern.one_colour_only()).percent(),
        percent_expected: percent_expected(&evaluable),
        loss_effect,
        patterns,
        classes,
        stages,
        verdict,
        borderline: false,
        confirm: false,
        advice: Vec::new(),
    };
    summary.borderline = is_borderline(&summary, assay);
    let split_only = split_only && verdict == Verdict::Positive;
    let turned = turned_by_doubtful(&evaluable, verdict, assay)?;
    let turned_by_one_colour = one_colour::turned_without(&evaluable, verdict, assay)?;
    let left_out = one_colour::turned_with(calls, &evaluable, verdict, assay, params.sex)?;
    let near_by_loss = matches!(standing, Standing::Borderline(_));
    summary.confirm = summary.borderline
        || near_by_loss
        || split_only
        || turned
        || turned_by_one_colour
        || left_out.is_some()
        || verdict == Verdict::Equivocal;
    summary.advice = advice::lines(&summary, assay, params, split_only);
    if let Some(left_out) = left_out {
        summary.advice.insert(0, advice::one_colour_left_out(left_out, &summary));
    }
    if turned_by_one_colour {
        summary.advice.insert(0, advice::turned_by_one_colour(&summary));
    }
    if params.pairing_fault.is_none() && params.probe_failed.is_none() {
        let told = advice::lost_signals(&summary, &standing, &hidden_by);
        told.into_iter().for_each(|line| summary.advice.insert(0, line));
    }
    if let Some(loss) =
        random_loss.filter(|_| params.pairing_fault.is_none() && params.probe_failed.is_none())
    {
        summary.advice.insert(0, advice::random_loss(loss));
    }
    if turned {
        summary.advice.insert(0, advice::turned_by_doubtful(&summary));
    }
    Ok(summary)
}

/// How often each key occurs.
fn tally<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// All calls in a scattered order that depends on nothing but their position, so that the first of them come
/// from all over the specimen.
fn drawn_order(calls: &[NucleusCall]) -> Vec<&NucleusCall> {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|&i| (scatter(i as u64), i));
    order.into_iter().filter_map(|i| calls.get(i)).collect()
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014, doi 10.1145/2714064.2660195).
fn scatter(position: u64) -> u64 {
    let mut z = position.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn votes(calls: &[&NucleusCall], rearranged: impl Fn(&NucleusCall) -> bool) -> Vec<Vote> {
    calls
        .iter()
        .map(|call| Vote { rearranged: rearranged(call), pattern: call.pattern.to_string() })
        .collect()
}

/// Whether the assay leaves open what an evaluable nucleus counts as.
fn is_open(call: &NucleusCall, assay: &Assay) -> bool {
    match call.class.isolated_meaning(assay) {
        Some(IsolatedMeaning::Equivocal) => true,
        // Positive, but without the fused pair that the assay requires.
        Some(IsolatedMeaning::Positive) => !call.rearranged,
        _ => false,
    }
}

/// The verdict that stages end with.
fn last(stages: &[Stage]) -> Verdict {
    stages.last().map_or(Verdict::NotEvaluable, |stage| stage.verdict)
}

/// The stages taken and the verdict, with open nuclei counted either way.
fn verdict_of(evaluable: &[&NucleusCall], assay: &Assay) -> Result<(Vec<Stage>, Verdict)> {
    let mut stages = decide(&votes(evaluable, |call| call.rearranged), assay)?;
    let verdict = last(&stages);
    if matches!(verdict, Verdict::Equivocal | Verdict::NotEvaluable) {
        return Ok((stages, verdict));
    }
    let fewest = decide(&votes(evaluable, |call| call.rearranged && !call.uncertain), assay)?;
    let most =
        decide(&votes(evaluable, |call| call.rearranged || call.uncertain || is_open(call, assay)), assay)?;
    if last(&fewest) == verdict && last(&most) == verdict {
        return Ok((stages, verdict));
    }
    let open = evaluable.iter().filter(|call| call.uncertain || is_open(call, assay)).count();
    let (evaluable, rearranged) = stages.last().map_or((0, 0), |stage| (stage.evaluable, stage.rearranged));
    stages.push(Stage {
        evaluable,
        rearranged,
        rule: format!("{open} evaluable nuclei are open by the assay's rules and could turn the verdict"),
        verdict: Verdict::Equivocal,
    });
    Ok((stages, Verdict::Equivocal))
}

/// The nuclei but some.
fn without(evaluable: &[&NucleusCall], left_out: impl Fn(&NucleusCall) -> bool) -> Count {
    let others = || evaluable.iter().filter(|call| !left_out(call));
    Count { positive: others().filter(|call| call.rearranged).count(), total: others().count() }
}

/// In percent of the nuclei. Summed in the order given, which does not depend on the threads.
fn percent_expected(evaluable: &[&NucleusCall]) -> Option<f64> {
    let sum: Option<f64> = evaluable.iter().map(|call| call.probability_rearranged).sum();
    sum.filter(|_| !evaluable.is_empty()).map(|sum| 100.0 * sum / evaluable.len() as f64)
}

/// Whether the verdict would be the opposite one if doubtful nuclei were called the other way. That there
/// would be too few nuclei without them turns nothing.
fn turned_by_doubtful(evaluable: &[&NucleusCall], verdict: Verdict, assay: &Assay) -> Result<bool> {
    match verdict {
        Verdict::Positive => {
            let fewest = decide(&votes(evaluable, |call| call.rearranged && !call.doubtful), assay)?;
            Ok(last(&fewest) == Verdict::Negative)
        }
        Verdict::Negative => {
            let most = decide(&votes(evaluable, |call| call.rearranged || call.doubtful), assay)?;
            Ok(last(&most) == Verdict::Positive)
        }
        Verdict::Equivocal | Verdict::NotEvaluable => Ok(false),
    }
}

/// Whether a specimen is positive only because isolated signals count.
fn only_by_isolated(evaluable: &[&NucleusCall], verdict: Verdict, assay: &Assay) -> Result<bool> {
    if verdict != Verdict::Positive {
        return Ok(false);
    }
    let split =
        decide(&votes(evaluable, |call| call.class == NucleusClass::Split && call.rearranged), assay)?;
    Ok(last(&split) != Verdict::Positive)
}

fn pattern_tallies(
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
            let limits = if evaluable > 0 {
                Some(interval(count, assay.report.ci_level, assay.report.ci)?)
            } else {
                None
            };
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

fn isolated_tallies(classes: &BTreeMap<NucleusClass, usize>, assay: &Assay) -> Vec<IsolatedTally> {
    classes
        .iter()
        .filter_map(|(class, nuclei)| {
            let meaning = class.isolated_meaning(assay)?;
            Some(IsolatedTally { class: *class, meaning, nuclei: *nuclei })
        })
        .collect()
}

fn is_borderline(summary: &Summary, assay: &Assay) -> bool {
    if summary.verdict == Verdict::NotEvaluable {
        return false;
    }
    let total_open = advice::shown_interval(summary, assay)
        .is_some_and(|limits| holds(limits.low_percent, limits.high_percent, assay.decision.cutoff()));
    let pattern_open = summary.pattern_tallies.iter().any(|tally| {
        tally
            .interval
            .is_some_and(|limits| holds(limits.low_percent, limits.high_percent, tally.cutoff_percent))
    });
    advice::in_band(summary, assay) || total_open || pattern_open
}
