//! Runs that came before, for charts over runs.

use serde::{Deserialize, Serialize};

use crate::run::control::Control;
use crate::run::figures::ResultFigures;

/// A control of a run, with its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ControlFigures {
    /// Name of the specimen.
    pub specimen: String,
    /// Id of the assay.
    pub assay: String,
    /// Its role.
    pub control: Control,
    /// Its figures.
    pub figures: ResultFigures,
}

/// The controls of a run that came before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EarlierRun {
    /// Name of its folder.
    pub name: String,
    /// Its controls, in the order of the run.
    pub controls: Vec<ControlFigures>,
}
