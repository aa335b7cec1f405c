//! Slides that are read in parts have the samples of fields that are read whole.
#![cfg(feature = "io")]

use std::path::{Path, PathBuf};

use breakapart::io::{
    ReadOptions, SlideFile, find_specimens, read_field, read_plane, write_label_pyramid,
    write_picture_pyramid,
};
use breakapart::ndarray::{Array2, Array3};
use breakapart::slide::{Part, SlideSource};
use breakapart::{ChannelRole, Field, FieldNote, Plane};
use proptest::prelude::*;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn mapped() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.channels = "dapi=1,red=2,green=0".parse().ok();
    options
}

/// The test files that are a field of one slice, with the options that read them.
fn files() -> Vec<(PathBuf, ReadOptions)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(data())
        .expect("the test data")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "tif"))
        .collect();
    files.sort();
    let mut readable = Vec::new();
    for path in files {
        for (series, options) in [(None, ReadOptions::default()), (None, mapped()), (Some(1), mapped())] {
            let mut options = options;
            options.series = series;
            let is_stack = |field: &Field| {
                field.notes.iter().any(|note| matches!(note, FieldNote::StackProjected { .. }))
            };
            if read_field(&path, &options).is_ok_and(|field| !is_stack(&field)) {
                readable.push((path.clone(), options));
            }
        }
    }
    readable
}

fn plane(field: &Field, role: ChannelRole) -> &Plane {
    match role {
        ChannelRole::Counterstain => &field.counterstain,
        ChannelRole::Red => &field.red,
        ChannelRole::Green => &field.green,
    }
}

fn part_of(plane: &Plane, part: Part) -> Plane {
    fn crop<T: Copy>(samples: &Array2<T>, part: Part) -> Array2<T> {
        Array2::from_shape_fn(part.dim(), |(y, x)| samples[(y + part.y0, x + part.x0)])
    }
    match plane {
        Plane::U8(samples) => crop(samples, part).into(),
        Plane::U16(samples) => crop(samples, part).into(),
        Plane::F32(samples) => crop(samples, part).into(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_slide_is_the_field() {
    let files = files();
    assert!(files.len() > 50, "{}", files.len());
    for (path, options) in files {
        let field = read_field(&path, &options).expect("a field");
        let slide = SlideFile::open(&path, &options).unwrap_or_else(|e| panic!("{e}"));
        let facts = slide.facts();
        assert_eq!(facts.name, field.name);
        assert_eq!((facts.height_px, facts.width_px), field.dim());
        assert_eq!((facts.pixel_size, facts.saturation_level), (field.pixel_size, field.saturation_level));
        assert_eq!(facts.notes, field.notes);
        for role in ChannelRole::ALL {
            let whole = slide.read(role, facts.whole()).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(&whole, plane(&field, role), "{} {role}", path.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn a_part_is_that_of_the_field(
        choice in 0.0..1.0_f64,
        rows in (0_usize..27, 1_usize..28),
        columns in (0_usize..33, 1_usize..34),
        cache in prop::sample::select(vec![0_u64, 700, 1 << 26]),
    ) {
        let files = files();
        let (path, options) = &files[(choice * files.len() as f64) as usize];
        let field = read_field(path, options).expect("a field");
        let slide = SlideFile::open(path, options).expect("a slide").with_cache_bytes(cache);
        let (height, width) = field.dim();
        let (y0, x0) = (rows.0 % height, columns.0 % width);
        let part = Part { y0, x0, y1: (y0 + rows.1).min(height), x1: (x0 + columns.1).min(width) };
        for role in ChannelRole::ALL {
            let read = slide.read(role, part).expect("a part");
            prop_assert_eq!(read, part_of(plane(&field, role), part), "{} {:?}", path.display(), part);
        }
    }
}

#[test]
fn threads_read_at_once() {
    let path = data().join("interleaved_tiled_uint16.tif");
    let field = read_field(&path, &mapped()).expect("a field");
    let slide = SlideFile::open(&path, &mapped()).expect("a slide").with_cache_bytes(2000);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (slide, field) = (&slide, &field);
            scope.spawn(move || {
                for i in 0..200 {
                    let (y0, x0) = ((thread * 7 + i) % 20, (thread * 5 + i * 3) % 20);
                    let part = Part { y0, x0, y1: y0 + 7, x1: x0 + 13 };
                    let role = ChannelRole::ALL[i % 3];
                    assert_eq!(slide.read(role, part).expect("a part"), part_of(plane(field, role), part));
                }
            });
        }
    });
}

#[test]
fn parts_beyond_the_slide_and_stacks_are_errors() {
    let slide = SlideFile::open(data().join("tiled_uint16.tif"), &mapped()).expect("a slide");
    for part in [
        Part { y0: 0, x0: 0, y1: 28, x1: 1 },
        Part { y0: 5, x0: 0, y1: 5, x1: 1 },
        Part { y0: 3, x0: 0, y1: 2, x1: 9 },
        Part { y0: 0, x0: 40, y1: 1, x1: 41 },
    ] {
        assert_eq!(slide.read(ChannelRole::Red, part).expect_err("no part").code(), "invalid_parameter");
    }
    let error = SlideFile::open(data().join("stack_czyx.ome.tif"), &mapped()).expect_err("a stack");
    assert_eq!(error.code(), "unsupported");
    let mut limit = mapped();
    limit.max_decoded_bytes = 1000;
    let slide = SlideFile::open(data().join("tiled_uint16.tif"), &limit).expect("a slide");
    let read = slide.read(ChannelRole::Red, slide.facts().whole());
    assert_eq!(read.expect_err("too large").code(), "limit_exceeded");
}

#[test]
fn a_field_source_opens_as_a_slide() {
    let folder = tempfile::tempdir().expect("a folder");
    for (value, name) in [(10, "f_DAPI.tif"), (20, "f_RED.tif"), (30, "f_GREEN.tif")] {
        let labels = Array2::from_shape_fn((30, 40), |(y, x)| value + (y * 40 + x) as u32);
        breakapart::io::write_labels(folder.path().join(name), &labels).expect("written");
    }
    let specimen = find_specimens(&[folder.path().to_path_buf()]).remove(0).specimen.expect("a specimen");
    let source = &specimen.fields[0];
    let options = ReadOptions::default();
    let (field, slide) =
        (source.read(&options).expect("a field"), source.open_slide(&options).expect("a slide"));
    assert_eq!(source.dim(&options).expect("its size"), (30, 40));
    assert_eq!((slide.facts().name.as_str(), slide.facts().height_px), (field.name.as_str(), 30));
    let part = Part { y0: 3, x0: 5, y1: 20, x1: 39 };
    for role in ChannelRole::ALL {
        assert_eq!(slide.read(role, part).expect("a part"), part_of(plane(&field, role), part));
    }
}

fn slope(rows: std::ops::Range<usize>, width: usize) -> Array2<u32> {
    Array2::from_shape_fn((rows.len(), width), |(y, x)| ((y + rows.start) / 7 * 1000 + x / 5) as u32)
}

#[test]
fn pyramids_are_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("labels.ome.tif");
    write_label_pyramid(&path, (700, 530), None, |rows| Ok(slope(rows, 530))).expect("written");
    let read = read_plane(&path, None, &ReadOptions::default()).expect("read");
    let expected = slope(0..700, 530).mapv(|label| label as f32);
    assert_eq!(read.plane, Plane::F32(expected));
    let colours = |rows: std::ops::Range<usize>| {
        Ok(Array3::from_shape_fn((rows.len(), 300, 3), |(y, x, c)| ((y + rows.start) * 3 + x + c) as u8))
    };
    let path = folder.path().join("picture.ome.tif");
    write_picture_pyramid(&path, (400, 300), None, colours).expect("written");
    let field = read_field(&path, &ReadOptions::default()).expect("read");
    assert_eq!(
        (field.dim(), field.red.view().at(5, 7), field.counterstain.view().at(5, 7)),
        ((400, 300), 22.0, 24.0)
    );
    let wrong = write_picture_pyramid(&path, (400, 300), None, |_| Ok(Array3::zeros((1, 300, 3))));
    assert_eq!(wrong.expect_err("too few rows").code(), "invalid_parameter");
    assert_eq!(read_field(&path, &ReadOptions::default()).expect("the old file").dim(), (400, 300));
}

#[test]
fn reduced_copies_are_levels() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("picture.ome.tif");
    let colours = |rows: std::ops::Range<usize>| {
        Ok(Array3::from_shape_fn((rows.len(), 700, 3), |(y, x, c)| {
            ((y + rows.start) / 8 + x / 8 + 50 * c) as u8
        }))
    };
    write_picture_pyramid(&path, (600, 700), None, colours).expect("written");
    let slide = SlideFile::open(&path, &ReadOptions::default()).expect("a slide");
    assert_eq!(slide.levels(), [(600, 700), (300, 350), (150, 175)]);
    let part = Part { y0: 101, x0: 33, y1: 149, x1: 175 };
    let read = slide.read_level(2, ChannelRole::Green, part).expect("a part");
    // Blocks of 8 x 8 px of one level are blocks of 2 x 2 px two levels on.
    let expected = Array2::from_shape_fn(part.dim(), |(y, x)| {
        (usize::midpoint(y, 101) + usize::midpoint(x, 33) + 50) as u8
    });
    assert_eq!(read, Plane::U8(expected));
    let error = slide.read_level(3, ChannelRole::Green, part).expect_err("no such level");
    assert_eq!(error.code(), "invalid_parameter");
    let pyramid = SlideFile::open(data().join("pyramid.ome.tif"), &mapped()).expect("a slide");
    assert!(pyramid.levels().len() > 1, "{:?}", pyramid.levels());
}
