//! Every layout of pixels that is read, against images made by `tifffile` from a formula.
#![cfg(feature = "io")]

use std::path::PathBuf;

use breakapart::io::{
    ReadOptions, read_field, read_field_from_files, read_field_reusing, read_plane, write_labels,
};
use breakapart::{Error, Field, FieldNote, PixelSize, Plane, PlaneView, Workspace};
use ndarray::{Array2, array};

const SIZE: (usize, usize) = (27, 33);

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The sample that `make_images.py` put there.
fn expected(eight_bits: bool, channel: usize, slice: usize, y: usize, x: usize) -> f32 {
    let value = 1000 * channel + 100 * slice + 20 * y + x;
    if eight_bits { (value % 251) as f32 } else { value as f32 }
}

fn assert_plane(plane: PlaneView<'_>, channel: usize, slice: usize, what: &str) {
    assert_eq!(plane.dim(), SIZE, "{what}");
    let eight_bits = matches!(plane, PlaneView::U8(_));
    for (y, x) in (0..SIZE.0).flat_map(|y| (0..SIZE.1).map(move |x| (y, x))) {
        let wanted = expected(eight_bits, channel, slice, y, x);
        assert!(
            (plane.at(y, x) - wanted).abs() < f32::EPSILON,
            "{what}: channel {channel}, row {y}, column {x}"
        );
    }
}

fn kind(plane: &Plane) -> &'static str {
    match plane {
        Plane::U8(_) => "uint8",
        Plane::U16(_) => "uint16",
        Plane::F32(_) => "float32",
        _ => "other",
    }
}

/// Reads a file whose channels are, in order, counterstain, red and green.
fn mapped(name: &str) -> Field {
    let mut options = ReadOptions::default();
    options.channels = Some("dapi=0,red=1,green=2".parse().expect("a channel map"));
    let field = read_field(data(name), &options).unwrap_or_else(|e| panic!("{name}: {e}"));
    // Nothing of an earlier field shows through.
    let mut workspace = Workspace::default();
    workspace.recycle(of_one_level(Array2::from_elem((40, 40), 201_u8)));
    workspace.recycle(of_one_level(Array2::from_elem((40, 40), 60_001_u16)));
    workspace.recycle(of_one_level(Array2::from_elem((40, 40), 1e9_f32)));
    let again = read_field_reusing(data(name), &options, &mut workspace);
    assert_eq!(again.expect("the same file"), field, "{name}");
    field
}

fn of_one_level(plane: impl Into<Plane>) -> Field {
    let plane = plane.into();
    Field::new("another", plane.clone(), plane.clone(), plane).expect("three planes of a size")
}

fn assert_mapped(name: &str, dtype: &str) {
    let field = mapped(name);
    for (channel, plane) in [&field.counterstain, &field.red, &field.green].into_iter().enumerate() {
        assert_eq!(kind(plane), dtype, "{name}");
        assert_plane(plane.view(), channel, 0, name);
        let single = read_plane(data(name), Some(channel), &ReadOptions::default());
        assert_eq!(&single.expect("the same file").plane, plane, "{name}");
    }
}

#[test]
fn compressions_byte_orders_and_sample_types() {
    for dtype in ["uint8", "uint16", "float32"] {
        for compression in ["none", "deflate", "lzw", "packbits"] {
            for order in ["little", "big"] {
                assert_mapped(&format!("pages_{dtype}_{compression}_{order}.tif"), dtype);
            }
        }
    }
}

#[test]
fn further_compressions() {
    for name in ["jpeg2000_uint8.tif", "jpeg2000_uint16.tif", "zstd_uint16.tif", "zstd_float32.tif"] {
        let dtype = name.split(['_', '.']).nth(1).expect("a sample type");
        assert_mapped(name, dtype);
    }
}

#[test]
fn strips_and_tiles_interleaved_and_planar() {
    for dtype in ["uint8", "uint16", "float32"] {
        for layout in ["tiled", "interleaved", "interleaved_tiled", "planar", "planar_tiled", "rgb"] {
            assert_mapped(&format!("{layout}_{dtype}.tif"), dtype);
        }
    }
    assert_mapped("bigtiff.tif", "uint16");
    assert_mapped("rgba.tif", "uint8");
}

#[test]
fn rgb_is_red_green_and_the_counterstain_in_blue() {
    for name in ["rgb_uint8.tif", "rgb_uint16.tif", "rgb_float32.tif", "rgba.tif"] {
        let field = read_field(data(name), &ReadOptions::default()).expect(name);
        assert_plane(field.red.view(), 0, 0, name);
        assert_plane(field.green.view(), 1, 0, name);
        assert_plane(field.counterstain.view(), 2, 0, name);
    }
    let alpha = read_field(data("rgba.tif"), &ReadOptions::default()).expect("RGBA");
    assert_eq!(alpha.notes, [FieldNote::SamplesNotRead { channel: None, samples: 1 }]);
    let error = read_plane(data("rgb_uint8.tif"), None, &ReadOptions::default()).expect_err("three colours");
    assert!(matches!(error, Error::Undecided { .. }), "{error}");
}

#[test]
fn ome_names_pixel_size_and_significant_bits() {
    let field = read_field(data("named.ome.tif"), &ReadOptions::default()).expect("named channels");
    assert_eq!(field.name, "named");
    assert_plane(field.green.view(), 0, 0, "SpectrumGreen");
    assert_plane(field.counterstain.view(), 1, 0, "DAPI");
    assert_plane(field.red.view(), 2, 0, "SpectrumOrange");
    assert_eq!(field.pixel_size, PixelSize::from_um(0.1).ok());
    assert_eq!(field.saturation_level, Some(4095.0));
    assert_eq!(field.notes, []);
}

#[test]
fn a_stack_is_read_as_one_field_with_a_note() {
    for name in ["stack_zcyx.ome.tif", "stack_czyx.ome.tif"] {
        let field = read_field(data(name), &ReadOptions::default()).expect(name);
        // The highest slice has the highest samples everywhere.
        assert_plane(field.green.view(), 0, 3, name);
        assert_plane(field.red.view(), 2, 3, name);
        // The counterstain is a mean of the slices.
        let counterstain = field.counterstain.view();
        assert!((0..4).all(|x| counterstain.at(1, x) <= 60_000.0 && counterstain.at(1, x) > 0.0), "{name}");
        assert_eq!(field.depth.map(|depth| (depth.slices, depth.last_z_px)), Some((4, 3.0)), "{name}");
        assert_eq!(field.notes, [FieldNote::StackProjected { channel: None, slices: 4 }]);
    }
    let field = mapped("imagej_stack.tif");
    assert_plane(field.green.view(), 2, 1, "imagej_stack.tif");
    assert_eq!(field.notes, [FieldNote::StackProjected { channel: None, slices: 2 }]);
}

#[test]
fn reduced_copies_are_no_channels() {
    let field = read_field(data("pyramid.ome.tif"), &ReadOptions::default()).expect("a pyramid");
    assert_plane(field.counterstain.view(), 1, 0, "pyramid.ome.tif");
    assert_mapped("thumbnail.tif", "uint16");
}

#[test]
fn imagej_channels_and_unit() {
    let field = mapped("imagej_channels.tif");
    assert_plane(field.green.view(), 2, 0, "imagej_channels.tif");
    assert_eq!(field.pixel_size, PixelSize::from_um(0.1).ok());
}

#[test]
fn unnamed_channels_are_never_guessed() {
    for name in ["imagej_channels.tif", "unnamed.ome.tif", "pages_uint8_none_little.tif", "planar_uint16.tif"]
    {
        let error = read_field(data(name), &ReadOptions::default()).expect_err(name);
        assert!(matches!(error, Error::Undecided { .. }), "{name}: {error}");
        let message = error.to_string();
        assert!(message.contains(name) && message.contains("3 channels: 0 without a name"), "{message}");
        assert!(message.contains("dapi=0,red=1,green=2"), "{message}");
    }
}

#[test]
fn what_is_not_read_says_why() {
    for (name, reason) in [
        ("series.ome.tif", "time point 1); name the one to read, counted from 0, such as --series 0"),
        ("imagej_series.tif", "--channels"),
        ("not_square.ome.tif", "not square"),
        ("shaped.tif", "without names of its axes"),
    ] {
        let error = read_field(data(name), &ReadOptions::default()).expect_err(name);
        assert!(error.is_data_error(), "{name}: {error}");
        assert!(error.to_string().contains(reason) && error.to_string().contains(name), "{error}");
    }
}

#[test]
fn the_callers_pixel_size_takes_precedence() {
    let mut options = ReadOptions::default();
    options.pixel_size = PixelSize::from_um(0.25).ok();
    for name in ["named.ome.tif", "not_square.ome.tif"] {
        let field = read_field(data(name), &options).expect(name);
        assert_eq!(field.pixel_size, options.pixel_size, "{name}");
        let overridden = FieldNote::PixelSizeOverridden { channel: None, stated_um: 0.1, used_um: 0.25 };
        assert_eq!(field.notes.contains(&overridden), name == "named.ome.tif", "{:?}", field.notes);
    }
}

#[test]
fn resolution_tags_are_believed_in_centimetres_only() {
    let plane = read_plane(data("centimetres.tif"), None, &ReadOptions::default()).expect("grey");
    assert!((plane.pixel_size.expect("0.1 um").um() - 0.1).abs() < 1e-9);
    assert!(
        matches!(plane.notes[..], [FieldNote::PixelSizeFromTags { channel: None, .. }]),
        "{:?}",
        plane.notes
    );
    let plane = read_plane(data("dpi.tif"), None, &ReadOptions::default()).expect("grey");
    assert_eq!(plane.pixel_size, None);
    let field = read_field(data("rgb_uint8.tif"), &ReadOptions::default()).expect("RGB");
    assert_eq!((field.pixel_size, field.notes), (None, Vec::new()));
}

#[test]
fn png_of_8_and_16_bits() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("field.png");
    image::RgbImage::from_fn(5, 4, |x, y| image::Rgb([x as u8, y as u8, 9])).save(&path).expect("written");
    let field = read_field(&path, &ReadOptions::default()).expect("RGB");
    assert_eq!((field.name.as_str(), field.dim()), ("field", (4, 5)));
    assert_eq!(field.red, Plane::U8(Array2::from_shape_fn((4, 5), |(_, x)| x as u8)));
    assert_eq!(field.green, Plane::U8(Array2::from_shape_fn((4, 5), |(y, _)| y as u8)));
    assert_eq!(field.counterstain, Plane::U8(Array2::from_elem((4, 5), 9)));
    let grey = image::ImageBuffer::from_fn(5, 4, |x, y| image::Luma([1000 * x as u16 + y as u16]));
    grey.save(&path).expect("written");
    let plane = read_plane(&path, None, &ReadOptions::default()).expect("grey").plane;
    assert_eq!(plane, Plane::U16(Array2::from_shape_fn((4, 5), |(y, x)| 1000 * x as u16 + y as u16)));
}

#[test]
fn colour_images_of_one_colour_are_planes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("field.png");
    for colour in [[1, 1, 1], [0, 1, 0]] {
        let pixel = |x: u32| image::Rgb(colour.map(|on| on * (x as u8 + 1)));
        image::RgbImage::from_fn(5, 4, |x, _| pixel(x)).save(&path).expect("written");
        let plane = read_plane(&path, None, &ReadOptions::default()).expect("one colour").plane;
        assert_eq!(plane, Plane::U8(Array2::from_shape_fn((4, 5), |(_, x)| x as u8 + 1)), "{colour:?}");
    }
    image::RgbImage::from_pixel(5, 4, image::Rgb([7, 7, 7])).save(&path).expect("written");
    let error = read_field(&path, &ReadOptions::default()).expect_err("a grey image is no field");
    assert!(matches!(error, Error::Undecided { .. }), "{error}");
}

#[test]
fn three_files_are_one_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, channel: u32| {
        let path = folder.path().join(name);
        write_labels(&path, &Array2::from_elem((4, 5), channel)).expect("written");
        path
    };
    let [dapi, red, green] = [write("f_DAPI.tif", 1), write("f_RED.tif", 2), write("f_GREEN.tif", 3)];
    let field = read_field_from_files(&dapi, &red, &green, &ReadOptions::default()).expect("a field");
    assert_eq!(field.name, "f");
    for (plane, value) in [(&field.counterstain, 1), (&field.red, 2), (&field.green, 3)] {
        assert_eq!(plane, &Plane::U16(Array2::from_elem((4, 5), value)));
    }
    assert!(read_field_from_files(&dapi, &red, &red, &ReadOptions::default()).is_err(), "one file twice");
    write_labels(&green, &array![[1]]).expect("written");
    let error =
        read_field_from_files(&dapi, &red, &green, &ReadOptions::default()).expect_err("sizes differ");
    assert!(error.to_string().contains("f_GREEN.tif") && error.to_string().contains("4 x 5 px"), "{error}");
}

#[test]
fn labels_are_read_back_as_they_were() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("labels.tif");
    let labels = Array2::from_shape_fn((300, 170), |(y, x)| (y * x) as u32);
    write_labels(&path, &labels).expect("written");
    let plane = read_plane(&path, None, &ReadOptions::default()).expect("16-bit labels").plane;
    assert_eq!(plane, Plane::U16(labels.mapv(|label| label as u16)));
    // Not in the order of rows in memory.
    write_labels(&path, &labels.t().to_owned().reversed_axes()).expect("written");
    assert_eq!(read_plane(&path, None, &ReadOptions::default()).expect("16-bit labels").plane, plane);

    write_labels(&path, &array![[0, 65_536], [7, 70_000]]).expect("written");
    let file = std::fs::File::open(&path).expect("the file");
    let mut decoder = tiff::decoder::Decoder::new(file).expect("a TIFF");
    let tiff::decoder::DecodingResult::U32(samples) = decoder.read_image().expect("32-bit labels") else {
        panic!("not 32-bit");
    };
    assert_eq!(samples, [0, 65_536, 7, 70_000]);
    let left = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 1, "no unfinished file is left");
    let deeper = folder.path().join("missing/labels.tif");
    write_labels(&deeper, &labels).expect("the folder is made");
    assert!(deeper.is_file());
    assert!(write_labels(path.join("labels.tif"), &labels).is_err(), "a file is no folder");
    assert!(write_labels(&path, &Array2::zeros((0, 5))).is_err());
}
