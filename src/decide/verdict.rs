//! Counts, intervals and verdicts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The verdict on a specimen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Below the cutoff.
    Negative,
    /// At or above the cutoff, as the assay's comparator says.
    Positive,
    /// The assay asks for more nuclei, or a second reader, before it can be decided.
    Equivocal,
    /// Too few evaluable nuclei, or findings withhold the verdict.
    NotEvaluable,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Negative, Self::Positive, Self::Equivocal, Self::NotEvaluable];

    /// Whether it is negative or positive.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Negative | Self::Positive)
    }

    /// The word used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Positive => "positive",
            Self::Equivocal => "equivocal",
            Self::NotEvaluable => "not_evaluable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Verdict {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = Self::ALL.into_iter().find(|verdict| verdict.name() == text);
        named.ok_or_else(|| Error::parameter("verdict", text, Self::ALL.map(Self::name).join(", ")))
    }
}

/// The number of nuclei with a finding among all that were counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Count {
    /// Nuclei with the finding.
    pub positive: usize,
    /// Nuclei looked at.
    pub total: usize,
}

impl Count {
    /// `positive` of `total`.
    ///
    /// ```
    /// use breakapart::summarise::Count;
    /// assert_eq!(Count::new(27, 50)?.percent(), Some(54.0));
    /// assert!(Count::new(51, 50).is_err());
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if `positive` is more than `total`.
    pub fn new(positive: usize, total: usize) -> Result<Self> {
        if positive > total {
            return Err(Error::parameter("positive nuclei", positive, format!("0 to the total, {total}")));
        }
        Ok(Self { positive, total })
    }

    /// `100 * positive / total` for display; `None` of nothing. Verdicts compare integers instead.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        (self.total > 0).then(|| 100.0 * self.positive as f64 / self.total as f64)
    }
}

/// A two-sided confidence interval of a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interval {
    /// Lower limit, percent.
    pub low_percent: f64,
    /// Upper limit, percent.
    pub high_percent: f64,
    /// Confidence level, 0 to 1.
    pub level: f64,
}

/// One stage of the decision as it was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stage {
    /// Nuclei counted up to and including this stage.
    pub evaluable: usize,
    /// Rearranged among them.
    pub rearranged: usize,
    /// The rule that was applied, in words with its numbers.
    pub rule: String,
    /// What it gave.
    pub verdict: Verdict,
}
