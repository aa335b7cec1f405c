//! Specimens and fields found among files and folders.
#![cfg(feature = "io")]

use std::path::PathBuf;

use breakapart::Error;
use breakapart::io::{
    FieldFiles, FindOptions, FoundSpecimen, ReadOptions, SpecimenSource, find_specimens, find_specimens_with,
};

/// A folder with empty files of the given names.
fn folder_with(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, "").expect("written");
    }
    folder
}

fn find(folder: &tempfile::TempDir, inputs: &[&str]) -> Vec<FoundSpecimen> {
    let inputs: Vec<PathBuf> = inputs.iter().map(|input| folder.path().join(input)).collect();
    find_specimens(&inputs)
}

fn specimens(found: Vec<FoundSpecimen>) -> Vec<SpecimenSource> {
    found.into_iter().map(|found| found.specimen.unwrap_or_else(|e| panic!("{e}"))).collect()
}

/// `specimen: field field`, for each specimen.
fn names(specimens: &[SpecimenSource]) -> Vec<String> {
    let line = |s: &SpecimenSource| {
        let fields: Vec<_> = s.fields.iter().map(|field| field.name.as_str()).collect();
        format!("{}: {}", s.name, fields.join(" "))
    };
    specimens.iter().map(line).collect()
}

#[test]
fn a_folder_of_fields_is_a_specimen() {
    let folder = folder_with(&[
        "case7/b.ome.tif",
        "case7/a.TIF",
        "case7/c.png",
        "case7/notes.txt",
        "case7/.hidden.tif",
        "case7/truth/a.tif",
    ]);
    assert_eq!(names(&specimens(find(&folder, &["case7"]))), ["case7: a b c"]);
}

#[test]
fn a_folder_of_specimens_is_all_of_them() {
    let folder = folder_with(&[
        "all/s2/f.tif",
        "all/s1/f.tif",
        "all/truth/f.tif",
        "all/.git/f.tif",
        "all/notes/x.txt",
    ]);
    assert_eq!(names(&specimens(find(&folder, &["all"]))), ["s1: f", "s2: f"]);
    assert!(find(&folder, &["all/truth"]).is_empty());
}

#[test]
fn single_files_are_specimens_of_their_own() {
    let folder = folder_with(&["b.tif", "a.ome.tif"]);
    assert_eq!(names(&specimens(find(&folder, &["b.tif", "a.ome.tif"]))), ["b: b", "a: a"]);
}

#[test]
fn three_single_channel_files_are_one_field() {
    let files = [
        "s/f1_DAPI.tif",
        "s/f1_RED.tif",
        "s/f1_GREEN.tif",
        "s/f2_b.jpg",
        "s/f2_G.jpg",
        "s/f2_R.jpg",
        "s/f3.tif",
    ];
    let folder = folder_with(&files);
    let specimen = specimens(find(&folder, &["s"])).remove(0);
    assert_eq!(names(std::slice::from_ref(&specimen)), ["s: f1 f2 f3"]);
    let FieldFiles::Three { counterstain, red, green, .. } = &specimen.fields[0].files else {
        panic!("{:?}", specimen.fields[0]);
    };
    assert!(
        counterstain.ends_with("f1_DAPI.tif")
            && red.ends_with("f1_RED.tif")
            && green.ends_with("f1_GREEN.tif")
    );
    // The same as loose files, in any order among others.
    let inputs = ["s/f3.tif", "s/f1_GREEN.tif", "s/f1_DAPI.tif", "s/f1_RED.tif"];
    assert_eq!(names(&specimens(find(&folder, &inputs))), ["f3: f3", "f1: f1"]);
}

#[test]
fn incomplete_and_repeated_fields_fail_alone() {
    let folder = folder_with(&[
        "s/ok.tif",
        "s/half_DAPI.tif",
        "s/half_GREEN.tif",
        "s/two_DAPI.tif",
        "s/two_RED.tif",
        "s/two_ORANGE.tif",
        "s/two_GREEN.tif",
        "s/same.tif",
        "s/same.png",
    ]);
    let specimen = specimens(find(&folder, &["s"])).remove(0);
    assert_eq!(names(std::slice::from_ref(&specimen)), ["s: half ok same two"]);
    for (field, parts) in [
        (0, ["no file for red", "half_DAPI.tif, half_GREEN.tif"]),
        (2, ["counted more than once", "same.png, same.tif"]),
        (3, ["counted more than once", "two_ORANGE.tif"]),
    ] {
        let error = specimen.fields[field].read(&ReadOptions::default()).expect_err("unclear");
        assert!(matches!(error, Error::Undecided { .. }), "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{part} in {error}");
        }
    }
    assert!(matches!(specimen.fields[1].files, FieldFiles::One(_)));
}

#[test]
fn inputs_that_cannot_be_used_fail_alone() {
    let folder = folder_with(&[
        "ok/f.tif",
        "empty/x.txt",
        "mixed/f.tif",
        "mixed/sub/f.tif",
        "other/ok/f.tif",
        "t.csv",
        "maker/a.czi",
    ]);
    let of_maker = find(&folder, &["maker", "maker/a.czi"]);
    for found in of_maker {
        let error = found.specimen.expect_err("no image").to_string();
        assert!(error.contains("maker") && error.contains("as OME-TIFF"), "{error}");
    }
    let found = find(&folder, &["missing", "empty", "mixed", "t.csv", "ok", "other"]);
    let words: Vec<String> = found
        .iter()
        .map(|found| {
            found.specimen.as_ref().map_or_else(ToString::to_string, |specimen| specimen.name.clone())
        })
        .collect();
    assert_eq!(words.len(), 6);
    assert!(words[0].contains("missing"), "{}", words[0]);
    assert!(words[1].contains("no image"), "{}", words[1]);
    assert!(words[2].contains("one specimen or several") && words[2].contains("sub"), "{}", words[2]);
    assert!(words[3].contains("suffix"), "{}", words[3]);
    assert_eq!(words[4], "ok");
    // A second specimen of the name would overwrite the first one's reports.
    assert!(words[5].contains("two specimens are named `ok`"), "{}", words[5]);
}

#[test]
fn channels_are_known_by_their_usual_places_in_names() {
    for names in [
        ["f1_SpO", "f1_DAPI", "f1_SpG"],
        ["f1_Cy3", "f1_DAPI", "f1_FITC"],
        ["f1-Red", "f1-Blue", "f1-Green"],
        ["f1_w2TRITC", "f1_w1DAPI", "f1_w3FITC"],
        ["f1_ch01_TRITC", "f1_ch00_DAPI", "f1_ch02_FITC"],
        ["TRITC_f1", "DAPI_f1", "FITC_f1"],
        ["TRITC/f1", "DAPI/f1", "FITC/f1"],
        ["Orange/f1_Orange", "DAPI/f1_DAPI", "Green/f1_Green"],
        ["f1 Spectrum Orange", "f1 DAPI", "f1 Spectrum Green"],
        ["f1_Cy3/img", "f1_DAPI/img", "f1_FITC/img"],
        ["f1_Rot", "f1_Blau", "f1_Gr\u{fc}n"],
    ] {
        let files = names.map(|name| format!("s/{name}.tif"));
        let folder = folder_with(&[&files[0], &files[1], &files[2]]);
        let specimen = specimens(find(&folder, &["s"])).remove(0);
        assert_eq!(self::names(std::slice::from_ref(&specimen)), ["s: f1"], "{names:?}");
        let FieldFiles::Three { counterstain, red, green, .. } = &specimen.fields[0].files else {
            panic!("{:?}", specimen.fields[0]);
        };
        let found = [red, counterstain, green].map(|path| path.strip_prefix(folder.path()).expect("below"));
        assert_eq!(found.map(|path| path.to_string_lossy().into_owned()), files);
    }
    // A file within, further channels and a merged picture beside it.
    let folder = folder_with(&[
        "s/img_0_DAPI_7.tif",
        "s/img_0_FITC_7.tif",
        "s/img_0_TRITC_7.tif",
        "s/g_DAPI.tif",
        "s/g_FITC.tif",
        "s/g_TRITC.tif",
        "s/g_Cy5.tif",
        "s/g_merge.tif",
        "s/DAPI.tif",
        "s/FITC.tif",
        "s/TRITC.tif",
        "all/a/DAPI/f.tif",
        "all/a/TRITC/f.tif",
        "all/a/FITC/f.tif",
        "all/b/f.tif",
    ]);
    assert_eq!(names(&specimens(find(&folder, &["s", "all"]))), ["s: s g img_0_7", "a: f", "b: f"]);
}

#[test]
fn slices_in_files_of_their_own_are_one_stack() {
    let files: Vec<String> = ["DAPI", "FITC", "Cy3"]
        .iter()
        .flat_map(|dye| ["z0", "z2", "Z10"].map(|slice| format!("s/f_{dye}_{slice}.tif")))
        .collect();
    let mut files: Vec<&str> = files.iter().map(String::as_str).collect();
    files.extend(["s/whole_z000.tif", "s/whole_z001.tif", "s/other.tif"]);
    let folder = folder_with(&files);
    let specimen = specimens(find(&folder, &["s"])).remove(0);
    assert_eq!(names(std::slice::from_ref(&specimen)), ["s: f other whole"]);
    let numbers = |field: usize| match &specimen.fields[field].files {
        FieldFiles::Slices { slices, .. } => slices.iter().map(|slice| slice.number).collect(),
        _ => Vec::new(),
    };
    assert_eq!((numbers(0), numbers(1), numbers(2)), (vec![0, 2, 10], vec![], vec![0, 1]));
    assert_eq!((specimen.fields[0].files.paths().len(), specimen.fields[2].files.paths().len()), (9, 2));
}

#[test]
fn time_points_in_files_of_their_own_are_refused() {
    let files: Vec<String> = ["DAPI", "FITC", "Cy3"]
        .iter()
        .flat_map(|dye| ["t0", "t1"].map(|slice| format!("s/f_{dye}_{slice}.tif")))
        .collect();
    let folder = folder_with(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let specimen = specimens(find(&folder, &["s"])).remove(0);
    assert_eq!(names(std::slice::from_ref(&specimen)), ["s: f_t0 f_t1"]);
    let error = specimen.fields[1].read(&ReadOptions::default()).expect_err("a time point").to_string();
    assert!(error.contains("time points are field `f`") && error.contains("--files"), "{error}");
}

#[test]
fn numbered_channels_are_one_field() {
    for names in [
        ["C1-f1", "C2-f1", "C3-f1"],
        ["f1_ch00", "f1_ch01", "f1_ch02"],
        ["f1_c1", "f1_c2", "f1_c3"],
        ["f1_w1", "f1_w2", "f1_w3"],
        ["ch1/f1", "ch2/f1", "ch3/f1"],
    ] {
        let files = names.map(|name| format!("s/{name}.tif"));
        let folder = folder_with(&[&files[0], &files[1], &files[2]]);
        let specimen = specimens(find(&folder, &["s"])).remove(0);
        assert_eq!(self::names(std::slice::from_ref(&specimen)), ["s: f1"], "{names:?}");
        let error = specimen.fields[0].read(&ReadOptions::default()).expect_err("unclear").to_string();
        for part in ["f1", "do not say which channel", "--channels dapi=0,red=1,green=2", "0 \"", "2 \""] {
            let part = part.replace("--channels ", "");
            assert!(error.contains(&part) && error.contains("--channels"), "{part} in {error}");
        }
    }
    // Fields of their own.
    let folder =
        folder_with(&["s/case_c5.tif", "s/case_c6.tif", "s/case_c7.tif", "s/x_c1.tif", "s/x_c2.tif"]);
    let specimen = specimens(find(&folder, &["s"])).remove(0);
    assert_eq!(specimen.fields.len(), 5);
}

#[test]
fn files_by_a_pattern() {
    let folder = folder_with(&[
        "in/p1_1_x.tif",
        "in/p1_1_y.tif",
        "in/p1_1_z.tif",
        "in/p2_9_DAPI.tif",
        "in/p2_9_FITC.tif",
        "in/p2_9_Cy3.tif",
        "in/notes.tif",
        "deep/a/1/DAPI.tif",
        "deep/a/1/Rot.tif",
        "deep/a/1/Vert.tif",
        "plain/b/f1.tif",
        "plain/b/f2.tif",
        "plain/c/f1.tif",
    ]);
    let find = |inputs: &[&str], pattern: &str| {
        let inputs: Vec<PathBuf> = inputs.iter().map(|input| folder.path().join(input)).collect();
        let mut options = FindOptions::default();
        options.files = Some(pattern.parse().expect("a pattern"));
        find_specimens_with(&inputs, &options)
    };
    let found = specimens(find(&["in"], "{specimen}_{field}_{channel}.tif"));
    assert_eq!(names(&found), ["p1: 1", "p2: 9"]);
    let FieldFiles::Listed { files, .. } = &found[0].fields[0].files else { panic!("{found:?}") };
    let channels: Vec<&str> = files.iter().map(|file| file.channel.as_str()).collect();
    assert_eq!(channels, ["x", "y", "z"]);
    assert!(matches!(found[1].fields[0].files, FieldFiles::Three { .. }));

    let found = specimens(find(&["deep"], "{specimen}/{field}/{channel}.tif"));
    assert_eq!(names(&found), ["a: 1"]);
    assert!(matches!(found[0].fields[0].files, FieldFiles::Three { .. }));
    assert_eq!(names(&specimens(find(&["plain"], "{field}.tif"))), ["b: f1 f2", "c: f1"]);
    assert_eq!(names(&specimens(find(&["plain"], "*/{field}.tif")))[0], "plain: f1 f2");
    let files = ["in/p2_9_DAPI.tif", "in/p2_9_FITC.tif", "in/p2_9_Cy3.tif"];
    assert_eq!(names(&specimens(find(&files, "{field}_{channel}.tif"))), ["p2_9: p2_9"]);

    let error = find(&["plain"], "{field}_{channel}.tif").remove(0).specimen.expect_err("none").to_string();
    for part in ["plain", "no image file fits", "f1.tif", "--files"] {
        assert!(error.contains(part), "{part} in {error}");
    }
    let specimen = specimens(find(&["plain"], "*/f{field}.tif")).remove(0);
    let error = specimen.fields[0].read(&ReadOptions::default()).expect_err("two files").to_string();
    assert!(error.contains("several files are field `1`"), "{error}");
}
