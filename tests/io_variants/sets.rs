//! Fields in several files.

use std::path::{Path, PathBuf};

use breakapart::io::{FieldSource, FindOptions, SlideFile, find_specimens, find_specimens_with, read_field};
use breakapart::slide::SlideSource;
use breakapart::{ChannelRole, Error};

use crate::tiff_file::{Page, write};
use crate::{ReadOptions, assert_says, levels, mapped};

const SIZE: (u32, u32) = (4, 5);

/// Files of the levels 0, 1 and 2.
fn three(folder: &Path, names: [&str; 3]) {
    for (level, name) in (0..).zip(names) {
        write(folder, name, &[Page::level(SIZE, level)], &[]);
    }
}

fn only_field(folder: &Path) -> FieldSource {
    let mut fields = find_specimens(&[folder.to_path_buf()]).remove(0).specimen.expect("a specimen").fields;
    assert_eq!(fields.len(), 1, "{fields:?}");
    fields.remove(0)
}

#[test]
fn numbered_files_are_named_by_the_caller() {
    let folder = tempfile::tempdir().expect("a folder");
    three(folder.path(), ["C1-f.tif", "C2-f.tif", "C3-f.tif"]);
    let source = only_field(folder.path());
    let error = source.read(&ReadOptions::default()).expect_err("which is which?").to_string();
    assert_says(&error, &["C1-f.tif", "C3-f.tif", "--channels", "_DAPI"]);
    let mut options = ReadOptions::default();
    options.channels = "dapi=2,red=0,green=1".parse().ok();
    let field = source.read(&options).expect("named");
    assert_eq!((levels(&field), field.name.as_str()), ([2.0, 0.0, 1.0], "f"));
    options.channels = None;
    options.channel_names = "dapi=c3,red=C1,green=C2".parse().ok();
    assert_eq!(levels(&source.read(&options).expect("by name")), [2.0, 0.0, 1.0]);
    options.channels = "dapi=0,red=1,green=3".parse().ok();
    let error = source.read(&options).expect_err("no fourth").to_string();
    assert_says(&error, &["green = 3", "0 to 2", "C2-f.tif"]);
}

#[test]
fn numbered_files_may_say_themselves_what_they_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    for (level, name) in (0..).zip(["SpectrumGreen", "DAPI", "SpectrumOrange"]) {
        let xml = format!(
            "<OME><Image><Pixels DimensionOrder=\"XYCZT\" SizeX=\"5\" SizeY=\"4\" SizeC=\"1\" SizeZ=\"1\" SizeT=\"1\">\
             <Channel Name=\"{name}\"/><TiffData IFD=\"0\"/></Pixels></Image></OME>"
        );
        write(
            folder.path(),
            &format!("f_ch{level:02}.tif"),
            &[Page::level(SIZE, level).described(&xml)],
            &[],
        );
    }
    assert_eq!(
        levels(&only_field(folder.path()).read(&ReadOptions::default()).expect("named")),
        [1.0, 2.0, 0.0]
    );
}

#[test]
fn images_of_a_file_are_fields_of_a_specimen() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = "ImageJ=1.5\nimages=9\nchannels=3\nframes=3\n";
    let mut pages: Vec<Page> = (0..9).map(|level| Page::level(SIZE, level)).collect();
    pages[0] = pages[0].clone().described(lines);
    let path = write(folder.path(), "f.tif", &pages, &[]);
    let mut find = FindOptions::default();
    find.series = "0,2".parse().expect("a list");
    let specimen =
        find_specimens_with(std::slice::from_ref(&path), &find).remove(0).specimen.expect("a specimen");
    let fields: Vec<_> =
        specimen.fields.iter().map(|field| field.read(&mapped()).expect("a field")).collect();
    assert_eq!((fields[0].name.as_str(), levels(&fields[0])), ("f_0", [0.0, 1.0, 2.0]));
    assert_eq!((fields[1].name.as_str(), levels(&fields[1])), ("f_2", [6.0, 7.0, 8.0]));
    find.series = "1".parse().expect("a list");
    let specimen = find_specimens_with(&[path], &find).remove(0).specimen.expect("a specimen");
    let field = specimen.fields[0].read(&mapped()).expect("a field");
    assert_eq!((field.name.as_str(), levels(&field)), ("f", [3.0, 4.0, 5.0]));
}

#[test]
fn an_ome_tiff_in_a_file_for_each_channel() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["f_C0.ome.tif", "f_C1.ome.tif", "f_C2.ome.tif"];
    let data = |(c, name): (usize, &&str)| {
        format!(
            "<TiffData FirstC=\"{c}\" IFD=\"0\" PlaneCount=\"1\"><UUID FileName=\"{name}\">urn:uuid:{c}</UUID></TiffData>"
        )
    };
    let data: String = names.iter().enumerate().map(data).collect();
    let channels = ["Cy3", "FITC", "DAPI"].map(|name| format!("<Channel Name=\"{name}\"/>")).concat();
    for (level, name) in (0..).zip(names) {
        let xml = format!(
            "<OME UUID=\"urn:uuid:{level}\"><Image><Pixels DimensionOrder=\"XYCZT\" SizeX=\"5\" SizeY=\"4\" SizeC=\"3\" \
             SizeZ=\"1\" SizeT=\"1\">{channels}{data}</Pixels></Image></OME>"
        );
        write(folder.path(), name, &[Page::level(SIZE, level).described(&xml)], &[]);
    }
    assert_eq!(
        levels(&only_field(folder.path()).read(&ReadOptions::default()).expect("a set")),
        [2.0, 0.0, 1.0]
    );
    // Any of the files is the whole image.
    let part = read_field(folder.path().join("f_C1.ome.tif"), &ReadOptions::default()).expect("a set");
    assert_eq!(levels(&part), [2.0, 0.0, 1.0]);
}

#[test]
fn numbered_files_of_all_channels_are_fields() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["f_c1.tif", "f_c2.tif", "f_c3.tif"] {
        write(folder.path(), name, &[0, 1, 2].map(|level| Page::level(SIZE, level)), &[]);
    }
    let specimen = find_specimens(&[folder.path().to_path_buf()]).remove(0).specimen.expect("a specimen");
    let names: Vec<&str> = specimen.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["f_c1", "f_c2", "f_c3"]);
    assert_eq!(levels(&specimen.fields[1].read(&mapped()).expect("a field")), [0.0, 1.0, 2.0]);
}

#[test]
fn a_pattern_puts_any_files_together() {
    let folder = tempfile::tempdir().expect("a folder");
    three(folder.path(), ["p1/7/probe b.tif", "p1/7/nuclei.tif", "p1/7/probe a.tif"]);
    let mut find = FindOptions::default();
    find.files = "{specimen}/{field}/{channel}.tif".parse().ok();
    let inputs: Vec<PathBuf> = vec![folder.path().to_path_buf()];
    let specimen = find_specimens_with(&inputs, &find).remove(0).specimen.expect("a specimen");
    assert_eq!((specimen.name.as_str(), specimen.fields[0].name.as_str()), ("p1", "7"));
    let error = specimen.fields[0].read(&ReadOptions::default()).expect_err("which is which?");
    assert!(matches!(error, Error::Undecided { .. }), "{error}");
    assert_says(&error.to_string(), &["0 \"nuclei in nuclei.tif\"", "1 \"probe a in", "--channels"]);
    assert_eq!(levels(&specimen.fields[0].read(&mapped()).expect("by index")), [1.0, 2.0, 0.0]);
    let mut options = ReadOptions::default();
    options.channel_names = "dapi=nuclei,red=probe b,green=probe a".parse().ok();
    let field = specimen.fields[0].read(&options).expect("by name");
    assert_eq!((levels(&field), field.name.as_str()), ([1.0, 0.0, 2.0], "7"));
}

/// An OME-XML of three channels in a file each.
fn set(own: usize) -> String {
    let data: Vec<String> = (0..3)
        .map(|c| {
            format!(
                "<TiffData IFD=\"0\" PlaneCount=\"1\" FirstC=\"{c}\"><UUID FileName=\"part{c}.ome.tif\">urn:uuid:{c}</UUID>\
                 </TiffData>"
            )
        })
        .collect();
    let data = data.concat();
    let channels: String = ["SpectrumGreen", "DAPI", "SpectrumOrange"]
        .map(|name| format!("<Channel Name=\"{name}\"/>"))
        .concat();
    format!(
        "<OME UUID=\"urn:uuid:{own}\"><Image><Pixels DimensionOrder=\"XYCZT\" SizeX=\"5\" SizeY=\"4\" SizeC=\"3\" \
         SizeZ=\"1\" SizeT=\"1\">{channels}{data}</Pixels></Image></OME>"
    )
}

#[test]
fn an_image_in_several_files_is_read_from_any_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let part = |c: usize| format!("part{c}.ome.tif");
    for c in 0..3 {
        let page = Page::level(SIZE, 10 + c as u16).described(&set(c));
        write(folder.path(), &part(c), &[page], &[]);
    }
    for c in 0..3 {
        let path = folder.path().join(part(c));
        let field = read_field(&path, &ReadOptions::default()).expect("a field");
        assert_eq!(levels(&field), [11.0, 12.0, 10.0], "{c}");
        let slide = SlideFile::open(&path, &ReadOptions::default()).expect("a slide");
        let read = ChannelRole::ALL.map(|role| slide.read(role, slide.facts().whole()).expect("read"));
        assert_eq!(read, [field.counterstain, field.red, field.green]);
    }
    std::fs::remove_file(folder.path().join(part(2))).expect("removed");
    let error =
        read_field(folder.path().join(part(0)), &ReadOptions::default()).expect_err("a part is missing");
    assert_eq!(error.code(), "malformed");
    assert_says(&error.to_string(), &["part0.ome.tif", "part2.ome.tif"]);
}
