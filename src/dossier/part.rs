//! A part of the dossier, or why there is none.

use serde::Serialize;

use crate::error::Result;

/// Figures, or the reason why there are none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part<T> {
    /// The figures.
    Given(T),
    /// There are too few specimens.
    TooFew(TooFew),
    /// There are enough, and they give no figure.
    #[non_exhaustive]
    NotGiven {
        /// The reasons.
        reasons: Vec<String>,
    },
}

/// Too few specimens for a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TooFew {
    /// The things that are counted, in words.
    pub of: String,
    /// How many there are.
    pub found: usize,
    /// How many are needed.
    pub needed: usize,
}

impl std::fmt::Display for TooFew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { of, found, needed } = self;
        write!(f, "Too few: {found} {of}, {needed} are needed, {} more.", needed.saturating_sub(*found))
    }
}

impl<T> Part<T> {
    /// Figures if `found` of something reach the number needed and determine them.
    pub(super) fn of(
        (of, found, needed): (&str, usize, usize),
        figures: impl FnOnce() -> Result<Option<T>>,
    ) -> Result<Self> {
        if found < needed {
            return Ok(Self::TooFew(TooFew { of: of.to_owned(), found, needed }));
        }
        let undetermined = || Self::NotGiven { reasons: vec!["The values do not determine it.".to_owned()] };
        Ok(figures()?.map_or_else(undetermined, Self::Given))
    }

    /// The figures, if there are any.
    #[must_use]
    pub fn given(&self) -> Option<&T> {
        match self {
            Self::Given(figures) => Some(figures),
            Self::TooFew(_) | Self::NotGiven { .. } => None,
        }
    }
}
