//! Writes break-apart specimens with known truth.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use breakapart::simulate::{Conditions, SlideLayout, SpecimenTruth, write_slide, write_specimen};
use clap::Parser;

use crate::USAGE;

/// Writes break-apart specimens with known truth: a folder of OME-TIFF fields for each condition, and the
/// truth about every nucleus and signal in its subfolder `truth`.
#[derive(Parser)]
pub struct Arguments {
    /// Folder for the specimens
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Condition to simulate; all of them if not given
    #[arg(long, value_name = "NAME")]
    condition: Option<String>,
    /// Seed: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Fields in a specimen
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    fields: u32,
    /// Height and width of a field; that of the condition if not given
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(64..=8192))]
    size: Option<u32>,
    /// One whole slide of this size in px, such as 30000x30000, instead of fields
    #[arg(long, value_name = "ROWSxCOLS", conflicts_with = "fields", value_parser = rows_and_columns)]
    slide: Option<(usize, usize)>,
    /// Share of the slide that is empty glass
    #[arg(long, value_name = "SHARE", requires = "slide", default_value_t = 0.0)]
    empty: f64,
}

fn rows_and_columns(text: &str) -> Result<(usize, usize), String> {
    let sizes =
        text.split_once('x').and_then(|(rows, columns)| Some((rows.parse().ok()?, columns.parse().ok()?)));
    sizes.ok_or_else(|| "rows and columns in px, such as 30000x30000".to_owned())
}

/// `breakapart simulate` as a program of its own.
#[must_use]
pub fn main() -> ExitCode {
    run(&Arguments::parse())
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let conditions = match chosen(arguments) {
        Ok(conditions) => conditions,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(USAGE);
        }
    };
    match write(arguments, &conditions) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn chosen(arguments: &Arguments) -> breakapart::Result<Vec<Conditions>> {
    let names = match &arguments.condition {
        Some(name) => vec![name.clone()],
        None => Conditions::names()?,
    };
    let named = |name: &String| {
        let mut conditions = Conditions::named(name)?;
        if let Some(size) = arguments.size {
            conditions.size_px = size as usize;
        }
        Ok(conditions)
    };
    names.iter().map(named).collect()
}

fn write(arguments: &Arguments, conditions: &[Conditions]) -> anyhow::Result<()> {
    for conditions in conditions {
        let dir = arguments.out.join(&conditions.name);
        let truth = write_one(&dir, conditions, arguments)?;
        // That stdout was closed by its reader is no failure of the run.
        let _closed = writeln!(
            stdout(),
            "{}: {} fields, {} of {} scorable nuclei rearranged ({:.1} %)",
            dir.display(),
            truth.fields,
            truth.scorable_rearranged,
            truth.scorable,
            truth.percent
        );
    }
    Ok(())
}

fn write_one(
    dir: &Path,
    conditions: &Conditions,
    arguments: &Arguments,
) -> breakapart::Result<SpecimenTruth> {
    let Some((height_px, width_px)) = arguments.slide else {
        return write_specimen(dir, conditions, arguments.seed, arguments.fields);
    };
    let layout = SlideLayout { height_px, width_px, empty_share: arguments.empty };
    Ok(write_slide(dir, conditions, arguments.seed, layout)?.specimen)
}
