//! Messages on stderr.

use std::io::{Write, stderr};

/// Writes a line to stderr. The run goes on if nobody reads it: the results are in files.
pub(crate) fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(stderr(), "{line}");
}

/// Writes an error with its causes to stderr.
pub(crate) fn tell_error(error: &anyhow::Error) {
    tell(format_args!("error: {}", with_causes(error)));
}

/// The error and its causes, each once: some messages hold their cause already.
pub(crate) fn with_causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
