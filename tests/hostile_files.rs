//! Broken, cut-short, oversized and mislabelled files: never a panic, never more memory than allowed, always an
//! error that names the file.
#![cfg(feature = "io")]

use std::path::{Path, PathBuf};

use breakapart::io::{ReadOptions, find_specimens, read_field, read_field_from_files, read_plane};
use breakapart::{Error, Field};
use proptest::prelude::*;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(data(name)).expect(name)
}

/// A file of the given name and bytes, in a folder that lives as long as the value.
struct Written {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Written {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        Self { path, _folder: folder }
    }

    fn read(&self) -> Result<Field, Error> {
        let mut options = ReadOptions::default();
        options.channels = Some("dapi=0,red=1,green=2".parse().expect("a channel map"));
        options.max_decoded_bytes = 1 << 20;
        let outcome = read_field(&self.path, &options);
        if let Err(error) = &outcome {
            let name = self.path.file_name().expect("a name").to_string_lossy();
            assert!(error.to_string().contains(&*name), "{error}");
        }
        outcome
    }
}

/// A TIFF of one directory, little-endian, without pixels: (tag, type, count, value).
fn header_only(entries: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for &(tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes
}

/// A grey 16-bit image of one strip, its size as given, and 64 bytes of Deflate-like data.
fn one_strip(width: u32, height: u32, compression: u32) -> Vec<u8> {
    let mut bytes = header_only(&[
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 16),
        (259, 3, 1, compression),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (279, 4, 1, 64),
    ]);
    bytes.extend([0; 64]);
    bytes
}

const SAMPLES: [&str; 16] = [
    "pages_uint16_none_little.tif",
    "pages_uint8_lzw_big.tif",
    "pages_float32_packbits_little.tif",
    "pages_uint16_deflate_big.tif",
    "interleaved_tiled_uint16.tif",
    "planar_tiled_uint8.tif",
    "planar_float32.tif",
    "tiled_float32.tif",
    "zstd_uint16.tif",
    "jpeg2000_uint8.tif",
    "jpeg2000_uint16.tif",
    "jpeg_uint8.tif",
    "bigtiff.tif",
    "rgba.tif",
    "named.ome.tif",
    "imagej_channels.tif",
];

#[test]
fn files_cut_short_are_errors_at_any_length() {
    for name in SAMPLES {
        let whole = bytes(name);
        Written::new(name, &whole).read().unwrap_or_else(|e| panic!("{name}: {e}"));
        for length in (0..whole.len()).step_by(1 + whole.len() / 200) {
            let written = Written::new(name, &whole[..length]);
            // What tifffile puts behind the last pixel may be missing; a pixel may not.
            if let Ok(field) = written.read() {
                assert_eq!(
                    Ok(field),
                    Written::new(name, &whole).read().map_err(|_| ()),
                    "{name} cut at {length}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_never_panic(
        which in 0..SAMPLES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..8),
    ) {
        let mut changed = bytes(SAMPLES[which]);
        for (index, value, in_header) in changes {
            // The header and the directory are a small part of the file, and the more fragile one.
            let range = if in_header { changed.len().min(400) } else { changed.len() };
            changed[index.index(range)] = value;
        }
        let _ = Written::new(SAMPLES[which], &changed).read();
    }

    #[test]
    fn random_bytes_behind_a_signature_never_panic(
        signature in prop::sample::select(vec![
            &b"II*\0\x08\0\0\0"[..], b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0",
            b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = Written::new("noise.tif", &[signature, &rest].concat()).read();
    }

    #[test]
    fn changed_ome_xml_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut changed = bytes("named.ome.tif");
        let start = changed.windows(5).position(|w| w == b"<?xml").expect("OME-XML");
        let end = changed.windows(6).position(|w| w == b"</OME>").expect("OME-XML");
        for (index, value) in changes {
            changed[start + index.index(end - start)] = value;
        }
        let _ = Written::new("named.ome.tif", &changed).read();
    }
}

#[test]
fn changed_png_and_jpeg_never_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a.png", "a.jpg"] {
        let path = folder.path().join(name);
        image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8, y as u8, 9]))
            .save(&path)
            .expect("written");
        let whole = std::fs::read(&path).expect("read");
        Written::new(name, &whole).read().expect("an RGB image");
        for length in (0..whole.len()).step_by(7) {
            Written::new(name, &whole[..length]).read().expect_err("cut short");
        }
        for at in (0..whole.len()).step_by(3) {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            let _ = Written::new(name, &changed).read();
        }
    }
}

#[test]
fn no_image_at_all() {
    for (name, bytes, reason) in [
        ("empty.tif", &b""[..], "empty"),
        ("text.tif", b"Image;x;y\n1;2;3\n", "not a TIFF, PNG or JPEG"),
        ("short.tif", b"II", "incomplete"),
        ("version.tif", b"II\x07\0\x08\0\0\0", "version 7"),
        ("no_page.tif", b"II*\0\0\0\0\0", "no page"),
        ("circle.tif", b"II*\0\x08\0\0\0\x01\0\xfe\0\x04\0\x01\0\0\0\x01\0\0\0\x08\0\0\0", "circle"),
        ("entries.tif", b"II*\0\x08\0\0\0\xff\xff", "65535 entries"),
    ] {
        let error = Written::new(name, bytes).read().expect_err(name);
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn sizes_beyond_the_limit_are_refused_before_memory_is_taken() {
    let options = ReadOptions::default();
    let written = Written::new("huge.tif", &one_strip(100_000, 100_000, 8));
    let error = read_plane(&written.path, None, &options).expect_err("20 GB");
    assert!(matches!(error, Error::Limit { needed: 20_000_000_000, limit: 8_589_934_592, .. }), "{error}");
    // Within the limit, but not in the file.
    let written = Written::new("thin.tif", &one_strip(30_000, 30_000, 8));
    let error = read_plane(&written.path, None, &options).expect_err("64 bytes for 1.8 GB");
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
    for (width, height) in [(0, 10), (10, 0)] {
        let error = Written::new("zero.tif", &one_strip(width, height, 1)).read().expect_err("no pixel");
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
    }
    let mut small = ReadOptions::default();
    small.max_decoded_bytes = 27 * 33 * 2 * 3;
    assert!(read_field(data("named.ome.tif"), &small).is_ok());
    small.max_decoded_bytes -= 1;
    for name in ["named.ome.tif", "stack_zcyx.ome.tif", "rgb_float32.tif"] {
        let error = read_field(data(name), &small).expect_err(name);
        assert!(matches!(error, Error::Limit { .. }), "{error}");
    }
}

#[test]
fn headers_that_overflow_are_errors() {
    let u32_max = u32::MAX;
    for entries in [
        // 2^32 - 1 rows of one row a strip, in 65535 planes.
        vec![
            (256, 4, 1, 1),
            (257, 4, 1, u32_max),
            (258, 3, 1, 8),
            (262, 3, 1, 1),
            (273, 4, 1, 8),
            (277, 3, 1, 65_535),
            (278, 4, 1, 1),
            (279, 4, 1, 1),
            (284, 3, 1, 2),
        ],
        // Tiles of 2^32 - 1.
        vec![
            (256, 4, 1, u32_max),
            (257, 4, 1, u32_max),
            (258, 3, 1, 8),
            (262, 3, 1, 1),
            (277, 3, 1, 1),
            (322, 4, 1, u32_max),
            (323, 4, 1, u32_max),
            (324, 4, 1, 8),
            (325, 4, 1, 1),
        ],
        // Tiles of one pixel.
        vec![
            (256, 4, 1, u32_max),
            (257, 4, 1, u32_max),
            (258, 3, 1, 8),
            (262, 3, 1, 1),
            (277, 3, 1, 65_535),
            (284, 3, 1, 2),
            (322, 4, 1, 1),
            (323, 4, 1, 1),
            (324, 4, 1, 8),
            (325, 4, 1, 1),
        ],
        // A floating-point predictor on bytes.
        vec![
            (256, 4, 1, 1),
            (257, 4, 1, 1),
            (258, 3, 1, 8),
            (262, 3, 1, 1),
            (273, 4, 1, 8),
            (277, 3, 1, 1),
            (279, 4, 1, 1),
            (317, 3, 1, 3),
            (339, 3, 1, 3),
        ],
        // A description longer than the file.
        vec![
            (256, 4, 1, 1),
            (257, 4, 1, 1),
            (258, 3, 1, 8),
            (262, 3, 1, 1),
            (270, 2, u32_max, 8),
            (273, 4, 1, 8),
            (277, 3, 1, 1),
            (279, 4, 1, 1),
        ],
    ] {
        let error = Written::new("overflow.tif", &header_only(&entries)).read().expect_err("overflow");
        assert!(!matches!(error, Error::Io { .. }), "{error}");
    }
}

#[test]
fn infinite_samples_are_located() {
    for bad in [f32::INFINITY, f32::NEG_INFINITY] {
        let mut changed = bytes("pages_float32_none_little.tif");
        let (value, stored) = (1000.0 + 20.0 * 2.0 + 24.0, bad.to_le_bytes());
        let at = changed
            .windows(4)
            .position(|w| w == f32::to_le_bytes(value))
            .expect("channel 1, row 2, column 24");
        changed[at..at + 4].copy_from_slice(&stored);
        let error = Written::new("inf.tif", &changed).read().expect_err("not finite");
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
        let message = error.to_string();
        for part in ["inf.tif", "page 1", "channel 1", "row 2", "column 24"] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }
}

#[test]
fn channels_that_are_not_there() {
    let mut options = ReadOptions::default();
    options.channels = Some("dapi=0,red=1,green=3".parse().expect("a channel map"));
    let error = read_field(data("named.ome.tif"), &options).expect_err("three channels");
    assert!(matches!(error, Error::InvalidParameter { .. }), "{error}");
    for part in ["green", "0 to 2", "named.ome.tif", "SpectrumOrange"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    let error =
        read_plane(data("named.ome.tif"), Some(7), &ReadOptions::default()).expect_err("three channels");
    assert!(matches!(error, Error::InvalidParameter { .. }), "{error}");
    let error = read_field(data("dpi.tif"), &ReadOptions::default()).expect_err("one channel");
    assert!(error.to_string().contains("1 channel: 0"), "{error}");
}

#[test]
fn ome_xml_that_contradicts_the_pages() {
    let change = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let whole = bytes("named.ome.tif");
        let at = whole.windows(from.len()).position(|w| w == from.as_bytes()).expect(from);
        let mut changed = whole.clone();
        changed[at..at + to.len()].copy_from_slice(to.as_bytes());
        Written::new("changed.ome.tif", &changed).read().expect_err(to)
    };
    for (from, to) in [
        ("SizeX=\"33\"", "SizeX=\"34\""),
        ("SizeC=\"3\"", "SizeC=\"4\""),
        ("SizeZ=\"1\"", "SizeZ=\"9\""),
        ("SizeZ=\"1\"", "SizeZ=\"x\""),
        ("IFD=\"0\"", "IFD=\"2\""),
        ("PlaneCount=\"3\"", "PlaneCount=\"1\""),
        ("PhysicalSizeX=\"0.1\"", "PhysicalSizeX=\"99.\""),
        ("DimensionOrder=\"XYCZT\"", "DimensionOrder=\"XYCCT\""),
    ] {
        let error = change(from, to);
        assert!(matches!(error, Error::Malformed { .. }), "{to}: {error}");
    }
}

#[test]
fn deep_and_repetitive_xml_is_harmless() {
    let deep = format!("<OME>{}", "<a>".repeat(200_000));
    let entities =
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><OME>&b;</OME>".to_owned();
    for xml in [deep, entities] {
        let entries = [
            (256, 4, 1, 1),
            (257, 4, 1, 1),
            (258, 3, 1, 8),
            (262, 3, 1, 1),
            (270, 2, xml.len() as u32, 122),
            (273, 4, 1, 8),
            (277, 3, 1, 1),
            (279, 4, 1, 1),
        ];
        let mut file = header_only(&entries);
        file.resize(122, 0);
        file.extend(xml.as_bytes());
        let error = Written::new("deep.ome.tif", &file).read().expect_err("not OME-XML");
        assert!(error.to_string().contains("not well formed"), "{error}");
    }
}

#[test]
fn paths_that_are_no_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.tif");
    for path in [folder.path(), &missing] {
        for error in [
            read_field(path, &ReadOptions::default()).map(|_| ()).expect_err("no file"),
            read_plane(path, None, &ReadOptions::default()).map(|_| ()).expect_err("no file"),
            read_field_from_files(path, "red.tif", "green.tif", &ReadOptions::default())
                .map(|_| ())
                .expect_err("no"),
        ] {
            assert!(matches!(error, Error::Io { .. }), "{error}");
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        }
    }
    let found = find_specimens(&[missing.clone(), folder.path().to_path_buf()]);
    assert_eq!(found.len(), 2);
    assert!(matches!(found[0].specimen, Err(Error::Io { .. })), "{:?}", found[0]);
    assert!(matches!(found[1].specimen, Err(Error::Malformed { .. })), "{:?}", found[1]);
}
