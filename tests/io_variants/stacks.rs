//! Channels, slices, time points and several images in one file.

use breakapart::io::{read_field, read_plane};
use breakapart::{Error, FieldNote};

use crate::tiff_file::{Page, Value, write};
use crate::{ReadOptions, assert_says, levels, mapped};

const SIZE: (u32, u32) = (4, 5);

/// Pages of the levels 0, 1, 2 ..., the first of which has a description.
fn pages(count: u16, description: &str) -> Vec<Page> {
    let level = |level| Page::level(SIZE, level);
    (0..count).map(|i| if i == 0 { level(i).described(description) } else { level(i) }).collect()
}

fn read(pages: &[Page], options: &ReadOptions) -> Result<breakapart::Field, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    read_field(write(folder.path(), "a.ome.tif", pages, &[]), options)
}

fn imagej(lines: &str) -> String {
    format!("ImageJ=1.54f\n{lines}")
}

#[test]
fn imagej_orders_and_channels_as_slices_or_frames() {
    for (count, lines, expected) in [
        (6, "images=6\nchannels=3\nslices=2\n", [3.0, 4.0, 5.0]),
        (6, "images=6\nchannels=3\nslices=2\norder=zct\n", [1.0, 3.0, 5.0]),
        (3, "images=3\nslices=3\n", [0.0, 1.0, 2.0]),
        (4, "images=4\nframes=4\n", [0.0, 1.0, 2.0]),
    ] {
        let field = read(&pages(count, &imagej(lines)), &mapped()).unwrap_or_else(|e| panic!("{lines}: {e}"));
        assert_eq!(levels(&field), expected, "{lines}");
    }
    let error =
        read(&pages(3, &imagej("images=3\nslices=3\n")), &ReadOptions::default()).expect_err("slices");
    assert_says(&error.to_string(), &["a.ome.tif", "in 3 slices", "--channels"]);
    let error =
        read(&pages(3, &imagej("images=3\nframes=3\n")), &ReadOptions::default()).expect_err("time points");
    assert_says(&error.to_string(), &["3 images", "--series 0", "--channels dapi=0"]);
}

#[test]
fn time_points_are_images_to_choose_from() {
    let file = pages(6, &imagej("images=6\nchannels=3\nframes=2\n"));
    let error = read(&file, &mapped()).expect_err("two time points");
    assert!(matches!(error, Error::Undecided { .. }), "{error}");
    assert_says(&error.to_string(), &["a.ome.tif", "2 images", "time point 1", "--series 0"]);
    let mut options = mapped();
    options.series = Some(1);
    assert_eq!(levels(&read(&file, &options).expect("the second")), [3.0, 4.0, 5.0]);
    options.series = Some(2);
    assert_says(&read(&file, &options).expect_err("no third").to_string(), &["series = 2", "0 to 1"]);
}

#[test]
fn images_behind_one_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let behind: Vec<u8> = [1, 2].iter().flat_map(|level| Page::level(SIZE, *level).data).collect();
    let one = pages(1, &imagej("images=3\nchannels=3\n"));
    let path = write(folder.path(), "one.tif", &one, &behind);
    assert_eq!(levels(&read_field(&path, &mapped()).expect("three images")), [0.0, 1.0, 2.0]);
    assert_eq!(read_plane(&path, Some(2), &ReadOptions::default()).expect("one of them").plane.dim(), (4, 5));
    let path = write(folder.path(), "short.tif", &pages(1, &imagej("images=3000\nchannels=3000\n")), &behind);
    assert_says(
        &read_field(path, &mapped()).expect_err("too short").to_string(),
        &["short.tif", "incomplete"],
    );
    let packed = one[0].clone().with(259, Value::Short(vec![5]));
    let path = write(folder.path(), "packed.tif", &[packed], &behind);
    assert_says(
        &read_field(path, &mapped()).expect_err("compressed").to_string(),
        &["packed.tif", "OME-TIFF"],
    );
    // A MetaMorph stack: its planes are slices, or channels where the caller says so.
    let stack = Page::level(SIZE, 0).with(33_629, Value::Long(vec![0; 3 * 6]));
    let path = write(folder.path(), "wrong.stk.tif", &[stack], &behind);
    assert!(read_field(path, &mapped()).is_err(), "18 planes are not there");
    let stack = Page::level(SIZE, 0).with(33_629, Value::Bytes(vec![0; 3]));
    let path = write(folder.path(), "a.stk.tif", &[stack], &behind);
    assert_eq!(levels(&read_field(&path, &mapped()).expect("three planes")), [0.0, 1.0, 2.0]);
    let plane = read_plane(&path, None, &ReadOptions::default()).expect("a stack");
    assert_eq!(plane.notes, [FieldNote::StackProjected { channel: None, slices: 3 }]);
}

#[test]
fn labels_of_imagej_name_the_channels() {
    // Types and counts, then the texts in UTF-16 (little-endian, as the file).
    let texts = ["FITC", "DAPI", "Cy3"]
        .map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    let header = [&b"JIJI"[..], b"lbal", &3_u32.to_le_bytes()].concat();
    let counts = [header.len(), texts[0].len(), texts[1].len(), texts[2].len()].map(|n| n as u32).to_vec();
    let mut file = pages(3, &imagej("images=3\nchannels=3\n"));
    file[0] = file[0]
        .clone()
        .with(50_838, Value::Long(counts))
        .with(50_839, Value::Bytes([header, texts.concat()].concat()));
    assert_eq!(levels(&read(&file, &ReadOptions::default()).expect("named")), [1.0, 2.0, 0.0]);
}

#[test]
fn axes_that_tifffile_names() {
    let names = r#""Channel": {"Name": ["FITC", "DAPI", "Cy3"]}, "PhysicalSizeX": 0.1"#;
    for (count, shape, expected) in [
        (3, r#""shape": [3, 4, 5], "axes": "CYX""#, [1.0, 2.0, 0.0]),
        (6, r#""shape": [2, 3, 4, 5], "axes": "ZCYX""#, [4.0, 5.0, 3.0]),
        (6, r#""shape": [3, 2, 4, 5], "axes": "CZYX""#, [3.0, 5.0, 1.0]),
    ] {
        let field = read(&pages(count, &format!("{{{shape}, {names}}}")), &ReadOptions::default())
            .unwrap_or_else(|e| panic!("{shape}: {e}"));
        assert_eq!(levels(&field), expected, "{shape}");
        assert!((field.pixel_size.expect("stated").um() - 0.1).abs() < 1e-12);
    }
    let slices = pages(3, r#"{"shape": [3, 4, 5], "axes": "ZYX"}"#);
    assert_eq!(levels(&read(&slices, &mapped()).expect("slices as channels")), [0.0, 1.0, 2.0]);
    let unnamed = pages(6, r#"{"shape": [2, 3, 4, 5]}"#);
    let error = read(&unnamed, &ReadOptions::default()).expect_err("which axis?").to_string();
    assert_says(&error, &["a.ome.tif", "[2, 3, 4, 5]", "--channels"]);
    assert_eq!(levels(&read(&unnamed, &mapped()).expect("by page")), [0.0, 1.0, 2.0]);
}

#[test]
fn images_of_different_sizes_are_listed() {
    let mut file = pages(3, "");
    file.push(Page::level((2, 2), 9));
    let error = read(&file, &mapped()).expect_err("two images").to_string();
    assert_says(&error, &["0 4 x 5 px, 3 channels", "1 2 x 2 px, 1 channel", "--series 0"]);
    let mut options = mapped();
    options.series = Some(0);
    assert_eq!(levels(&read(&file, &options).expect("the first")), [0.0, 1.0, 2.0]);
    // Arrays of one size, one behind the other.
    let mut file = pages(6, r#"{"shape": [3, 4, 5], "axes": "CYX"}"#);
    file[3] = file[3].clone().described(r#"{"shape": [3, 4, 5], "axes": "CYX"}"#);
    options.series = Some(1);
    assert_eq!(levels(&read(&file, &options).expect("the second")), [3.0, 4.0, 5.0]);
    // Pictures.
    let rgb = |level: u8| {
        let page = Page::grey((2, 2), 8, 1, [level, level + 1, level + 2].repeat(4));
        page.with(262, Value::Short(vec![2]))
            .with(277, Value::Short(vec![3]))
            .with(258, Value::Short(vec![8; 3]))
    };
    let rgb = |level: u8| rgb(level).with(339, Value::Short(vec![1; 3]));
    let mut options = ReadOptions::default();
    let error = read(&[rgb(1), rgb(10)], &options).expect_err("two pictures").to_string();
    assert_says(&error, &["1 2 x 2 px, 3 colours", "--series"]);
    options.series = Some(1);
    assert_eq!(levels(&read(&[rgb(1), rgb(10)], &options).expect("the second")), [12.0, 10.0, 11.0]);
}

fn ome(images: &[(&str, &str, &str)]) -> String {
    let image = |(name, sizes, data): &(&str, &str, &str)| {
        let channels = ["DAPI", "Cy3", "FITC"].map(|name| format!("<Channel Name=\"{name}\"/>")).concat();
        format!(
            "<Image Name=\"{name}\"><Pixels DimensionOrder=\"XYCTZ\" Type=\"uint16\" SizeX=\"5\" SizeY=\"4\" {sizes}>\
             {channels}{data}</Pixels></Image>"
        )
    };
    let images: String = images.iter().map(image).collect();
    format!("<OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">{images}</OME>")
}

const ONE: &str = "SizeC=\"3\" SizeZ=\"1\" SizeT=\"1\"";

#[test]
fn images_and_time_points_of_an_ome_tiff() {
    let mut options = ReadOptions::default();
    let data = |ifd: usize| format!("<TiffData IFD=\"{ifd}\" PlaneCount=\"3\"/>");
    for (first, second) in [(data(0), data(3)), (String::new(), String::new())] {
        let text = ome(&[("Pos0", ONE, &first), ("Pos1", ONE, &second)]);
        let error = read(&pages(6, &text), &ReadOptions::default()).expect_err("two images").to_string();
        assert_says(&error, &["a.ome.tif", "0 \"Pos0\" 4 x 5 px, 3 channels; 1 \"Pos1\"", "--series 0"]);
        options.series = Some(1);
        assert_eq!(levels(&read(&pages(6, &text), &options).expect("Pos1")), [3.0, 4.0, 5.0]);
        options.series = Some(0);
        assert_eq!(levels(&read(&pages(6, &text), &options).expect("Pos0")), [0.0, 1.0, 2.0]);
    }
    let text = ome(&[("series", "SizeC=\"3\" SizeZ=\"1\" SizeT=\"2\"", "")]);
    assert_says(
        &read(&pages(6, &text), &ReadOptions::default()).expect_err("two").to_string(),
        &["time point 1"],
    );
    options.series = Some(1);
    assert_eq!(levels(&read(&pages(6, &text), &options).expect("the second")), [3.0, 4.0, 5.0]);
    // Slices or time points that are channels.
    for sizes in ["SizeC=\"1\" SizeZ=\"3\" SizeT=\"1\"", "SizeC=\"1\" SizeZ=\"1\" SizeT=\"3\""] {
        let text = ome(&[("z", sizes, "")]);
        assert_eq!(levels(&read(&pages(3, &text), &mapped()).expect("slices")), [0.0, 1.0, 2.0]);
        let error = read(&pages(3, &text), &ReadOptions::default()).expect_err("one channel").to_string();
        assert_says(
            &error,
            &["a.ome.tif", "--channels dapi=0,red=1,green=2".trim_start_matches("--channels "), "--channels"],
        );
    }
}

#[test]
fn an_image_in_another_file_is_not_one_of_this() {
    let other =
        "<TiffData IFD=\"0\" PlaneCount=\"3\"><UUID FileName=\"b.ome.tif\">urn:uuid:2</UUID></TiffData>";
    let own =
        "<TiffData IFD=\"0\" PlaneCount=\"3\"><UUID FileName=\"a.ome.tif\">urn:uuid:1</UUID></TiffData>";
    let text = ome(&[("Pos0", ONE, other), ("Pos1", ONE, own)]);
    assert_eq!(levels(&read(&pages(3, &text), &ReadOptions::default()).expect("Pos1")), [0.0, 1.0, 2.0]);
}
