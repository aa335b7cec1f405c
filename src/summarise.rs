//! Step 8: from nucleus calls and findings to the specimen's verdict.
//!
//! The verdict is the assay's rule, unless findings withhold it ([`crate::quality`]). It is decided in integers:
//! percentages are rounded for display only, never before a comparison. This crate reads every evaluable nucleus, so the
//! built-in assays compare all of them with the cutoff; the two-stage rule of manual readers is there for laboratories
//! that need it ([`two_stage`]).
//!
//! A laboratory's own cutoff comes from its normal controls: [`NormalControls`] checks them, and
//! [`NormalControls::compare`] gives the cutoffs by four methods side by side.

mod caution;
mod comparison;
mod control_fault;
mod controls;
mod cutoff;
mod regions;
mod secondary;
mod settle;
mod summary;
mod tallies;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::assay::{Assay, Sex};
use crate::classify::{LostShare, NucleusCall};
use crate::colour::PerColour;
use crate::decide::{Evaluable, Ruling, deviations, explained_by_false_spots};
use crate::error::{Error, Result};
use crate::quality::{Detail, Effect, Finding, Question, on_settled_verdict, that_withhold};
use secondary::secondary_findings;
use tallies::{isolated_tallies, pattern_tallies, percent_expected, tally};

pub use crate::decide::{
    Count, ExpectedNuclei, FalseSpotRate, Interval, LossEffect, MAX_MORE_NUCLEI, MoreNuclei, OperatingPoint,
    Stage, Verdict, clopper_pearson, interval, more_nuclei, operating_characteristic, per_pattern,
    single_cutoff, two_stage, wilson,
};
pub use caution::CutoffCaution;
pub use comparison::{CutoffComparison, CutoffParams, CutoffRow};
pub use control_fault::{ControlFault, RefusedControls};
pub use controls::{NormalControl, NormalControls, USUAL_CONTROLS};
pub use cutoff::{
    Cutoff, CutoffMethod, beta_inverse_cutoff, critical_binomial, exact_upper_bound, mean_plus_sd,
};
pub use regions::RegionSummary;
pub use secondary::{ResultWord, SecondaryFinding, SecondaryPattern};
pub(crate) use settle::Ruled;
pub use summary::{IsolatedTally, PatternTally, Summary};

/// Facts beside the calls that a verdict is decided with. A reading carries them, so that its calls are never summarised
/// without them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Grounds {
    /// Sex of the patient, for X-linked genes; `None` = not known.
    pub sex: Option<Sex>,
    /// Fields read; `None` = not known, and then not compared with the assay's `reading.fields_min`.
    pub fields: Option<usize>,
    /// False spots of each colour in one nucleus, as the spots outside nuclei tell: intact nuclei look rearranged by them.
    #[serde(default)]
    pub false_spots: PerColour<FalseSpotRate>,
    /// Findings on the specimen.
    pub findings: Vec<Finding>,
    /// Names of the regions in which nuclei are counted; `None` = everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<String>>,
}

impl Grounds {
    /// The grounds of calls that a reader made at the microscope, of which nothing else is known.
    #[must_use]
    pub fn worksheet(sex: Option<Sex>) -> Self {
        Self { sex, fields: None, false_spots: PerColour::default(), findings: Vec::new(), regions: None }
    }
}

/// Parameters of the summary.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct SummariseParams {
    /// Confidence of the upper bounds on signals lost below detection, one-sided. A verdict that would be
    /// another one at these bounds is not given. Range 0.5 to 0.9999. Default 0.95, the usual level of upper bounds on false positives in
    /// normals.
    pub loss_level: f64,
}

impl Default for SummariseParams {
    fn default() -> Self {
        Self { loss_level: 0.95 }
    }
}

impl SummariseParams {
    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        if (0.5..=0.9999).contains(&self.loss_level) {
            Ok(())
        } else {
            Err(Error::parameter("summarise.loss_level", self.loss_level, "0.5 to 0.9999"))
        }
    }

    /// The upper bounds in standard deviations.
    pub(crate) fn deviations(&self) -> f64 {
        deviations(self.loss_level)
    }
}

/// Counts, percentage, intervals, findings and verdict for the nuclei of one specimen.
///
/// Nuclei whose meaning the assay leaves open (isolated signals that are `equivocal`, pairs in an `uncertain`
/// grey zone) are not counted as rearranged. If counting them the other way would give another verdict, the verdict is
/// equivocal. A two-stage decision draws its nuclei from all fields, in an order that depends only on the
/// place of each nucleus in `calls`, never on its signals.
///
/// ```
/// use breakapart::assay::Assay;
/// use breakapart::classify::{ClassifyParams, NucleusEvidence, SignalPattern, classify};
/// use breakapart::summarise::{Grounds, SummariseParams, Verdict, summarise};
/// let alk = Assay::builtin("alk")?;
/// let calls: Vec<_> = (1..=60)
///     .map(|id| {
///         let split = usize::from(id % 2 == 0);
///         let pattern = SignalPattern { fused: 2 - split, split, ..SignalPattern::default() };
///         classify(&NucleusEvidence::of_pattern(id, pattern), &alk, None, &ClassifyParams::default())
///     })
///     .collect();
/// let summary = summarise(&calls, &alk, &Grounds::worksheet(None), &SummariseParams::default())?;
/// assert_eq!((summary.rearranged, summary.evaluable), (30, 60));
/// assert_eq!(summary.percent_rearranged, Some(50.0));
/// assert_eq!(summary.verdict, Verdict::Positive);
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if `loss_level`, a share or a probability is out of range; [`Error::Assay`] if the assay is not
/// valid.
pub fn summarise(
    calls: &[NucleusCall],
    assay: &Assay,
    grounds: &Grounds,
    params: &SummariseParams,
) -> Result<Summary> {
    params.validate()?;
    assay.validate()?;
    check_shares(calls, grounds)?;
    let evaluable = Evaluable::of(calls, assay);
    let ruling = evaluable.ruling()?;
    let loss_effect = LossEffect::of(&evaluable.calls, (assay, grounds.sex), params.deviations());
    let question = Question {
        calls,
        evaluable: &evaluable,
        ruling: &ruling,
        loss_effect: &loss_effect,
        false_spots: grounds.false_spots,
        explained_by_false_spots: explained_by_false_spots(
            &evaluable.calls,
            &grounds.false_spots,
            (assay, grounds.sex),
            params.deviations(),
        ),
        sex: grounds.sex,
        fields: grounds.fields,
    };
    // Questions to the verdict are asked anew.
    let mut findings: Vec<Finding> =
        grounds.findings.iter().filter(|f| !f.is_on_verdict()).cloned().collect();
    findings.extend(that_withhold(&question)?);
    let ruled = Ruled { verdict: ruling.verdict, depends_on_isolated: ruling.depends_on_isolated };
    let verdict = ruled.settle(findings.iter().map(|finding| finding.effect));
    findings.extend(on_settled_verdict(&question, verdict)?);
    findings.sort_by_key(|finding| ruled.rank(finding.effect));
    let mut summary = summary_of(calls, &evaluable, ruling, Judgement { loss_effect, verdict, findings })?;
    if let Some(names) = &grounds.regions {
        summary.regions = regions::of_names(names, calls, assay)?;
        summary.outside_region = Some(regions::outside(calls, assay)?);
    }
    Ok(summary)
}

/// Refuses shares and probabilities that are no numbers from 0 to 1.
fn check_shares(calls: &[NucleusCall], grounds: &Grounds) -> Result<()> {
    let is_share = |value: f64| (0.0..=1.0).contains(&value);
    let are_shares = |lost: &LostShare| is_share(lost.expected) && is_share(lost.at_most);
    let check = |holds: bool, name: &str| {
        if holds { Ok(()) } else { Err(Error::parameter(name, "no share", "0 to 1")) }
    };
    let is_rate = |rate: f64| rate.is_finite() && rate >= 0.0;
    if !grounds.false_spots.iter().all(|(_, rate)| is_rate(rate.per_nucleus) && is_rate(rate.at_most)) {
        return Err(Error::parameter("grounds.false_spots", "no number of spots", "0 or more"));
    }
    check(calls.iter().flat_map(|call| &call.lost).all(are_shares), "call.lost")?;
    check(
        calls.iter().filter_map(|call| call.probability_rearranged).all(is_share),
        "call.probability_rearranged",
    )?;
    check(
        calls.iter().filter_map(|call| call.probability_at_cutoff).all(is_share),
        "call.probability_at_cutoff",
    )
}

/// The verdict, and the estimates and findings that it was decided with.
struct Judgement {
    loss_effect: LossEffect,
    verdict: Verdict,
    findings: Vec<Finding>,
}

/// The counts and tallies beside a verdict.
fn summary_of(
    calls: &[NucleusCall],
    evaluable: &Evaluable<'_>,
    ruling: Ruling,
    Judgement { loss_effect, verdict, findings }: Judgement,
) -> Result<Summary> {
    let assay = evaluable.assay();
    let count = evaluable.count();
    let limits = |of: fn(Count, f64) -> Result<Interval>| -> Result<Option<Interval>> {
        (count.total > 0).then(|| of(count, assay.report.ci_level)).transpose()
    };
    let patterns = evaluable.patterns();
    let classes = tally(evaluable.calls.iter().map(|call| call.class));
    Ok(Summary {
        nuclei: calls.len(),
        evaluable: count.total,
        rearranged: count.positive,
        percent_rearranged: count.percent(),
        wilson: limits(wilson)?,
        clopper_pearson: limits(clopper_pearson)?,
        exclusions: tally(calls.iter().filter_map(|call| call.exclusion)),
        pattern_tallies: pattern_tallies(&patterns, count.total, assay)?,
        isolated: isolated_tallies(&classes, assay),
        uncertain: evaluable.calls.iter().filter(|call| call.uncertain).count(),
        doubtful: evaluable.calls.iter().filter(|call| call.doubtful).count(),
        percent_without_doubtful: evaluable.count_without(|call| call.doubtful).percent(),
        one_colour_only: evaluable.calls.iter().filter(|call| call.pattern.one_colour_only()).count(),
        percent_without_one_colour_only: evaluable
            .count_without(|call| call.pattern.one_colour_only())
            .percent(),
        percent_expected: percent_expected(&evaluable.calls),
        secondary: secondary_findings(&classes, count.total, assay),
        more_nuclei: more_nuclei(count, assay)?,
        patterns,
        classes,
        loss_effect,
        borderline: findings.iter().any(|finding| matches!(finding.detail, Detail::Borderline(_))),
        confirm: verdict == Verdict::Equivocal
            || (verdict.is_decided() && findings.iter().any(|finding| finding.effect == Effect::Confirm)),
        by_rule: ruling.verdict,
        depends_on_isolated: ruling.depends_on_isolated,
        stages: ruling.stages,
        verdict,
        findings,
        regions: Vec::new(),
        outside_region: None,
    })
}
