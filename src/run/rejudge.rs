//! A result that is judged again by other facts of its run, without reading its images.

use std::path::Path;

use crate::analyse::SpecimenReading;
use crate::error::Result;
use crate::quality::RunFacts;
use crate::report::{SpecimenRow, write_report_json};
use crate::run::ledger::{Attention, Ledger};
use crate::run::names::{READING_JSON_GZ, REPORT_JSON};
use crate::run::saved;
use crate::run::status::failed_fields;

/// The files of a result that depend on the facts of its run; the ledger apart.
pub(super) const JUDGED_FILES: [&str; 2] = [READING_JSON_GZ, REPORT_JSON];

/// The reading of a result, judged by these facts. What its ledger says of it is changed with it.
///
/// # Errors
/// Those of [`saved::read`]; [`crate::Error::Malformed`] if the reading contradicts itself.
pub(super) fn rejudge(folder: &Path, ledger: &mut Ledger, facts: &RunFacts) -> Result<SpecimenReading> {
    let reading = saved::read(folder, ledger)?.of_run(facts)?;
    ledger.facts = facts.clone();
    if let Some(outcome) = &mut ledger.outcome {
        outcome.row = SpecimenRow::new(&reading, failed_fields(&outcome.fields).len());
        outcome.attention = Attention::of(&reading);
    }
    Ok(reading)
}

/// Writes the files of a result that depend on the facts of its run.
pub(super) fn write_judged(folder: &Path, reading: &SpecimenReading, ledger: &Ledger) -> Result<()> {
    let fields = ledger.outcome.as_ref().map_or(&[][..], |outcome| &outcome.fields);
    saved::write(folder, reading)?;
    write_report_json(folder.join(REPORT_JSON), reading, &failed_fields(fields))
}
