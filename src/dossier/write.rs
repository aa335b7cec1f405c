//! The files of a dossier.

use std::path::Path;

use super::html;
use super::whole::Dossier;
use crate::atomic::write_bytes;
use crate::error::Result;
use crate::report::write_json_results;

/// Writes `dossier.json` and `dossier.html` into a folder. The page holds everything it shows. The same dossier gives the same
/// bytes.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if a file cannot be written.
pub fn write_dossier(folder: impl AsRef<Path>, dossier: &Dossier) -> Result<()> {
    let folder = folder.as_ref();
    write_json_results(&folder.join("dossier.json"), dossier)?;
    write_bytes(&folder.join("dossier.html"), html::page_of(dossier)?.as_bytes())
}
