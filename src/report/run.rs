//! `run.json`: what was run, on what, by which rules, and how it went for each input.

use std::path::Path;

use serde::Serialize;

use crate::error::Result;
use crate::report::SCHEMA_VERSION;
use crate::report::json::write_exactly;

/// How it went for an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
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

/// How it went for one field of a specimen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldRecord {
    /// The field's name.
    pub field: String,
    /// `scored` or `failed`.
    pub status: InputStatus,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How it went for one specimen, or for an input in which no specimen could be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputRecord {
    /// The input as it was given.
    pub input: String,
    /// The specimen found in it.
    pub specimen: Option<String>,
    /// How it went.
    pub status: InputStatus,
    /// Why it failed as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its fields.
    pub fields: Vec<FieldRecord>,
}

/// Everything needed to repeat a run and to see what failed in it. It holds no time, no machine and no
/// thread count: the same inputs give the same record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunRecord<'a, A, P> {
    /// Version of the layout of all files of the run.
    pub schema_version: u32,
    /// Version of this crate.
    pub crate_version: &'static str,
    /// The assay definition, whole.
    pub assay: &'a A,
    /// The parameters of every step, and the options of the program.
    pub parameters: &'a P,
    /// Every input, sorted.
    pub inputs: Vec<InputRecord>,
}

impl<'a, A: Serialize, P: Serialize> RunRecord<'a, A, P> {
    /// The record of a run; `inputs` may come in any order.
    ///
    /// ```
    /// use breakapart::report::{InputRecord, InputStatus, RunRecord};
    /// let input = |name: &str| InputRecord {
    ///     input: name.to_owned(),
    ///     specimen: Some(name.to_owned()),
    ///     status: InputStatus::Scored,
    ///     error: None,
    ///     fields: Vec::new(),
    /// };
    /// let record = RunRecord::new(&"alk", &(), vec![input("b"), input("a")]);
    /// assert_eq!(record.inputs[0].input, "a");
    /// ```
    #[must_use]
    pub fn new(assay: &'a A, parameters: &'a P, mut inputs: Vec<InputRecord>) -> Self {
        inputs.sort_by(|a, b| (&a.specimen, &a.input).cmp(&(&b.specimen, &b.input)));
        Self {
            schema_version: SCHEMA_VERSION,
            crate_version: env!("CARGO_PKG_VERSION"),
            assay,
            parameters,
            inputs,
        }
    }
}

/// Writes `run.json`.
///
/// # Errors
/// [`crate::Error::Io`] if the file cannot be written or the assay or parameters cannot be serialised.
pub fn write_run_json<A: Serialize, P: Serialize>(
    path: impl AsRef<Path>,
    record: &RunRecord<'_, A, P>,
) -> Result<()> {
    write_exactly(path.as_ref(), record)
}
