//! Lines on stdout.

use std::fmt::Display;
use std::io::{Write, stdout};

/// Prints a line. That stdout was closed by its reader is no failure of the run: files are written all the same.
pub(crate) fn line(text: impl Display) {
    let _closed = writeln!(stdout(), "{text}");
}
