//! Reads simulated specimens and holds what was read against the truth.
//!
//! `cargo run --release -p breakapart-tools --bin validate -- [--out DIR] [--first-seed N] [--seeds N] [--fields N] [--conditions a,b,...]
//! [--threads N] [--quick]`
//!
//! `docs/validation.md` says what is measured, how, and what came out. Exit status: 0 done; 1 something failed;
//! 2 wrong usage.

mod arguments;
mod cause;
mod detection_limit;
mod exclusions;
mod findings;
mod grid;
mod jpeg;
mod matching;
mod negative_control;
mod plots;
#[path = "../print.rs"]
mod print;
mod read;
mod reliability;
mod review;
mod scenario;
mod score;
mod table;
mod tally;

use std::process::ExitCode;

use anyhow::{Context, Result};
use breakapart::analyse::Analyser;
use breakapart::assay::Assay;
use clap::Parser;

pub use arguments::Arguments;
use scenario::Scenario;

/// The simulator calls a nucleus rearranged by the rule of this assay.
const ASSAY: &str = "alk";
/// Wrong usage.
const USAGE: u8 = 2;

/// The program.
#[must_use]
pub fn main() -> ExitCode {
    run(&Arguments::parse())
}

/// Reads simulated specimens as the arguments say, and writes tables and plots.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    let scenarios = match scenario::chosen(arguments) {
        Ok(scenarios) => scenarios,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::from(USAGE);
        }
    };
    match validate(arguments, &scenarios) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn validate(arguments: &Arguments, scenarios: &[Scenario]) -> Result<()> {
    let out = &arguments.out;
    std::fs::create_dir_all(out).with_context(|| format!("--out {}", out.display()))?;
    let assay = Assay::load(ASSAY)?;
    let analyser = Analyser::new(assay.clone())?;
    let fields = if arguments.quick { 1 } else { arguments.fields };
    let threads = arguments.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().context("--threads")?;
    let specimens = pool.install(|| read::read_all(scenarios, fields, &analyser))?;

    let rows = table::rows(&specimens);
    table::print(&rows);
    table::write_validation_csv(&out.join("validation.csv"), &specimens)?;
    table::write_mismatches_csv(&out.join("mismatches.csv"), &specimens)?;
    plots::percent(&out.join("percent.svg"), &rows)?;
    negative_control::report(&rows, &out.join("negative_control.csv"))?;
    let curves = detection_limit::curves(&specimens, &assay)?;
    detection_limit::report(&curves, &out.join("detection_limit.csv"))?;
    plots::detection_limit(&out.join("detection_limit.svg"), &curves)?;
    exclusions::report(&specimens, &out.join("exclusions.csv"))?;
    findings::report(&specimens, &out.join("findings.csv"))?;
    let bins = reliability::bins(&specimens)?;
    reliability::report(&bins, &out.join("reliability.csv"))?;
    plots::reliability(&out.join("reliability.svg"), &bins)?;
    review::report(&specimens, &out.join("review.csv"))?;
    print::line(format_args!("tables and plots are in {}", out.display()));
    Ok(())
}
