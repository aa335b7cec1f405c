//! Files of many kinds and makers. They read, or fail with an error that names the file.
//!
//! The data are not part of the crate: `BREAKAPART_DATA` names their folder; without it the tests are skipped.
#![cfg(feature = "io")]

use std::path::{Path, PathBuf};

use breakapart::io::{
    FieldFiles, ReadOptions, SinglePlane, find_specimens, read_field, read_field_from_files, read_plane,
};
use breakapart::{ChannelRole, Error, FieldNote, PixelSize, Plane};

/// Sum, first and last sample of a plane.
type Digest = (f64, f32, f32);

// As tifffile 2026.3.3 decodes the files.
#[allow(clippy::unreadable_literal)]
const GREY: [(&str, Digest); 24] = [
    ("gradient-1c-32b-float.tiff", (128.031921, 0.0008935276, 0.9982651)),
    ("issue_69_lzw.tiff", (1015486.0, 485.0, 457.0)),
    ("issue_69_packbits.tiff", (1015486.0, 485.0, 457.0)),
    ("minisblack-1c-16b.tiff", (733126239.0, 21909.0, 49003.0)),
    ("minisblack-1c-8b.tiff", (2840893.0, 85.0, 190.0)),
    ("predictor-3-gray-f32.tif", (20008.279318, 0.9158134, 0.3454094)),
    ("minisblack-2c-8b-alpha.tiff", (244225.0, 0.0, 0.0)),
    ("int8.tif", (3111.0, 31.0, 2.0)),
    ("minisblack-1c-i8b.tiff", (-182419.0, -43.0, 63.0)),
    ("int16.tif", (354396.0, 1071.0, -287.0)),
    ("int16_zstd.tif", (354396.0, 1071.0, -287.0)),
    ("minisblack-1c-i16b.tiff", (-43702869.0, -10859.0, 16235.0)),
    ("gradient-1c-32b.tiff", (549892913787.0, 3837672.0, 4287516159.0)),
    ("gradient-1c-64b-float.tiff", (128.031921, 0.0008935276, 0.9982651)),
    ("random-fp16.tiff", (213.475342, 1.0, 1.0)),
    ("random-fp16-pred2.tiff", (213.475342, 1.0, 1.0)),
    ("random-fp16-pred3.tiff", (213.475342, 1.0, 1.0)),
    ("12bit.cropped.tiff", (10973.0, 8.0, 1.0)),
    ("hpredict-1c-12b.tiff", (11000.0, 100.0, 4000.0)),
    ("minisblack-1c-3b.tiff", (56.0, 0.0, 0.0)),
    ("minisblack-1c-5b.tiff", (248.0, 0.0, 0.0)),
    ("minisblack-1c-7b.tiff", (919.0, 0.0, 0.0)),
    ("tiled-gray-i1.tif", (934.0, 1.0, 1.0)),
    ("palette-1c-1b.tiff", (11853.0, 0.0, 1.0)),
];
#[allow(clippy::unreadable_literal)]
const COLOUR: [(&str, [Digest; 3]); 8] = [
    (
        "rgb-3c-16b.tiff",
        [(913220157.0, 41733.0, 45996.0), (705607663.0, 13385.0, 52028.0), (405522124.0, 13810.0, 41317.0)],
    ),
    ("rgb-3c-8b.tiff", [(3541632.0, 162.0, 178.0), (2734059.0, 52.0, 202.0), (1566417.0, 53.0, 160.0)]),
    ("planar-rgb-u8.tif", [(15417630.0, 73.0, 46.0), (13007788.0, 51.0, 32.0), (11103530.0, 30.0, 26.0)]),
    (
        "predictor-3-rgb-f32.tif",
        [
            (31729.130721, 0.2078584, 0.999918),
            (7680.859900, 0.07058823, 0.554424),
            (14596.590221, 0.4156862, 0.2672564),
        ],
    ),
    (
        "tiled-rect-rgb-u8.tif",
        [(20279189.0, 243.0, 51.0), (21494088.0, 244.0, 64.0), (20307755.0, 251.0, 7.0)],
    ),
    ("tiled-rgb-u8.tif", [(15417630.0, 73.0, 46.0), (13007788.0, 51.0, 32.0), (11103530.0, 30.0, 26.0)]),
    ("no_rows_per_strip.tiff", [(36016314.0, 164.0, 4.0), (33779555.0, 150.0, 5.0), (29652971.0, 71.0, 2.0)]),
    (
        "gradient-3c-32b-float.tiff",
        [
            (159.083377, 0.9996226, 0.2570902),
            (138.995987, 0.002860446, 0.2012705),
            (174.761050, 0.06293321, 1.0),
        ],
    ),
];
#[allow(clippy::unreadable_literal)]
const NUP_NUCLEI: [Digest; 2] = [(15201747.0, 43.0, 21.0), (43455184.0, 46.0, 4.0)];
#[allow(clippy::unreadable_literal)]
const SPOTS_PROJECTION: Digest = (31789150.0, 2263.0, 5063.0);
#[allow(clippy::unreadable_literal)]
const DNA_PROJECTIONS: [Digest; 2] = [(52253534.0, 318.0, 578.0), (20107266.0, 691.0, 710.0)];

fn data(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BREAKAPART_DATA").map(|root| PathBuf::from(root).join(part));
    let found = folder.filter(|folder| folder.exists());
    if found.is_none() {
        println!("skipped: BREAKAPART_DATA does not name a folder with {part}");
    }
    found
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
    found.sort();
}

fn options() -> ReadOptions {
    ReadOptions::default()
}

fn digest(plane: &Plane) -> Digest {
    let view = plane.view();
    let (height, width) = view.dim();
    let sum = (0..height)
        .flat_map(|y| (0..width).map(move |x| (y, x)))
        .map(|(y, x)| f64::from(view.at(y, x)))
        .sum();
    (sum, view.at(0, 0), view.at(height - 1, width - 1))
}

/// Floats to the digits that the tables have.
fn assert_digest(plane: &Plane, expected: Digest, what: &str) {
    let found = digest(plane);
    assert!((found.0 - expected.0).abs() <= 1e-6 * expected.0.abs(), "{what}: {found:?}, not {expected:?}");
    let difference = (found.1 - expected.1).abs() + (found.2 - expected.2).abs();
    assert!(difference < 1e-6, "{what}: {found:?}, not {expected:?}");
}

#[test]
fn every_file_reads_or_names_itself() {
    let Some(folder) = data("formats") else { return };
    let mut files = Vec::new();
    files_below(&folder, &mut files);
    assert!(files.len() > 80, "{} files", files.len());
    let mut read = 0;
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let plane = read_plane(&path, None, &options()).map(|image| image.plane.dim());
        let field = read_field(&path, &options()).map(|field| field.dim());
        read += usize::from(plane.is_ok() || field.is_ok());
        for outcome in [plane, field] {
            match outcome {
                Ok((height, width)) => assert!(height > 0 && width > 0, "{name}"),
                Err(error) => assert!(error.to_string().contains(&name), "{name}: {error}"),
            }
        }
    }
    assert!(read >= 20, "only {read} files were read");
}

#[test]
fn files_of_the_tiff_library() {
    let Some(folder) = data("formats/tiff_images") else { return };
    for (name, expected) in GREY {
        let image = read_plane(folder.join(name), None, &options()).unwrap_or_else(|e| panic!("{e}"));
        assert_digest(&image.plane, expected, name);
    }
    for (name, expected) in COLOUR {
        let field = read_field(folder.join(name), &options()).unwrap_or_else(|e| panic!("{e}"));
        for (plane, expected) in [&field.red, &field.green, &field.counterstain].into_iter().zip(expected) {
            assert_digest(plane, expected, name);
        }
    }
    for (name, reason) in [
        ("gradient-1c-64b.tiff", "64-bit unsigned"),
        ("cmyk-3c-8b.tiff", "CMYK"),
        ("quad-lzw-compat.tiff", "before TIFF 6.0"),
        ("fax4.tiff", "compression 4 (fax)"),
    ] {
        let error = read_plane(folder.join(name), None, &options()).expect_err(name);
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[allow(clippy::unreadable_literal)]
/// The decoders of JPEG differ by a level or two, and in how they enlarge chrominance.
#[test]
fn jpeg_tiles_of_the_tiff_library() {
    let Some(folder) = data("formats/tiff_images") else { return };
    for (name, sums) in [
        ("tiled-jpeg-rgb-u8.tif", [15408831.0, 12999547.0, 11099054.0]),
        ("tiled-jpeg-ycbcr.tif", [15388590.0, 12993157.0, 11107612.0]),
    ] {
        let field = read_field(folder.join(name), &options()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(field.notes, [FieldNote::LossyCompression { channel: None }], "{name}");
        for (plane, sum) in [&field.red, &field.green, &field.counterstain].into_iter().zip(sums) {
            let found = digest(plane).0;
            assert!((found - sum).abs() < 4e-3 * sum, "{name}: {found}, not {sum}");
        }
    }
}

#[allow(clippy::unreadable_literal)]
/// Sums of red, green and blue of colours that a palette gives, with the first and the last sample.
#[test]
fn palettes_of_the_tiff_library() {
    let Some(folder) = data("formats/tiff_images") else { return };
    for (name, sums) in [
        ("palette-1c-8b.tiff", [3555396.0, 2746930.0, 1574058.0]),
        ("palette-1c-4b.tiff", [3549130.0, 2736793.0, 1612190.0]),
    ] {
        let field = read_field(folder.join(name), &options()).unwrap_or_else(|e| panic!("{e}"));
        for (plane, sum) in [&field.red, &field.green, &field.counterstain].into_iter().zip(sums) {
            // The sums are of the high bytes of the 16 that the palette has.
            let found = digest(plane).0 / 257.0;
            assert!((found - sum).abs() < 0.01 * sum, "{name}: {found}, not {sum}");
        }
    }
}

#[test]
fn specimens_are_read_as_they_were_written() {
    let Some(folder) = data("specimens") else { return };
    let found = find_specimens(&[folder]);
    assert!(found.len() > 5, "{} specimens", found.len());
    let mut stacks = 0;
    for specimen in found {
        let source = specimen.specimen.expect("a specimen");
        assert_eq!(specimen.path.file_name(), Some(source.name.as_ref()));
        assert!(!source.fields.is_empty(), "{}", source.name);
        let first = &source.fields[0];
        let FieldFiles::One(path) = &first.files else { panic!("{:?}", first.files) };
        let field = first.read(&options()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(field.name, first.name);
        assert_eq!(field.pixel_size, PixelSize::from_um(0.1).ok(), "{}", source.name);
        let channels = [&field.counterstain, &field.red, &field.green];
        for (index, plane) in channels.into_iter().enumerate() {
            // The counterstain of a stack is weighted by its focus.
            if index == 0 && source.name.starts_with("zstack") {
                continue;
            }
            let single: SinglePlane = read_plane(path, Some(index), &options()).expect("the same channel");
            assert_eq!(&single.plane, plane, "{}: channel {index}", source.name);
        }
        let is_stack = source.name.starts_with("zstack");
        stacks += usize::from(is_stack);
        assert_eq!(
            matches!(field.notes[..], [FieldNote::StackProjected { .. }]),
            is_stack,
            "{:?}",
            field.notes
        );
    }
    assert!(stacks > 0);
}

#[test]
fn imagej_files() {
    let Some(folder) = data("formats/microscopy") else { return };
    let read = |name: &str, channel| read_plane(folder.join(name), channel, &options());
    let calibrated = read("xy_16bit_calibrated__nuclei_various_shapes.tif", None).expect("grey");
    assert_eq!(calibrated.pixel_size, PixelSize::from_um(0.2).ok());
    assert_eq!(calibrated.plane.dim(), (253, 269));

    let error = read("xyc_16bit__nup_nuclei.tif", None).expect_err("two channels").to_string();
    assert!(error.contains("2 channels"), "{error}");
    for (channel, expected) in NUP_NUCLEI.into_iter().enumerate() {
        let image = read("xyc_16bit__nup_nuclei.tif", Some(channel)).expect("a channel");
        assert_eq!((image.plane.dim(), image.pixel_size), ((420, 476), None));
        assert_digest(&image.plane, expected, "a channel");
    }
    let golgi = read("xyc_16bit__nuclei_golgi.tif", Some(1)).expect("a channel");
    assert!((golgi.pixel_size.expect("calibrated").um() - 1.0 / 1.938_918).abs() < 1e-9);

    let spots = read("xyz_16bit__spots.tif", None).expect("a stack");
    assert_digest(&spots.plane, SPOTS_PROJECTION, "spots");
    assert_eq!(spots.notes, [FieldNote::StackProjected { channel: None, slices: 17 }]);
    for (channel, expected) in DNA_PROJECTIONS.into_iter().enumerate() {
        let image = read("xyzc_16bit__dna_conf_wf.tif", Some(channel)).expect("a stack");
        assert_digest(&image.plane, expected, "a channel");
    }
    let probability = read("xy_float__nuclei_probability.tif", None).expect("float");
    assert!(matches!(probability.plane, Plane::F32(_)));
}

#[test]
fn ome_tiffs_of_other_makers() {
    let Some(folder) = data("formats/viv_ome") else { return };
    let mut mapped = options();
    mapped.channels = "dapi=0,red=1,green=2".parse().ok();
    for name in ["multi-channel.ome.tif", "avivator/data/multi-channel.ome.tif"] {
        let field = read_field(folder.join(name), &mapped).expect("signed samples");
        assert_eq!(field.dim(), (167, 439));
    }
    // Five slices of one channel in a file each, described in a file of its own.
    let parts =
        ["Z1", "Z2", "Z3"].map(|part| folder.join(format!("avivator/data/multifile-{part}.ome.tiff")));
    let field = read_field(&parts[2], &mapped).expect("slices as channels");
    let planes = [&field.counterstain, &field.red, &field.green];
    for (part, plane) in parts.iter().zip(planes) {
        assert_eq!(&read_plane(part, None, &options()).expect("a slice").plane, plane);
    }
    assert_eq!(read_field(&parts[0], &options()).expect_err("one channel").code(), "undecided");
    let files =
        ["Channel_0.tif", "Channel_1.tif", "Channel_2.tif"].map(|f| folder.join("multi-tiff").join(f));
    let field = read_field_from_files(&files[0], &files[1], &files[2], &options()).expect("three files");
    assert_eq!(field.dim(), (167, 439));
}

/// Pearson's correlation of the samples of two planes.
fn correlation(a: &Plane, b: &Plane) -> f64 {
    let (height, width) = a.dim();
    let samples = |plane: &Plane| -> Vec<f64> {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        let values: Vec<f64> = pixels.map(|(y, x)| f64::from(plane.view().at(y, x))).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let (a, b) = (samples(a), samples(b));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

#[test]
fn a_jpeg_and_its_three_channels_agree() {
    let Some(folder) = data("fish/interphase_rgb") else { return };
    let together = read_field(folder.join("SampleFISH.jpg"), &options()).expect("RGB");
    // The picture of three channels keeps its colours at half the resolution.
    let expected =
        [FieldNote::LossyCompression { channel: None }, FieldNote::ColoursHalved { channel: None }];
    assert_eq!(together.notes, expected);
    let file = |letter: &str| folder.join(format!("SampleFISH_{letter}.jpg"));
    let apart = read_field_from_files(file("B"), file("R"), file("G"), &options()).expect("three files");
    assert_eq!((apart.name.as_str(), apart.dim(), together.dim()), ("SampleFISH", (852, 852), (852, 852)));
    let lossy = |role| FieldNote::LossyCompression { channel: Some(role) };
    assert_eq!(apart.notes, ChannelRole::ALL.map(lossy));
    // The three were stretched in contrast, so that each resembles its colour of the composite without being it.
    let colours = [&together.counterstain, &together.red, &together.green];
    for (own, plane) in [&apart.counterstain, &apart.red, &apart.green].into_iter().enumerate() {
        let likeness = colours.map(|colour| correlation(plane, colour));
        for other in (0..3).filter(|&other| other != own) {
            assert!(likeness[own] > 0.6 && likeness[own] > likeness[other], "{own}: {likeness:?}");
        }
    }
    // As a folder the field is there twice, which would count its nuclei twice.
    let specimen = find_specimens(&[folder]).remove(0).specimen.expect("a specimen");
    let field = specimen.fields.iter().find(|field| field.name == "SampleFISH").expect("the field");
    let error = field.read(&options()).expect_err("twice").to_string();
    assert!(error.contains("SampleFISH.jpg") && error.contains("SampleFISH_B.jpg"), "{error}");
}
