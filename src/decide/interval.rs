//! Confidence intervals of a proportion.
//!
//! They cover the chance of which nuclei were counted, and nothing else: laboratories, hybridisations and
//! readers vary as well, so that the true uncertainty is larger.

use statrs::distribution::{Beta, ContinuousCDF, Normal};

use super::verdict::{Count, Interval};
use crate::assay::IntervalMethod;
use crate::error::{Error, Result};

/// The interval by either method.
///
/// # Errors
/// As [`wilson`] and [`clopper_pearson`].
pub fn interval(count: Count, level: f64, method: IntervalMethod) -> Result<Interval> {
    match method {
        IntervalMethod::Wilson => wilson(count, level),
        IntervalMethod::ClopperPearson => clopper_pearson(count, level),
    }
}

/// Standard deviations of a normal distribution to the upper bound of a one-sided confidence level.
pub(crate) fn deviations(level: f64) -> f64 {
    Normal::standard().inverse_cdf(level)
}

/// Wilson score interval (Wilson 1927, doi 10.1080/01621459.1927.10502953), two-sided, without continuity
/// correction.
///
/// ```
/// use breakapart::summarise::{Count, wilson};
/// let interval = wilson(Count::new(15, 100)?, 0.95)?;
/// assert_eq!(format!("{:.2}-{:.2}", interval.low_percent, interval.high_percent), "9.31-23.28");
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if nothing was counted, more is positive than was counted, or `level` is not
/// between 0 and 1.
pub fn wilson(count: Count, level: f64) -> Result<Interval> {
    check(count, level)?;
    Ok(wilson_of(count.positive as f64, count.total as f64, level))
}

/// Of `x` of `n` nuclei, also between whole numbers.
fn wilson_of(x: f64, n: f64, level: f64) -> Interval {
    let z = deviations(f64::midpoint(1.0, level));
    let centre = x + z * z / 2.0;
    let half = z * (x * (n - x) / n + z * z / 4.0).sqrt();
    let scale = 100.0 / (n + z * z);
    // At the ends the formula gives 0 and 100 % up to rounding.
    let low = if x <= 0.0 { 0.0 } else { (centre - half) * scale };
    let high = if x >= n { 100.0 } else { (centre + half) * scale };
    Interval { low_percent: low, high_percent: high, level }
}

/// Clopper-Pearson interval (Clopper and Pearson 1934, doi 10.1093/biomet/26.4.404), two-sided with equal
/// tails: never too short, of the same family as cutoffs by the inverse beta function.
///
/// ```
/// use breakapart::summarise::{Count, clopper_pearson};
/// let interval = clopper_pearson(Count::new(0, 50)?, 0.95)?;
/// assert_eq!(format!("{:.2}-{:.2}", interval.low_percent, interval.high_percent), "0.00-7.11");
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// As [`wilson`].
pub fn clopper_pearson(count: Count, level: f64) -> Result<Interval> {
    check(count, level)?;
    clopper_pearson_of(count.positive as f64, count.total as f64, level)
}

/// Of `x` of `n` nuclei, also between whole numbers.
fn clopper_pearson_of(x: f64, n: f64, level: f64) -> Result<Interval> {
    let tail = (1.0 - level) / 2.0;
    let low = if x <= 0.0 { 0.0 } else { beta_inverse(tail, x, n - x + 1.0)? };
    let high = if x >= n { 1.0 } else { beta_inverse(1.0 - tail, x + 1.0, n - x)? };
    Ok(Interval { low_percent: 100.0 * low, high_percent: 100.0 * high, level })
}

/// The interval of a share of so many nuclei by either method, also where the share is no whole number of them.
pub(crate) fn interval_of_share(
    share: f64,
    nuclei: f64,
    level: f64,
    method: IntervalMethod,
) -> Result<Interval> {
    check_level("confidence level", level)?;
    match method {
        IntervalMethod::Wilson => Ok(wilson_of(share * nuclei, nuclei, level)),
        IntervalMethod::ClopperPearson => clopper_pearson_of(share * nuclei, nuclei, level),
    }
}

/// The value below which a beta distribution has probability `p`: Excel's `BETAINV`.
pub(crate) fn beta_inverse(p: f64, a: f64, b: f64) -> Result<f64> {
    let distribution =
        Beta::new(a, b).map_err(|_| Error::parameter("beta shapes", format!("{a}, {b}"), "above 0"))?;
    check_level("probability", p)?;
    Ok(distribution.inverse_cdf(p))
}

fn check(count: Count, level: f64) -> Result<()> {
    Count::new(count.positive, count.total)?;
    if count.total == 0 {
        return Err(Error::parameter("total nuclei", 0, "1 or more: nothing has no percentage"));
    }
    check_level("confidence level", level)
}

/// Levels and probabilities lie strictly between 0 and 1; NaN does not.
pub(crate) fn check_level(name: &str, level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 {
        Ok(())
    } else {
        Err(Error::parameter(name, level, "above 0 and below 1"))
    }
}
