//! Results, rows and reviews that a dossier could not use.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something of a specimen that a dossier could not use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unused {
    /// The specimen.
    pub specimen: String,
    /// Why.
    #[serde(flatten)]
    pub reason: UnusedReason,
}

/// Why something could not be used. `Display` says it in words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnusedReason {
    /// The run has no complete result of the specimen.
    NotScored,
    /// A row of the sheet is of a specimen without a result.
    #[non_exhaustive]
    RowWithoutResult {
        /// Line of the sheet, from 1.
        line: usize,
    },
    /// It repeats a specimen without a result, itself or by another repeat: it counts in no part.
    #[non_exhaustive]
    RepeatWithoutFirst {
        /// The first specimen of the chain.
        first: String,
    },
    /// A reader counted a specimen without a result: the count is compared with other readers alone.
    #[non_exhaustive]
    CountWithoutResult {
        /// The reader.
        reader: String,
    },
    /// The reviews of the result do not hold. The result itself is used.
    #[non_exhaustive]
    ReviewsRefused {
        /// The problem that was found.
        problem: String,
    },
}

impl Unused {
    pub(super) fn new(specimen: impl Into<String>, reason: UnusedReason) -> Self {
        Self { specimen: specimen.into(), reason }
    }
}

impl fmt::Display for UnusedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotScored => f.write_str("There is no complete result. See run.json, and score it again."),
            Self::RowWithoutResult { line } => {
                write!(f, "Line {line} of the sheet: there is no result of this specimen.")
            }
            Self::RepeatWithoutFirst { first } => {
                write!(f, "It repeats {first}, of which there is no result. It counts in no part.")
            }
            Self::CountWithoutResult { reader } => {
                write!(
                    f,
                    "{reader} counted it, and there is no result. The count is compared with other readers alone."
                )
            }
            Self::ReviewsRefused { problem } => {
                write!(f, "Its reviews do not hold: {problem}. The result itself is used.")
            }
        }
    }
}
