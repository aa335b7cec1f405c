//! The inputs to score.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use breakapart::Error;
use breakapart::io::{SpecimenSource, field_name, find_specimens};
use breakapart::report::{InputRecord, InputStatus};

/// Specimens to score, and inputs in which there is none.
pub(crate) struct Inputs {
    /// Specimens by name, each with the path where it was found.
    pub(crate) specimens: Vec<(PathBuf, SpecimenSource)>,
    /// Inputs that cannot be used.
    pub(crate) failed: Vec<InputRecord>,
}

impl Inputs {
    /// Finds the specimens of the inputs; their order plays no part.
    ///
    /// It is wrong usage if no input leads to any image, or if two specimens have the same name (upper or
    /// lower case): one would be filed under the other's name. Any other fault is that input's own.
    pub(crate) fn find(mut paths: Vec<PathBuf>) -> Result<Self> {
        paths.sort();
        paths.dedup();
        let (mut specimens, mut failed, mut nothing_there) = (Vec::new(), Vec::new(), Vec::new());
        let mut names: BTreeMap<String, PathBuf> = BTreeMap::new();
        for found in find_specimens(&paths) {
            let path = found.path;
            let name = match &found.specimen {
                Ok(specimen) => specimen.name.clone(),
                Err(_) => name_of(&path),
            };
            if let Some(first) = names.insert(name.to_lowercase(), path.clone()) {
                let (first, path) = (first.display(), path.display());
                bail!("two inputs are named `{name}`: {first} and {path}; score them into different folders");
            }
            match found.specimen {
                Ok(specimen) => specimens.push((path, specimen)),
                Err(error) => {
                    if is_absence(&error) {
                        nothing_there.push(error.to_string());
                    }
                    failed.push(record(&path, &error));
                }
            }
        }
        if specimens.is_empty() && failed.len() == nothing_there.len() {
            bail!("nothing to score: {}", nothing_there.join("; "));
        }
        specimens.sort_by(|a, b| a.1.name.cmp(&b.1.name));
        Ok(Self { specimens, failed })
    }
}

/// Whether the input does not exist, or is a folder without any image.
fn is_absence(error: &Error) -> bool {
    match error {
        Error::Io { cause, .. } => cause.kind() == std::io::ErrorKind::NotFound,
        Error::Malformed { .. } => true,
        _ => false,
    }
}

/// The name that a specimen at `path` would have.
fn name_of(path: &Path) -> String {
    if path.is_file() {
        return field_name(path);
    }
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn record(path: &Path, error: &Error) -> InputRecord {
    InputRecord {
        input: path.display().to_string(),
        specimen: None,
        status: InputStatus::Failed,
        error: Some(error.to_string()),
        fields: Vec::new(),
    }
}
