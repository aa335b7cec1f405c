//! The allowed ranges of parameters.

use std::fmt;

use crate::error::{Error, Result};

/// The allowed range of a parameter, both ends included.
///
/// ```
/// use breakapart::ParameterRange;
/// let snr = ParameterRange::new(2.0, 10.0);
/// assert!(snr.contains(4.0) && !snr.contains(f64::NAN));
/// assert_eq!(snr.to_string(), "2 to 10");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParameterRange {
    /// Smallest allowed value.
    pub min: f64,
    /// Largest allowed value.
    pub max: f64,
}

impl ParameterRange {
    /// The range from `min` to `max`.
    #[must_use]
    pub const fn new(min: f64, max: f64) -> Self {
        Self { min, max }
    }

    /// Whether a value is allowed. NaN is in no range.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        (self.min..=self.max).contains(&value)
    }

    /// Checks the value of a parameter.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] with its name.
    pub(crate) fn check(self, name: &str, value: f64) -> Result<()> {
        if self.contains(value) { Ok(()) } else { Err(Error::parameter(name, value, self.to_string())) }
    }
}

impl fmt::Display for ParameterRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.min, self.max)
    }
}
