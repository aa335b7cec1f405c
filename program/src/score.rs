//! Scores break-apart specimens: finds their fields, reads them, and writes tables, reports and overlays.
//!
//! The properties of the microscope are estimated from the specimen. `--signal-diameter`, `--camera-noise`,
//! `--chromatic-shift`, `--crosstalk`, `--counterstain-bleed` and `--illumination` switch an estimate `off` or supply a
//! value. `--params` reads all parameters from a file, for which `--print-params` prints a template; the other options
//! win over the file.
//!
//! `docs/outputs.md` describes the files. Exit status: 0 every input scored; 1 some input failed (the others
//! are complete, each failure is named in `run.json` and on stderr); 2 wrong usage, nothing written; 130 the run was ended
//! by Ctrl-C, and the same command goes on.

mod arguments;
mod instrument;
mod interrupt;
mod json_lines;
mod screen;
mod slide_share;

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use breakapart::analyse::AnalyseParams;
use breakapart::assay::Assay;
use breakapart::run::{
    EarlierRun, InputStatus, Observer, Plan, Run, RunOptions, RunParameters, RunRecord, RunResult,
    RunSettings, SampleSheet, check_results, is_busy,
};
use clap::Parser;

use crate::messages::{tell, tell_error};
use crate::{USAGE, memory};
pub use arguments::Arguments;
use arguments::Progress;
pub(crate) use screen::print_results;

/// The exit status of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Where results go without `--out`.
const RESULTS: &str = "results";

/// Scored without an INPUT, by [`SAMPLE_ASSAY`].
const SAMPLES: &str = "sample_images";
const SAMPLE_ASSAY: &str = "alk";

/// `breakapart score` as a program of its own.
#[must_use]
pub fn main() -> ExitCode {
    memory::restart_with_huge_pages();
    run(Arguments::parse())
}

pub(crate) fn run(arguments: Arguments) -> ExitCode {
    if arguments.print_params {
        // A reader that closes stdout has read enough.
        let _ = stdout().write_all(AnalyseParams::TEMPLATE.as_bytes());
        return ExitCode::SUCCESS;
    }
    if arguments.check {
        return check(&out_of(&arguments));
    }
    let progress = arguments.progress();
    if let Some(share) = arguments.slide_share {
        return slide_share::measure(share, &arguments);
    }
    let prepared = threads(&arguments).and_then(|pool| Ok((pool, prepare(arguments)?)));
    let (pool, run) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            tell_error(&error);
            return ExitCode::from(USAGE);
        }
    };
    interrupt::watch();
    let observer = observer(progress);
    let finished = match &pool {
        Some(pool) => pool.install(|| run.score(&*observer)),
        None => run.score(&*observer),
    };
    drop(observer);
    match finished {
        Ok(result) => end(&result, progress),
        Err(error) => {
            tell_error(&error.into());
            ExitCode::FAILURE
        }
    }
}

fn threads(arguments: &Arguments) -> Result<Option<rayon::ThreadPool>> {
    let build = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().context("--threads");
    arguments.threads.map(build).transpose()
}

fn observer(progress: Progress) -> Box<dyn Observer> {
    match progress {
        Progress::Bar => Box::new(screen::Screen::new()),
        Progress::Json => Box::new(json_lines::JsonLines),
        Progress::Quiet => Box::new(screen::Quiet),
    }
}

/// Everything that can be wrong with the command itself is found here, before anything is written.
fn prepare(arguments: Arguments) -> Result<Run> {
    let out = out_of(&arguments);
    let (plan, parameters, options) = plan_of(&arguments)?;
    for result in plan.results.iter().filter(|result| result.lacks_sex()) {
        let gene = &result.assay.gene;
        tell(format_args!(
            "note: {}: {gene} lies on X and no sex was supplied: read as two copies",
            result.specimen
        ));
    }
    for result in &plan.results {
        for note in result.regions.iter().flat_map(breakapart::run::ResultRegions::notes) {
            tell(format_args!("note: {}: {note}", result.specimen));
        }
    }
    for file in plan.unused_files() {
        tell(format_args!("note: no field uses {}", file.display()));
    }
    if is_busy(&out) {
        tell(format_args!("note: another run writes into {}; waiting for its end", out.display()));
    }
    let run = Run::prepare(plan, parameters, &out, options);
    let run = run.with_context(|| format!("--out {}", out.display()))?;
    if arguments.tiles.is_empty() { Ok(run) } else { run.with_tiles(&arguments.tiles).context("--tiles") }
}

/// The plan of the command.
fn plan_of(arguments: &Arguments) -> Result<(Plan, RunParameters, RunOptions)> {
    match &arguments.again {
        Some(record) => recorded(record, arguments),
        None => planned(arguments),
    }
}

fn out_of(arguments: &Arguments) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| RESULTS.into())
}

fn options(arguments: &Arguments) -> RunOptions {
    let mut options = RunOptions::default();
    (options.replace, options.redo) = (arguments.replace, arguments.redo);
    options.memory_bytes = arguments.memory_bytes();
    options
}

/// The plan of a sheet or of inputs.
fn planned(arguments: &Arguments) -> Result<(Plan, RunParameters, RunOptions)> {
    let mut inputs = arguments.inputs.clone();
    let mut assay = arguments.assay.clone();
    if arguments.sheet.is_none() && inputs.is_empty() {
        inputs.push(SAMPLES.into());
        assay.get_or_insert_with(|| SAMPLE_ASSAY.to_owned());
    }
    let names = Assay::builtin_names().collect::<Vec<_>>().join(", ");
    if arguments.sheet.is_none() && assay.is_none() {
        anyhow::bail!(
            "--assay is missing: name the assay that the specimens were stained with ({names}, or an assay file)"
        );
    }
    let assay = assay.map(|name| Assay::load(&name)).transpose()?;
    let mut settings = RunSettings::new(assay);
    settings.params = arguments.options.params()?;
    settings.reading = arguments.options.reading();
    settings.find = arguments.options.find();
    settings.regions.clone_from(&arguments.options.regions);
    settings.region_options = arguments.options.region_options();
    settings.nuclei.clone_from(&arguments.options.nuclei);
    settings.signals.clone_from(&arguments.options.signals);
    let plan = match &arguments.sheet {
        Some(path) => Plan::from_sheet(&SampleSheet::read(path, settings.assay.is_none())?, &settings)?,
        None => Plan::from_inputs(&inputs, &settings)?,
    };
    let plan = match arguments.chosen_part() {
        Some(part) => plan.into_part(&part)?,
        None => plan,
    };
    let told = serde_json::to_value(&arguments.options)?;
    let history = arguments.history.iter();
    let history = history.map(EarlierRun::read).collect::<breakapart::Result<_>>().context("--history")?;
    let parameters = RunParameters::new(settings.params).with_options(told).with_history(history);
    let (mut options, asked) = (options(arguments), &arguments.options);
    let pictures = &mut options.pictures;
    (pictures.labels, pictures.labels_zarr, pictures.overlays) =
        (asked.labels, asked.labels_zarr, asked.overlays);
    pictures.gallery = !asked.no_gallery;
    Ok((plan, parameters, options))
}

/// The plan of a run that was recorded.
fn recorded(path: &Path, arguments: &Arguments) -> Result<(Plan, RunParameters, RunOptions)> {
    let record = RunRecord::read(path).context("--again")?;
    let plan = Plan::from_record(&record).with_context(|| format!("--again {}", path.display()))?;
    let mut options = options(arguments);
    let pictures = &mut options.pictures;
    (pictures.labels, pictures.labels_zarr, pictures.overlays) =
        (record.labels, record.labels_zarr, record.overlays);
    pictures.gallery = !record.no_gallery;
    let own = std::fs::canonicalize(out_of(arguments).join("run.json")).ok();
    options.keep_record = own.is_some() && own == std::fs::canonicalize(path).ok();
    Ok((plan, record.parameters, options))
}

/// Shows the results, and says how the run ended.
fn end(result: &RunResult, progress: Progress) -> ExitCode {
    if result.is_cancelled {
        let complete = result.results.iter().flatten().count();
        tell(format_args!("stopped: {complete} results are complete; the same command goes on from here"));
        return ExitCode::from(INTERRUPTED);
    }
    if matches!(progress, Progress::Bar) {
        print_results(result);
    }
    status_of(result)
}

/// The exit status of a run that ended: whether every input was scored.
pub(crate) fn status_of(result: &RunResult) -> ExitCode {
    let is_scored = result.record.inputs.iter().all(|input| input.status == InputStatus::Scored);
    if is_scored { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says which results in a folder do not hold any more.
fn check(out: &Path) -> ExitCode {
    let checked = match check_results(out) {
        Ok(checked) => checked,
        Err(error) => {
            tell_error(&error.into());
            return ExitCode::from(USAGE);
        }
    };
    if checked.is_empty() {
        tell(format_args!("error: no results in {}", out.display()));
        return ExitCode::from(USAGE);
    }
    let mut text = String::new();
    for result in &checked {
        let stale: Vec<String> = result.stale.iter().map(ToString::to_string).collect();
        let state =
            if stale.is_empty() { "holds".to_owned() } else { format!("stale: {}", stale.join("; ")) };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}\t{}\t{state}", result.folder, result.assay);
    }
    // A reader that closes stdout has read enough.
    let _ = stdout().write_all(text.as_bytes());
    let all_hold = checked.iter().all(|result| result.stale.is_empty());
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
