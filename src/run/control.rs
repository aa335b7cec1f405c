//! The role of a specimen as a control of its run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::report::SpecimenRow;
use crate::summarise::Verdict;

/// The forms of a control in a sheet.
const ALLOWED: &str = "`negative`, or `positive(MIN-MAX)` with the percentages that it must lie between, as in \
                       `positive(20-60)`";

/// A control: a specimen whose result is known, which tells whether the run can be relied on.
///
/// ```
/// use breakapart::run::Control;
/// let control: Control = "positive(20-60)".parse()?;
/// assert_eq!(control.to_string(), "positive(20-60)");
/// assert!("positive(60-20)".parse::<Control>().is_err());
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum Control {
    /// It must read negative.
    Negative,
    /// Its percentage of rearranged nuclei must lie between two limits, both included.
    #[non_exhaustive]
    Positive {
        /// The lower limit, percent.
        min_percent: f64,
        /// The upper limit, percent.
        max_percent: f64,
    },
}

impl Control {
    /// Whether a result is in the range of the control.
    #[must_use]
    pub fn is_met_by(&self, row: &SpecimenRow) -> bool {
        // A control out of range withholds its own verdict too, which must not be taken for another fault.
        let is_readable = row.by_rule != Verdict::NotEvaluable
            && row.withheld_by.iter().all(|code| code == "control_out_of_range");
        let is_in_range = match (self, row.percent_rearranged) {
            (Self::Negative, _) => row.by_rule == Verdict::Negative,
            (Self::Positive { min_percent, max_percent }, Some(percent)) => {
                (*min_percent..=*max_percent).contains(&percent)
            }
            (Self::Positive { .. }, None) => false,
        };
        is_readable && is_in_range
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative => f.write_str("negative"),
            Self::Positive { min_percent, max_percent } => write!(f, "positive({min_percent}-{max_percent})"),
        }
    }
}

impl FromStr for Control {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = || Error::parameter("control", text, ALLOWED);
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '%').collect();
        let compact = compact.to_lowercase();
        if compact == "negative" {
            return Ok(Self::Negative);
        }
        let inside = compact.strip_prefix("positive(").and_then(|rest| rest.strip_suffix(')'));
        let (min, max) = inside.and_then(|range| range.split_once('-')).ok_or_else(fault)?;
        let percent = |text: &str| text.parse::<f64>().ok().filter(|p| (0.0..=100.0).contains(p));
        match (percent(min), percent(max)) {
            (Some(min_percent), Some(max_percent)) if min_percent <= max_percent => {
                Ok(Self::Positive { min_percent, max_percent })
            }
            _ => Err(fault()),
        }
    }
}

impl From<Control> for String {
    fn from(control: Control) -> Self {
        control.to_string()
    }
}

impl TryFrom<String> for Control {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_read_as_people_write_them() {
        for text in ["positive(20-60)", "Positive ( 20 - 60 %)", "POSITIVE(20-60)"] {
            let control: Control = text.parse().unwrap();
            assert_eq!(control, Control::Positive { min_percent: 20.0, max_percent: 60.0 }, "{text}");
        }
        assert_eq!(" Negative".parse::<Control>().unwrap(), Control::Negative);
        for text in
            ["", "yes", "positive", "positive(20)", "positive(-1-5)", "positive(20-600)", "positive(nan-2)"]
        {
            let message = text.parse::<Control>().unwrap_err().to_string();
            assert!(message.contains("positive(MIN-MAX)"), "{message}");
        }
    }
}
