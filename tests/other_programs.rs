//! Nuclei and spots of other programs: a run that is fed its own results, hostile files, and what is said of them.

#![cfg(all(feature = "run", feature = "simulate"))]

use std::fs;
use std::path::{Path, PathBuf};

use breakapart::run::{
    InputStatus, Plan, Run, RunOptions, RunParameters, RunResult, RunSettings, check_results,
};
use breakapart::simulate::{Conditions, write_specimen};
use breakapart::{Assay, Result};
use tempfile::TempDir;

/// A specimen of two fields in a folder of its own.
fn specimen() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 700;
    write_specimen(folder.path().join("in/P1"), &conditions, 5, 2).unwrap();
    folder
}

fn settings(folder: &Path, nuclei: Option<&str>, signals: Option<&str>) -> RunSettings {
    let mut settings = RunSettings::new(Some(Assay::builtin("alk").unwrap()));
    settings.nuclei = nuclei.map(|name| folder.join(name));
    settings.signals = signals.map(|name| folder.join(name));
    settings
}

fn score(folder: &Path, out: &str, settings: &RunSettings) -> Result<RunResult> {
    let plan = Plan::from_inputs(&[folder.join("in")], settings)?;
    let mut options = RunOptions::default();
    options.pictures.labels = true;
    let parameters = RunParameters::new(settings.params.clone());
    Run::prepare(plan, parameters, &folder.join(out), options)?.score(&())
}

/// The cells of a table of a result, without its header, in the columns of these names.
fn cells(folder: &Path, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join("P1").join(table)).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
    let header = lines.next().unwrap();
    let places: Vec<usize> =
        columns.iter().map(|name| header.iter().position(|own| own == name).unwrap()).collect();
    lines.map(|row| places.iter().map(|i| row[*i].clone()).collect()).collect()
}

fn codes(folder: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(folder.join("P1/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let findings = report["findings"].as_array().unwrap().clone();
    let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings.iter().map(|finding| (word(finding, "code"), word(finding, "effect"))).collect()
}

/// Writes the spots of a result as the files of another program, one for each field and colour.
fn write_spots(result: &Path, to: &Path, keep: impl Fn(&[String]) -> bool) {
    fs::create_dir_all(to).unwrap();
    let rows = cells(result, "signals.csv", &["field", "channel", "y_px", "x_px", "nucleus_id"]);
    for field in ["field_000", "field_001"] {
        for colour in ["red", "green"] {
            let own = rows.iter().filter(|row| row[0] == field && row[1] == colour && keep(row));
            let lines: Vec<String> = own.map(|row| format!("{},{}", row[2], row[3])).collect();
            let text = format!("y,x\n{}\n", lines.join("\n"));
            fs::write(to.join(format!("{field}_{colour}.csv")), text).unwrap();
        }
    }
}

const CALLS: [&str; 9] = [
    "field",
    "nucleus_id",
    "evaluable",
    "exclusion",
    "fused",
    "split",
    "isolated_red",
    "isolated_green",
    "rearranged",
];

#[test]
fn own_labels_fed_back_give_the_same_calls() {
    let folder = specimen();
    let folder = folder.path();
    score(folder, "first", &settings(folder, None, None)).unwrap();
    let result = score(folder, "second", &settings(folder, Some("first"), None)).unwrap();
    assert_eq!(result.record.inputs[0].status, InputStatus::Scored);
    let (first, second) = (folder.join("first"), folder.join("second"));
    assert_eq!(cells(&first, "nuclei.csv", &CALLS), cells(&second, "nuclei.csv", &CALLS));
    let places = ["field", "nucleus_id", "channel", "y_px", "x_px", "intensity", "status"];
    assert_eq!(cells(&first, "signals.csv", &places), cells(&second, "signals.csv", &places));
    let supplied = ("nuclei_supplied".to_owned(), "inform".to_owned());
    assert!(codes(&second).contains(&supplied) && !codes(&first).contains(&supplied));
}

#[test]
fn own_spots_fed_back_are_found_again() {
    let folder = specimen();
    let folder = folder.path();
    score(folder, "first", &settings(folder, None, None)).unwrap();
    write_spots(&folder.join("first"), &folder.join("spots"), |_| true);
    score(folder, "second", &settings(folder, None, Some("spots"))).unwrap();
    let (first, second) = (folder.join("first"), folder.join("second"));
    let calls = |folder: &Path| cells(folder, "nuclei.csv", &CALLS);
    let (before, after) = (calls(&first), calls(&second));
    let same = before.iter().zip(&after).filter(|(a, b)| a == b).count();
    assert_eq!(before.len(), after.len());
    assert!(same * 100 >= before.len() * 95, "{same} of {}", before.len());
    assert!(codes(&second).iter().any(|(code, _)| code == "signals_supplied"));
}

#[test]
fn a_list_that_lacks_signals_asks_for_confirmation() {
    let folder = specimen();
    let folder = folder.path();
    score(folder, "first", &settings(folder, None, None)).unwrap();
    // Every other spot is left out, and all those outside nuclei.
    let places = std::cell::Cell::new(0);
    write_spots(&folder.join("first"), &folder.join("spots"), |row| {
        places.set(places.get() + 1);
        row[4] != "0" && places.get() % 2 == 0
    });
    score(folder, "second", &settings(folder, None, Some("spots"))).unwrap();
    let confirm = ("signals_supplied".to_owned(), "confirm".to_owned());
    assert_eq!(codes(&folder.join("second")).iter().filter(|code| **code == confirm).count(), 2);
}

#[test]
fn a_field_without_its_file_fails_alone_and_other_files_are_named() {
    let folder = specimen();
    let folder = folder.path();
    score(folder, "first", &settings(folder, None, None)).unwrap();
    let labels: PathBuf = folder.join("first/P1/labels");
    fs::rename(labels.join("field_001.tif"), labels.join("field_01_cp_masks.tif")).unwrap();
    let settings = settings(folder, Some("first/P1/labels"), None);
    let plan = Plan::from_inputs(&[folder.join("in")], &settings).unwrap();
    let unused = plan.unused_files();
    assert!(matches!(&unused[..], [only] if only.ends_with("field_01_cp_masks.tif")), "{unused:?}");
    let result = score(folder, "second", &settings).unwrap();
    let input = &result.record.inputs[0];
    assert_eq!((input.status, input.fields[1].status), (InputStatus::Incomplete, InputStatus::Failed));
    let error = input.fields[1].error.as_ref().unwrap();
    assert!(error.contains("field_001") && error.contains("field_01_cp_masks.tif"), "{error}");
    assert_eq!(input.settings.as_ref().unwrap().nuclei, settings.nuclei);
}

#[test]
fn a_changed_file_makes_its_result_stale() {
    let folder = specimen();
    let folder = folder.path();
    score(folder, "first", &settings(folder, None, None)).unwrap();
    write_spots(&folder.join("first"), &folder.join("spots"), |_| true);
    let settings = settings(folder, None, Some("spots"));
    score(folder, "second", &settings).unwrap();
    let stale = || check_results(folder.join("second")).unwrap()[0].stale.len();
    assert_eq!(stale(), 0);
    fs::write(folder.join("spots/field_000_red.csv"), "y,x\n300,300\n").unwrap();
    assert_eq!(stale(), 1);
    score(folder, "second", &settings).unwrap();
    assert_eq!(stale(), 0);
}

#[test]
fn hostile_files_fail_their_field_and_name_themselves() {
    let folder = specimen();
    let folder = folder.path();
    fs::create_dir_all(folder.join("spots")).unwrap();
    fs::create_dir_all(folder.join("labels")).unwrap();
    for (bytes, named) in [
        ("y,x\n1,2\n700,2\n", "line 3"),
        ("y,x\nNaN,2\n", "line 2"),
        ("a,b\n1,2\n", "a, b"),
        ("\u{0}\u{1}\u{2}", "field_000_red.csv"),
    ] {
        for name in ["field_000_red.csv", "field_000_green.csv", "field_001_red.csv", "field_001_green.csv"] {
            fs::write(folder.join("spots").join(name), bytes).unwrap();
        }
        let result = score(folder, "second", &settings(folder, None, Some("spots"))).unwrap();
        let error = result.record.inputs[0].fields[0].error.clone().unwrap();
        assert!(error.contains(named) && error.contains("field_000_red.csv"), "{error}");
    }
    let small = ndarray::Array2::<u32>::from_elem((32, 32), 1);
    breakapart::io::write_labels(folder.join("labels/field_000.tif"), &small).unwrap();
    fs::write(folder.join("labels/field_001.tif"), b"II*\0").unwrap();
    let result = score(folder, "third", &settings(folder, Some("labels"), None)).unwrap();
    let errors: Vec<String> =
        result.record.inputs[0].fields.iter().map(|field| field.error.clone().unwrap()).collect();
    assert!(errors[0].contains("32 x 32 px") && errors[0].contains("700 x 700 px"), "{errors:?}");
    assert!(errors[1].contains("field_001.tif"), "{errors:?}");
}

#[test]
fn one_folder_for_two_specimens_with_like_fields_is_refused() {
    let folder = specimen();
    let folder = folder.path();
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 256;
    write_specimen(folder.join("in/P2"), &conditions, 6, 1).unwrap();
    fs::create_dir_all(folder.join("labels/P2")).unwrap();
    fs::write(folder.join("labels/field_000.tif"), "").unwrap();
    let own = settings(folder, Some("labels"), None);
    let error = Plan::from_inputs(&[folder.join("in")], &own).unwrap_err();
    assert_eq!(error.code(), "undecided");
    // A folder for each is clear.
    fs::write(folder.join("labels/P2/field_000.tif"), "").unwrap();
    assert!(Plan::from_inputs(&[folder.join("in")], &own).is_ok());
}
