//! Repeating a run from its record.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::assay::Assay;
use crate::error::{Error, Location, Result};
use crate::io::{ChannelChoice, FindOptions, ReadOptions};
use crate::limited::read_text;
use crate::report::SCHEMA_VERSION;
use crate::run::plan::{FailedInput, Plan, PlannedResult, files_of, source_at};
use crate::run::record::{InputRecord, ResultSettings, RunRecord};
use crate::run::regions::ResultRegions;
use crate::run::supplied::Kind;

/// Largest record, bytes: it has about 1 kB for each field, and 30 kB for each assay.
const MAX_BYTES: u64 = 1 << 28;

impl RunRecord {
    /// Reads `run.json`.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read; [`Error::Malformed`] if it is no record of a run; [`Error::Unsupported`] if a
    /// version with another layout wrote it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = read_text(path, MAX_BYTES)?;
        let fault = |e| Error::malformed(Location::file(path), format!("no record of a run: {e}"));
        let value: serde_json::Value = serde_json::from_str(&text).map_err(fault)?;
        match value["schema_version"].as_u64() {
            Some(version) if version != u64::from(SCHEMA_VERSION) => {
                let feature =
                    format!("a record of layout {version}; this version reads layout {SCHEMA_VERSION}");
                Err(Error::unsupported(Location::file(path), feature))
            }
            _ => serde_json::from_value(value).map_err(fault),
        }
    }
}

impl Plan {
    /// The plan of a run that was recorded: the same inputs, assays and settings.
    ///
    /// # Errors
    /// [`Error::UnknownName`] if an input was read by an assay that the record does not hold;
    /// [`Error::InvalidParameter`] if its channels are not readable.
    pub fn from_record(record: &RunRecord) -> Result<Self> {
        let assays: Vec<Arc<Assay>> = record.assays.iter().cloned().map(Arc::new).collect();
        let find = record.find.options()?;
        let (mut results, mut failed) = (Vec::new(), Vec::new());
        for input in &record.inputs {
            match (&input.specimen, &input.settings) {
                (Some(specimen), Some(settings)) => {
                    results.push(planned(record, &find, input, (specimen, settings), &assays)?);
                }
                _ => failed.push(FailedInput {
                    input: input.input.clone().into(),
                    error: input.error.clone().unwrap_or_default(),
                }),
            }
        }
        let other_columns = record.other_columns.clone();
        let part = record.part.clone();
        let sheet = part.as_ref().and_then(|part| part.sheet.clone());
        Ok(Self { results, failed, find, other_columns, has_sheet: record.has_sheet, sheet, part })
    }
}

fn planned(
    record: &RunRecord,
    find: &FindOptions,
    input: &InputRecord,
    (specimen, settings): (&str, &ResultSettings),
    assays: &[Arc<Assay>],
) -> Result<PlannedResult> {
    let known = || assays.iter().map(|assay| assay.id.as_str());
    let assay = assays.iter().find(|assay| assay.id == settings.assay).cloned();
    let assay = assay.ok_or_else(|| Error::unknown("assay", &settings.assay, known()))?;
    let mut params = record.parameters.steps.clone();
    params.sex = settings.sex;
    let mut reading = ReadOptions {
        pixel_size: settings.pixel_size_um,
        z_step_um: settings.z_step_um,
        ..ReadOptions::default()
    };
    if let Some(channels) = &settings.channels {
        channels.parse::<ChannelChoice>()?.apply(&mut reading);
    }
    // From another folder an input is named whole.
    let is_here = std::env::current_dir().is_ok_and(|here| here == record.working_folder);
    let path = if is_here { input.input.clone().into() } else { record.working_folder.join(&input.input) };
    let source = source_at(&path, specimen, find);
    let fields = source.iter().flat_map(|source| &source.fields);
    let fields: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
    let regions = settings.regions.as_ref().map(|regions| {
        ResultRegions::read(&record.working_folder.join(&regions.path), &regions.options, &fields)
            .map(|read| read.named(&regions.path))
    });
    let supplied = |path: &Option<PathBuf>, kind| match (path, &source) {
        (Some(path), Ok(source)) => {
            let files = files_of(Some(&record.working_folder.join(path)), kind, source)?;
            Ok::<_, Error>(files.map(|files| files.named(path)))
        }
        _ => Ok(None),
    };
    let nuclei = supplied(&settings.nuclei, Kind::Nuclei)?;
    let signals = supplied(&settings.signals, Kind::Signals)?;
    Ok(PlannedResult {
        specimen: specimen.to_owned(),
        input: path,
        source,
        regions: regions.transpose()?,
        nuclei,
        signals,
        assay,
        params,
        reading,
        sheet: input.sheet.clone(),
    })
}
