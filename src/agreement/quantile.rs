//! Quantiles of the distributions that intervals are made from.

use statrs::distribution::{ChiSquared, ContinuousCDF, StudentsT};

use crate::decide::{check_level, deviations};
use crate::error::{Error, Result};

/// Standard deviations on either side of the mean that hold a share `level` of a normal distribution.
pub(super) fn normal_two_sided(level: f64) -> Result<f64> {
    check_level("confidence level", level)?;
    Ok(deviations(f64::midpoint(1.0, level)))
}

/// The same of Student's t distribution.
pub(super) fn student_two_sided(level: f64, degrees: f64) -> Result<f64> {
    check_level("confidence level", level)?;
    let t = StudentsT::new(0.0, 1.0, degrees).map_err(|_| no_degrees(degrees))?;
    Ok(t.inverse_cdf(f64::midpoint(1.0, level)))
}

/// Limits of a standard deviation whose square was estimated with these degrees of freedom: by chi-squared, for values that
/// are normally distributed.
pub(super) fn limits_of_sd(sd: f64, degrees: f64, level: f64) -> Result<(f64, f64)> {
    check_level("confidence level", level)?;
    let chi_squared = ChiSquared::new(degrees).map_err(|_| no_degrees(degrees))?;
    let tail = (1.0 - level) / 2.0;
    let limit = |p: f64| sd * (degrees / chi_squared.inverse_cdf(p)).sqrt();
    Ok((limit(1.0 - tail), limit(tail)))
}

fn no_degrees(degrees: f64) -> Error {
    Error::parameter("degrees of freedom", degrees, "above 0")
}
