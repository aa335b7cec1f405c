//! Files as microscopes write them, made here tag by tag.
#![cfg(feature = "io")]

mod samples;
mod sets;
mod stacks;
mod tiff_file;

use breakapart::io::ReadOptions;
use breakapart::{Field, Plane, PlaneView};

/// Options with the channels in their order.
fn mapped() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.channels = "dapi=0,red=1,green=2".parse().ok();
    options
}

/// The first sample of counterstain, red and green.
fn levels(field: &Field) -> [f32; 3] {
    [&field.counterstain, &field.red, &field.green].map(|plane| plane.view().at(0, 0))
}

fn values(plane: &Plane) -> Vec<f32> {
    let view: PlaneView<'_> = plane.view();
    let (height, width) = view.dim();
    (0..height).flat_map(|y| (0..width).map(move |x| (y, x))).map(|(y, x)| view.at(y, x)).collect()
}

/// Asserts that a message has all parts.
fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` in {message}");
    }
}
