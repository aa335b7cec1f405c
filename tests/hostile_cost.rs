//! Small files that are made to take much time or memory, found by fuzzing and by reading the code: each is refused, or
//! read, in bounded time.
#![cfg(feature = "run")]

mod cost;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use breakapart::Assay;
use breakapart::io::{ReadOptions, read_plane};
use breakapart::run::{SampleSheet, SheetError};
use cost::in_bounded_time;

/// The code of the error of an image file.
fn code_of(folder: &Path, bytes: &[u8]) -> &'static str {
    let path = folder.join("hostile.tif");
    fs::write(&path, bytes).expect("written");
    let read = in_bounded_time(|| read_plane(&path, None, &ReadOptions::default()));
    let error = read.expect_err("no image");
    assert!(error.to_string().contains("hostile.tif"), "{error}");
    error.code()
}

/// A directory: tag, type, count and value of each entry, and the place of the next directory.
fn directory(entries: &[(u16, u16, u32, u32)], next: usize) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend((next as u32).to_le_bytes());
    bytes
}

#[test]
fn planes_that_ome_xml_names_over_and_over() {
    // Every element names all planes, most of which lie in another file.
    let mut xml = "<OME UUID=\"urn:uuid:1\"><Image><Pixels SizeX=\"1\" SizeY=\"1\" SizeC=\"1\" SizeZ=\"1048576\" SizeT=\"1\" \
                   DimensionOrder=\"XYZCT\"><TiffData IFD=\"0\"><UUID FileName=\"b.tif\">urn:uuid:2</UUID></TiffData>"
        .to_owned();
    xml.push_str(&"<TiffData/>".repeat(20_000));
    xml.push_str("</Pixels></Image></OME>");
    let entries = [
        (256, 4, 1, 1),
        (257, 4, 1, 1),
        (258, 3, 1, 8),
        (262, 3, 1, 1),
        (270, 2, xml.len() as u32, 110),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (279, 4, 1, 1),
    ];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(directory(&entries, 0));
    assert_eq!(file.len(), 110);
    file.extend(xml.as_bytes());
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(code_of(folder.path(), &file), "malformed");
}

#[test]
fn directories_that_lie_in_each_other() {
    /// Entries of each directory, of type 3, count 0: any of them is valid.
    const ENTRIES: u16 = 1000;
    const DIRECTORIES: usize = 16_000;
    // Each directory begins 12 bytes behind the one before: its entries are the others', moved by one.
    let mut file = vec![0; 8 + 12 * (DIRECTORIES + usize::from(ENTRIES)) + 6];
    file[..8].copy_from_slice(b"II*\0\x08\0\0\0");
    for (i, entry) in file[8..].chunks_exact_mut(12).enumerate() {
        // Count of the directory here, which is the tag of an entry to the one before.
        entry[..2].copy_from_slice(&ENTRIES.to_le_bytes());
        // Its link to the next, where a later directory has count and type of an entry.
        let next = 8 + 12 * (i + 1).saturating_sub(usize::from(ENTRIES));
        entry[2..6].copy_from_slice(&(next as u32).to_le_bytes());
    }
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(code_of(folder.path(), &file), "malformed");
}

#[test]
fn a_palette_that_all_pages_share() {
    const PAGES: usize = 1000;
    const PALETTE_AT: usize = 8;
    let colours = 3_u32 << 16;
    // A ramp that is none: places in a palette of colours.
    let palette = (0..colours).flat_map(|i| ((i * 7919) as u16).to_le_bytes());
    let mut file = [b"II*\0\0\0\0\0".to_vec(), palette.collect()].concat();
    let first = file.len();
    file[4..8].copy_from_slice(&(first as u32).to_le_bytes());
    for page in 0..PAGES {
        let entries = [
            (256, 4, 1, 1),
            (257, 4, 1, 1),
            (258, 3, 1, 16),
            (262, 3, 1, 3),
            (273, 4, 1, 8),
            (279, 4, 1, 2),
            (320, 3, colours, PALETTE_AT as u32),
        ];
        let next = if page + 1 < PAGES { file.len() + 2 + 12 * entries.len() + 4 } else { 0 };
        file.extend(directory(&entries, next));
    }
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(code_of(folder.path(), &file), "limit_exceeded");
}

#[test]
fn a_sheet_of_many_rows() {
    let mut text = "specimen,path,assay\n".to_owned();
    for row in 0..100_000 {
        writeln!(text, "P{row},nowhere,alk").expect("text");
    }
    let read = in_bounded_time(|| SampleSheet::parse(&text, Path::new("week.csv"), true));
    let Err(SheetError::Faults { faults, .. }) = read else { panic!("the folders are not there") };
    assert_eq!((faults.len(), faults[99_999].line), (100_000, 100_001));
}

#[test]
fn an_assay_file_of_nothing_but_faults() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("faults.toml");
    for (count, code) in [(12_000, "invalid_assay"), (20_000, "limit_exceeded")] {
        let mut text = String::new();
        for key in 0..count {
            writeln!(text, "k{key}=1").expect("text");
        }
        fs::write(&path, text).expect("written");
        let error = in_bounded_time(|| Assay::read(&path)).expect_err("faults");
        assert_eq!(error.code(), code);
    }
}

#[cfg(unix)]
#[test]
fn a_sheet_without_an_end() {
    let error = in_bounded_time(|| SampleSheet::read("/dev/zero", true)).expect_err("no sheet");
    assert!(error.to_string().contains("/dev/zero"), "{error}");
}
