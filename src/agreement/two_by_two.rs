//! Two answers by a method and by a reference.

use serde::{Deserialize, Serialize};

use super::confusion::ConfusionMatrix;
use super::estimate::Proportion;
use super::kappa::{Kappa, KappaWeights};
use crate::decide::Count;
use crate::error::Result;

/// Specimens that a method and a reference call positive or negative.
///
/// ```
/// use breakapart::agreement::TwoByTwo;
/// let table = TwoByTwo { true_positive: 27, false_positive: 2, false_negative: 3, true_negative: 48 };
/// let agreement = table.agreement(0.95)?;
/// let sensitivity = agreement.sensitivity.expect("30 positive specimens");
/// assert_eq!((sensitivity.count.positive, sensitivity.count.total), (27, 30));
/// assert_eq!(format!("{:.1}", sensitivity.percent), "90.0");
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoByTwo {
    /// Positive by both.
    pub true_positive: usize,
    /// Positive by the method alone.
    pub false_positive: usize,
    /// Positive by the reference alone.
    pub false_negative: usize,
    /// Negative by both.
    pub true_negative: usize,
}

/// Agreement of a method with a reference. A reference that is itself uncertain gives no sensitivity: FDA guidance then
/// calls the same figures positive and negative percent agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BinaryAgreement {
    /// The specimens.
    pub table: TwoByTwo,
    /// Specimens with the same answer.
    pub overall: Option<Proportion>,
    /// Positive ones of those that the reference calls positive (positive percent agreement).
    pub sensitivity: Option<Proportion>,
    /// Negative ones of those that the reference calls negative (negative percent agreement).
    pub specificity: Option<Proportion>,
    /// Those that the reference calls positive, of the positive ones. It depends on the share of positive specimens.
    pub positive_predictive_value: Option<Proportion>,
    /// Those that the reference calls negative, of the negative ones. It depends on the share of positive specimens.
    pub negative_predictive_value: Option<Proportion>,
    /// Cohen's kappa.
    pub kappa: Option<Kappa>,
    /// Confidence level of all intervals.
    pub level: f64,
}

impl TwoByTwo {
    /// The table of specimens, each with the answer of the method and that of the reference.
    #[must_use]
    pub fn of_pairs(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut table = Self::default();
        for (test, reference) in pairs {
            let cell = match (test, reference) {
                (true, true) => &mut table.true_positive,
                (true, false) => &mut table.false_positive,
                (false, true) => &mut table.false_negative,
                (false, false) => &mut table.true_negative,
            };
            *cell += 1;
        }
        table
    }

    /// All specimens.
    #[must_use]
    pub fn total(&self) -> usize {
        self.true_positive + self.false_positive + self.false_negative + self.true_negative
    }

    /// Specimens that the reference calls positive.
    #[must_use]
    pub fn reference_positive(&self) -> usize {
        self.true_positive + self.false_negative
    }

    /// Specimens that the reference calls negative.
    #[must_use]
    pub fn reference_negative(&self) -> usize {
        self.false_positive + self.true_negative
    }

    /// Agreement with Wilson and Clopper-Pearson intervals. A share of nothing is `None`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`](crate::Error::InvalidParameter) if the level is not between 0 and 1.
    pub fn agreement(self, level: f64) -> Result<BinaryAgreement> {
        let Self { true_positive, false_positive, false_negative, true_negative } = self;
        let share = |positive, total| Proportion::of(Count { positive, total }, level);
        let classes = ["negative", "positive"];
        let counts = vec![vec![true_negative, false_negative], vec![false_positive, true_positive]];
        let kappa =
            ConfusionMatrix::new(&classes, &classes, counts)?.kappa(KappaWeights::Unweighted, level)?;
        Ok(BinaryAgreement {
            table: self,
            overall: share(true_positive + true_negative, self.total())?,
            sensitivity: share(true_positive, self.reference_positive())?,
            specificity: share(true_negative, self.reference_negative())?,
            positive_predictive_value: share(true_positive, true_positive + false_positive)?,
            negative_predictive_value: share(true_negative, true_negative + false_negative)?,
            kappa,
            level,
        })
    }
}
