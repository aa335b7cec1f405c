//! Parts of a run, and the run that is made of them.

use std::fs;

use crate::place::Place;

/// Height and width of fields, two of which hold as many nuclei as the assays ask for.
const ENOUGH_PX: usize = 1024;

/// A day of which no part knows all: its controls are in other parts than the specimens that fail with them, and two
/// specimens in two parts share their pixels.
fn day() -> Place {
    let place = Place::new();
    for (name, seed) in [("p1", 1), ("p2", 2), ("p3", 3), ("control", 4)] {
        place.simulated(&format!("images/{name}"), "easy_positive", seed, ENOUGH_PX);
    }
    place.simulated("images/normal", "easy_negative", 11, ENOUGH_PX);
    place.write("images/poor/field.tif", crate::float_pages(2, 1.0));
    // One specimen given twice, under two names.
    for field in ["field_000.ome.tif", "field_001.ome.tif"] {
        place.write(
            &format!("images/p3_again/{field}"),
            fs::read(place.path("images/p3").join(field)).unwrap(),
        );
    }
    place.write(
        "day.csv",
        "specimen,path,assay,control,note,block\n\
         P1,images/p1,alk,,urgent,A1\n\
         P1.ret,images/p2,ros1,,,A2\n\
         normal,images/normal,alk,negative,,\n\
         P1,images/p1,ret,,,A1\n\
         P3,images/p3,ret,,,A3\n\
         P3 again,images/p3_again,ret,,,A3\n\
         poor,images/poor,alk,,,A4\n\
         control,images/control,ret,negative,,\n\
         shared control,images/p3,alk,positive(5-95),,\n",
    );
    place
}

/// Scores parts of the day, each into a folder of its name.
fn score_parts(place: &Place, parts: &[(&str, &[&str])]) {
    for (out, part) in parts {
        let outcome = place.run(&[&["--sheet", "day.csv", "--out", out], *part].concat());
        assert!(outcome.status < 2, "{out}: {}", outcome.stderr);
    }
}

fn merge(place: &Place, parts: &[&str], more: &[&str]) -> crate::place::Outcome {
    place.program(&[&["merge"], parts, &["--out", "merged"], more].concat())
}

/// A merge that must be refused with these words, before anything is written.
fn refused(place: &Place, parts: &[&str], words: &[&str]) {
    let before = place.files("");
    let outcome = merge(place, parts, &[]);
    assert_eq!(outcome.status, 2, "{parts:?}: {}", outcome.stderr);
    for word in words {
        assert!(outcome.stderr.contains(word), "{word}: {}", outcome.stderr);
    }
    assert!(place.files("") == before, "{parts:?} wrote something");
}

#[test]
fn three_parts_have_the_bytes_of_one_run() {
    let place = day();
    let sheet = ["--sheet", "day.csv", "--labels", "--overlays"];
    let whole = place.run(&[&sheet[..], &["--out", "whole"]].concat());
    assert_eq!(whole.status, 1, "{}", whole.stderr);
    for part in ["1/3", "2/3", "3/3"] {
        let out = format!("part_{}", &part[..1]);
        assert!(place.run(&[&sheet[..], &["--out", &out, "--part", part]].concat()).status < 2);
    }
    // What the whole run alone knows is not in the parts.
    let verdict = |out: &str| place.json(&format!("{out}/P1.alk/report.json"))["verdict"].clone();
    assert_eq!((verdict("part_1"), verdict("whole")), ("positive".into(), "not_evaluable".into()));
    fs::remove_dir_all(place.path("images")).unwrap();
    let merged = merge(&place, &["part_3", "part_1", "part_2"], &[]);
    assert_eq!((merged.status, &merged.stdout), (1, &whole.stdout), "{}", merged.stderr);
    let (whole, merged) = (place.files("whole"), place.files("merged"));
    let names = |files: &std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>| {
        files.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&whole), names(&merged));
    for (name, bytes) in &whole {
        assert!(merged[name] == *bytes, "{} differs", name.display());
    }
    // A report that was edited in its part is not judged again.
    let report = place.read("part_1/P1.alk/report.json");
    place.write("part_1/P1.alk/report.json", report.replace("positive", "negative"));
    let refused = place.program(&["merge", "part_1", "part_2", "part_3", "--out", "other"]);
    assert_eq!((refused.status, place.path("other").exists()), (2, false), "{}", refused.stderr);
    place.write("part_1/P1.alk/report.json", report);
    // Once more into the same folder, which was damaged: the same bytes.
    place.write("merged/P3/report.json", "{}");
    fs::remove_file(place.path("merged/run.json")).unwrap();
    assert_eq!(merge(&place, &["part_1", "part_2", "part_3"], &["--quiet"]).status, 1);
    assert!(place.files("merged") == whole, "the second merge differs");
}

#[test]
fn a_merged_run_is_kept_by_the_run_of_the_whole_sheet() {
    let place = Place::new();
    place.specimen("in/other", 2);
    for (out, part) in [("a", "1/2"), ("b", "2/2")] {
        assert_eq!(place.run(&["in", "--out", out, "--part", part]).status, 0);
    }
    assert_eq!(merge(&place, &["a", "b"], &[]).status, 0);
    let files = place.files("merged");
    let again = place.run(&["in", "--out", "merged", "--progress", "json"]);
    assert!(!again.stdout.contains("\"field\""), "a field was read again: {}", again.stdout);
    assert!(place.files("merged") == files);
    assert_eq!(place.run(&["in", "--out", "whole"]).status, 0);
    assert!(place.files("whole") == files);
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let place = Place::new();
    place.specimen("images/other", 2);
    let sheet = "specimen,path,assay\nP1,in/good,alk\nP2,images/other,alk\n";
    place.write("day.csv", sheet);
    score_parts(&place, &[("a", &["--part", "1/2"]), ("b", &["--specimens", "P2"])]);
    refused(&place, &["a"], &["missing: P2 by alk", "--partial"]);
    refused(&place, &["a", "nowhere"], &["nowhere", "no run.json"]);
    refused(&place, &["a", "in"], &["in", "no run.json"]);
    score_parts(&place, &[("whole", &[]), ("other", &["--part", "2/2", "--pixel-size", "0.12"])]);
    refused(&place, &["a", "whole"], &["not a part"]);
    refused(&place, &["a", "other"], &["parameters.options.pixel_size_um", "0.12"]);
    // The same name, other images: the sheet is another one.
    place.write("day.csv", sheet.replace("images/other", "in/good"));
    score_parts(&place, &[("edited", &["--part", "2/2"])]);
    refused(&place, &["a", "edited"], &["part.sheet"]);
    // The same sheet, images that were exchanged between two parts.
    place.write("day.csv", sheet);
    place.specimen("images/other", 3);
    score_parts(&place, &[("exchanged", &["--part", "2/2"])]);
    refused(&place, &["a", "b", "exchanged"], &["different results", "P2", "exchanged"]);
    // One folder for the parts and the whole run.
    let outcome = place.program(&["merge", "a", "b", "--out", "a"]);
    assert!(outcome.status == 2 && outcome.stderr.contains("one of the parts"), "{}", outcome.stderr);
    // A file that was edited in its part.
    place.write("b/P2/nuclei.csv", "edited");
    let outcome = merge(&place, &["a", "b"], &[]);
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.contains("nuclei.csv"), "{}", outcome.stderr);
    assert!(!place.path("merged/run.json").exists() && place.path("b/run.json").exists());
}

#[test]
fn a_partial_merge_is_a_part_itself() {
    let place = Place::new();
    place.specimen("images/other", 2);
    place.specimen("images/third", 3);
    place.write("day.csv", "specimen,path,assay\nP1,in/good,alk\nP2,images/other,alk\nP3,images/third,alk\n");
    score_parts(&place, &[("whole", &[]), ("a", &["--part", "1/3"]), ("b", &["--part", "2/3"])]);
    assert_eq!(merge(&place, &["a", "b", "b"], &["--partial"]).status, 0);
    fs::rename(place.path("merged"), place.path("most")).unwrap();
    score_parts(&place, &[("c", &["--specimens", "P3"])]);
    assert_eq!(merge(&place, &["c", "most"], &[]).status, 0);
    assert!(place.files("merged") == place.files("whole"));
}

#[test]
fn a_part_of_unknown_specimens_is_wrong_usage_and_an_empty_one_is_not() {
    let place = Place::new();
    let message = place.refused(&["in", "--out", "out", "--specimens", "good,godo"]);
    assert!(message.contains("`godo`") && message.contains("good"), "{message}");
    for part in ["0/2", "3/2", "1", "a/b"] {
        let message = place.refused(&["in", "--out", "out", "--part", part]);
        assert!(message.contains(part), "{message}");
    }
    for (out, part) in [("a", "1/2"), ("b", "2/2")] {
        assert_eq!(place.run(&["in", "--out", out, "--part", part]).status, 0, "{part}");
    }
    assert_eq!(merge(&place, &["b", "a"], &[]).status, 0);
    assert_eq!(place.run(&["in", "--out", "whole"]).status, 0);
    assert!(place.files("merged") == place.files("whole"));
}
