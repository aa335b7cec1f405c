//! The line between two methods that both have an error.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Pair, check_pairs, mean, squares};
use super::quantile::student_two_sided;
use crate::error::{Error, Result};

/// A line `test = intercept + slope x reference`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Deming {
    /// Pairs of values.
    pub pairs: usize,
    /// Variance of the error of the test over that of the reference.
    pub variance_ratio: f64,
    /// Slope.
    pub slope: Estimate,
    /// Intercept.
    pub intercept: Estimate,
    /// Confidence level of the intervals.
    pub level: f64,
}

/// Deming's regression, with intervals by the jackknife (Linnet 1993, doi 10.1093/clinchem/39.3.424). `None` of fewer than
/// four pairs, or if the values do not determine the line.
///
/// # Errors
/// [`Error::InvalidParameter`] if a value is not finite, the level is not between 0 and 1, or the ratio is not above 0.
pub fn deming(pairs: &[Pair], variance_ratio: f64, level: f64) -> Result<Option<Deming>> {
    let Some(slope) = jackknife(pairs, variance_ratio, level, |line| line.slope)? else { return Ok(None) };
    let intercept = jackknife(pairs, variance_ratio, level, |line| line.intercept)?;
    Ok(intercept.map(|intercept| Deming { pairs: pairs.len(), variance_ratio, slope, intercept, level }))
}

/// Difference between test and reference that the line of [`deming`] gives where the reference has this value, such as the
/// cutoff.
///
/// # Errors
/// As [`deming`].
pub fn deming_bias_at(
    pairs: &[Pair],
    variance_ratio: f64,
    reference: f64,
    level: f64,
) -> Result<Option<Estimate>> {
    jackknife(pairs, variance_ratio, level, |line| line.intercept + (line.slope - 1.0) * reference)
}

struct Line {
    slope: f64,
    intercept: f64,
}

/// A figure of the line, with its interval from the lines that leave out one pair each.
fn jackknife(
    pairs: &[Pair],
    ratio: f64,
    level: f64,
    figure: impl Fn(&Line) -> f64,
) -> Result<Option<Estimate>> {
    check_pairs(pairs)?;
    if !(ratio.is_finite() && ratio > 0.0) {
        return Err(Error::parameter("variance ratio", ratio, "above 0"));
    }
    if pairs.len() < 4 {
        return Ok(None);
    }
    let n = pairs.len() as f64;
    let t = student_two_sided(level, n - 2.0)?;
    let Some(value) = line(pairs.iter(), ratio).as_ref().map(&figure) else { return Ok(None) };
    let mut pseudo_values = Vec::with_capacity(pairs.len());
    for left_out in 0..pairs.len() {
        let others = pairs[..left_out].iter().chain(&pairs[left_out + 1..]);
        let Some(without) = line(others, ratio).as_ref().map(&figure) else { return Ok(None) };
        pseudo_values.push(n * value - (n - 1.0) * without);
    }
    let error = (squares(&pseudo_values) / (n - 1.0) / n).sqrt();
    Ok(Some(Estimate::around(value, t * error)))
}

/// The line of least squared distances, each coordinate in units of its own error; `None` if the values do not go together.
fn line<'a>(pairs: impl Iterator<Item = &'a Pair>, ratio: f64) -> Option<Line> {
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.map(|pair| (pair.reference, pair.test)).unzip();
    let (mean_x, mean_y) = (mean(&x), mean(&y));
    let products: f64 = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let excess = squares(&y) - ratio * squares(&x);
    let slope = (excess + excess.hypot(2.0 * ratio.sqrt() * products)) / (2.0 * products);
    slope.is_finite().then_some(Line { slope, intercept: mean_y - slope * mean_x })
}
