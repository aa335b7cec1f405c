//! The regions of a result: one file for all fields of the specimen, or a file for each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Location, Result};
use crate::region::{RegionOptions, Regions};
use crate::run::digest::Digest;

/// Suffixes of a file of regions in a folder of them.
const SUFFIXES: [&str; 2] = ["geojson", "json"];

/// The regions of a result.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ResultRegions {
    /// The file, or the folder with a file for each field.
    pub path: PathBuf,
    /// How they are understood.
    pub options: RegionOptions,
    /// By field; the key `None` holds for all fields.
    by_field: BTreeMap<Option<String>, Arc<Regions>>,
    /// Digest of the files and the options.
    digest: Digest,
}

impl ResultRegions {
    /// Reads a file of regions, which holds for all of the fields, or a folder with a file for each field, such as
    /// `field_000.geojson`.
    ///
    /// # Errors
    /// As [`Regions::read`] and [`Regions::check_fields`]; [`Error::Undecided`] if a folder lacks the file of a field.
    pub fn read(path: &Path, options: &RegionOptions, fields: &[&str]) -> Result<Self> {
        let mut by_field = BTreeMap::new();
        let mut digests = Vec::new();
        if path.is_dir() {
            for field in fields {
                let file = file_of(path, field)?;
                digests.push(Digest::of_file(&file)?);
                by_field.insert(Some((*field).to_owned()), Arc::new(Regions::read(&file, options)?));
            }
        } else {
            let regions = Regions::read(path, options)?;
            regions.check_fields(fields)?;
            digests.push(Digest::of_file(path)?);
            by_field.insert(None, Arc::new(regions));
        }
        let digest = Digest::of_json(&(&digests, options))?;
        Ok(Self { path: path.to_path_buf(), options: options.clone(), by_field, digest })
    }

    /// The same under the path that the user wrote.
    pub(super) fn named(self, path: &Path) -> Self {
        Self { path: path.to_path_buf(), ..self }
    }

    /// The regions of a field.
    pub(super) fn of_field(&self, field: &str) -> Option<Arc<Regions>> {
        self.by_field.get(&Some(field.to_owned())).or_else(|| self.by_field.get(&None)).cloned()
    }

    pub(super) fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What was left aside in the files, in words.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.by_field.values().flat_map(|regions| regions.notes()).map(ToString::to_string).collect()
    }
}

fn file_of(folder: &Path, field: &str) -> Result<PathBuf> {
    let files = SUFFIXES.map(|suffix| folder.join(format!("{field}.{suffix}")));
    files.into_iter().find(|file| file.is_file()).ok_or_else(|| Error::Undecided {
        location: Location::file(folder),
        question: format!("the folder of regions has no file for field {field}"),
        found: format!("no {field}.geojson"),
        remedy: "add it, or name one file that holds for all fields".to_owned(),
    })
}
