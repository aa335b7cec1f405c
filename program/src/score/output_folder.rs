//! Where results go.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::inputs::Inputs;

const RUN_JSON: &str = "run.json";
const SPECIMENS_CSV: &str = "specimens.csv";

/// The files of a specimen that a reader may take for its result.
const SPECIMEN_FILES: [&str; 3] = ["report.json", "nuclei.csv", "signals.csv"];

/// The folder under `--out`.
pub(crate) struct OutputFolder {
    path: PathBuf,
}

impl OutputFolder {
    /// Makes the folder if it is missing. It is wrong usage if it cannot be written to, or if a specimen's
    /// folder would take the name of a file of ours.
    pub(crate) fn open(path: PathBuf, inputs: &Inputs) -> Result<Self> {
        for (input, specimen) in &inputs.specimens {
            if [RUN_JSON, SPECIMENS_CSV].iter().any(|name| name.eq_ignore_ascii_case(&specimen.name)) {
                bail!("{}: a specimen cannot be named `{}`", input.display(), specimen.name);
            }
        }
        let shown = || format!("--out {}", path.display());
        if path.exists() && !path.is_dir() {
            bail!("{} is not a folder", shown());
        }
        fs::create_dir_all(&path).with_context(shown)?;
        tempfile::tempfile_in(&path).with_context(shown)?;
        Ok(Self { path })
    }

    pub(crate) fn run_json(&self) -> PathBuf {
        self.path.join(RUN_JSON)
    }

    pub(crate) fn specimens_csv(&self) -> PathBuf {
        self.path.join(SPECIMENS_CSV)
    }

    /// A file of a specimen.
    pub(crate) fn of(&self, specimen: &str, file: &str) -> PathBuf {
        self.path.join(specimen).join(file)
    }

    /// Removes the files about a whole run: an interrupted run must not leave old ones beside new results.
    pub(crate) fn forget_last_run(&self) -> Result<()> {
        for path in [self.run_json(), self.specimens_csv()] {
            remove(&path)?;
        }
        Ok(())
    }

    /// Removes the results of an earlier run for a specimen: if it fails now, no old result must stand for it.
    pub(crate) fn forget_specimen(&self, specimen: &str, fields: &[&str]) -> Result<()> {
        for file in SPECIMEN_FILES {
            remove(&self.of(specimen, file))?;
        }
        for field in fields {
            remove(&self.of(specimen, &labels_of(field)))?;
            remove(&self.of(specimen, &overlay_of(field)))?;
        }
        Ok(())
    }
}

/// Label image of a field, under its specimen's folder.
pub(crate) fn labels_of(field: &str) -> String {
    format!("labels/{field}.tif")
}

/// Overlay of a field, under its specimen's folder.
pub(crate) fn overlay_of(field: &str) -> String {
    format!("overlays/{field}.png")
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove the old {}", path.display()))
        }
        _ => Ok(()),
    }
}
