//! The versions of OME-Zarr that label images are written in.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::atomic::write_atomically;
use crate::error::{Error, Result};

/// Edge of the chunks of a label image, pixels. A row of chunks of a slide 60,000 px wide takes 120 MB.
pub(super) const CHUNK_PX: usize = 512;

/// The version of OME-Zarr of a label image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OmeZarrVersion {
    /// 0.4, which is Zarr 2.
    V04,
    /// 0.5, which is Zarr 3.
    #[default]
    V05,
}

impl OmeZarrVersion {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V04 => "0.4",
            Self::V05 => "0.5",
        }
    }
}

pub(super) fn write_json(file: &Path, value: &Value) -> Result<()> {
    let mut text = format!("{value:#}");
    text.push('\n');
    write_atomically(file, |part| fs::write(part, text).map_err(|e| Error::io(part, e)))
}
