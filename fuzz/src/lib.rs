//! What the fuzz targets share: a file for the bytes, and the rules for reading it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use breakapart::io::{ReadOptions, read_field, read_plane};
use breakapart::{Error, Location};

/// The most that decoded planes may take, bytes. The memory limit of a run (1 GiB) is far above it, so that memory beyond it
/// ends the run as a fault.
const MAX_DECODED_BYTES: u64 = 1 << 26;

/// The place of text that came from no file.
pub fn no_file() -> Location {
    Location::file("fuzz")
}

/// Options under which a file of any channels can be a field.
pub fn options() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.channels = Some("dapi=0,red=1,green=2".parse().expect("a channel map"));
    options.max_decoded_bytes = MAX_DECODED_BYTES;
    options
}

/// A file of the given bytes. Each process has one, which the next call overwrites.
pub fn on_disk(bytes: &[u8]) -> &'static Path {
    static PATH: LazyLock<PathBuf> =
        LazyLock::new(|| std::env::temp_dir().join(format!("breakapart-fuzz-{}", std::process::id())));
    std::fs::write(&*PATH, bytes).expect("a writable folder of temporary files");
    &PATH
}

/// Reads an image file in every way. An error must name the file.
pub fn read_image(bytes: &[u8]) {
    let path = on_disk(bytes);
    let name = path.file_name().expect("a name").to_string_lossy();
    let check = |error: Error| assert!(error.to_string().contains(&*name), "{error}");
    let mapped = options();
    let mut by_name = mapped.clone();
    by_name.channels = None;
    let mut second = mapped.clone();
    second.series = Some(1);
    for options in [&mapped, &by_name, &second] {
        match read_field(path, options) {
            Ok(field) => assert_eq!(field.red.dim(), field.green.dim()),
            Err(error) => check(error),
        }
    }
    for channel in [None, Some(0), Some(3)] {
        read_plane(path, channel, &by_name).map(drop).unwrap_or_else(check);
    }
}

/// A TIFF of `PAGES` grey pages of 4 x 4 px, of which the first has the given description (TIFF 6.0, section 2).
pub fn described_tiff(description: &[u8]) -> Vec<u8> {
    /// As many as three channels of two slices need.
    const PAGES: u32 = 6;
    const SIDE_PX: u32 = 4;
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    for page in 0..PAGES {
        let start = file.len() as u32;
        let text: &[u8] = if page == 0 { description } else { b"" };
        let entries = [
            (256, 4, 1, SIDE_PX),
            (257, 4, 1, SIDE_PX),
            (258, 3, 1, 8),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (270, 2, text.len() as u32, 0),
            (273, 4, 1, 0),
            (277, 3, 1, 1),
            (278, 4, 1, SIDE_PX),
            (279, 4, 1, SIDE_PX * SIDE_PX),
        ];
        let samples = start + 2 + 12 * entries.len() as u32 + 4;
        let description_at = samples + SIDE_PX * SIDE_PX;
        let next = description_at + text.len() as u32;
        file.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            let value = match tag {
                270 if text.len() > 4 => description_at,
                273 => samples,
                _ => value,
            };
            file.extend(u16::to_le_bytes(tag));
            file.extend(u16::to_le_bytes(kind));
            file.extend(u32::to_le_bytes(count));
            file.extend(value.to_le_bytes());
        }
        file.extend(if page + 1 < PAGES { next } else { 0 }.to_le_bytes());
        file.extend((0..SIDE_PX * SIDE_PX).map(|i| (16 * page + i) as u8));
        file.extend(text);
    }
    file
}
