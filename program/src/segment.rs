//! Nuclei of single images.
//!
//! `breakapart segment IMAGE... --out DIR [--pixel-size UM] [--channel N]`
//!
//! Writes `DIR/NAME.tif` for each image: 0 = background, otherwise the number of the nucleus. A trailing
//! `.image` in the file's stem is dropped from NAME. Exit status: 0 all done; 1 some input failed (the others
//! are complete); 2 wrong usage, nothing written.

use std::process::ExitCode;

use breakapart::io::write_labels;
use breakapart::segment::{SegmentParams, segment};
use clap::Parser;

use crate::single_images::Images;

/// Finds the nuclei of single images.
#[derive(Parser)]
pub struct Arguments {
    #[command(flatten)]
    images: Images,
}

/// `breakapart segment` as a program of its own.
#[must_use]
pub fn main() -> ExitCode {
    run(&Arguments::parse())
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    arguments.images.each("tif", |image, path| {
        let found = segment(image.plane.view(), image.pixel_size, &SegmentParams::default())?;
        for note in &found.notes {
            eprintln!("note: {}: {note}", path.display());
        }
        Ok(write_labels(path, &found.labels)?)
    })
}
