//! Signals of single images, over the whole frame.
//!
//! `cargo run --release --example detect -- IMAGE... --out DIR [--pixel-size UM] [--channel N]`
//!
//! Writes `DIR/NAME.csv` for each image with the columns `y_px,x_px,intensity,snr,diameter_px`. A trailing
//! `.image` in the file's stem is dropped from NAME. Exit status: 0 all done; 1 some input failed (the others
//! are complete); 2 wrong usage, nothing written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use breakapart::detect::{DetectParams, Signal, detect};
use breakapart::io::{ReadOptions, image_stem, read_plane};
use breakapart::report::write_atomically;
use breakapart::{Colour, Error, PixelSize};
use clap::Parser;

/// Finds the signals of single images.
#[derive(Parser)]
struct Arguments {
    /// Images, each with one probe
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Folder for the tables
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Edge of a pixel, um [default: as the files say]
    #[arg(long, value_name = "UM", value_parser = pixel_size)]
    pixel_size: Option<PixelSize>,
    /// Channel that shows the probe, counted from 0; needed for files with several
    #[arg(long, value_name = "N")]
    channel: Option<usize>,
}

fn pixel_size(text: &str) -> Result<PixelSize> {
    Ok(PixelSize::from_um(text.parse()?)?)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let tables = match tables(&arguments) {
        Ok(tables) => tables,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::from(2);
        }
    };
    let mut all_done = true;
    for (table, image) in &tables {
        if let Err(error) = write_signals(image, table, &arguments) {
            eprintln!("error: {error:#}");
            all_done = false;
        }
    }
    if all_done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The table to write for each image, in a folder that exists.
fn tables(arguments: &Arguments) -> Result<BTreeMap<PathBuf, &Path>> {
    let mut tables: BTreeMap<PathBuf, &Path> = BTreeMap::new();
    for image in &arguments.images {
        let table = arguments.out.join(format!("{}.csv", image_stem(image)));
        if let Some(first) = tables.insert(table, image).filter(|first| first != image) {
            bail!("{} and {} would be written to the same table", first.display(), image.display());
        }
    }
    std::fs::create_dir_all(&arguments.out).with_context(|| format!("--out {}", arguments.out.display()))?;
    Ok(tables)
}

fn write_signals(image: &Path, table: &Path, arguments: &Arguments) -> Result<()> {
    let mut options = ReadOptions::default();
    options.pixel_size = arguments.pixel_size;
    let plane = read_plane(image, arguments.channel, &options)?;
    for warning in &plane.warnings {
        eprintln!("note: {}: {warning}", image.display());
    }
    let signals = detect(plane.plane.view(), Colour::Red, plane.pixel_size, &DetectParams::default())
        .with_context(|| image.display().to_string())?;
    write_atomically(table, |part| {
        write_csv(part, &signals).map_err(|error| Error::io(table, error.into()))
    })?;
    Ok(())
}

fn write_csv(path: &Path, signals: &[Signal]) -> csv::Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(["y_px", "x_px", "intensity", "snr", "diameter_px"])?;
    for s in signals {
        table.write_record([
            format!("{:.3}", s.y_px),
            format!("{:.3}", s.x_px),
            format!("{:.3}", s.intensity),
            format!("{:.2}", s.snr),
            format!("{:.3}", s.diameter_px),
        ])?;
    }
    Ok(table.flush()?)
}
