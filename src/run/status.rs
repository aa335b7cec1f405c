//! How it went for an input and its fields.

use serde::{Deserialize, Serialize};

use crate::report::FailedField;

/// How it went for an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InputStatus {
    /// Read and scored, all of it.
    Scored,
    /// Scored without the fields that could not be read: look at their errors before relying on it.
    Incomplete,
    /// Not scored.
    Failed,
}

impl InputStatus {
    /// The word used in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
        }
    }
}

/// How it went for one field of a specimen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldRecord {
    /// The field's name.
    pub field: String,
    /// `scored` or `failed`.
    pub status: InputStatus,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The fields that failed, each with its error.
pub(super) fn failed_fields(fields: &[FieldRecord]) -> Vec<FailedField> {
    let failed = |record: &FieldRecord| {
        let error = record.error.clone()?;
        Some(FailedField { field: record.field.clone(), error })
    };
    fields.iter().filter_map(failed).collect()
}
