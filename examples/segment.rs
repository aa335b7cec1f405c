//! Nuclei of single images.
//!
//! `cargo run --release --example segment -- IMAGE... --out DIR [--pixel-size UM] [--channel N]`
//!
//! Writes `DIR/NAME.tif` for each image: 0 = background, otherwise the number of the nucleus. A trailing
//! `.image` in the file's stem is dropped from NAME. Exit status: 0 all done; 1 some input failed (the others
//! are complete); 2 wrong usage, nothing written.

#[path = "single_images/images.rs"]
mod single_images;

use std::process::ExitCode;

use breakapart::io::write_labels;
use breakapart::segment::{SegmentParams, segment};
use clap::Parser;

/// Finds the nuclei of single images.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    images: single_images::Images,
}

fn main() -> ExitCode {
    Arguments::parse().images.each("tif", |image, path| {
        let found = segment(image.plane.view(), image.pixel_size, &SegmentParams::default())?;
        for note in &found.notes {
            eprintln!("note: {}: {note}", path.display());
        }
        Ok(write_labels(path, &found.labels)?)
    })
}
