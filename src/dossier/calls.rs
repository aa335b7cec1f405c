//! Agreement of calls: positive or negative, and in bands around the cutoff.

use serde::Serialize;

use super::minimum::{COMPARED, OF_ONE_ANSWER};
use super::part::Part;
use crate::agreement::{ConfusionMatrix, Kappa, KappaWeights, Proportion, TwoByTwo};
use crate::assay::Assay;
use crate::decide::Count;
use crate::error::Result;

/// How often two methods call a specimen alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CallAgreement {
    /// The specimens.
    pub table: TwoByTwo,
    /// Specimens with the same call.
    pub overall: Part<Proportion>,
    /// Positive ones of those that the reference calls positive.
    pub sensitivity: Part<Proportion>,
    /// Negative ones of those that the reference calls negative.
    pub specificity: Part<Proportion>,
    /// Cohen's kappa.
    pub kappa: Part<Kappa>,
}

impl CallAgreement {
    pub(super) fn of(table: TwoByTwo, level: f64) -> Result<Self> {
        let agreement = table.agreement(level)?;
        let (total, positive, negative) =
            (table.total(), table.reference_positive(), table.reference_negative());
        let compared = ("specimens with both calls", total, COMPARED);
        let of_positive = ("specimens that the reference calls positive", positive, OF_ONE_ANSWER);
        let of_negative = ("specimens that the reference calls negative", negative, OF_ONE_ANSWER);
        Ok(Self {
            table,
            overall: Part::of(compared, || Ok(agreement.overall))?,
            sensitivity: Part::of(of_positive, || Ok(agreement.sensitivity))?,
            specificity: Part::of(of_negative, || Ok(agreement.specificity))?,
            kappa: Part::of(compared, || Ok(agreement.kappa))?,
        })
    }
}

/// How often two methods place a specimen in the same band of percentages.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BandAgreement {
    /// The bands: the reference in the rows.
    pub table: ConfusionMatrix,
    /// Kappa with quadratic weights.
    pub kappa: Option<Kappa>,
}

impl BandAgreement {
    /// Of pairs of percentages: by the reference, and by the method.
    pub(super) fn of(bands: &Bands, pairs: &[(f64, f64)], level: f64) -> Result<Self> {
        let labels: Vec<&str> = bands.labels.iter().map(String::as_str).collect();
        let named = |percent: f64| labels[bands.place(percent)];
        let classes = pairs.iter().map(|(reference, test)| (named(*reference), named(*test)));
        let table = ConfusionMatrix::of_pairs(&labels, &labels, classes)?;
        let kappa = table.kappa(KappaWeights::Quadratic, level)?;
        Ok(Self { table, kappa })
    }
}

/// Four bands of percentages: below half the cutoff, below the cutoff, below twice the cutoff, and above.
pub(super) struct Bands {
    limits: [f64; 3],
    labels: [String; 4],
}

impl Bands {
    pub(super) fn of(assay: &Assay) -> Self {
        let cutoff = assay.decision.cutoff().value();
        let limits = [cutoff / 2.0, cutoff, (2.0 * cutoff).min(100.0)];
        let [low, middle, high] = limits;
        let labels = [
            format!("below {low} %"),
            format!("{low} % to {middle} %"),
            format!("{middle} % to {high} %"),
            format!("{high} % or more"),
        ];
        Self { limits, labels }
    }

    fn place(&self, percent: f64) -> usize {
        self.limits.iter().filter(|limit| percent >= **limit).count()
    }
}

/// Whether a percentage that is known as such alone meets the cutoff of the assay.
pub(super) fn meets_cutoff(assay: &Assay, percent: f64) -> bool {
    assay.decision.comparator().holds(percent, assay.decision.cutoff().value())
}

/// Whether a count meets the cutoff of the assay, compared in integers.
pub(super) fn count_meets_cutoff(assay: &Assay, count: Count) -> bool {
    assay.decision.cutoff().is_met_by(count.positive, count.total, assay.decision.comparator())
}
