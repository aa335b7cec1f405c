//! `run.json`: what was run, on what, by which rules, and how it went for each input.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::analyse::AnalyseParams;
use crate::assay::{Assay, Sex};
use crate::error::Result;
use crate::io::ChannelChoice;
use crate::region::RegionOptions;
use crate::report::{SCHEMA_VERSION, write_json_exactly};
use crate::run::figures::ResultFigures;
use crate::run::find_settings::FindSettings;
use crate::run::history::EarlierRun;
use crate::run::options::Pictures;
use crate::run::part::PartRecord;
use crate::run::plan::{FailedInput, Plan, PlannedResult};
use crate::run::sheet_columns::SheetColumns;
use crate::run::status::{FieldRecord, InputStatus};
use crate::units::PixelSize;

/// The regions of one result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RegionSettings {
    /// The file, or the folder with a file for each field.
    pub path: PathBuf,
    /// How they are understood.
    pub options: RegionOptions,
}

/// The settings of one result, beside the parameters of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResultSettings {
    /// Id of the assay.
    pub assay: String,
    /// Sex of the patient.
    pub sex: Option<Sex>,
    /// Which channel is which, as `dapi=0,red=1,green=2`.
    pub channels: Option<String>,
    /// Size of a pixel, if it was told, um.
    pub pixel_size_um: Option<PixelSize>,
    /// Distance between slices, if it was told, um.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z_step_um: Option<f64>,
    /// Its regions.
    #[serde(default)]
    pub regions: Option<RegionSettings>,
    /// Folder of its nuclei, if another program found them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nuclei: Option<PathBuf>,
    /// Folder of its spots, if another program found them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<PathBuf>,
}

impl From<&PlannedResult> for ResultSettings {
    fn from(planned: &PlannedResult) -> Self {
        Self {
            assay: planned.assay.id.clone(),
            sex: planned.params.sex,
            channels: ChannelChoice::of(&planned.reading).map(|channels| channels.to_string()),
            pixel_size_um: planned.reading.pixel_size,
            z_step_um: planned.reading.z_step_um,
            regions: planned.regions.as_ref().map(|regions| RegionSettings {
                path: regions.path.clone(),
                options: regions.options.clone(),
            }),
            nuclei: planned.nuclei.as_ref().map(|files| files.path.clone()),
            signals: planned.signals.as_ref().map(|files| files.path.clone()),
        }
    }
}

/// How it went for one specimen, or for an input in which no specimen could be found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputRecord {
    /// The input as it was given.
    pub input: String,
    /// The specimen found in it.
    pub specimen: Option<String>,
    /// How it went.
    pub status: InputStatus,
    /// Why it failed as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its fields.
    pub fields: Vec<FieldRecord>,
    /// Folder of its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Its settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<ResultSettings>,
    /// What the sheet says of it.
    #[serde(default)]
    pub sheet: SheetColumns,
    /// Its figures that are followed over runs; `None` if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<ResultFigures>,
}

impl InputRecord {
    /// The record of a planned result, whose folder has this name.
    pub(super) fn of(
        planned: &PlannedResult,
        folder: &str,
        status: InputStatus,
        error: Option<String>,
        fields: Vec<FieldRecord>,
    ) -> Self {
        Self {
            input: planned.input.display().to_string(),
            specimen: Some(planned.specimen.clone()),
            folder: (status != InputStatus::Failed).then(|| folder.to_owned()),
            status,
            error,
            fields,
            settings: Some(ResultSettings::from(planned)),
            sheet: planned.sheet.clone(),
            figures: None,
        }
    }

    /// The record of an input in which there is no specimen.
    pub(super) fn without_specimen(failed: &FailedInput) -> Self {
        Self {
            input: failed.input.display().to_string(),
            specimen: None,
            status: InputStatus::Failed,
            error: Some(failed.error.clone()),
            fields: Vec::new(),
            folder: None,
            settings: None,
            sheet: SheetColumns::default(),
            figures: None,
        }
    }
}

/// The parameters of every step, and the options of the program that started the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunParameters {
    /// The options, as the program describes them.
    pub options: Value,
    /// The parameters of every step.
    pub steps: AnalyseParams,
    /// Runs that came before, in their order, whose controls are charted with those of the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<EarlierRun>,
}

impl RunParameters {
    /// Parameters without options of a program.
    #[must_use]
    pub fn new(steps: AnalyseParams) -> Self {
        Self { options: Value::Null, steps, history: Vec::new() }
    }

    /// The same with the options of a program.
    #[must_use]
    pub fn with_options(self, options: Value) -> Self {
        Self { options, ..self }
    }

    /// The same with runs that came before, in their order.
    #[must_use]
    pub fn with_history(self, history: Vec<EarlierRun>) -> Self {
        Self { history, ..self }
    }
}

/// A result in the folder that this run did not make.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EarlierResult {
    /// Name of the specimen.
    pub specimen: String,
    /// Id of the assay.
    pub assay: String,
    /// Folder of the result.
    pub folder: String,
}

/// Everything needed to repeat a run and to see what failed in it. It holds no time, no machine and no
/// thread count: the same inputs give the same record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
// Each is a picture that was asked for, or not.
#[expect(clippy::struct_excessive_bools)]
pub struct RunRecord {
    /// Version of the layout of all files of the run.
    pub schema_version: u32,
    /// Version of this crate.
    pub crate_version: String,
    /// The assay definition, whole; `None` if the results have several.
    pub assay: Option<Assay>,
    /// The assay definitions of all results, by id.
    pub assays: Vec<Assay>,
    /// The parameters of every step, and the options of the program.
    pub parameters: RunParameters,
    /// The folder that inputs are relative to.
    pub working_folder: PathBuf,
    /// Whether the inputs are the rows of a sheet.
    pub has_sheet: bool,
    /// Columns of the sheet that are carried through.
    pub other_columns: Vec<String>,
    /// How the files of fields were found.
    pub find: FindSettings,
    /// Label images were asked for.
    pub labels: bool,
    /// Overlays were asked for.
    pub overlays: bool,
    /// Label images in OME-Zarr were asked for.
    #[serde(default)]
    pub labels_zarr: bool,
    /// Crops of the nuclei were left out.
    #[serde(default)]
    pub no_gallery: bool,
    /// Every input: of a sheet in its order, otherwise sorted.
    pub inputs: Vec<InputRecord>,
    /// Results that are in the folder from earlier runs.
    pub earlier: Vec<EarlierResult>,
    /// The whole run, if this is the record of a part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartRecord>,
}

impl RunRecord {
    pub(super) fn new(plan: &Plan, parameters: RunParameters, pictures: Pictures) -> Self {
        let assays: Vec<Assay> = plan.assays().into_iter().cloned().collect();
        Self {
            schema_version: SCHEMA_VERSION,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            assay: if let [only] = &assays[..] { Some(only.clone()) } else { None },
            assays,
            parameters,
            working_folder: std::env::current_dir().unwrap_or_default(),
            has_sheet: plan.has_sheet,
            other_columns: plan.other_columns.clone(),
            find: FindSettings::from(&plan.find),
            labels: pictures.labels,
            overlays: pictures.overlays,
            labels_zarr: pictures.labels_zarr,
            no_gallery: !pictures.gallery,
            inputs: Vec::new(),
            earlier: Vec::new(),
            part: plan.part.clone(),
        }
    }

    /// Writes `run.json`.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        write_json_exactly(&folder.join("run.json"), self)
    }
}
