//! Results of other methods on a specimen, as columns of a sheet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::words::words;

/// Staining of the protein by immunohistochemistry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Ihc {
    /// None.
    #[serde(rename = "0")]
    None,
    /// Weak.
    #[serde(rename = "1+")]
    Weak,
    /// Moderate.
    #[serde(rename = "2+")]
    Moderate,
    /// Strong.
    #[serde(rename = "3+")]
    Strong,
}

words!(Ihc, "staining", {
    None => "0",
    Weak => "1+",
    Moderate => "2+",
    Strong => "3+",
});

/// A rearrangement by sequencing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ngs {
    /// None was found.
    Negative,
    /// One was found.
    Positive,
    /// No result.
    Failed,
}

words!(Ngs, "result of sequencing", {
    Negative => "negative",
    Positive => "positive",
    Failed => "failed",
});

/// Results of other methods on a specimen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReferenceValues {
    /// Rearranged nuclei by a manual count, percent.
    pub manual_percent: Option<f64>,
    /// Immunohistochemistry.
    pub ihc: Option<Ihc>,
    /// Sequencing.
    pub ngs: Option<Ngs>,
    /// The specimen that this one repeats.
    pub repeat_of: Option<String>,
}

impl ReferenceValues {
    /// Their columns. A sheet may have them, and they are carried through to the tables of results.
    pub const COLUMNS: [&'static str; 4] = ["manual_percent", "ihc", "ngs", "repeat_of"];

    /// The values in the further columns of a result, as they were carried through.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use breakapart::run::{Ihc, Ngs, ReferenceValues};
    /// let cells = [("manual_percent", "22.5"), ("ihc", "3"), ("ngs", "Positive"), ("block", "A7")];
    /// let cells: BTreeMap<String, String> = cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).into();
    /// let values = ReferenceValues::of_columns(&cells)?;
    /// assert_eq!((values.manual_percent, values.ihc, values.ngs), (Some(22.5), Some(Ihc::Strong), Some(Ngs::Positive)));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] naming the column whose cell is none of the allowed values.
    pub fn of_columns(columns: &BTreeMap<String, String>) -> Result<Self> {
        let cell = |name: &str| columns.get(name).map(String::as_str).filter(|cell| !cell.is_empty());
        Ok(Self {
            manual_percent: cell("manual_percent").map(manual_percent).transpose()?,
            ihc: cell("ihc").map(ihc).transpose()?,
            ngs: cell("ngs").map(ngs).transpose()?,
            repeat_of: cell("repeat_of").map(str::to_owned),
        })
    }
}

/// A percentage with a point.
pub(super) fn manual_percent(text: &str) -> Result<f64> {
    let percent = text.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| Error::parameter("manual_percent", text, "a number with a point, 0 to 100"))
}

/// With or without its plus sign.
pub(super) fn ihc(text: &str) -> Result<Ihc> {
    let found =
        Ihc::ALL.into_iter().find(|ihc| ihc.name() == text || ihc.name().trim_end_matches('+') == text);
    found.ok_or_else(|| Error::parameter("ihc", text, Ihc::NAMES.join(", ")))
}

/// In any case.
pub(super) fn ngs(text: &str) -> Result<Ngs> {
    let found = Ngs::ALL.into_iter().find(|ngs| ngs.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| Error::parameter("ngs", text, Ngs::NAMES.join(", ")))
}
