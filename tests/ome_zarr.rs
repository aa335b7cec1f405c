//! Images in OME-Zarr: what `tests/data/zarr/make_zarr.py` writes is read as it says, in one piece and in parts.
#![cfg(feature = "ome-zarr")]

use std::path::{Path, PathBuf};

use breakapart::io::{
    OmeZarrVersion, ReadOptions, SlideFile, ZarrLabels, add_labels_to_zarr, find_specimens, read_field,
    read_plane, write_labels_zarr,
};
use breakapart::ndarray::Array2;
use breakapart::slide::{Part, SlideSource};
use breakapart::{ChannelRole, Error, Field, FieldNote, LabelImage, PixelSize, Plane};

const SIZE: (usize, usize) = (27, 33);

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/zarr").join(format!("{name}.ome.zarr"))
}

/// The sample at channel c, slice z, row y, column x.
fn value(c: usize, z: usize, y: usize, x: usize) -> f32 {
    (1000 * c + 100 * z + 20 * y + x) as f32
}

fn floats(plane: &Plane) -> Array2<f32> {
    match plane {
        Plane::U8(a) => a.mapv(f32::from),
        Plane::U16(a) => a.mapv(f32::from),
        Plane::F32(a) => a.clone(),
        other => panic!("{other:?}"),
    }
}

/// The channels are SpectrumGreen, DAPI, SpectrumOrange; `at` gives the sample of a channel at a pixel.
fn check(name: &str, field: &Field, at: impl Fn(usize, usize, usize) -> f32) {
    for (plane, channel) in [(&field.counterstain, 1), (&field.red, 2), (&field.green, 0)] {
        let expected = Array2::from_shape_fn(SIZE, |(y, x)| at(channel, y, x));
        assert_eq!(floats(plane), expected, "{name}, channel {channel}");
    }
}

fn read(name: &str) -> Field {
    read_field(data(name), &ReadOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn compressors_and_codecs() {
    let second = ["blosc_lz4", "blosc_lz4hc", "blosc_zlib", "blosc_zstd", "blosc_blosclz", "blosc_bits"];
    let others = ["zlib_fortran", "gzip_big_endian", "zstd", "none"];
    let third = ["blosc", "zstd", "gzip", "checked", "sharded", "transposed"];
    let second = second.iter().chain(&others).map(|name| format!("v2_{name}"));
    for name in second.chain(third.iter().map(|name| format!("v3_{name}"))) {
        let field = read(&name);
        check(&name, &field, |c, y, x| value(c, 0, y, x));
        assert_eq!(field.name, name);
        assert_eq!(field.pixel_size.map(PixelSize::um), Some(0.1));
        assert!(matches!(field.red, Plane::U16(_)));
    }
}

#[test]
fn axes_in_any_order() {
    for name in ["axes_xyc", "axes_yxc"] {
        let field = read(name);
        check(name, &field, |c, y, x| value(c, 0, y, x));
        assert_eq!((field.notes, field.depth), (Vec::new(), None), "{name}");
    }
}

#[test]
fn stacks_are_read_slice_by_slice() {
    for name in ["axes_tczyx", "axes_czyx"] {
        let field = read(name);
        for (plane, channel) in [(&field.red, 2), (&field.green, 0)] {
            let highest = Array2::from_shape_fn(SIZE, |(y, x)| value(channel, 2, y, x));
            assert_eq!(floats(plane), highest, "{name}, channel {channel}");
        }
        // The counterstain is a mean of the slices.
        for ((y, x), sample) in floats(&field.counterstain).indexed_iter() {
            assert!((value(1, 0, y, x)..=value(1, 2, y, x)).contains(sample), "{name}: {sample}");
        }
        assert_eq!(field.notes, [FieldNote::StackProjected { channel: None, slices: 3 }], "{name}");
        let depth = field.depth.expect(name);
        assert_eq!((depth.slices, depth.last_z_px, depth.z_step_um), (3, 2.0, Some(1.0)), "{name}");
    }
}

#[test]
fn sample_types_as_those_of_other_files() {
    for (name, offset) in
        [("type_u4", 0.0), ("type_i2", 500.0), ("type_i4", 500.0), ("type_f4", 0.0), ("type_f8", 0.0)]
    {
        check(name, &read(name), |c, y, x| value(c, 0, y, x) - offset);
    }
    check("type_u1", &read("type_u1"), |c, y, x| value(c, 0, y, x) % 251.0);
    assert!(matches!(read("type_u4").red, Plane::U16(_)), "all of them fit");
    assert!(matches!(read("type_i2").green, Plane::F32(_)), "some are below zero");
    assert!(matches!(read("type_u1").red, Plane::U8(_)));
}

#[test]
fn chunks_without_a_file_have_the_fill_value() {
    check("missing_chunks", &read("missing_chunks"), |c, y, x| if y < 16 { value(c, 0, y, x) } else { 9.0 });
}

#[test]
fn pixel_sizes_in_units_of_length() {
    assert_eq!(read("nanometres").pixel_size.map(PixelSize::um), Some(0.1));
    assert_eq!(read("no_unit").pixel_size, None);
}

#[test]
fn colours_stand_for_names_that_are_missing() {
    check("colours", &read("colours"), |c, y, x| value(c, 0, y, x));
}

#[test]
fn series_time_points_and_plates_are_several_images() {
    let mut options = ReadOptions::default();
    for (name, part) in
        [("series", "1, 3 channels, 27 x 33 px"), ("time_points", "time point 1"), ("plate", "A/1/1")]
    {
        options.series = None;
        let error = read_field(data(name), &options).expect_err(name);
        assert_eq!(error.code(), "undecided");
        assert!(error.to_string().contains(part), "{error}");
        options.series = Some(1);
        let field = read_field(data(name), &options).expect(name);
        let later = if name == "time_points" { 7.0 } else { 0.0 };
        check(name, &field, |c, y, x| value(c, 0, y, x) + later);
        options.series = Some(2);
        assert_eq!(read_field(data(name), &options).expect_err(name).code(), "invalid_parameter");
    }
    // By the emission wavelengths in the OME-XML beside the series.
    options.series = Some(1);
    let field = read_field(data("series"), &options).expect("a series");
    assert_eq!(field.pixel_size.map(PixelSize::um), Some(0.2));
}

#[test]
fn label_images_are_no_fields() {
    check("labelled", &read("labelled"), |c, y, x| value(c, 0, y, x));
    let error =
        read_field(data("labelled").join("labels/nuclei"), &ReadOptions::default()).expect_err("labels");
    assert_eq!(error.code(), "unsupported");
}

#[test]
fn a_folder_of_zarr_is_one_field() {
    let found = find_specimens(&[data("labelled"), data("v3_zstd")]);
    let names: Vec<_> =
        found.iter().map(|found| found.specimen.as_ref().expect("found").name.clone()).collect();
    assert_eq!(names, ["labelled", "v3_zstd"]);
    let found = find_specimens(&[data("v3_zstd").parent().expect("a folder").to_path_buf()]);
    let [only] = found.as_slice() else { panic!("{found:?}") };
    let specimen = only.specimen.as_ref().expect("a specimen");
    assert_eq!(specimen.name, "zarr");
    assert!(specimen.fields.iter().any(|field| field.name == "axes_tczyx"));
    let field = specimen.fields.iter().find(|field| field.name == "v3_zstd").expect("the field");
    check("found", &field.read(&ReadOptions::default()).expect("a field"), |c, y, x| value(c, 0, y, x));
}

#[test]
fn a_slide_is_read_in_parts_as_a_field_is_in_one_piece() {
    let error = SlideFile::open(data("axes_czyx"), &ReadOptions::default()).expect_err("a stack");
    assert_eq!(error.code(), "unsupported");
    for name in ["v3_sharded", "axes_xyc", "type_i2", "type_u4", "missing_chunks"] {
        let field = read(name);
        let slide = SlideFile::open(data(name), &ReadOptions::default()).expect(name);
        let facts = slide.facts().clone();
        assert_eq!((facts.height_px, facts.width_px), SIZE);
        assert_eq!((facts.pixel_size, &facts.notes), (field.pixel_size, &field.notes));
        for (role, plane) in [
            (ChannelRole::Counterstain, &field.counterstain),
            (ChannelRole::Red, &field.red),
            (ChannelRole::Green, &field.green),
        ] {
            let whole = floats(plane);
            let mut kinds = Vec::new();
            for part in parts(5, 7) {
                let read = slide.read(role, part).expect(name);
                kinds.push(std::mem::discriminant(&read));
                let read = floats(&read);
                for ((y, x), sample) in read.indexed_iter() {
                    assert_eq!(*sample, whole[(part.y0 + y, part.x0 + x)], "{name} {part:?}");
                }
            }
            assert!(kinds.iter().all(|kind| *kind == kinds[0]), "the type of samples depends on the part");
        }
    }
}

/// The parts of an image that are at most `height` x `width` pixels.
fn parts(height: usize, width: usize) -> Vec<Part> {
    let rows = (0..SIZE.0).step_by(height).map(|y0| (y0, (y0 + height).min(SIZE.0)));
    rows.flat_map(|(y0, y1)| {
        (0..SIZE.1).step_by(width).map(move |x0| Part { y0, x0, y1, x1: (x0 + width).min(SIZE.1) })
    })
    .collect()
}

#[test]
fn parts_are_limited() {
    let mut options = ReadOptions::default();
    let slide = SlideFile::open(data("nanometres"), &options).expect("a slide");
    let outside = Part { y0: 0, x0: 0, y1: 28, x1: 1 };
    assert_eq!(slide.read(ChannelRole::Red, outside).expect_err("outside").code(), "invalid_parameter");
    options.max_decoded_bytes = 2000;
    let slide = SlideFile::open(data("nanometres"), &options).expect("chunks of 1920 bytes");
    let all = slide.facts().whole();
    assert!(slide.read(ChannelRole::Red, all).is_ok(), "1782 bytes");
    options.max_decoded_bytes = 1900;
    let error = SlideFile::open(data("nanometres"), &options).expect_err("a chunk is larger");
    assert!(matches!(error, Error::Limit { needed: 1920, limit: 1900, .. }), "{error}");
}

#[test]
fn files_of_other_programs() {
    let Ok(folder) = std::env::var("BREAKAPART_DATA") else {
        println!("skipped: BREAKAPART_DATA is not set");
        return;
    };
    let folder = Path::new(&folder).join("formats/viv_ome");
    let mut sums = Vec::new();
    for name in [
        "ome-zarr/blobs_image_v04.ome.zarr",
        "ome-zarr/blobs_image_v05.ome.zarr",
        "bioformats-zarr/data.zarr",
    ] {
        let plane = read_plane(folder.join(name), Some(1), &ReadOptions::default()).expect(name);
        assert_eq!(plane.pixel_size, None, "{name} states none");
        sums.push((
            plane.plane.dim(),
            floats(&plane.plane).iter().map(|v| f64::from(*v)).sum::<f64>().round(),
        ));
        let error = read_field(folder.join(name), &ReadOptions::default()).expect_err("no names of channels");
        assert_eq!(error.code(), "undecided", "{error}");
    }
    // As zarr 3.1.6 decodes the files.
    assert_eq!(sums, [((12, 12), 80.0), ((12, 12), 80.0), ((167, 439), 3_481_738.0)]);
}

/// A label image as a plane: it is no field, but for its mark.
fn labels_of(folder: &Path, metadata: &str) -> Plane {
    let file = folder.join(metadata);
    let text = std::fs::read_to_string(&file).expect("metadata");
    assert!(text.contains("\"image-label\""));
    std::fs::write(&file, text.replace("\"image-label\"", "\"image\"")).expect("written");
    let image = read_plane(folder, None, &ReadOptions::default()).expect("a plane");
    assert_eq!(image.pixel_size.map(PixelSize::um), Some(0.125));
    image.plane
}

#[test]
fn label_images_are_read_as_they_were_written() {
    let labels =
        Array2::from_shape_fn((1100, 700), |(y, x)| if y < 600 { 0 } else { (y / 9 * 100 + x / 7) as u32 });
    let folder = tempfile::tempdir().expect("a folder");
    for (version, metadata) in [(OmeZarrVersion::V04, ".zattrs"), (OmeZarrVersion::V05, "zarr.json")] {
        let mut about = ZarrLabels::default();
        about.version = version;
        about.pixel_size = PixelSize::from_um(0.125).ok();
        let path = folder.path().join("labels.ome.zarr");
        // The second takes the place of the first.
        write_labels_zarr(&path, &LabelImage::from_array(&labels), &about).expect("written");
        let sizes: Vec<_> = (0..4).filter(|level| path.join(level.to_string()).is_dir()).collect();
        assert_eq!(sizes, [0, 1, 2], "700 x 1100, 350 x 550, 175 x 275 px");
        let written = labels_of(&path, metadata);
        assert_eq!(floats(&written), labels.mapv(|label| label as f32), "{version:?}");
        write_labels_zarr(&path, &LabelImage::from_array(&labels), &about)
            .expect_err("an image is not replaced");
        std::fs::remove_dir_all(&path).expect("removed");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left behind");
    let error =
        write_labels_zarr(folder.path().join("a.zarr"), &LabelImage::default(), &ZarrLabels::default());
    assert_eq!(error.expect_err("empty").code(), "invalid_parameter");
}

#[test]
fn label_images_in_an_image_are_listed_and_change_no_pixel() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, metadata) in [("v2_zstd", ".zattrs"), ("v3_zstd", "zarr.json")] {
        let image = folder.path().join(format!("{name}.ome.zarr"));
        copy(&data(name), &image);
        let labels = Array2::from_elem(SIZE, 7);
        let runs = LabelImage::from_array(&labels);
        for label in ["nuclei", "nuclei", "others"] {
            add_labels_to_zarr(&image, label, &runs, PixelSize::from_um(0.125).ok()).expect("written");
        }
        let listed = std::fs::read_to_string(image.join("labels").join(metadata)).expect("the list");
        assert_eq!((listed.matches("nuclei").count(), listed.matches("others").count()), (1, 1), "{listed}");
        assert_eq!(
            labels_of(&image.join("labels/nuclei"), metadata),
            Plane::U16(labels.mapv(|label| label as u16))
        );
        let field = read_field(&image, &ReadOptions::default()).expect("a field");
        check(name, &field, |c, y, x| value(c, 0, y, x));
        for wrong in ["", "../a", ".a"] {
            assert!(add_labels_to_zarr(&image, wrong, &runs, None).is_err(), "{wrong}");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
