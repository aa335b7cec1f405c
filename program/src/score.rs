//! Scores break-apart specimens: finds their fields, reads them, and writes tables, reports and overlays.
//!
//! The properties of the microscope are estimated from the specimen. `--signal-diameter`, `--camera-noise`,
//! `--chromatic-shift`, `--crosstalk`, `--counterstain-bleed` and `--illumination` switch an estimate `off` or supply a
//! value. `--params` reads all parameters from a file, for which `--print-params` prints a template; the other options
//! win over the file.
//!
//! `docs/outputs.md` describes the files. Exit status: 0 every input scored; 1 some input failed (the others
//! are complete, each failure is named in `run.json` and on stderr); 2 wrong usage, nothing written.

mod arguments;
mod inputs;
mod instrument;
mod output_folder;
mod specimens;
mod verdicts;

use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::{Context, Result};
use breakapart::analyse::{AnalyseParams, Analyser};
use breakapart::assay::Assay;
use breakapart::report::{InputStatus, RunRecord, write_run_json, write_specimens_csv};
use clap::Parser;
use serde::Serialize;

use crate::messages::{tell, tell_error};
use crate::{USAGE, memory};
pub use arguments::Arguments;
use arguments::Options;
use inputs::Inputs;
use output_folder::OutputFolder;
use specimens::Scored;

/// The run to start, with everything checked.
struct Run {
    assay: Assay,
    analyser: Analyser,
    options: Options,
    inputs: Inputs,
    out: OutputFolder,
    threads: Option<rayon::ThreadPool>,
}

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
    let run = match prepare(arguments) {
        Ok(run) => run,
        Err(error) => {
            tell_error(&error);
            return ExitCode::from(USAGE);
        }
    };
    let finished = match &run.threads {
        Some(pool) => pool.install(|| score_all(&run)),
        None => score_all(&run),
    };
    match finished {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tell_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Everything that can be wrong with the command itself is found here, before anything is written.
fn prepare(arguments: Arguments) -> Result<Run> {
    let assay = Assay::load(&arguments.assay)?;
    let params = arguments.options.params()?;
    if assay.x_linked && params.sex.is_none() {
        tell(format_args!("note: {} lies on X and no --sex was supplied: read as two copies", assay.gene));
    }
    let threads = match arguments.threads {
        Some(n) => Some(rayon::ThreadPoolBuilder::new().num_threads(n).build().context("--threads")?),
        None => None,
    };
    let inputs = Inputs::find(arguments.inputs)?;
    let analyser = Analyser::new(assay.clone())?.with_params(params)?;
    let out = OutputFolder::open(arguments.out, &inputs)?;
    Ok(Run { assay, analyser, options: arguments.options, inputs, out, threads })
}

/// Scores all specimens and writes the two files about all of them. `true` if nothing failed.
fn score_all(run: &Run) -> Result<bool> {
    run.out.forget_last_run()?;
    let Scored { rows, records } = specimens::score(run);
    write_specimens_csv(run.out.specimens_csv(), &rows)?;
    let parameters = Parameters { options: &run.options, steps: run.analyser.params() };
    let record = RunRecord::new(&run.assay, &parameters, records);
    write_run_json(run.out.run_json(), &record)?;
    verdicts::print(&rows, &record.inputs);
    Ok(record.inputs.iter().all(|input| input.status == InputStatus::Scored))
}

/// The options and parameters in `run.json`.
#[derive(Serialize)]
struct Parameters<'a, P> {
    options: &'a Options,
    steps: &'a P,
}
