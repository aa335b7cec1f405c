//! Puts parts of a run together.

use std::path::PathBuf;
use std::process::ExitCode;

use breakapart::run::{MergeOptions, merge};
use clap::Parser;

use crate::USAGE;
use crate::messages::tell_error;
use crate::score::{print_results, status_of};

/// Merges parts of a run, which `score --part` or `score --specimens` wrote, into one folder of results.
///
/// The files are those of one run over all specimens, byte by byte. The images are not needed. Exit status: 0 every input
/// was scored; 1 some input failed, as `run.json` says; 2 the parts do not belong together, nothing was written.
#[derive(Parser)]
pub struct Arguments {
    /// Folder of results of a part
    #[arg(value_name = "PART", required = true)]
    parts: Vec<PathBuf>,
    /// Folder for the results of the whole run
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Merge although specimens of the run are in no part; the result is a part itself
    #[arg(long)]
    partial: bool,
    /// Do not show the results
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut options = MergeOptions::default();
    options.partial = arguments.partial;
    match merge(&arguments.parts, &arguments.out, options) {
        Ok(result) => {
            if !arguments.quiet {
                print_results(&result);
            }
            status_of(&result)
        }
        Err(error) => {
            tell_error(&error.into());
            ExitCode::from(USAGE)
        }
    }
}
