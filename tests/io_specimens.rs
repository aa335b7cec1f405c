//! Specimens and fields found among files and folders.
#![cfg(feature = "io")]

use std::path::PathBuf;

use breakapart::Error;
use breakapart::io::{FieldFiles, FoundSpecimen, ReadOptions, SpecimenSource, find_specimens};

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
    ]);
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
