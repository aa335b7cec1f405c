//! One row of a sample sheet.

use std::path::PathBuf;
use std::sync::Arc;

use crate::assay::{Assay, Sex};
use crate::io::ChannelChoice;
use crate::run::control::Control;
use crate::run::reference::ReferenceValues;
use crate::units::PixelSize;

/// One row of a sample sheet.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SheetRow {
    /// Its line in the file, the header being line 1.
    pub line: usize,
    /// Name of the specimen.
    pub specimen: String,
    /// An image file, or a folder of them.
    pub path: PathBuf,
    /// The assay; `None` = that of the run.
    pub assay: Option<Arc<Assay>>,
    /// Sex of the patient; `None` = that of the run.
    pub sex: Option<Sex>,
    /// Which channel is which; `None` = that of the run.
    pub channels: Option<ChannelChoice>,
    /// Size of a pixel; `None` = that of the run.
    pub pixel_size: Option<PixelSize>,
    /// Distance between the slices of stacks, um; `None` = that of the run.
    pub z_step_um: Option<f64>,
    /// Its role as a control.
    pub control: Option<Control>,
    /// File of regions; `None` = that of the run.
    pub regions: Option<PathBuf>,
    /// Folder with the nuclei of another program; `None` = that of the run.
    pub nuclei: Option<PathBuf>,
    /// Folder with the spots of another program; `None` = that of the run.
    pub signals: Option<PathBuf>,
    /// A remark, carried through to the tables.
    pub note: String,
    /// What other methods say of the specimen.
    pub reference: ReferenceValues,
    /// Cells of the columns that are carried through, in the order of [`SampleSheet::other_columns`](crate::run::SampleSheet::other_columns).
    pub other: Vec<String>,
}
