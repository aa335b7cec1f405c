//! What a check of an assay finds wrong.

use crate::error::{Error, Location};

/// A key and the fault of its value. Keys of list elements have the index, first = 0, as a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) key: String,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into() }
    }

    pub(super) fn into_error(self, location: &Location) -> Error {
        let location = if self.key.is_empty() { location.clone() } else { location.clone().at_key(self.key) };
        Error::Assay { location, problem: self.text }
    }
}

/// Whether a check found nothing wrong.
pub(super) type Checked = Result<(), Problem>;

/// `Err` with key, value and what is allowed unless `condition` holds.
pub(super) fn require(condition: bool, key: &str, value: impl std::fmt::Display, allowed: &str) -> Checked {
    if condition {
        Ok(())
    } else {
        Err(Problem::new(key, format!("{value} is not allowed: allowed is {allowed}")))
    }
}

/// `Err` unless an optional value is there.
pub(super) fn present(there: bool, key: &str, needed: &str) -> Checked {
    if there { Ok(()) } else { Err(Problem::new(key, format!("missing: needed is {needed}"))) }
}
