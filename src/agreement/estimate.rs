//! Values that are compared, and figures with their intervals.

use serde::{Deserialize, Serialize};

use crate::decide::{Count, Interval, clopper_pearson, wilson};
use crate::error::{Error, Result};

/// A figure with its two-sided confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Estimate {
    pub(crate) fn around(value: f64, half_width: f64) -> Self {
        Self { value, low: value - half_width, high: value + half_width }
    }

    /// Whether the interval holds a value.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// One specimen measured by two methods.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// By the method that is compared with.
    pub reference: f64,
    /// By the method under test.
    pub test: f64,
}

/// A share of specimens, with intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Proportion {
    /// The specimens.
    pub count: Count,
    /// Their share, percent.
    pub percent: f64,
    /// Wilson score interval.
    pub wilson: Interval,
    /// Clopper-Pearson interval.
    pub clopper_pearson: Interval,
}

impl Proportion {
    /// The share and its intervals; `None` of nothing.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if more is positive than was counted, or the level is not between 0 and 1.
    pub fn of(count: Count, level: f64) -> Result<Option<Self>> {
        let Some(percent) = count.percent() else { return Ok(None) };
        let (wilson, clopper_pearson) = (wilson(count, level)?, clopper_pearson(count, level)?);
        Ok(Some(Self { count, percent, wilson, clopper_pearson }))
    }
}

/// Refuses values that are not finite.
pub(super) fn check_finite(name: &str, values: impl IntoIterator<Item = f64>) -> Result<()> {
    match values.into_iter().find(|value| !value.is_finite()) {
        Some(value) => Err(Error::parameter(name, value, "a finite number")),
        None => Ok(()),
    }
}

/// Refuses pairs that are not finite.
pub(super) fn check_pairs(pairs: &[Pair]) -> Result<()> {
    check_finite("value of a pair", pairs.iter().flat_map(|pair| [pair.reference, pair.test]))
}

/// Mean of values; NaN of none.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sum of the squared differences from the mean.
pub(super) fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum()
}
