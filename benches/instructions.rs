//! One stage of the pipeline run once, for a program that counts instructions: `benches/instructions.sh`.
//!
//! Wall time on shared machines moves by half; the number of instructions of one build on one input does not. Without a
//! stage it does nothing.

use std::hint::black_box;

use anyhow::{Result, bail};
use breakapart::analyse::Analyser;
use breakapart::assay::Assay;
use breakapart::detect::{DetectParams, detect};
use breakapart::report::{write_nuclei_csv, write_report_json, write_signals_csv};
use breakapart::segment::{SegmentParams, segment};
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::{Colour, Field};
use clap::Parser;

const SEED: u64 = 1;

/// The stages, in the order in which data flow.
const STAGES: [&str; 5] = ["segment", "detect", "measure_field", "read_specimen", "tables"];

#[derive(Parser)]
struct Arguments {
    /// Stage to count.
    stage: Option<String>,
    /// Height and width of the simulated field, px.
    #[arg(long, default_value_t = 1024)]
    size: usize,
    /// Prints the stages.
    #[arg(long)]
    list: bool,
}

/// The work that is counted: instructions are collected in this function only.
#[inline(never)]
fn counted<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

fn field(size_px: usize) -> Result<Field> {
    let mut conditions = Conditions::named("easy_positive")?;
    conditions.size_px = size_px;
    Ok(simulate_field(&conditions, SEED, 0)?.field)
}

fn run(stage: &str, size_px: usize) -> Result<()> {
    let field = field(size_px)?;
    let analyser = Analyser::new(Assay::builtin("alk")?)?;
    match stage {
        "segment" => {
            counted(|| segment(field.counterstain.view(), field.pixel_size, &SegmentParams::default()))?;
        }
        "detect" => {
            counted(|| detect(field.red.view(), Colour::Red, field.pixel_size, &DetectParams::default()))?;
        }
        "measure_field" => {
            counted(|| analyser.measure_field(&field))?;
        }
        "read_specimen" => {
            let measured = vec![analyser.measure_field(&field)?];
            counted(|| analyser.read_specimen("specimen", measured))?;
        }
        "tables" => {
            let reading = analyser.analyse(&field)?;
            let folder = tempfile::tempdir()?;
            let at = |name: &str| folder.path().join(name);
            counted(|| {
                write_nuclei_csv(at("nuclei.csv"), &reading.name, &reading.fields)?;
                write_signals_csv(at("signals.csv"), &reading.name, &reading.fields)?;
                write_report_json(at("report.json"), &reading, &[])
            })?;
        }
        other => bail!("{other:?} is not a stage: {}", STAGES.join(", ")),
    }
    Ok(())
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if arguments.list {
        println!("{}", STAGES.join("\n"));
    }
    let Some(stage) = arguments.stage else { return Ok(()) };
    // All of it on the one thread whose instructions are collected.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    pool.install(|| run(&stage, arguments.size))
}
