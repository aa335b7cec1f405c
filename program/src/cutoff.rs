//! A cutoff of the laboratory's own from normal controls, by four methods side by side, and the assay file with it.

mod assay_file;
mod images;
mod results;
mod rules;
mod table;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use breakapart::PixelSize;
use breakapart::assay::{Assay, Sex};
use breakapart::io::ChannelMap;
use breakapart::summarise::{
    CutoffComparison, CutoffMethod, CutoffParams, NormalControl, NormalControls, USUAL_CONTROLS,
};
use clap::{Args, Parser};

use crate::USAGE;
use crate::assay::text::{AssayText, must_be_free};
use crate::messages::{tell, tell_error};

/// Makes a cutoff from normal controls, and writes an assay file with it.
///
/// Shows the cutoffs by BETAINV, the exact bound, CRITBINOM and the mean with 3 standard deviations side by side, with the
/// controls and nuclei on which each rests, and what speaks against it. Exit status: 0 done; 1 the controls give no
/// cutoff, every reason is named and nothing is written; 2 wrong usage, nothing is written.
#[derive(Parser)]
pub struct Arguments {
    /// Results of `score` (a specimens.csv or its folder), or images: specimens or folders of specimens, all of them normal
    #[arg(required = true, value_name = "CONTROLS")]
    inputs: Vec<PathBuf>,
    /// Assay that the cutoff is for
    #[arg(long, value_name = "NAME|FILE.toml")]
    assay: String,
    /// Assay file to write; without it the table is printed only
    #[arg(long, value_name = "FILE.toml")]
    out: Option<PathBuf>,
    /// Method of the cutoff in the file
    #[arg(long, value_name = "betainv|clopper-pearson|critbinom|mean-3sd", default_value_t = CutoffMethod::InverseBeta)]
    method: CutoffMethod,
    /// Confidence of the bounds, one-sided
    #[arg(long, value_name = "SHARE", default_value_t = CutoffParams::default().confidence)]
    confidence: f64,
    /// Nuclei of the specimens that the cutoff is for [default: those of the control with the fewest]
    #[arg(long, value_name = "N")]
    cells: Option<usize>,
    /// Id of the new assay [default: the name of the file]
    #[arg(long)]
    id: Option<String>,
    /// When the controls were read; left out of the file if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,
    /// Control to leave out, by name; may be given several times
    #[arg(long, value_name = "NAME")]
    leave_out: Vec<String>,
    /// Accept 5 to 19 controls: the cutoff is then marked as one to verify
    #[arg(long)]
    few_controls: bool,
    /// Write over a file that exists
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    reading: ReadingArguments,
}

/// How images are read.
#[derive(Args)]
struct ReadingArguments {
    /// Images: which channel is which, counted from 0 [default: by name and wavelength]
    #[arg(long, value_name = "dapi=0,red=1,green=2")]
    channels: Option<ChannelMap>,
    /// Images: edge of a pixel, um [default: as the files say]
    #[arg(long, value_name = "UM", value_parser = pixel_size)]
    pixel_size: Option<PixelSize>,
    /// Images: sex of the controls, for genes on X
    #[arg(long, value_name = "female|male")]
    sex: Option<Sex>,
    /// Images: file with parameters of all steps, as for `score`
    #[arg(long, value_name = "FILE.toml")]
    params: Option<PathBuf>,
    /// Images: threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    threads: Option<u16>,
}

fn pixel_size(text: &str) -> Result<PixelSize> {
    Ok(PixelSize::from_um(text.parse()?)?)
}

pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let (file, controls) = match prepare(&arguments) {
        Ok(prepared) => prepared,
        Err(error) => {
            tell_error(&error);
            return ExitCode::from(USAGE);
        }
    };
    match compare(&arguments, controls, file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// The inputs of either kind.
struct Inputs {
    results: Vec<PathBuf>,
    images: images::Images,
}

/// Everything that can be wrong with the command itself.
fn prepare(arguments: &Arguments) -> Result<(AssayText, Inputs)> {
    if !(0.5..=0.9999).contains(&arguments.confidence) {
        bail!("--confidence {}: allowed is 0.5 to 0.9999", arguments.confidence);
    }
    if arguments.cells == Some(0) {
        bail!("--cells 0: allowed is 1 or more");
    }
    let file = AssayText::load(&arguments.assay)?;
    if let Some(out) = &arguments.out {
        must_be_free(out, arguments.replace)?;
        assay_file::id_of(arguments.id.as_deref(), out)?;
    }
    let (mut results, mut of_images) = (Vec::new(), Vec::new());
    for input in &arguments.inputs {
        match results::table_at(input) {
            Some(table) => results.push(table),
            None => of_images.push(input.clone()),
        }
    }
    let images = images::Images::find(&of_images, file.assay(), &arguments.reading)?;
    Ok((file, Inputs { results, images }))
}

fn compare(arguments: &Arguments, inputs: Inputs, file: AssayText) -> Result<()> {
    let assay = file.assay().clone();
    let mut controls: Vec<NormalControl> = Vec::new();
    for table in &inputs.results {
        let agrees = rules::must_agree(table, &assay)?;
        controls.extend(results::read(table)?.into_iter().map(|mut control| {
            // Counted by the same rules, whatever the name of the assay.
            if agrees.as_ref() == Some(&control.assay) {
                control.assay.clone_from(&assay.id);
            }
            control
        }));
    }
    controls.extend(inputs.images.read()?);
    leave_out(&mut controls, &arguments.leave_out)?;
    let min_controls = if arguments.few_controls { 0 } else { USUAL_CONTROLS };
    let controls = NormalControls::new(controls, &assay, min_controls)?;
    let mut params = CutoffParams::default();
    params.confidence = arguments.confidence;
    params.cells = arguments.cells;
    let comparison = controls.compare(&params)?;
    // A reader that closes stdout has read enough.
    let _ = stdout().write_all(table::text(&comparison).as_bytes());
    if let Some(out) = &arguments.out {
        let new = assay_file::New {
            comparison: &comparison,
            method: arguments.method,
            id: assay_file::id_of(arguments.id.as_deref(), out)?,
            date: arguments.date.as_deref(),
        };
        report(&assay, &new.write(file, out)?, &comparison, arguments.method, out);
    }
    Ok(())
}

fn leave_out(controls: &mut Vec<NormalControl>, names: &[String]) -> Result<()> {
    for name in names {
        let before = controls.len();
        controls.retain(|control| control.specimen != *name);
        if controls.len() == before {
            bail!("--leave-out {name}: no control has this name");
        }
    }
    Ok(())
}

/// Says what was written, and what the new cutoff changed besides.
fn report(
    base: &Assay,
    new: &Assay,
    comparison: &CutoffComparison,
    method: CutoffMethod,
    out: &std::path::Path,
) {
    tell(format_args!(
        "{}: assay `{}` with the cutoff {} by {method} ({}: {}), from {} normal controls.",
        out.display(),
        new.id,
        new.decision.cutoff(),
        base.id,
        base.decision.cutoff(),
        comparison.controls
    ));
    if base.borderline.is_some() && new.borderline.is_none() {
        tell(
            "The borderline band of the assay does not hold this cutoff and was left out: write one of your own ([borderline]).",
        );
    }
    for note in new.notes() {
        tell(format_args!("note: {note}"));
    }
}
