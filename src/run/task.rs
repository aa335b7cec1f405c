//! A result to read.

use std::fs;
use std::path::Path;

use crate::io::{FieldSource, files_of_zarr};
use crate::quality::RunFacts;
use crate::run::specimen::Target;

/// A result to read, and the facts of the run that it rests on.
pub(super) struct Task<'a> {
    pub(super) index: usize,
    pub(super) target: Target<'a>,
    pub(super) facts: RunFacts,
}

impl Task<'_> {
    /// The fields to read; none if the specimen was not found.
    pub(super) fn fields(&self) -> &[FieldSource] {
        self.target.planned.fields()
    }
}

/// Bytes of the files of a field.
pub(super) fn bytes_of(field: &FieldSource) -> u64 {
    let bytes = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let of_image = |path: &&Path| match files_of_zarr(path) {
        Ok(Some(files)) => files.iter().map(|file| bytes(&file.path)).sum(),
        _ => bytes(path),
    };
    field.files.paths().iter().map(of_image).sum()
}
