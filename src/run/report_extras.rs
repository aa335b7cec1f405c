//! Contents of the page of a result that the run knows.

use crate::report::{InputDigest, Provenance, ReportExtras};
use crate::run::digest::InputFile;
use crate::run::ledger::Ledger;

/// The extras of a result. No path of this machine is among them.
pub(super) fn report_extras(ledger: &Ledger) -> ReportExtras {
    let sheet = &ledger.sheet;
    let of_file = |file: &InputFile| InputDigest {
        field: file.field.clone(),
        name: file.name.clone(),
        blake3: file.blake3.as_str().to_owned(),
    };
    let inputs = ledger.inputs.iter().map(of_file).collect();
    let extras = ReportExtras::default()
        .with_provenance(Provenance::new(ledger.settings.as_str(), inputs))
        .with_fact("Control", sheet.control.map_or_else(String::new, |control| control.to_string()))
        .with_fact("Note", sheet.note.as_str());
    let extras = sheet.other.iter().fold(extras, |extras, (name, value)| extras.with_fact(name, value));
    match &ledger.regions {
        Some(regions) => extras.with_regions(regions),
        None => extras,
    }
}
