//! Faults of a sample sheet, all of them at once.

use std::fmt;
use std::path::PathBuf;

use crate::error::Error;

/// One fault of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SheetFault {
    /// Line in the file, the header being line 1.
    pub line: usize,
    /// The column; empty if the fault is of the whole line.
    pub column: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}

impl SheetFault {
    pub(super) fn new(
        line: usize,
        column: impl Into<String>,
        found: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self { line, column: column.into(), found: found.into(), allowed: allowed.into() }
    }
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        write!(f, ": {}", self.found)?;
        if self.allowed.is_empty() { Ok(()) } else { write!(f, "; allowed: {}", self.allowed) }
    }
}

/// Why a sheet cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Error),
    /// It has faults.
    #[error("{}", listed(path, faults))]
    Faults {
        /// The sheet.
        path: PathBuf,
        /// Its faults, by line.
        faults: Vec<SheetFault>,
    },
}

fn listed(path: &std::path::Path, faults: &[SheetFault]) -> String {
    let noun = if faults.len() == 1 { "fault" } else { "faults" };
    let mut text = format!("{}: {} {noun}", path.display(), faults.len());
    for fault in faults {
        text.push_str("\n  ");
        text.push_str(&fault.to_string());
    }
    text
}
