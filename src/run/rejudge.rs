//! A result that is judged again by other facts of its run, without reading its images.

use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::quality::RunFacts;
use crate::report::SavedReport;
use crate::run::ledger::{Attention, Ledger};

use std::path::Path;

/// Largest report, bytes: it has about 5 kB for each field and 1 kB for each finding.
const MAX_BYTES: u64 = 1 << 28;

/// Reads the report in the folder of a result.
pub(super) fn read_report(folder: &Path) -> Result<SavedReport> {
    let path = folder.join(REPORT_JSON);
    SavedReport::parse(&read_text(&path, MAX_BYTES)?, &Location::file(&path))
}

/// The file of a result that depends on the facts of its run; the ledger apart.
pub(super) const REPORT_JSON: &str = "report.json";

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
