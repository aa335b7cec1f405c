//! The faults of an assay file.

use std::fmt;

use super::definition::Assay;
use super::note::AssayNote;
use super::problem::Problem;
use crate::error::{Error, Location};

/// A fault of an assay file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssayFault {
    /// The key, with dots between levels; elements of lists have their index, first = 0, as a level. Empty if the text
    /// is not TOML.
    pub key: String,
    /// The line of the key, or of the table in which it is missing, first = 1; `None` if there is none.
    pub line: Option<usize>,
    /// What was found, and what is allowed or needed.
    pub problem: String,
}

impl fmt::Display for AssayFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map_or_else(String::new, |line| format!("line {line}"));
        let key = if self.key.is_empty() { String::new() } else { format!("key `{}`", self.key) };
        let comma = if line.is_empty() || key.is_empty() { "" } else { ", " };
        let colon = if line.is_empty() && key.is_empty() { "" } else { ": " };
        write!(f, "{line}{comma}{key}{colon}{}", self.problem)
    }
}

impl From<Problem> for AssayFault {
    fn from(problem: Problem) -> Self {
        Self { key: problem.key, line: None, problem: problem.text }
    }
}

/// The result of checking the text of an assay file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CheckedAssay {
    /// The assay; `None` if it has a fault.
    pub assay: Option<Assay>,
    /// All faults, by line. Values are checked against each other only if each is allowed by itself.
    pub faults: Vec<AssayFault>,
    /// Remarks that make the assay no less valid, each with its line.
    pub notes: Vec<(Option<usize>, AssayNote)>,
}

/// One error of all faults: one fault has its key in the location, several have a line each.
pub(super) fn error_of(faults: Vec<AssayFault>, location: &Location) -> Error {
    match <[AssayFault; 1]>::try_from(faults) {
        Ok([fault]) => {
            let line = fault.line.map_or_else(String::new, |line| format!("line {line}: "));
            let location =
                if fault.key.is_empty() { location.clone() } else { location.clone().at_key(fault.key) };
            Error::Assay { location, problem: format!("{line}{}", fault.problem) }
        }
        Err(faults) => {
            let mut problem = format!("{} faults", faults.len());
            for fault in &faults {
                problem = format!("{problem}\n  {fault}");
            }
            Error::Assay { location: location.clone(), problem }
        }
    }
}
