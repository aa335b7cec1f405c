//! What a sheet says of a result beside what decides it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::run::control::Control;

/// What a sheet says of a result beside what decides it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SheetColumns {
    /// Its role as a control.
    pub control: Option<Control>,
    /// The remark.
    pub note: String,
    /// Further columns, by name.
    pub other: BTreeMap<String, String>,
}
