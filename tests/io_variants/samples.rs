//! Sample types, palettes, compressions and samples that are no number.

use breakapart::io::{read_field, read_field_from_files, read_plane};
use breakapart::{FieldNote, Plane};

use crate::tiff_file::{Page, Value, write};
use crate::{ReadOptions, assert_says, mapped, values};

fn little<T: Copy, const N: usize>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&v| bytes(v)).collect()
}

fn plane_of(page: Page) -> Plane {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path(), "a.tif", &[page], &[]);
    read_plane(path, None, &ReadOptions::default()).unwrap_or_else(|e| panic!("{e}")).plane
}

#[test]
fn every_sample_type_keeps_its_grey_levels() {
    let four = |bits, format, data| plane_of(Page::grey((2, 2), bits, format, data));
    let kinds: [(Plane, &[f32], &str); 9] = [
        (four(8, 2, vec![0, 1, 127, 3]), &[0.0, 1.0, 127.0, 3.0], "U8"),
        (four(8, 2, vec![0, 255, 127, 3]), &[0.0, -1.0, 127.0, 3.0], "F32"),
        (four(16, 2, little(&[-5_i16, 1, 2, 3], i16::to_le_bytes)), &[-5.0, 1.0, 2.0, 3.0], "F32"),
        (four(32, 1, little(&[7_u32, 65_535, 2, 3], u32::to_le_bytes)), &[7.0, 65_535.0, 2.0, 3.0], "U16"),
        (
            four(32, 1, little(&[7_u32, 1 << 20, 2, 3], u32::to_le_bytes)),
            &[7.0, 1_048_576.0, 2.0, 3.0],
            "F32",
        ),
        (four(32, 2, little(&[-7_i32, 9, 2, 3], i32::to_le_bytes)), &[-7.0, 9.0, 2.0, 3.0], "F32"),
        (four(64, 3, little(&[0.25_f64, -9.0, 2.0, 3.0], f64::to_le_bytes)), &[0.25, -9.0, 2.0, 3.0], "F32"),
        (
            four(16, 3, little(&[0x3c00_u16, 0xc000, 0x7bff, 0], u16::to_le_bytes)),
            &[1.0, -2.0, 65_504.0, 0.0],
            "F32",
        ),
        // Each row begins with a byte of its own.
        (
            plane_of(Page::grey(
                (2, 3),
                12,
                1,
                vec![0x12, 0x3a, 0xbc, 0xde, 0xf0, 0, 0x10, 0x02, 0x00, 0x30],
            )),
            &[291.0, 2748.0, 3567.0, 1.0, 2.0, 3.0],
            "U16",
        ),
    ];
    for (plane, expected, kind) in kinds {
        assert_eq!(values(&plane), expected, "{kind}");
        assert!(format!("{plane:?}").starts_with(kind), "{plane:?}");
    }
}

#[test]
fn palettes_are_grey_levels_or_colours() {
    let page = |colour: &dyn Fn(u16) -> [u16; 3], data: Vec<u8>| {
        let map = (0..3).flat_map(|c| (0..256).map(move |i| (c, i))).map(|(c, i)| colour(i)[c]).collect();
        let page = Page::grey((1, data.len() as u32), 8, 1, data);
        page.with(262, Value::Short(vec![3])).with(320, Value::Short(map))
    };
    let grey = |colour: &dyn Fn(u16) -> [u16; 3]| values(&plane_of(page(colour, vec![0, 9, 255])));
    assert_eq!(grey(&|i| [i * 257; 3]), [0.0, 9.0, 255.0]);
    assert_eq!(grey(&|i| [0, i * 257, 0]), [0.0, 9.0, 255.0], "a tint");
    assert_eq!(grey(&|i| [(255 - i) * 257; 3]), [255.0, 246.0, 0.0], "greys by the palette");

    let folder = tempfile::tempdir().expect("a folder");
    let colours = page(&|i| [i % 7 * 257, i % 5 * 257, i % 3 * 257], vec![0, 9, 254]);
    let path = write(folder.path(), "colours.tif", &[colours], &[]);
    let field = read_field(&path, &ReadOptions::default()).expect("RGB by the palette");
    assert_eq!(field.red, Plane::U8(ndarray::array![[0, 2, 2]]));
    assert_eq!(field.green, Plane::U8(ndarray::array![[0, 4, 4]]));
    assert_eq!(field.counterstain, Plane::U8(ndarray::array![[0, 0, 2]]));
    let error = read_plane(&path, None, &ReadOptions::default()).expect_err("colours").to_string();
    assert_says(&error, &["colours.tif", "several colours", "--channel"]);
    let broken = Page::grey((1, 2), 8, 1, vec![1, 2]).with(262, Value::Short(vec![3]));
    let path = write(folder.path(), "broken.tif", &[broken], &[]);
    let error = read_plane(path, None, &ReadOptions::default()).expect_err("no colours").to_string();
    assert_says(&error, &["broken.tif", "palette of 0 values"]);
}

#[test]
fn jpeg_and_zstandard() {
    let samples: Vec<u8> = (0..16 * 24).map(|i| (i / 24 * 10 + i % 24) as u8).collect();
    let mut jpeg = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 100);
    encoder.encode(&samples, 24, 16, image::ExtendedColorType::L8).expect("encoded");
    let folder = tempfile::tempdir().expect("a folder");
    let page = Page::grey((16, 24), 8, 1, jpeg).with(259, Value::Short(vec![7]));
    let path = write(folder.path(), "jpeg.tif", std::slice::from_ref(&page), &[]);
    let image = read_plane(path, None, &ReadOptions::default()).expect("JPEG");
    assert!(values(&image.plane).iter().zip(&samples).all(|(a, b)| (a - f32::from(*b)).abs() <= 2.0));
    assert_eq!(image.notes, [FieldNote::LossyCompression { channel: None }]);
    let mut wrong = page;
    wrong.size = (16, 32);
    let path = write(folder.path(), "wrong.tif", &[wrong], &[]);
    let error = read_plane(path, None, &ReadOptions::default()).expect_err("another size").to_string();
    assert_says(&error, &["wrong.tif", "strip or tile 0", "JPEG"]);

    // A frame of one block as it is (RFC 8878).
    let data: Vec<u8> = (0..200).collect();
    let head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 200];
    let block = [(200_u32 << 3 | 1) as u8, (200_u32 << 3 >> 8) as u8, 0];
    let zstd = [&head[..], &block, &data].concat();
    let page = Page::grey((10, 10), 16, 1, zstd).with(259, Value::Short(vec![50_000]));
    let path = write(folder.path(), "zstd.tif", &[page], &[]);
    let plane = read_plane(path, None, &ReadOptions::default()).expect("Zstandard").plane;
    assert_eq!(values(&plane)[..2], [256.0, 770.0]);
}

#[test]
fn what_is_not_read_names_the_file_and_a_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = |tag: u16, value: u16| Page::level((2, 2), 7).with(tag, Value::Short(vec![value]));
    for (name, page, parts) in [
        ("lzma.tif", page(259, 34_925), &["LZMA", "LZW"][..]),
        ("old.tif", page(259, 6), &["old form"]),
        ("bits.tif", page(258, 24), &["24-bit unsigned"]),
        ("complex.tif", page(339, 5), &["complex"]),
        ("white.tif", page(262, 0), &["white is zero", "save it"]),
        ("jpeg16.tif", page(259, 7), &["JPEG of 16-bit"]),
        ("jp2.tif", page(259, 34_712), &["strip or tile 0", "no codestream"]),
    ] {
        let path = write(folder.path(), name, &[page], &[]);
        let error = read_plane(path, None, &ReadOptions::default()).expect_err(name).to_string();
        assert_says(&error, parts);
        assert_says(&error, &[name]);
    }
}

#[test]
fn samples_that_are_no_number_are_where_no_picture_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let float = |values: [f32; 12]| Page::grey((3, 4), 32, 3, little(&values, f32::to_le_bytes));
    let nan = f32::NAN;
    let whole = float([1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.]);
    let edge = float([nan, 2., 3., 4., nan, 6., 7., 8., nan, 10., 11., 12.]);
    let path = write(folder.path(), "edge.tif", &[whole.clone(), edge.clone(), whole.clone()], &[]);
    let field = read_field(&path, &mapped()).expect("a field");
    assert_eq!(values(&field.red)[..6], [2.0, 2.0, 3.0, 4.0, 2.0, 6.0]);
    assert_eq!(values(&field.green)[..6], [2.0, 2.0, 3.0, 4.0, 2.0, 6.0], "padding in all channels");
    let paths = [("f_DAPI.tif", &whole), ("f_RED.tif", &edge), ("f_GREEN.tif", &whole)]
        .map(|(name, page)| write(folder.path(), name, std::slice::from_ref(page), &[]));
    let apart =
        read_field_from_files(&paths[0], &paths[1], &paths[2], &ReadOptions::default()).expect("three files");
    assert_eq!((apart.red, apart.green), (field.red, field.green));
    // Of a stack, the other slices show what is there.
    let stack = [edge.described("ImageJ=1.5\nimages=2\nslices=2\n"), whole.clone()];
    let path = write(folder.path(), "stack.tif", &stack, &[]);
    let plane = read_plane(path, None, &ReadOptions::default()).expect("a stack").plane;
    assert_eq!(values(&plane)[..5], [1.0, 2.0, 3.0, 4.0, 5.0]);
    for (name, page, parts) in [
        ("none.tif", float([nan; 12]), &["none.tif", "all samples are NaN"][..]),
        ("inf.tif", float([f32::INFINITY; 12]), &["inf.tif", "row 0, column 0", "inf"]),
    ] {
        let path = write(folder.path(), name, &[page], &[]);
        assert_says(&read_plane(path, None, &ReadOptions::default()).expect_err(name).to_string(), parts);
    }
}
