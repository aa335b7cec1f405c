//! Signals of single images, over the whole frame.
//!
//! `breakapart detect IMAGE... --out DIR [--pixel-size UM] [--channel N]`
//!
//! Writes `DIR/NAME.csv` for each image with the columns `y_px,x_px,intensity,snr,diameter_px`. A trailing
//! `.image` in the file's stem is dropped from NAME. Exit status: 0 all done; 1 some input failed (the others
//! are complete); 2 wrong usage, nothing written.

use std::path::Path;
use std::process::ExitCode;

use breakapart::detect::{DetectParams, Signal, detect};
use breakapart::io::write_atomically;
use breakapart::{Colour, Error};
use clap::Parser;

use crate::single_images::Images;

/// Finds the signals of single images.
#[derive(Parser)]
pub struct Arguments {
    #[command(flatten)]
    images: Images,
}

/// `breakapart detect` as a program of its own.
#[must_use]
pub fn main() -> ExitCode {
    run(&Arguments::parse())
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    arguments.images.each("csv", |image, table| {
        // The colour is only noted in the signals, and not written here.
        let signals = detect(image.plane.view(), Colour::Red, image.pixel_size, &DetectParams::default())?;
        Ok(write_atomically(table, |part| {
            write_csv(part, &signals).map_err(|error| Error::io(table, error.into()))
        })?)
    })
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
