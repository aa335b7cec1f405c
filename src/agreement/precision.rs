//! Scatter of repeats.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, check_finite, mean, squares};
use super::quantile::limits_of_sd;
use crate::error::Result;

/// Measurements of one specimen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepeatGroup {
    /// The specimen.
    pub specimen: String,
    /// The values that were measured, one or several.
    pub values: Vec<f64>,
}

/// Scatter of repeats of specimens, and between specimens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Precision {
    /// Specimens.
    pub specimens: usize,
    /// Measurements of all of them.
    pub measurements: usize,
    /// Mean of all measurements.
    pub mean: f64,
    /// Degrees of freedom of the repeatability: measurements less specimens.
    pub degrees: usize,
    /// Standard deviation between repeats of one specimen.
    pub repeatability_sd: Estimate,
    /// The same in percent of the mean; `None` if that is not above 0.
    pub repeatability_cv_percent: Option<f64>,
    /// Standard deviation between specimens, that of repeats subtracted; `None` of a single specimen. It is that of the
    /// specimens chosen, no error of the method.
    pub between_sd: Option<f64>,
    /// Confidence level of the interval.
    pub level: f64,
}

/// Components of variance by a one-way analysis with random effects (Searle 1971, chapter 11), also for unequal numbers of
/// repeats. The interval of the repeatability is that by chi-squared. `None` if nothing was repeated.
///
/// ```
/// use breakapart::agreement::{RepeatGroup, precision};
/// let group = |name: &str, values: &[f64]| RepeatGroup { specimen: name.to_owned(), values: values.to_vec() };
/// let found = precision(&[group("a", &[10.0, 12.0]), group("b", &[30.0, 32.0])], 0.95)?.expect("two repeats");
/// assert_eq!((found.degrees, found.repeatability_sd.value), (2, 2.0_f64.sqrt()));
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`](crate::Error::InvalidParameter) if a value is not finite, or the level is not between 0 and 1.
pub fn precision(groups: &[RepeatGroup], level: f64) -> Result<Option<Precision>> {
    check_finite("measurement", groups.iter().flat_map(|group| group.values.iter().copied()))?;
    let groups: Vec<&[f64]> = groups.iter().map(|g| g.values.as_slice()).filter(|v| !v.is_empty()).collect();
    let all: Vec<f64> = groups.concat();
    let degrees = all.len() - groups.len();
    if degrees == 0 {
        return Ok(None);
    }
    let within = groups.iter().map(|values| squares(values)).sum::<f64>() / degrees as f64;
    let sd = within.sqrt();
    let (low, high) = limits_of_sd(sd, degrees as f64, level)?;
    let overall = mean(&all);
    Ok(Some(Precision {
        specimens: groups.len(),
        measurements: all.len(),
        mean: overall,
        degrees,
        repeatability_sd: Estimate { value: sd, low, high },
        repeatability_cv_percent: (overall > 0.0).then(|| 100.0 * sd / overall),
        between_sd: between_variance(&groups, within).map(f64::sqrt),
        level,
    }))
}

/// Variance between groups, that within them subtracted; 0 at the least.
fn between_variance(groups: &[&[f64]], within: f64) -> Option<f64> {
    let between_degrees = groups.len().checked_sub(1).filter(|degrees| *degrees > 0)? as f64;
    let all: Vec<f64> = groups.concat();
    let (n, overall) = (all.len() as f64, mean(&all));
    let size = |values: &&[f64]| values.len() as f64;
    let between = groups.iter().map(|values| size(values) * (mean(values) - overall).powi(2)).sum::<f64>();
    let typical_size = (n - groups.iter().map(|v| size(v).powi(2)).sum::<f64>() / n) / between_degrees;
    Some(((between / between_degrees - within) / typical_size).max(0.0))
}
