//! `summary.txt`: the results as a person reads them, those that need something first.

use std::fmt::Write as _;
use std::path::Path;

use crate::atomic::write_bytes;
use crate::error::Result;
use crate::report::SpecimenRow;
use crate::run::ledger::Outcome;
use crate::run::line::Line;
use crate::run::record::InputRecord;
use crate::run::review::{DOES_NOT_FIT, ReviewStatus};
use crate::run::status::InputStatus;
use crate::summarise::Verdict;

/// How much a result asks of a person, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Urgency {
    /// There is no result.
    Failed,
    /// There is no verdict.
    Withheld,
    /// The verdict has to be confirmed.
    Confirm,
    /// A field is missing.
    Incomplete,
    /// Nothing is asked.
    Clear,
}

impl Urgency {
    /// The urgency of a result; `outcome` is `None` if it failed.
    #[must_use]
    pub fn of(outcome: Option<&Outcome>) -> Self {
        let Some(outcome) = outcome else { return Self::Failed };
        let row = &outcome.row;
        if matches!(row.verdict, Verdict::NotEvaluable) || !row.withheld_by.is_empty() {
            Self::Withheld
        } else if row.confirm {
            Self::Confirm
        } else if outcome.status == InputStatus::Incomplete {
            Self::Incomplete
        } else {
            Self::Clear
        }
    }

    /// The word used in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Withheld => "withheld",
            Self::Confirm => "confirm",
            Self::Incomplete => "incomplete",
            Self::Clear => "clear",
        }
    }
}

/// Counts, percentage and interval of a row: `46 of 94 (48.9 %, 39.1 to 58.9 %)`.
#[must_use]
pub fn counts(row: &SpecimenRow) -> String {
    let counts = format!("{} of {}", row.rearranged, row.evaluable);
    match (row.percent_rearranged, row.wilson_percent) {
        (Some(percent), Some((low, high))) => format!("{counts} ({percent:.1} %, {low:.1} to {high:.1} %)"),
        _ => counts,
    }
}

/// What a person must know next of a result, in words; empty if nothing is asked.
#[must_use]
pub fn notes(record: &InputRecord, outcome: Option<&Outcome>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(error) = &record.error {
        notes.push(error.clone());
    }
    let Some(outcome) = outcome else { return notes };
    let row = &outcome.row;
    if row.failed_fields > 0 {
        notes.push(format!("{} of {} fields failed", row.failed_fields, row.fields + row.failed_fields));
    }
    if outcome.status == InputStatus::Incomplete && row.failed_fields == 0 {
        notes.push("incomplete: files were not read".to_owned());
    }
    if row.by_rule == Verdict::NotEvaluable {
        let codes: Vec<&str> = outcome.attention.iter().map(|finding| finding.code.as_str()).collect();
        notes.push(codes.join(", "));
    }
    if !row.withheld_by.is_empty() {
        notes.push(format!("withheld: {}", row.withheld_by.join(", ")));
    }
    if row.borderline {
        notes.push("borderline".to_owned());
    }
    if row.confirm {
        notes.push("confirm".to_owned());
    }
    notes.extend(further_findings(outcome));
    notes
}

/// The findings that ask for nothing, counted; `None` if there are none.
pub(super) fn further_findings(outcome: &Outcome) -> Option<String> {
    match outcome.row.warnings.saturating_sub(outcome.attention.len()) {
        0 => None,
        1 => Some("1 further finding".to_owned()),
        told => Some(format!("{told} further findings")),
    }
}

pub(super) fn write(path: &Path, lines: &[Line<'_>]) -> Result<()> {
    let mut sorted: Vec<(Urgency, &Line<'_>)> =
        lines.iter().map(|line| (Urgency::of(line.final_outcome()), line)).collect();
    // Stable: within one urgency in the order of the run.
    sorted.sort_by_key(|(urgency, line)| (!line.in_run, *urgency));
    let mut text = String::from("Break-apart FISH. Not a medical device.\n");
    for (_, line) in sorted {
        // Writing to a string cannot fail.
        let _ = write_line(&mut text, line);
    }
    write_bytes(path, text.as_bytes())
}

fn write_line(text: &mut String, line: &Line<'_>) -> std::fmt::Result {
    let earlier = if line.in_run { "" } else { ", from an earlier run" };
    let control = line.sheet.control.map_or(String::new(), |control| format!(", control: {control}"));
    writeln!(
        text,
        "\n{} by {}{control}{earlier}",
        line.name,
        if line.assay.is_empty() { "no assay" } else { line.assay }
    )?;
    let Some(outcome) = line.final_outcome() else {
        return writeln!(text, "  failed: {}", line.error.unwrap_or("no result"));
    };
    let row = &outcome.row;
    let level = row.level.map_or(String::new(), |level| format!(", {:.0} % interval", 100.0 * level));
    writeln!(text, "  {}: {} nuclei rearranged{level}", row.verdict, counts(row))?;
    write_review(text, line)?;
    for field in &outcome.fields {
        if let Some(error) = &field.error {
            writeln!(text, "  field {} failed: {error}", field.field)?;
        }
    }
    if outcome.status == InputStatus::Incomplete {
        writeln!(text, "  incomplete: not all of its files were read")?;
    }
    for finding in &outcome.attention {
        let action = finding.action.as_deref().unwrap_or_default();
        writeln!(text, "  {}: {} {action}", finding.effect, finding.message)?;
    }
    if let Some(further) = further_findings(outcome) {
        writeln!(text, "  {further} in report.json")?;
    }
    if !line.sheet.note.is_empty() {
        writeln!(text, "  note: {}", line.sheet.note)?;
    }
    Ok(())
}

/// Who reviewed a result, and the result without it.
fn write_review(text: &mut String, line: &Line<'_>) -> std::fmt::Result {
    if line.review == ReviewStatus::DoesNotFit {
        writeln!(text, "  {DOES_NOT_FIT}")?;
    }
    let Some(reviewed) = line.reviewed() else { return Ok(()) };
    write!(text, "  reviewed by {}", reviewed.by())?;
    if let Some(row) = line.row() {
        write!(text, "; the program: {}, {}", row.verdict, counts(row))?;
    }
    if let Some(both) = &reviewed.second_reading {
        write!(text, "; both readers together: {}", both.in_words())?;
    }
    writeln!(text)
}
