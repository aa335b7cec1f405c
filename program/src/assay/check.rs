//! `breakapart assay check`.

use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use breakapart::assay::Assay;

use super::text::read_text;
use crate::messages::{tell, tell_error};

/// Checks files: a line on stdout for each valid one, all faults of any other in one message on stderr.
pub(super) fn check(files: &[PathBuf]) -> ExitCode {
    let mut all_valid = true;
    for file in files {
        match check_file(file) {
            Ok(is_valid) => all_valid &= is_valid,
            Err(error) => {
                tell_error(&error);
                all_valid = false;
            }
        }
    }
    if all_valid { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check_file(file: &Path) -> Result<bool> {
    let built_in = file.to_str().and_then(|name| Assay::builtin_toml(name).ok());
    let checked = match built_in {
        Some(text) => Assay::check_toml(text),
        None => Assay::check_toml(&read_text(file)?),
    };
    for (line, note) in &checked.notes {
        let line = line.map_or_else(String::new, |line| format!(", line {line}"));
        tell(format_args!("note: {}{line}: {note}", file.display()));
    }
    if let Some(assay) = &checked.assay {
        // That stdout was closed by its reader is no fault of the file.
        let _ = writeln!(stdout(), "{}: valid, assay `{}` for {}", file.display(), assay.id, assay.gene);
        return Ok(true);
    }
    let faults = checked.faults.len();
    let mut message = format!("{}: {faults} fault{}", file.display(), if faults == 1 { "" } else { "s" });
    for fault in &checked.faults {
        write!(message, "\n  {fault}")?;
    }
    tell(message);
    Ok(false)
}
