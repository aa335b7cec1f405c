//! The line between two methods by the median of slopes.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Pair, check_pairs};
use super::quantile::normal_two_sided;
use crate::error::{Error, Result};
use crate::statistics::median_of_sorted;

/// Most pairs: the line needs a slope for each two of them.
pub const MAX_PASSING_BABLOK_PAIRS: usize = 4000;

/// A line `test = intercept + slope x reference`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PassingBablok {
    /// Pairs of values.
    pub pairs: usize,
    /// Slope.
    pub slope: Estimate,
    /// Intercept.
    pub intercept: Estimate,
    /// Confidence level of the intervals.
    pub level: f64,
}

/// Passing and Bablok's regression (1983, doi 10.1515/cclm.1983.21.11.709): the median of the slopes between all pairs, which
/// stray values do not move. `None` of fewer than four pairs, or if the values do not determine the line or its limits.
///
/// # Errors
/// [`Error::InvalidParameter`] if a value is not finite, the level is not between 0 and 1, or there are more than
/// [`MAX_PASSING_BABLOK_PAIRS`].
pub fn passing_bablok(pairs: &[Pair], level: f64) -> Result<Option<PassingBablok>> {
    check_pairs(pairs)?;
    let z = normal_two_sided(level)?;
    if pairs.len() > MAX_PASSING_BABLOK_PAIRS {
        let allowed = format!("{MAX_PASSING_BABLOK_PAIRS} at most");
        return Err(Error::parameter("pairs", pairs.len(), allowed));
    }
    let slopes = slopes(pairs);
    if pairs.len() < 4 || slopes.is_empty() {
        return Ok(None);
    }
    // Slopes below -1 are those of an axis exchanged: the median is moved by their number.
    let offset = slopes.iter().filter(|slope| **slope < -1.0).count();
    let at = |rank: usize| slopes.get(rank.checked_sub(1)? + offset).copied().filter(|s| s.is_finite());
    let (n, count) = (pairs.len() as f64, slopes.len());
    let middle = |rank: usize| Some(f64::midpoint(at(rank)?, at(count + 1 - rank)?));
    let slope = if count % 2 == 1 { at(count.div_ceil(2)) } else { middle(count / 2) };
    let spread = z * (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    let low_rank = ((count as f64 - spread) / 2.0).round();
    let limits = (low_rank >= 1.0)
        .then_some(low_rank as usize)
        .and_then(|rank| Some((at(rank)?, at(count + 1 - rank)?)));
    let (Some(slope), Some((low, high))) = (slope, limits) else { return Ok(None) };
    let intercept = |slope: f64| {
        let mut intercepts: Vec<f64> = pairs.iter().map(|pair| pair.test - slope * pair.reference).collect();
        intercepts.sort_unstable_by(f64::total_cmp);
        median_of_sorted(&intercepts).unwrap_or(f64::NAN)
    };
    Ok(Some(PassingBablok {
        pairs: pairs.len(),
        slope: Estimate { value: slope, low, high },
        intercept: Estimate { value: intercept(slope), low: intercept(high), high: intercept(low) },
        level,
    }))
}

/// Slopes between all pairs, sorted: without those of equal pairs, and without those of exactly -1, which belong to
/// neither side.
fn slopes(pairs: &[Pair]) -> Vec<f64> {
    let mut slopes = Vec::with_capacity(pairs.len() * pairs.len().saturating_sub(1) / 2);
    for (i, a) in pairs.iter().enumerate() {
        let of_two = pairs[i + 1..].iter().map(|b| (b.test - a.test) / (b.reference - a.reference));
        slopes.extend(of_two.filter(|slope| !slope.is_nan() && *slope != -1.0));
    }
    slopes.sort_unstable_by(f64::total_cmp);
    slopes
}
