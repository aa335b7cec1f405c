//! The operating characteristic of an assay's rule: how often it calls a specimen positive.
//!
//! Exactly by the binomial distribution, for nuclei that are independent of each other. Laboratories, hybridisations and
//! readers vary as well, so that the true chances lie closer to one half.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

use super::rule::minimum_cells;
use crate::assay::{Assay, Comparator, Decision, Percent, TwoStage};
use crate::error::{Error, Result};

/// How often an assay's rule calls a specimen positive in which this share of the nuclei is rearranged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OperatingPoint {
    /// The true share of rearranged nuclei, percent.
    pub true_percent: f64,
    /// Nuclei that are read; of a two-stage rule those of both stages.
    pub nuclei: usize,
    /// Probability of a positive verdict, 0 to 1.
    pub positive: f64,
    /// Probability that the second stage is needed, 0 to 1; `None` for a rule of one stage.
    pub second_stage: Option<f64>,
}

/// The chance of a positive verdict if `true_percent` of the nuclei are read as rearranged.
///
/// `nuclei` are the nuclei that are read, at least the assay's minimum. A two-stage rule takes the numbers of its stages. Of a
/// rule with cutoffs by pattern, the cutoff of all rearranged nuclei is taken: the chance that it is met, whatever the
/// patterns are.
///
/// ```
/// use breakapart::Assay;
/// use breakapart::summarise::operating_characteristic;
/// let two_stage = Assay::builtin("alk_two_stage")?;
/// let point = operating_characteristic(&two_stage, 50, 20.0)?;
/// assert_eq!(format!("{:.3}", point.positive), "0.913");
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if `true_percent` is not 0 to 100.
pub fn operating_characteristic(assay: &Assay, nuclei: usize, true_percent: f64) -> Result<OperatingPoint> {
    if !(0.0..=100.0).contains(&true_percent) {
        return Err(Error::parameter("true percentage", true_percent, "0 to 100"));
    }
    let share = true_percent / 100.0;
    let point =
        |nuclei, positive, second_stage| OperatingPoint { true_percent, nuclei, positive, second_stage };
    if let Decision::TwoStage(rule) = &assay.decision {
        let cells = |stage: usize| assay.reading.stages.get(stage).map_or(0, |stage| stage.cells);
        let (positive, second) = two_stage(rule, [cells(0), cells(1)], share)?;
        return Ok(point(cells(0) + cells(1), positive, Some(second)));
    }
    let nuclei = nuclei.max(minimum_cells(assay));
    let enough = fewest_that_meet(assay.decision.cutoff(), nuclei, assay.decision.comparator());
    Ok(point(nuclei, at_least(&binomial(share, nuclei)?, enough), None))
}

/// The chance of a positive verdict, and of a second stage.
fn two_stage(rule: &TwoStage, [first, second]: [usize; 2], share: f64) -> Result<(f64, f64)> {
    let (of_first, of_second) = (binomial(share, first)?, binomial(share, second)?);
    let enough = fewest_that_meet(rule.final_cutoff_percent, first + second, rule.comparator);
    let (mut positive, mut undecided) = (at_least(&of_first, rule.pos_gt + 1), 0.0);
    for rearranged in rule.neg_lt..=rule.pos_gt.min(first) {
        let chance = of_first.pmf(rearranged as u64);
        undecided += chance;
        positive += chance * at_least(&of_second, enough.saturating_sub(rearranged));
    }
    Ok((positive, undecided))
}

fn binomial(share: f64, nuclei: usize) -> Result<Binomial> {
    Binomial::new(share, nuclei as u64).map_err(|_| Error::parameter("share of nuclei", share, "0 to 1"))
}

/// The chance of so many or more.
fn at_least(distribution: &Binomial, count: usize) -> f64 {
    count.checked_sub(1).map_or(1.0, |below| distribution.sf(below as u64))
}

/// The fewest rearranged nuclei that meet a cutoff; one more than there are nuclei if none do.
fn fewest_that_meet(cutoff: Percent, nuclei: usize, comparator: Comparator) -> usize {
    (0..=nuclei).find(|count| cutoff.is_met_by(*count, nuclei, comparator)).unwrap_or(nuclei + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_stage_rule_has_the_chances_that_were_computed_for_it() {
        let assay = Assay::builtin("alk_two_stage").unwrap();
        let chances = [
            (5.0, 0.0001, Some(0.104)),
            (6.0, 0.0009, None),
            (8.0, 0.0128, None),
            (10.0, 0.070, Some(0.57)),
            (12.0, 0.210, None),
            (15.0, 0.532, Some(0.89)),
            (20.0, 0.913, None),
        ];
        for (percent, positive, second) in chances {
            let point = operating_characteristic(&assay, 0, percent).unwrap();
            let digits = if percent < 9.0 { 4 } else { 3 };
            assert_eq!(format!("{:.digits$}", point.positive), format!("{positive:.digits$}"), "{percent} %");
            if let Some(second) = second {
                let off = (point.second_stage.unwrap() - second).abs();
                assert!(off < 0.005, "{percent} %: {:?}", point.second_stage);
            }
        }
    }

    #[test]
    fn a_single_cutoff_is_met_by_its_own_count() {
        let assay = Assay::builtin("alk").unwrap();
        // 15 % of 50 nuclei: 8 or more. P(X >= 8) of a binomial of 50 and 0.15, by its definition.
        let mut below = 0.0;
        let mut term = 0.85_f64.powi(50);
        for k in 0..8 {
            below += term;
            term *= f64::from(50 - k) / f64::from(k + 1) * 0.15 / 0.85;
        }
        let point = operating_characteristic(&assay, 50, 15.0).unwrap();
        assert!((point.positive - (1.0 - below)).abs() < 1e-9, "{point:?}");
        assert_eq!((point.nuclei, point.second_stage), (50, None));
        // Fewer nuclei than the minimum are no reading.
        assert_eq!(operating_characteristic(&assay, 10, 15.0).unwrap(), point);
        assert!(operating_characteristic(&assay, 1000, 20.0).unwrap().positive > 0.9999);
        for (percent, positive) in [(0.0, 0.0), (100.0, 1.0)] {
            assert_eq!(operating_characteristic(&assay, 50, percent).unwrap().positive, positive);
        }
        for percent in [-1.0, 101.0, f64::NAN] {
            assert!(operating_characteristic(&assay, 50, percent).is_err());
        }
    }
}
