//! A level of a label image, which is written in rows of chunks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis, Slice};
use rayon::prelude::*;
use serde_json::json;
use zarrs::array::{Array, ArrayError, ArrayMetadata};
use zarrs::filesystem::FilesystemStore;

use super::label_version::{CHUNK_PX, OmeZarrVersion, write_json};
use crate::error::{Error, Location, Result};

/// Level of compression of gzip, of 9.
const GZIP_LEVEL: u32 = 5;

pub(super) struct LabelLevel {
    array: Array<FilesystemStore>,
    folder: PathBuf,
    /// Rows that wait for a row of chunks to be full.
    waiting: Array2<u32>,
    filled: usize,
    /// Rows that are written.
    written: usize,
    height: usize,
}

impl LabelLevel {
    /// Makes the array of a level of `(height, width)` pixels.
    pub(super) fn create(
        folder: &Path,
        (height, width): (usize, usize),
        version: OmeZarrVersion,
    ) -> Result<Self> {
        let (shape, chunk) = ([height, width], [CHUNK_PX; 2]);
        let (file, metadata) = match version {
            OmeZarrVersion::V04 => (
                ".zarray",
                json!({
                    "zarr_format": 2, "shape": shape, "chunks": chunk, "dtype": "<u4", "fill_value": 0, "order": "C",
                    "compressor": { "id": "gzip", "level": GZIP_LEVEL }, "filters": null, "dimension_separator": "/",
                }),
            ),
            OmeZarrVersion::V05 => (
                "zarr.json",
                json!({
                    "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "uint32", "fill_value": 0,
                    "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": chunk } },
                    "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
                    "codecs": [
                        { "name": "bytes", "configuration": { "endian": "little" } },
                        { "name": "gzip", "configuration": { "level": GZIP_LEVEL } },
                    ],
                    "dimension_names": ["y", "x"],
                }),
            ),
        };
        write_json(&folder.join(file), &metadata)?;
        let malformed = |e: &dyn std::fmt::Display| Error::malformed(Location::file(folder), e);
        let metadata: ArrayMetadata = serde_json::from_value(metadata).map_err(|e| malformed(&e))?;
        let store = FilesystemStore::new(folder).map_err(|e| malformed(&e))?;
        let array = Array::new_with_metadata(Arc::new(store), "/", metadata).map_err(|e| malformed(&e))?;
        let waiting = Array2::zeros((CHUNK_PX, width));
        Ok(Self { array, folder: folder.to_path_buf(), waiting, filled: 0, written: 0, height })
    }

    /// Takes the next rows, which end where a row of chunks does, or before. Gives the row of chunks if it is full now, or
    /// the last.
    pub(super) fn push(&mut self, rows: ArrayView2<'_, u32>) -> Result<Option<Array2<u32>>> {
        let end = (self.filled + rows.nrows()).min(CHUNK_PX);
        let count = end - self.filled;
        let places = Slice::from(self.filled..end);
        self.waiting.slice_axis_mut(Axis(0), places).assign(&rows.slice_axis(Axis(0), Slice::from(..count)));
        self.filled = end;
        if end < CHUNK_PX && self.written + end < self.height {
            return Ok(None);
        }
        self.write()?;
        let full = self.waiting.slice_axis(Axis(0), Slice::from(..end)).to_owned();
        self.written += end;
        self.filled = 0;
        self.waiting.fill(0);
        Ok(Some(full))
    }

    fn write(&self) -> Result<()> {
        let row = (self.written / CHUNK_PX) as u64;
        let chunks = self.waiting.ncols().div_ceil(CHUNK_PX);
        (0..chunks).into_par_iter().try_for_each(|column| {
            let x = column * CHUNK_PX;
            let width = CHUNK_PX.min(self.waiting.ncols() - x);
            let mut chunk = Array2::zeros((CHUNK_PX, CHUNK_PX));
            chunk
                .slice_axis_mut(Axis(1), Slice::from(..width))
                .assign(&self.waiting.slice_axis(Axis(1), Slice::from(x..x + width)));
            let samples: Vec<u32> = chunk.into_raw_vec_and_offset().0;
            // A chunk of background alone has no file.
            self.array.store_chunk(&[row, column as u64], samples).map_err(|e| self.failed(&e))
        })
    }

    fn failed(&self, error: &ArrayError) -> Error {
        Error::io(&self.folder, std::io::Error::other(error.to_string()))
    }
}
