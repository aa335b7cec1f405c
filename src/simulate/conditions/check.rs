//! Ranges of parameters.

use std::ops::RangeInclusive;

/// A parameter, its value and the range it may have.
pub(super) type Check = (&'static str, f64, RangeInclusive<f64>);
