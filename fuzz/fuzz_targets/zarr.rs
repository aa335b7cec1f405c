//! Metadata of OME-Zarr images, and one chunk of their array: read as a field, and in parts. An error must name the folder.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use breakapart::io::{SlideFile, read_field};
use breakapart::slide::{Part, SlideSource};
use breakapart::{ChannelRole, Error};
use libfuzzer_sys::fuzz_target;

/// A folder with all that an image of either version needs, but for the metadata.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("breakapart-fuzz-{}.ome.zarr", std::process::id()));
    std::fs::create_dir_all(folder.join("0/c/0/0")).expect("a writable folder of temporary files");
    folder
});

/// The files of an image: its group, its array and the first chunk.
fn files(is_new: bool) -> [&'static str; 3] {
    if is_new { ["zarr.json", "0/zarr.json", "0/c/0/0/0"] } else { [".zattrs", "0/.zarray", "0/0.0.0"] }
}

fn write(folder: &Path, is_new: bool, contents: [&[u8]; 3]) {
    for other in files(!is_new).into_iter().chain([".zgroup"]) {
        let _ = std::fs::remove_file(folder.join(other));
    }
    if !is_new {
        std::fs::write(folder.join(".zgroup"), "{\"zarr_format\": 2}").expect("written");
    }
    for (name, content) in files(is_new).into_iter().zip(contents) {
        std::fs::write(folder.join(name), content).expect("written");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [version, rest @ ..] = bytes else { return };
    // The group, the array and the chunk stand one after the other, with a zero between.
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let contents = std::array::from_fn(|_| parts.next().unwrap_or_default());
    let folder = &*FOLDER;
    write(folder, version % 2 == 0, contents);

    let name = folder.file_name().expect("a name").to_string_lossy();
    let check = |error: Error| assert!(error.to_string().contains(&*name), "{error}");
    let options = breakapart_fuzz::options();
    match read_field(folder, &options) {
        Ok(field) => assert_eq!(field.red.dim(), field.green.dim()),
        Err(error) => check(error),
    }
    match SlideFile::open(folder, &options) {
        Ok(slide) => {
            let corner = Part { y0: 1, x0: 2, y1: 19, x1: 23 }.common(&slide.facts().whole());
            slide.read(ChannelRole::Red, corner).map(drop).unwrap_or_else(check);
        }
        Err(error) => check(error),
    }
});
