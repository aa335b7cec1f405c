//! `breakapart assay list` and `breakapart assay show`.

use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::Result;
use breakapart::assay::{Assay, RuleInWords};

use super::text::AssayText;
use crate::USAGE;
use crate::messages::{tell, tell_error};

/// Topic of the rule by which an assay decides.
const VERDICT: &str = "verdict";

/// Prints the built-in assays: id, gene and the rule of the verdict.
pub(super) fn list() -> ExitCode {
    printed(listed())
}

fn listed() -> Result<String> {
    let width = Assay::builtin_names().map(str::len).max().unwrap_or_default();
    let mut text = String::new();
    for name in Assay::builtin_names() {
        let assay = Assay::builtin(name)?;
        let rules = assay.in_words();
        let rule = rules.iter().find(|rule| rule.topic == VERDICT).map_or("", |rule| &rule.text);
        // The band of borderline percentages is in `show`.
        let rule = rule.split("; borderline").next().unwrap_or_default();
        writeln!(text, "{name:<width$}  {:<6}  {:<7}  {rule}", assay.gene, assay.band)?;
    }
    Ok(text)
}

/// Prints the rules of an assay, or its text.
pub(super) fn show(assay: &str, as_toml: bool) -> ExitCode {
    let shown = || -> Result<String> {
        let file = AssayText::load(assay)?;
        if as_toml { Ok(file.text().to_owned()) } else { in_words(file.assay()) }
    };
    printed(shown())
}

fn printed(text: Result<String>) -> ExitCode {
    match text {
        Ok(text) => {
            // A reader that closes stdout has read enough.
            let _ = stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell_error(&error);
            ExitCode::from(USAGE)
        }
    }
}

fn in_words(assay: &Assay) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{}: {}, version {}", assay.id, assay.name, assay.version)?;
    writeln!(text, "{}, {}\n", assay.gene, assay.band)?;
    let rules = assay.in_words();
    let width = rules.iter().map(|rule| rule.topic.len()).max().unwrap_or_default();
    for RuleInWords { topic, text: rule, verify, .. } in &rules {
        let mark = if verify.is_empty() { ' ' } else { '*' };
        writeln!(text, "{mark} {topic:<width$}  {rule}")?;
    }
    match &assay.validation {
        Some(validation) => {
            writeln!(text, "\nValidated by {}, {}.", validation.laboratory, validation.date)?;
        }
        None if assay.verify.is_empty() => {}
        None => {
            writeln!(text, "\n* Verify these {} values in your laboratory:", assay.verify.len())?;
            for mark in &assay.verify {
                writeln!(text, "  {}: {} [{}]", mark.key, mark.reason, mark.reference)?;
            }
        }
    }
    writeln!(text, "\nReferences:")?;
    for reference in &assay.references {
        writeln!(text, "  {reference}")?;
    }
    for note in assay.notes() {
        tell(format_args!("note: {note}"));
    }
    Ok(text)
}
