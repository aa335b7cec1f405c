//! Validation: of a laboratory's own slides, or of the reading against the truth of simulated specimens.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use breakapart::dossier::{Dossier, DossierFiles, DossierOptions, gather, write_dossier};
use breakapart::run::Ihc;
use clap::Parser;

use crate::USAGE;
use crate::messages::{tell, tell_error};

/// Writes the validation dossier of a laboratory, or compares readings of simulated specimens with their truth.
///
/// With --results: `dossier.html` and `dossier.json` about the laboratory's own specimens, in the order of FDA document
/// 1550, from the columns `manual_percent`, `ihc`, `ngs`, `repeat_of` and `control` of its sheet. Images are not needed.
/// Exit status: 0 done; 1 the files cannot be written; 2 the results or tables cannot be used, nothing is written.
///
/// Without: reads simulated specimens and holds the readings against the truth. Prints a row for each condition, and writes
/// tables and plots. The same arguments give the same bytes for any number of threads.
#[derive(Parser)]
#[group(skip)]
pub struct Arguments {
    /// Dossier: folder of results of `score`
    #[arg(long, value_name = "DIR", help_heading = "Dossier of a laboratory")]
    #[arg(conflicts_with_all = ["first_seed", "seeds", "fields", "conditions", "threads", "quick"])]
    results: Option<PathBuf>,
    #[command(flatten)]
    dossier: DossierArguments,
    #[command(flatten)]
    simulator: breakapart_tools::Arguments,
}

/// Further inputs of the dossier.
#[derive(clap::Args)]
#[command(next_help_heading = "Dossier of a laboratory")]
struct DossierArguments {
    /// Dossier: a sheet that says more of the specimens than the one they were scored by
    #[arg(long, value_name = "FILE.csv", requires = "results")]
    sheet: Option<PathBuf>,
    /// Dossier: counts of readers, with the columns specimen, reader, rearranged, evaluable
    #[arg(long, value_name = "FILE.csv", requires = "results")]
    readers: Option<PathBuf>,
    /// Dossier: id of the assay, if the results have several
    #[arg(long, value_name = "ID", requires = "results")]
    assay: Option<String>,
    /// Dossier: least staining that counts as positive [default: 2+]
    #[arg(long, value_name = "1+|2+|3+", requires = "results")]
    ihc_positive: Option<Ihc>,
}

pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let Some(results) = arguments.results else { return breakapart_tools::run(&arguments.simulator) };
    let dossier = match dossier(results, arguments.dossier) {
        Ok(dossier) => dossier,
        Err(error) => {
            tell_error(&error);
            return ExitCode::from(USAGE);
        }
    };
    match write(arguments.simulator.out(), &dossier) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn dossier(results: PathBuf, arguments: DossierArguments) -> Result<Dossier> {
    let mut files = DossierFiles::new(results);
    files.sheet = arguments.sheet;
    files.readers = arguments.readers;
    files.assay = arguments.assay;
    let mut options = DossierOptions::default();
    options.ihc_positive_from = arguments.ihc_positive.unwrap_or(options.ihc_positive_from);
    Ok(Dossier::of(&gather(&files)?, &options)?)
}

fn write(out: &Path, dossier: &Dossier) -> Result<()> {
    write_dossier(out, dossier)?;
    tell(format_args!("dossier.html and dossier.json are in {}", out.display()));
    Ok(())
}
