//! The results that a run has to give, each with its own assay and settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analyse::{AnalyseParams, is_slide};
use crate::assay::{Assay, Sex};
use crate::error::{Error, Location, Result};
use crate::io::{
    FieldSource, FindOptions, FoundSpecimen, ReadOptions, SpecimenSource, field_name, file_name,
    find_specimens_with, is_one_image,
};
use crate::run::digest::Digest;
use crate::run::names::is_our_file;
use crate::run::options::RunSettings;
use crate::run::part::PartRecord;
use crate::run::regions::ResultRegions;
use crate::run::sheet::{SampleSheet, SheetRow};
use crate::run::sheet_columns::SheetColumns;
use crate::run::supplied::{self, Kind, SuppliedFiles};

/// One result that a run has to give: a specimen, read by an assay.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlannedResult {
    /// Name of the specimen.
    pub specimen: String,
    /// Where its images are, as the user wrote it.
    pub input: PathBuf,
    /// Its fields and the files beside them, or why there are none.
    pub source: std::result::Result<SpecimenSource, String>,
    /// The assay.
    pub assay: Arc<Assay>,
    /// Parameters of all steps.
    pub params: AnalyseParams,
    /// How its files are read.
    pub reading: ReadOptions,
    /// Its regions.
    pub regions: Option<ResultRegions>,
    /// Its nuclei, if another program found them.
    pub nuclei: Option<SuppliedFiles>,
    /// Its spots, if another program found them.
    pub signals: Option<SuppliedFiles>,
    /// What the sheet says of it.
    pub sheet: SheetColumns,
}

impl PlannedResult {
    /// Its fields; none if it has no source.
    pub(super) fn fields(&self) -> &[FieldSource] {
        self.source.as_ref().map_or(&[], |source| &source.fields)
    }

    /// Its slides. A file whose header cannot be read is a field, which fails when it is scored.
    pub(super) fn slides(&self) -> impl Iterator<Item = &FieldSource> {
        self.fields().iter().filter(|field| field.dim(&self.reading).is_ok_and(is_slide))
    }
}

/// An input in which no specimen can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedInput {
    /// The input as the user wrote it.
    pub input: PathBuf,
    /// Why there is none.
    pub error: String,
}

/// All results that a run has to give, in the order of their rows.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan {
    /// The results.
    pub results: Vec<PlannedResult>,
    /// Inputs in which no specimen can be found.
    pub failed: Vec<FailedInput>,
    /// How the files of fields were found.
    pub find: FindOptions,
    /// Names of the columns that are carried through.
    pub other_columns: Vec<String>,
    /// Whether each result is a row of a sheet: then tables hold a row for it even if it failed.
    pub has_sheet: bool,
    /// Digest of the sheet; `None` without one.
    pub sheet: Option<Digest>,
    /// The whole run, if this is the plan of a part of it ([`Plan::into_part`]).
    pub part: Option<PartRecord>,
}

impl Plan {
    /// A plan for the specimens in files and folders, by name.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] without an assay; [`Error::Undecided`] if two specimens have one name, in upper or lower
    /// case: one would be filed under the other's name. [`Error::Malformed`] if no input leads to any image. As
    /// [`ResultRegions::read`].
    pub fn from_inputs(inputs: &[PathBuf], settings: &RunSettings) -> Result<Self> {
        let Some(assay) = &settings.assay else {
            return Err(Error::parameter("assay", "none", "a built-in assay, or an assay file"));
        };
        let mut inputs = inputs.to_vec();
        inputs.sort();
        inputs.dedup();
        let found = find_specimens_with(&inputs, &settings.find);
        refuse_one_name_for_two(&found)?;
        let (mut results, mut failed, mut absent) = (Vec::new(), Vec::new(), Vec::new());
        for FoundSpecimen { path, specimen } in found {
            match specimen {
                Ok(source) => results.push(PlannedResult {
                    regions: regions_of(settings.regions.as_deref(), settings, &source)?,
                    nuclei: files_of(settings.nuclei.as_deref(), Kind::Nuclei, &source)?,
                    signals: files_of(settings.signals.as_deref(), Kind::Signals, &source)?,
                    specimen: source.name.clone(),
                    input: path,
                    source: Ok(source),
                    assay: assay.clone(),
                    params: settings.params.clone(),
                    reading: settings.reading.clone(),
                    sheet: SheetColumns::default(),
                }),
                Err(error) => {
                    absent.extend(is_absence(&error).then(|| error.to_string()));
                    failed.push(FailedInput { input: path, error: error.to_string() });
                }
            }
        }
        if results.is_empty() && failed.len() == absent.len() {
            let problem = format!("nothing to score: {}", absent.join("; "));
            let location = inputs.first().map(Location::file).unwrap_or_default();
            return Err(Error::malformed(location, problem));
        }
        results.sort_by(|a, b| a.specimen.cmp(&b.specimen));
        let find = settings.find.clone();
        let other_columns = Vec::new();
        let plan = Self { results, failed, find, other_columns, has_sheet: false, sheet: None, part: None };
        plan.refuse_our_names()?;
        refuse_one_file_for_two(&plan.results)?;
        Ok(plan)
    }

    /// A plan for the rows of a sheet.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if neither a row nor the settings name an assay; as [`ResultRegions::read`].
    pub fn from_sheet(sheet: &SampleSheet, settings: &RunSettings) -> Result<Self> {
        let results: Vec<PlannedResult> =
            sheet.rows.iter().map(|row| planned(row, sheet, settings)).collect::<Result<_>>()?;
        refuse_one_file_for_two(&results)?;
        let other_columns = sheet.other_columns.clone();
        let find = settings.find.clone();
        let sheet = Some(sheet.blake3.clone());
        Ok(Self { results, failed: Vec::new(), find, other_columns, has_sheet: true, sheet, part: None })
    }

    /// Files in the folders of supplied nuclei and spots that belong to no field.
    #[must_use]
    pub fn unused_files(&self) -> Vec<PathBuf> {
        let supplied: Vec<&SuppliedFiles> = self.results.iter().flat_map(PlannedResult::supplied).collect();
        supplied::unused(&supplied)
    }

    /// Whether a specimen is read by several assays.
    pub(super) fn is_repeated(&self, specimen: &str) -> bool {
        self.results.iter().filter(|result| result.specimen == specimen).count() > 1
    }

    /// Results by two definitions of one id could not be told apart.
    pub(super) fn refuse_one_id_for_two_assays(&self) -> Result<()> {
        let assays = self.assays();
        let two = assays.windows(2).find(|pair| pair[0].id == pair[1].id);
        two.map_or(Ok(()), |pair| {
            let allowed = "one definition for each id: give an assay file of your own an id of its own";
            Err(Error::parameter("assay.id", format!("{} of two different assays", pair[0].id), allowed))
        })
    }

    /// Distinct assays, by id.
    pub(super) fn assays(&self) -> Vec<&Assay> {
        let mut assays: Vec<&Assay> = self.results.iter().map(|result| &*result.assay).collect();
        assays.sort_by(|a, b| a.id.cmp(&b.id));
        assays.dedup();
        assays
    }

    fn refuse_our_names(&self) -> Result<()> {
        match self.results.iter().find(|result| is_our_file(&result.specimen)) {
            None => Ok(()),
            Some(result) => Err(Error::Undecided {
                location: Location::file(&result.input),
                question: format!(
                    "a specimen cannot be named `{}`: a file of the results is",
                    result.specimen
                ),
                found: result.specimen.clone(),
                remedy: "rename it".to_owned(),
            }),
        }
    }
}

fn planned(row: &SheetRow, sheet: &SampleSheet, settings: &RunSettings) -> Result<PlannedResult> {
    let allowed = "an assay in each row of the sheet, or one for all";
    let assay = row.assay.clone().or_else(|| settings.assay.clone());
    let assay = assay.ok_or_else(|| Error::parameter("assay", "none", allowed))?;
    let mut params = settings.params.clone();
    params.sex = row.sex.or(params.sex);
    let mut reading = settings.reading.clone();
    if let Some(channels) = row.channels.clone() {
        channels.apply(&mut reading);
    }
    reading.pixel_size = row.pixel_size.or(reading.pixel_size);
    reading.z_step_um = row.z_step_um.or(reading.z_step_um);
    let cells = sheet.other_columns.iter().zip(&row.other).filter(|(_, cell)| !cell.is_empty());
    let other = cells.map(|(name, cell)| (name.clone(), cell.clone())).collect();
    let source = source_at(&row.path, &row.specimen, &settings.find);
    let regions = row.regions.as_deref().or(settings.regions.as_deref());
    let regions = source.as_ref().map_or(Ok(None), |source| regions_of(regions, settings, source))?;
    let files = |own: &Option<PathBuf>, of_run: &Option<PathBuf>, kind| {
        let path = own.as_deref().or(of_run.as_deref());
        source.as_ref().map_or(Ok(None), |source| files_of(path, kind, source))
    };
    let nuclei = files(&row.nuclei, &settings.nuclei, Kind::Nuclei)?;
    let signals = files(&row.signals, &settings.signals, Kind::Signals)?;
    Ok(PlannedResult {
        specimen: row.specimen.clone(),
        input: row.path.clone(),
        source,
        regions,
        nuclei,
        signals,
        assay,
        params,
        reading,
        sheet: SheetColumns { control: row.control, note: row.note.clone(), other },
    })
}

fn regions_of(
    path: Option<&Path>,
    settings: &RunSettings,
    source: &SpecimenSource,
) -> Result<Option<ResultRegions>> {
    let fields: Vec<&str> = source.fields.iter().map(|field| field.name.as_str()).collect();
    path.map(|path| ResultRegions::read(path, &settings.region_options, &fields)).transpose()
}

fn refuse_one_file_for_two(results: &[PlannedResult]) -> Result<()> {
    supplied::refuse_one_file_for_two(results.iter().flat_map(|result| {
        let specimen = result.specimen.as_str();
        result.supplied().map(move |files| (specimen, files))
    }))
}

/// Finds the files of another program for the fields of a specimen.
pub(super) fn files_of(
    path: Option<&Path>,
    kind: Kind,
    source: &SpecimenSource,
) -> Result<Option<SuppliedFiles>> {
    let fields: Vec<&str> = source.fields.iter().map(|field| field.name.as_str()).collect();
    path.map(|path| SuppliedFiles::find(path, kind, &source.name, &fields)).transpose()
}

/// The one specimen at a path, under the name that it gets.
pub(super) fn source_at(
    path: &Path,
    specimen: &str,
    find: &FindOptions,
) -> std::result::Result<SpecimenSource, String> {
    let mut found = find_specimens_with(&[searched(path, find)], find);
    // By a pattern one folder may hold several specimens.
    if found.len() > 1 {
        let has_name = |found: &FoundSpecimen| found.specimen.as_ref().is_ok_and(|s| s.name == specimen);
        found.retain(has_name);
        if found.is_empty() {
            return Err(format!(
                "{}: the folder holds several specimens, none of them named {specimen}; give each a row of its own",
                path.display()
            ));
        }
    }
    let Some(found) = found.pop() else { return Err(format!("{}: no image in this folder", path.display())) };
    let mut source = found.specimen.map_err(|error| error.to_string())?;
    specimen.clone_into(&mut source.name);
    Ok(source)
}

/// Where to look for a specimen: of one that a pattern found among others, the folder of all.
pub(super) fn searched(path: &Path, find: &FindOptions) -> PathBuf {
    let is_by_pattern = find.files.is_some() && !path.exists();
    path.parent().filter(|_| is_by_pattern).unwrap_or(path).to_path_buf()
}

fn refuse_one_name_for_two(found: &[FoundSpecimen]) -> Result<()> {
    let mut names: std::collections::BTreeMap<String, &Path> = std::collections::BTreeMap::new();
    for FoundSpecimen { path, specimen } in found {
        let name = specimen.as_ref().map_or_else(|_| name_of(path), |source| source.name.clone());
        if let Some(first) = names.insert(name.to_lowercase(), path) {
            return Err(Error::Undecided {
                location: Location::file(path),
                question: format!("two inputs are named `{name}`"),
                found: format!("the other at {}", first.display()),
                remedy: "score them into different folders, or give each a name in a sample sheet".to_owned(),
            });
        }
    }
    Ok(())
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
    if is_one_image(path) {
        return field_name(path);
    }
    file_name(path)
}

impl PlannedResult {
    /// Whether the gene lies on X and the patient's sex is not known.
    #[must_use]
    pub fn lacks_sex(&self) -> bool {
        self.assay.x_linked && self.params.sex.is_none()
    }

    /// The files of other programs.
    pub(super) fn supplied(&self) -> impl Iterator<Item = &SuppliedFiles> {
        self.nuclei.iter().chain(&self.signals)
    }

    /// The files that a field rests on beside its images.
    pub(super) fn supplied_to(&self, field: &str) -> Vec<&Path> {
        self.supplied().flat_map(|files| files.files_of(field)).collect()
    }

    /// The patient's sex.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        self.params.sex
    }
}
