//! Remarks on an assay that make it no less valid.

use std::fmt;

use super::decision::CutoffSource;
use super::definition::Assay;
use super::schema;
use crate::error::nearest;

/// A remark on an assay that makes it no less valid.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssayNote {
    /// A mark of [`Assay::verify`] names a key that the assay does not have: it warns of nothing.
    StaleMark {
        /// Its place in the list, the first being 0.
        mark: usize,
        /// The key that it names.
        key: String,
        /// The key that was probably meant.
        nearest: Option<String>,
    },
    /// The cutoff is the laboratory's own, and the assay does not say when the controls were read.
    CutoffUndated,
}

impl AssayNote {
    /// The key of the assay file that the note is about.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::StaleMark { mark, .. } => format!("verify.{mark}.key"),
            Self::CutoffUndated => "cutoff_provenance".to_owned(),
        }
    }
}

impl fmt::Display for AssayNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StaleMark { key, nearest: Some(meant), .. } => write!(
                f,
                "the [[verify]] mark of `{key}` is stale: the assay has no such key. Did you mean `{meant}`?"
            ),
            Self::StaleMark { key, nearest: None, .. } => write!(
                f,
                "the [[verify]] mark of `{key}` is stale: the assay has no such key. Delete the mark, or correct its key."
            ),
            Self::CutoffUndated => f.write_str(
                "the cutoff is the laboratory's own and has no date. Write when the controls were read: \
                 cutoff_provenance.date = \"YYYY-MM-DD\".",
            ),
        }
    }
}

impl Assay {
    /// Remarks on the assay that make it no less valid, such as marks of values that are gone.
    ///
    /// ```
    /// use breakapart::Assay;
    /// let mut assay = Assay::builtin("alk")?;
    /// assert!(assay.notes().is_empty());
    /// assay.borderline = None; // its mark in the list `verify` stays
    /// assert!(assay.notes()[0].to_string().contains("`borderline` is stale"));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn notes(&self) -> Vec<AssayNote> {
        let values = toml::Table::try_from(self).unwrap_or_default();
        let there = schema::keys_of(&values);
        let keys = || there.iter().filter(|key| !key.starts_with("verify")).map(String::as_str);
        let mut notes = Vec::new();
        for (i, mark) in self.verify.iter().enumerate() {
            if !keys().any(|key| key == mark.key) {
                let nearest = nearest(&mark.key, keys()).map(str::to_owned);
                notes.push(AssayNote::StaleMark { mark: i, key: mark.key.clone(), nearest });
            }
        }
        let provenance = &self.cutoff_provenance;
        if provenance.source == CutoffSource::LabValidated && provenance.date.is_none() {
            notes.push(AssayNote::CutoffUndated);
        }
        notes
    }
}
