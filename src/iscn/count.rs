//! Numbers of copies and of nuclei.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::words::words;

/// The sign before a number of copies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Times {
    /// The letter that laboratories type.
    #[default]
    #[serde(rename = "x")]
    Letter,
    /// The multiplication sign that ISCN 2024 prints.
    #[serde(rename = "×")]
    Sign,
}

words!(Times, "times symbol", {
    Letter => "x",
    Sign => "×",
});

/// A number of copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Count {
    /// `x2`.
    Exact(u32),
    /// `x3~5`: from 3 to 5 in the nuclei of one pattern.
    #[non_exhaustive]
    Range {
        /// The lowest.
        low: u32,
        /// The highest, which is higher.
        high: u32,
    },
    /// `x>8`: more than 8.
    MoreThan(u32),
    /// ` amp`: more than can be counted.
    Amplified,
}

impl Count {
    /// From the lowest to the highest number: a range, or an exact number if both are the same.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the highest is below the lowest.
    pub fn between(low: u32, high: u32) -> Result<Self> {
        match low.cmp(&high) {
            std::cmp::Ordering::Less => Ok(Self::Range { low, high }),
            std::cmp::Ordering::Equal => Ok(Self::Exact(low)),
            std::cmp::Ordering::Greater => {
                Err(Error::parameter("copies", format!("{low}~{high}"), "the lower number first"))
            }
        }
    }

    /// The count that holds both.
    pub(super) fn with(self, other: Self) -> Self {
        let limits = |count| match count {
            Self::Exact(n) => Some((n, n)),
            Self::Range { low, high } => Some((low, high)),
            Self::MoreThan(_) | Self::Amplified => None,
        };
        match (limits(self), limits(other)) {
            (Some((a, b)), Some((c, d))) if a.min(c) < b.max(d) => {
                Self::Range { low: a.min(c), high: b.max(d) }
            }
            (Some(_), Some(_)) => self,
            _ => Self::Amplified,
        }
    }

    /// As it stands after a name.
    pub(super) fn text(self, times: Times) -> String {
        match self {
            Self::Exact(n) => format!("{times}{n}"),
            Self::Range { low, high } => format!("{times}{low}~{high}"),
            Self::MoreThan(n) => format!("{times}>{n}"),
            Self::Amplified => " amp".to_owned(),
        }
    }
}

/// The nuclei that show a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nuclei {
    /// `[200]`: all that were counted.
    All(usize),
    /// `[27/50]`: a part of them.
    #[non_exhaustive]
    Part {
        /// Nuclei with the pattern.
        nuclei: usize,
        /// Nuclei counted.
        of: usize,
    },
}

impl Nuclei {
    /// So many of all: `[50]` if these are all of them.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if more show the pattern than were counted.
    pub fn new(nuclei: usize, of: usize) -> Result<Self> {
        match nuclei.cmp(&of) {
            std::cmp::Ordering::Less => Ok(Self::Part { nuclei, of }),
            std::cmp::Ordering::Equal => Ok(Self::All(of)),
            std::cmp::Ordering::Greater => {
                Err(Error::parameter("nuclei of a pattern", nuclei, format!("at most {of}, all nuclei")))
            }
        }
    }

    /// In brackets.
    pub(super) fn text(self) -> String {
        match self {
            Self::All(total) => format!("[{total}]"),
            Self::Part { nuclei, of } => format!("[{nuclei}/{of}]"),
        }
    }
}
