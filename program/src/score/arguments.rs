//! The command line.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use breakapart::analyse::{AnalyseParams, SlideShare};
use breakapart::assay::Sex;
use breakapart::io::{ChannelChoice, FilePattern, FindOptions, ReadOptions, SeriesList};
use breakapart::region::{RegionOptions, RegionUnit};
use breakapart::run::RunPart;
use breakapart::{Error, Location, PixelSize};
use bytesize::ByteSize;
use clap::{Args, Parser, ValueEnum};
use serde::{Serialize, Serializer};

use super::instrument::InstrumentOptions;

/// Scores break-apart FISH specimens.
///
/// Exit status: 0 every input scored; 1 some input failed (the others are complete, each failure is named in
/// run.json and on stderr); 2 wrong usage, nothing written; 130 ended by Ctrl-C, the same command goes on. Of --check:
/// 0 all results hold, 1 some do not.
#[derive(Parser)]
#[command(name = "batch", version)]
// Each is an option of its own.
#[expect(clippy::struct_excessive_bools)]
pub struct Arguments {
    /// A field (an image file), a specimen (a folder of fields) or a folder of specimens [default: the sample images, by alk]
    #[arg(value_name = "INPUT", conflicts_with_all = ["sheet", "again", "check"])]
    pub(crate) inputs: Vec<PathBuf>,
    /// Sample sheet (CSV): a row for each specimen and assay
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["again", "check"])]
    pub(crate) sheet: Option<PathBuf>,
    /// Repeat the run of a `run.json`
    #[arg(long, value_name = "run.json", conflicts_with_all = [
        "check", "assay", "channels", "files", "series", "pixel_size", "z_step", "sex", "params", "regions", "nuclei", "signals",
        "labels", "labels_zarr", "overlays", "no_gallery",
        "signal_diameter", "camera_noise", "chromatic_shift", "crosstalk", "counterstain_bleed", "illumination",
    ])]
    pub(crate) again: Option<PathBuf>,
    /// Say which results under --out do not hold any more, and stop
    #[arg(long)]
    pub(crate) check: bool,
    /// Folder for the results [default: results]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Built-in assay, or an assay file; of a sheet for the rows that name none
    #[arg(long, value_name = "NAME|FILE.toml")]
    pub(crate) assay: Option<String>,
    /// Score these specimens alone, as a part of the run that `breakapart merge` puts together
    #[arg(long, value_name = "NAME,NAME", conflicts_with_all = ["again", "check"])]
    specimens: Vec<String>,
    /// Score one share of the specimens alone, such as 1/3, as a part of the run that `breakapart merge` puts together
    #[arg(long, value_name = "NUMBER/SHARES", conflicts_with_all = ["specimens", "again", "check"])]
    part: Option<RunPart>,
    /// Measure one share of the tiles of every slide alone, such as 2/4, and write them to --out: no results. Then --tiles
    #[arg(long, value_name = "NUMBER/SHARES", conflicts_with_all = ["tiles", "history", "replace", "check"])]
    pub(crate) slide_share: Option<SlideShare>,
    /// Folder with the tiles of all shares of every slide, which are read instead of measured; may be given several times
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    pub(crate) tiles: Vec<PathBuf>,
    /// Put results of other images under the same names aside, to DIR/replaced
    #[arg(long)]
    pub(crate) replace: bool,
    /// Read everything anew, also results that are complete
    #[arg(long)]
    pub(crate) redo: bool,
    /// Folder of results (or `run.json`) of an earlier run, whose controls are charted with those of this one; may be given
    /// several times, in the order of the runs
    #[arg(long, value_name = "DIR|run.json", conflicts_with_all = ["again", "check"])]
    pub(crate) history: Vec<PathBuf>,
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = number_of_threads)]
    pub(crate) threads: Option<usize>,
    /// Show progress as a bar on a terminal, or as a JSON object a line on stdout
    #[arg(long, value_name = "bar|json", default_value = "bar")]
    progress: ProgressForm,
    /// Most memory that the images may take, such as 512MiB or 4GB [default: as many fields at once as threads]
    #[arg(long, value_name = "SIZE")]
    memory: Option<ByteSize>,
    /// Show nothing but failures
    #[arg(long, conflicts_with = "progress")]
    quiet: bool,
    /// Print all parameters with default, unit, range and meaning as a file for --params, and stop
    #[arg(long)]
    pub(crate) print_params: bool,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProgressForm {
    Bar,
    Json,
}

/// How a run is shown.
#[derive(Clone, Copy)]
pub(crate) enum Progress {
    Bar,
    Json,
    Quiet,
}

impl Arguments {
    pub(crate) fn memory_bytes(&self) -> Option<u64> {
        self.memory.map(|size| size.as_u64())
    }

    pub(crate) fn progress(&self) -> Progress {
        match (self.quiet, self.progress) {
            (true, _) => Progress::Quiet,
            (false, ProgressForm::Bar) => Progress::Bar,
            (false, ProgressForm::Json) => Progress::Json,
        }
    }

    /// The part of the run that is asked for; `None` = all of it.
    pub(crate) fn chosen_part(&self) -> Option<RunPart> {
        let named = (!self.specimens.is_empty()).then(|| RunPart::Specimens(self.specimens.clone()));
        named.or_else(|| self.part.clone())
    }
}

/// The options that affect the results, beside the assay; all of them are in `run.json`.
#[derive(Args, Serialize)]
// Each is an option of its own.
#[expect(clippy::struct_excessive_bools)]
pub(crate) struct Options {
    /// Which channel is which, counted from 0 or by their names in the files [default: by name and wavelength]
    #[arg(long, value_name = "dapi=0,red=1,green=2")]
    #[serde(serialize_with = "as_text")]
    pub(crate) channels: Option<ChannelChoice>,
    /// How the files of fields are named, such as '{specimen}_{field}_{channel}.tif' [default: by the usual names]
    #[arg(long, value_name = "PATTERN")]
    #[serde(serialize_with = "as_text")]
    pub(crate) files: Option<FilePattern>,
    /// Which images of files that hold several are fields, such as 0,2-4
    #[arg(long, value_name = "N,N-N")]
    #[serde(serialize_with = "as_text")]
    pub(crate) series: Option<SeriesList>,
    /// Edge of a pixel, um [default: as the files say]
    #[arg(long = "pixel-size", value_name = "UM", value_parser = pixel_size, allow_negative_numbers = true)]
    #[serde(rename = "pixel_size_um")]
    pub(crate) pixel_size: Option<PixelSize>,
    /// Distance between the slices of stacks, um [default: as the files say]
    #[arg(long = "z-step", value_name = "UM", value_parser = z_step, allow_negative_numbers = true)]
    #[serde(rename = "z_step_um", skip_serializing_if = "Option::is_none")]
    pub(crate) z_step: Option<f64>,
    /// Sex of the patients, for genes on X
    #[arg(long, value_name = "female|male")]
    pub(crate) sex: Option<PatientSex>,
    /// File with parameters of all steps, see --print-params; the other options win over it
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) params: Option<PathBuf>,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) instrument: InstrumentOptions,
    /// Regions to score: a GeoJSON file as QuPath exports it, or a folder with FIELD.geojson for each field
    #[arg(long, value_name = "FILE.geojson|DIR")]
    pub(crate) regions: Option<PathBuf>,
    /// Unit of the regions
    #[arg(long, value_name = "px|um", default_value_t)]
    pub(crate) regions_unit: RegionUnit,
    /// Class or name of regions that take nuclei out, may be given several times [default: Exclude, Ignore*]
    #[arg(long = "exclude-class", value_name = "NAME")]
    pub(crate) exclude_classes: Vec<String>,
    /// Nuclei that another program found: a folder with a label image for each field (`FIELD.tif`, `FIELD_cp_masks.png` ...)
    #[arg(long, value_name = "DIR")]
    pub(crate) nuclei: Option<PathBuf>,
    /// Spots that another program found: a folder with `FIELD_red.csv` and `FIELD_green.csv` for each field
    #[arg(long, value_name = "DIR")]
    pub(crate) signals: Option<PathBuf>,
    /// Write label images
    #[arg(long)]
    pub(crate) labels: bool,
    /// Write label images in OME-Zarr 0.5
    #[arg(long)]
    pub(crate) labels_zarr: bool,
    /// Write overlays
    #[arg(long)]
    pub(crate) overlays: bool,
    /// Leave the gallery of nuclei out of the report
    #[arg(long)]
    pub(crate) no_gallery: bool,
}

impl Options {
    /// Parameters of all steps: those of the file, then those of the options. A fault in them is wrong usage.
    pub(crate) fn params(&self) -> anyhow::Result<AnalyseParams> {
        let mut params = match &self.params {
            Some(path) => read_params(path)?,
            None => AnalyseParams::default(),
        };
        self.instrument.apply(&mut params);
        params.sex = self.sex.map(Into::into).or(params.sex);
        params.validate()?;
        Ok(params)
    }

    /// How the files of fields are to be found.
    pub(crate) fn find(&self) -> FindOptions {
        let mut options = FindOptions::default();
        options.files.clone_from(&self.files);
        options.series = self.series.clone().unwrap_or_default();
        options
    }

    /// How regions are to be understood.
    pub(crate) fn region_options(&self) -> RegionOptions {
        let mut options = RegionOptions::default();
        options.unit = self.regions_unit;
        if !self.exclude_classes.is_empty() {
            options.exclude.clone_from(&self.exclude_classes);
        }
        options
    }

    /// How fields are to be read.
    pub(crate) fn reading(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        if let Some(channels) = self.channels.clone() {
            channels.apply(&mut options);
        }
        options.pixel_size = self.pixel_size;
        options.z_step_um = self.z_step;
        options
    }
}

/// Sex of the patients.
#[derive(Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PatientSex {
    Female,
    Male,
}

impl From<PatientSex> for Sex {
    fn from(sex: PatientSex) -> Self {
        match sex {
            PatientSex::Female => Self::Female,
            PatientSex::Male => Self::Male,
        }
    }
}

fn read_params(path: &Path) -> anyhow::Result<AnalyseParams> {
    /// Longest parameter file; the template has about 8 kB.
    const MAX_BYTES: u64 = 1 << 20;
    let mut text = String::new();
    let file = File::open(path).with_context(|| format!("--params {}", path.display()))?;
    let read = file.take(MAX_BYTES).read_to_string(&mut text);
    read.with_context(|| format!("--params {}: no text", path.display()))?;
    // An error in the text names the file, an error in a value does not.
    AnalyseParams::from_toml(&text, &Location::file(path)).map_err(|error| match error {
        Error::InvalidParameter { .. } => anyhow::Error::from(error).context(path.display().to_string()),
        error => error.into(),
    })
}

fn pixel_size(text: &str) -> anyhow::Result<PixelSize> {
    if text.contains(',') {
        anyhow::bail!("use a point ({} um per pixel)", text.replace(',', "."));
    }
    Ok(PixelSize::from_um(text.parse()?)?)
}

fn z_step(text: &str) -> anyhow::Result<f64> {
    let um = text.replace(',', ".");
    if text.contains(',') {
        anyhow::bail!("use a point ({um} um between slices)");
    }
    let (um, range) = (um.parse()?, ReadOptions::Z_STEP_UM);
    anyhow::ensure!(range.contains(um), "allowed are {range} um");
    Ok(um)
}

fn number_of_threads(text: &str) -> anyhow::Result<usize> {
    /// More than any machine has. Far beyond, starting the threads takes longer than scoring.
    const MAX_THREADS: usize = 512;
    let threads = text.parse()?;
    anyhow::ensure!((1..=MAX_THREADS).contains(&threads), "allowed are 1 to {MAX_THREADS} threads");
    Ok(threads)
}

// The signature that serde calls.
#[expect(clippy::ref_option)]
fn as_text<T: std::fmt::Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(ToString::to_string).serialize(serializer)
}
