//! A file of a part in the folder of the whole run.

use std::fs;
use std::path::Path;

use crate::atomic::write_atomically;
use crate::error::{Error, Result};

/// Copies a file, whole or not at all.
pub(super) fn copy_file(from: &Path, to: &Path) -> Result<()> {
    write_atomically(to, |part| fs::copy(from, part).map(drop).map_err(|e| Error::io(from, e)))
}
