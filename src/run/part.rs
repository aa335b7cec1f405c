//! A part of a run: some of its specimens, scored by themselves and merged later.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::run::digest::Digest;
use crate::share;

/// The name in errors.
const PARAMETER: &str = "part";

/// The specimens that a part of a run is about. All results of a specimen are in one part.
///
/// ```
/// use breakapart::run::RunPart;
/// let part: RunPart = "2/3".parse()?;
/// assert_eq!(part, RunPart::share(2, 3)?);
/// assert!("4/3".parse::<RunPart>().is_err());
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunPart {
    /// The specimens of these names. A text with commas is a list of names, unless a specimen has that very name.
    Specimens(Vec<String>),
    /// One of several shares of about the same number of specimens.
    #[non_exhaustive]
    Share {
        /// Its number, from 1.
        number: usize,
        /// The number of shares.
        of: usize,
    },
}

impl RunPart {
    /// Share `number`, from 1, of `of` shares.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if there is no such share.
    pub fn share(number: usize, of: usize) -> Result<Self> {
        share::checked(PARAMETER, number, of).map(|(number, of)| Self::Share { number, of })
    }
}

impl FromStr for RunPart {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        share::parse(PARAMETER, text).map(|(number, of)| Self::Share { number, of })
    }
}

/// A result of the whole run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ResultName {
    /// Name of the specimen.
    pub specimen: String,
    /// Id of the assay.
    pub assay: String,
}

/// The whole run that a record is a part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PartRecord {
    /// Digest of the sample sheet; `None` without one.
    pub sheet: Option<Digest>,
    /// All results of the whole run, in its order.
    pub results: Vec<ResultName>,
}

impl PartRecord {
    /// Whether the whole run reads a specimen by several assays.
    pub(super) fn is_repeated(&self, specimen: &str) -> bool {
        self.results.iter().filter(|result| result.specimen == specimen).count() > 1
    }
}
