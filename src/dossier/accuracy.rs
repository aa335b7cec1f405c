//! Accuracy: against the manual counts of the laboratory.

use serde::Serialize;

use super::calls::{BandAgreement, Bands, CallAgreement, meets_cutoff};
use super::input::{DossierInput, DossierOptions};
use super::minimum::{COMPARED, COMPARED_USUAL};
use super::part::Part;
use crate::agreement::{
    BlandAltman, Deming, Estimate, MAX_PASSING_BABLOK_PAIRS, Pair, PassingBablok, TwoByTwo, bland_altman,
    deming, deming_bias_at, passing_bablok,
};
use crate::error::Result;

/// A specimen with a manual count and a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ComparedSpecimen {
    /// Its name.
    pub specimen: String,
    /// By the manual count, percent.
    pub manual_percent: f64,
    /// By this crate, percent.
    pub percent: f64,
}

/// Differences, in points of percent, and lines between result and manual count.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MethodComparison {
    /// Bias and limits of agreement, result minus manual count.
    pub bland_altman: BlandAltman,
    /// Deming's line for errors of equal size; `None` if the values do not determine it.
    pub deming: Option<Deming>,
    /// Difference by that line where the manual count is at the cutoff.
    pub bias_at_cutoff: Option<Estimate>,
    /// Passing and Bablok's line; `None` if the values do not determine it.
    pub passing_bablok: Option<PassingBablok>,
    /// Agreement in bands around the cutoff.
    pub bands: BandAgreement,
}

/// Accuracy: against the manual counts of the laboratory.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Accuracy {
    /// The specimens, without repeats.
    pub specimens: Vec<ComparedSpecimen>,
    /// Specimens with a manual count and without a result.
    pub without_result: Vec<String>,
    /// The percentages.
    pub comparison: Part<MethodComparison>,
    /// The calls, by the cutoff of the assay.
    pub calls: CallAgreement,
    /// Reasons not to rely on it.
    pub cautions: Vec<String>,
}

impl Accuracy {
    pub(super) fn of(input: &DossierInput, options: &DossierOptions) -> Result<Self> {
        let counted = || {
            let originals = input.originals();
            originals.filter_map(|specimen| Some((specimen, specimen.reference.manual_percent?)))
        };
        let mut specimens = Vec::new();
        let mut without_result = Vec::new();
        for (specimen, manual_percent) in counted() {
            let name = specimen.specimen.clone();
            match specimen.result_percent() {
                Some(percent) => {
                    specimens.push(ComparedSpecimen { specimen: name, manual_percent, percent });
                }
                None => without_result.push(name),
            }
        }
        let calls = counted().filter_map(|(specimen, manual)| {
            Some((specimen.is_positive()?, meets_cutoff(&input.assay, manual)))
        });
        let calls = CallAgreement::of(TwoByTwo::of_pairs(calls), options.level)?;
        let enough = ("specimens with a manual count and a result", specimens.len(), COMPARED);
        let comparison = Part::of(enough, || compare(&specimens, input, options))?;
        let cautions = cautions(&specimens, &comparison);
        Ok(Self { specimens, without_result, comparison, calls, cautions })
    }
}

fn compare(
    specimens: &[ComparedSpecimen],
    input: &DossierInput,
    options: &DossierOptions,
) -> Result<Option<MethodComparison>> {
    let pair = |s: &ComparedSpecimen| Pair { reference: s.manual_percent, test: s.percent };
    let pairs: Vec<Pair> = specimens.iter().map(pair).collect();
    let level = options.level;
    let Some(bland_altman) = bland_altman(&pairs, level)? else { return Ok(None) };
    let percents: Vec<(f64, f64)> = pairs.iter().map(|pair| (pair.reference, pair.test)).collect();
    let few_enough = pairs.len() <= MAX_PASSING_BABLOK_PAIRS;
    Ok(Some(MethodComparison {
        bland_altman,
        deming: deming(&pairs, 1.0, level)?,
        bias_at_cutoff: deming_bias_at(&pairs, 1.0, input.assay.decision.cutoff().value(), level)?,
        passing_bablok: if few_enough { passing_bablok(&pairs, level)? } else { None },
        bands: BandAgreement::of(&Bands::of(&input.assay), &percents, level)?,
    }))
}

fn cautions(specimens: &[ComparedSpecimen], comparison: &Part<MethodComparison>) -> Vec<String> {
    let mut cautions = Vec::new();
    let Some(comparison) = comparison.given() else { return cautions };
    if specimens.len() < COMPARED_USUAL {
        let found = specimens.len();
        cautions.push(format!("{found} specimens: {COMPARED_USUAL} are usual for a comparison of methods."));
    }
    let slope = comparison.bland_altman.slope.filter(|slope| !slope.holds(0.0));
    if let Some(slope) = slope {
        cautions.push(format!(
            "The difference changes with the percentage, by {:.2} points for each point: one bias and one pair of limits do not \
             describe all specimens.",
            slope.value
        ));
    }
    cautions
}
