//! Differences between two methods.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Pair, check_pairs, mean, squares};
use super::quantile::{normal_two_sided, student_two_sided};
use crate::error::Result;

/// Differences between two methods: test minus reference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BlandAltman {
    /// Pairs of values.
    pub pairs: usize,
    /// Mean difference.
    pub bias: Estimate,
    /// Standard deviation of the differences.
    pub sd: f64,
    /// Lower limit of agreement.
    pub lower_limit: Estimate,
    /// Upper limit of agreement. Between both lies a share `level` of the differences.
    pub upper_limit: Estimate,
    /// Change of the difference for each unit of the mean of both values; `None` if all means are equal. If its interval does
    /// not hold 0, the limits of agreement do not hold for all values alike.
    pub slope: Option<Estimate>,
    /// Confidence level of the intervals, and share of the differences between the limits of agreement.
    pub level: f64,
}

/// Bias and limits of agreement (Bland and Altman 1986, doi 10.1016/S0140-6736(86)90837-8; intervals 1999, doi
/// 10.1177/096228029900800204). `None` of fewer than three pairs.
///
/// ```
/// use breakapart::agreement::{Pair, bland_altman};
/// let pairs = [(10.0, 13.0), (20.0, 22.0), (30.0, 34.0)].map(|(reference, test)| Pair { reference, test });
/// let found = bland_altman(&pairs, 0.95)?.expect("three pairs");
/// assert_eq!((found.bias.value, found.sd), (3.0, 1.0));
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`](crate::Error::InvalidParameter) if a value is not finite, or the level is not between 0 and 1.
pub fn bland_altman(pairs: &[Pair], level: f64) -> Result<Option<BlandAltman>> {
    check_pairs(pairs)?;
    let z = normal_two_sided(level)?;
    if pairs.len() < 3 {
        return Ok(None);
    }
    let n = pairs.len() as f64;
    let differences: Vec<f64> = pairs.iter().map(|pair| pair.test - pair.reference).collect();
    let bias = mean(&differences);
    let sd = (squares(&differences) / (n - 1.0)).sqrt();
    let t = student_two_sided(level, n - 1.0)?;
    let half = t * sd * (1.0 / n + z * z / (2.0 * (n - 1.0))).sqrt();
    Ok(Some(BlandAltman {
        pairs: pairs.len(),
        bias: Estimate::around(bias, t * sd / n.sqrt()),
        sd,
        lower_limit: Estimate::around(bias - z * sd, half),
        upper_limit: Estimate::around(bias + z * sd, half),
        slope: slope(pairs, &differences, level)?,
        level,
    }))
}

/// Least squares of the differences on the means.
fn slope(pairs: &[Pair], differences: &[f64], level: f64) -> Result<Option<Estimate>> {
    let means: Vec<f64> = pairs.iter().map(|pair| f64::midpoint(pair.test, pair.reference)).collect();
    let (of_means, of_differences) = (mean(&means), mean(differences));
    let spread = squares(&means);
    if spread <= 0.0 {
        return Ok(None);
    }
    let products = means.iter().zip(differences).map(|(x, y)| (x - of_means) * (y - of_differences));
    let slope = products.sum::<f64>() / spread;
    let rest = means.iter().zip(differences);
    let rest: f64 = rest.map(|(x, y)| (y - of_differences - slope * (x - of_means)).powi(2)).sum();
    let degrees = means.len() as f64 - 2.0;
    let error = (rest / degrees / spread).sqrt();
    Ok(Some(Estimate::around(slope, student_two_sided(level, degrees)? * error)))
}
