//! A result that is judged again by other facts of its run, without reading its images.

use std::path::Path;

use crate::assay::Assay;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::quality::RunFacts;
use crate::report::{SavedReport, observation_bytes};
use crate::run::digest::Digest;
use crate::run::ledger::{Attention, Ledger};
use crate::run::names::OBSERVATION_JSON;

/// Largest report, bytes: it has about 5 kB for each field and 1 kB for each finding.
const MAX_BYTES: u64 = 1 << 28;

/// The report of a result.
pub(super) const REPORT_JSON: &str = "report.json";

/// The files of a result that depend on the facts of its run; the ledger apart.
pub(super) const REJUDGED: [&str; 2] = [REPORT_JSON, OBSERVATION_JSON];

/// These files of a result that was judged again.
pub(super) fn rejudged_files(
    report: &SavedReport,
    ledger: &Ledger,
    assay: Option<&Assay>,
    folder: &Path,
) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let mut files = vec![(REPORT_JSON, report.bytes(folder)?)];
    if let (Some(outcome), Some(assay)) = (&ledger.outcome, assay) {
        files.push((OBSERVATION_JSON, observation_bytes(folder, &outcome.row, assay)?));
    }
    Ok(files)
}

/// Reads the report in the folder of a result, as it was written.
pub(super) fn read_report(folder: &Path, ledger: &Ledger) -> Result<SavedReport> {
    let path = folder.join(REPORT_JSON);
    let text = read_text(&path, MAX_BYTES)?;
    let digest = Some(Digest::of_bytes(text.as_bytes()));
    if !ledger.files.iter().any(|file| file.name == REPORT_JSON && file.blake3 == digest) {
        let problem = "the report was changed since it was written; score the specimen again";
        return Err(Error::malformed(Location::file(&path), problem));
    }
    SavedReport::parse(&text, &Location::file(&path))
}

/// Judges a result by these facts: its report, and what its ledger says of it.
pub(super) fn rejudge(report: &mut SavedReport, ledger: &mut Ledger, facts: &RunFacts) -> Result<()> {
    let told = |error| match error {
        Error::Malformed { problem, .. } => {
            let location = Location::file(&ledger.specimen);
            Error::Malformed { location, problem }
        }
        other => other,
    };
    report.judge(facts).map_err(told)?;
    ledger.facts = facts.clone();
    let Some(outcome) = &mut ledger.outcome else { return Ok(()) };
    let row = &mut outcome.row;
    row.verdict = report.verdict();
    row.borderline = report.is_borderline();
    row.confirm = report.asks_for_confirmation();
    row.withheld_by = report.withheld_by();
    row.warnings = report.findings().len();
    let asks =
        report.findings().filter(|finding| Attention::is_due(&finding.code, finding.effect, row.by_rule));
    outcome.attention = asks
        .map(|finding| Attention {
            code: finding.code.clone(),
            effect: finding.effect.to_string(),
            message: finding.message.clone(),
            action: finding.action.clone(),
        })
        .collect();
    Ok(())
}
