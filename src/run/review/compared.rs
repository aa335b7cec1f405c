//! The readings of a result that was reviewed, nucleus by nucleus: the program, the first reader, the second reader.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::analyse::SpecimenReading;
use crate::error::Result;
use crate::run::names::AUDIT;
use crate::run::review::apply::ReviewedResult;
use crate::run::review::state::{ReaderRole, calls_of, counted_of};
use crate::summarise::Count;

/// The readings of a result that was reviewed. Readers corrected the reading of the program, and saw it: they agree more than
/// readers who count by themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReviewedReadings {
    /// The specimen.
    pub specimen: String,
    /// Rearranged and counted nuclei of the program.
    pub program: Count,
    /// The first reader; `None` if nobody read in this role.
    pub first: Option<RoleReading>,
    /// The second reader; `None` if nobody read in this role.
    pub second: Option<RoleReading>,
    /// Nuclei by the calls of the first reader (row) and the second (column): rearranged, not rearranged, not counted. `None`
    /// without both.
    pub calls: Option<[[usize; 3]; 3]>,
}

/// The reading of one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RoleReading {
    /// The persons, by name.
    pub readers: Vec<String>,
    /// Nuclei that they decided on.
    pub decisions: usize,
    /// Rearranged and counted nuclei.
    pub count: Count,
    /// Nuclei by the calls of the reader (row) and the program (column): rearranged, not rearranged, not counted.
    pub calls: [[usize; 3]; 3],
}

/// The readings of the result in a folder; `None` if nobody has reviewed it. The audit trail is checked.
///
/// # Errors
/// As [`check_reviews`](crate::run::check_reviews).
pub fn reviewed_readings(folder: &Path) -> Result<Option<ReviewedReadings>> {
    if !folder.join(AUDIT).exists() {
        return Ok(None);
    }
    let result = ReviewedResult::open(folder)?;
    let program = &result.reading;
    let of_role = |role: ReaderRole| -> Result<Option<(SpecimenReading, RoleReading)>> {
        if !result.state.has(role) {
            return Ok(None);
        }
        let reading = result.state.reading(program, role)?;
        let role = RoleReading {
            readers: result.state.readers(role),
            decisions: result.state.decisions(role),
            count: counted_of(&reading)?,
            calls: calls_of(&reading, program),
        };
        Ok(Some((reading, role)))
    };
    let (first, second) = (of_role(ReaderRole::First)?, of_role(ReaderRole::Second)?);
    let calls = first.as_ref().zip(second.as_ref()).map(|((first, _), (second, _))| calls_of(first, second));
    Ok(Some(ReviewedReadings {
        specimen: program.name.clone(),
        program: counted_of(program)?,
        first: first.map(|(_, role)| role),
        second: second.map(|(_, role)| role),
        calls,
    }))
}
