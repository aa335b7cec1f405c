//! Concordance with immunohistochemistry and sequencing.

use serde::Serialize;

use super::calls::CallAgreement;
use super::input::{DossierInput, DossierOptions, DossierSpecimen};
use crate::agreement::{ConfusionMatrix, TwoByTwo};
use crate::decide::{Count, Verdict};
use crate::error::Result;
use crate::run::{Ihc, Ngs};
use crate::statistics::median_of_sorted;

/// Patterns that are listed of a discordant specimen.
const MAX_PATTERNS: usize = 6;

/// Nuclei of one signal pattern.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PatternShare {
    /// The pattern in laboratory notation.
    pub pattern: String,
    /// Evaluable nuclei with it.
    pub nuclei: usize,
    /// The same in percent of the evaluable nuclei.
    pub percent: f64,
}

/// A specimen whose verdict is not that of the other method.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Discordant {
    /// Its name.
    pub specimen: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Rearranged nuclei of the evaluable ones.
    pub count: Count,
    /// The other method's result.
    pub other: String,
    /// Its commonest patterns.
    pub patterns: Vec<PatternShare>,
}

/// Specimens of one staining.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IhcLevel {
    /// The staining.
    pub ihc: Ihc,
    /// Specimens with a percentage.
    pub specimens: usize,
    /// Lowest percentage.
    pub min_percent: Option<f64>,
    /// Median percentage: the lower one of the two middle values of an even number.
    pub median_percent: Option<f64>,
    /// Highest percentage.
    pub max_percent: Option<f64>,
}

/// Concordance with immunohistochemistry.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IhcConcordance {
    /// Least staining that counts as positive.
    pub positive_from: Ihc,
    /// Staining (rows) by verdict (columns).
    pub table: ConfusionMatrix,
    /// Percentages by staining.
    pub levels: Vec<IhcLevel>,
    /// Positive and negative calls.
    pub calls: CallAgreement,
    /// Specimens with another call.
    pub discordant: Vec<Discordant>,
}

/// Concordance with sequencing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NgsConcordance {
    /// Result of sequencing (rows) by verdict (columns).
    pub table: ConfusionMatrix,
    /// Positive and negative calls, without failed sequencing.
    pub calls: CallAgreement,
    /// Specimens with another call.
    pub discordant: Vec<Discordant>,
}

/// Concordance with other methods, of specimens without repeats.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Concordance {
    /// With immunohistochemistry; `None` if no specimen has a staining.
    pub ihc: Option<IhcConcordance>,
    /// With sequencing; `None` if no specimen has a result of it.
    pub ngs: Option<NgsConcordance>,
}

impl Concordance {
    pub(super) fn of(input: &DossierInput, options: &DossierOptions) -> Result<Self> {
        Ok(Self { ihc: of_ihc(input, options)?, ngs: of_ngs(input, options)? })
    }
}

fn of_ihc(input: &DossierInput, options: &DossierOptions) -> Result<Option<IhcConcordance>> {
    let positive_from = options.ihc_positive_from;
    let stained: Vec<(&DossierSpecimen, Ihc)> =
        input.originals().filter_map(|specimen| Some((specimen, specimen.reference.ihc?))).collect();
    if stained.is_empty() {
        return Ok(None);
    }
    let named = stained.iter().map(|(specimen, ihc)| (ihc.name(), specimen.verdict.name()));
    let table = ConfusionMatrix::of_pairs(Ihc::NAMES, &Verdict::ALL.map(Verdict::name), named)?;
    let level = |ihc: Ihc| {
        let of_level = stained.iter().filter(|(_, other)| *other == ihc);
        let mut percents: Vec<f64> = of_level.filter_map(|(s, _)| s.result_percent()).collect();
        percents.sort_unstable_by(f64::total_cmp);
        IhcLevel {
            ihc,
            specimens: percents.len(),
            min_percent: percents.first().copied(),
            median_percent: median_of_sorted(&percents),
            max_percent: percents.last().copied(),
        }
    };
    let calls = stained.iter().map(|(specimen, ihc)| (*specimen, *ihc >= positive_from, ihc.name()));
    let (table_of_calls, discordant) = sort_calls(calls);
    Ok(Some(IhcConcordance {
        positive_from,
        table,
        levels: Ihc::ALL.map(level).to_vec(),
        calls: CallAgreement::of(table_of_calls, options.level)?,
        discordant,
    }))
}

fn of_ngs(input: &DossierInput, options: &DossierOptions) -> Result<Option<NgsConcordance>> {
    let sequenced: Vec<(&DossierSpecimen, Ngs)> =
        input.originals().filter_map(|specimen| Some((specimen, specimen.reference.ngs?))).collect();
    if sequenced.is_empty() {
        return Ok(None);
    }
    let named = sequenced.iter().map(|(specimen, ngs)| (ngs.name(), specimen.verdict.name()));
    let table = ConfusionMatrix::of_pairs(Ngs::NAMES, &Verdict::ALL.map(Verdict::name), named)?;
    let with_result = sequenced.iter().filter(|(_, ngs)| *ngs != Ngs::Failed);
    let calls = with_result.map(|(specimen, ngs)| (*specimen, *ngs == Ngs::Positive, ngs.name()));
    let (table_of_calls, discordant) = sort_calls(calls);
    let calls = CallAgreement::of(table_of_calls, options.level)?;
    Ok(Some(NgsConcordance { table, calls, discordant }))
}

/// The table of calls, and the specimens that are called otherwise by the reference.
fn sort_calls<'a>(
    specimens: impl Iterator<Item = (&'a DossierSpecimen, bool, &'static str)>,
) -> (TwoByTwo, Vec<Discordant>) {
    let (mut calls, mut discordant) = (Vec::new(), Vec::new());
    for (specimen, is_reference_positive, other) in specimens {
        let Some(is_positive) = specimen.is_positive() else { continue };
        calls.push((is_positive, is_reference_positive));
        if is_positive != is_reference_positive {
            discordant.push(Discordant {
                specimen: specimen.specimen.clone(),
                verdict: specimen.verdict,
                count: specimen.count,
                other: other.to_owned(),
                patterns: patterns(specimen),
            });
        }
    }
    (TwoByTwo::of_pairs(calls), discordant)
}

fn patterns(specimen: &DossierSpecimen) -> Vec<PatternShare> {
    let mut patterns: Vec<(&String, usize)> = specimen.patterns.iter().map(|(p, n)| (p, *n)).collect();
    patterns.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let share = |(pattern, nuclei): (&String, usize)| PatternShare {
        pattern: pattern.clone(),
        nuclei,
        percent: 100.0 * nuclei as f64 / specimen.count.total.max(1) as f64,
    };
    patterns.into_iter().take(MAX_PATTERNS).map(share).collect()
}
