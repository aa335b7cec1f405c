//! What holds for a whole run.

use std::path::PathBuf;
use std::sync::Arc;

use crate::analyse::AnalyseParams;
use crate::assay::Assay;
use crate::io::{FindOptions, ReadOptions};
use crate::region::RegionOptions;

/// What holds for every specimen of a run unless its row of the sheet says otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RunSettings {
    /// The assay; `None` = each row of the sheet names its own.
    pub assay: Option<Arc<Assay>>,
    /// Parameters of all steps, the patient's sex among them.
    pub params: AnalyseParams,
    /// How the files of fields are found.
    pub find: FindOptions,
    /// How files are read.
    pub reading: ReadOptions,
    /// File of regions, or a folder with one for each field.
    pub regions: Option<PathBuf>,
    /// How files of regions are understood.
    pub region_options: RegionOptions,
    /// Folder with the nuclei of each field as another program found them (label images).
    pub nuclei: Option<PathBuf>,
    /// Folder with the spots of each field as another program found them (CSV).
    pub signals: Option<PathBuf>,
}

impl RunSettings {
    /// Settings with an assay for all specimens, and defaults.
    #[must_use]
    pub fn new(assay: Option<Assay>) -> Self {
        let assay = assay.map(Arc::new);
        Self {
            assay,
            params: AnalyseParams::default(),
            find: FindOptions::default(),
            reading: ReadOptions::default(),
            regions: None,
            region_options: RegionOptions::default(),
            nuclei: None,
            signals: None,
        }
    }
}

/// Pictures that a run writes beside the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a picture that is written, or not")]
pub struct Pictures {
    /// Label images.
    pub labels: bool,
    /// Overlays.
    pub overlays: bool,
    /// Label images in OME-Zarr 0.5. A specimen fails where the feature `ome-zarr` is not compiled in.
    pub labels_zarr: bool,
    /// Crops of the nuclei, for the gallery of the report, which has no gallery without. Default: `true`. Of slides the first 2,000
    /// nuclei in the order of review have one.
    pub gallery: bool,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { labels: false, overlays: false, labels_zarr: false, gallery: true }
    }
}

/// What a run writes, and what it does with results that are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOptions {
    /// Pictures beside the tables.
    pub pictures: Pictures,
    /// Put results of other images under the same name aside, to `replaced`. Otherwise they are refused.
    pub replace: bool,
    /// Read everything anew, also results that are complete.
    pub redo: bool,
    /// Leave `run.json` until the end: the run repeats it.
    pub keep_record: bool,
    /// Most memory that the pixels may take, bytes. Default: `None`, as many fields at once as there are threads. It changes no
    /// result.
    pub memory_bytes: Option<u64>,
}
