//! A day of a laboratory: twelve results over five assays, with everything that goes wrong on one.

use std::collections::BTreeMap;
use std::fs;

use crate::place::Place;

/// The table of results, by its columns.
fn rows(place: &Place) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_path(place.path("out/specimens.csv")).unwrap();
    table.deserialize().map(Result::unwrap).collect()
}

/// Codes of the findings of a result.
fn codes(place: &Place, folder: &str) -> Vec<String> {
    let report = place.json(&format!("out/{folder}/report.json"));
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// Height and width of fields, two of which hold as many nuclei as the assays ask for.
const ENOUGH_PX: usize = 1024;

fn day() -> Place {
    let place = Place::new();
    for (name, seed) in
        [("p1", 1), ("p2", 2), ("p3", 3), ("p4", 4), ("p5", 5), ("p6", 6), ("broken", 7), ("poor", 8)]
    {
        place.simulated(&format!("images/{name}"), "easy_positive", seed, ENOUGH_PX);
    }
    place.simulated("images/normal", "easy_negative", 11, ENOUGH_PX);
    place.simulated("images/normal_ret", "easy_positive", 12, ENOUGH_PX);
    place.write("images/broken/field_001.ome.tif", "II*\0 cut short");
    // A channel is missing: two pages of three.
    fs::remove_dir_all(place.path("images/poor")).unwrap();
    place.write("images/poor/field.tif", crate::float_pages(2, 1.0));
    // One specimen given twice, under two names.
    fs::create_dir(place.path("images/p7")).unwrap();
    for field in ["field_000.ome.tif", "field_001.ome.tif"] {
        fs::copy(place.path("images/p6").join(field), place.path("images/p7").join(field)).unwrap();
    }
    place.write(
        "day.csv",
        "specimen,path,assay,sex,control,note,block\n\
         P1,images/p1,ALK,,,urgent,A1\n\
         P1,images/p1,ros1,,,,A1\n\
         P2,images/p2,ret,,,,A2\n\
         P3,images/p3,myc,,,,A3\n\
         P4,images/p4,ewsr1,,,,A4\n\
         P5,images/p5,alk,,,,A5\n\
         P6,images/p6,ros1,,,,A6\n\
         P7,images/p7,ros1,,,,A7\n\
         broken,images/broken,alk,,,,A8\n\
         poor,images/poor,alk,,,,A9\n\
         normal,images/normal,alk,,negative,,\n\
         normal RET,images/normal_ret,ret,,negative,,\n",
    );
    place
}

#[test]
fn each_row_of_a_day_has_the_outcome_that_its_author_would_want() {
    let place = day();
    let outcome = place.run(&["--sheet", "day.csv", "--out", "out"]);
    assert_eq!(outcome.status, 1, "{}", outcome.stderr);
    let rows = rows(&place);
    let names: Vec<&str> = rows.iter().map(|row| row["specimen"].as_str()).collect();
    let given = ["P1", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "broken", "poor", "normal", "normal RET"];
    assert_eq!(names, given);
    let assays: Vec<&str> = rows.iter().map(|row| row["assay"].as_str()).collect();
    let expected = ["alk", "ros1", "ret", "myc", "ewsr1", "alk", "ros1", "ros1", "alk", "alk", "alk", "ret"];
    assert_eq!(assays, expected);
    let statuses: Vec<&str> = rows.iter().map(|row| row["status"].as_str()).collect();
    assert_eq!(statuses[8..10], ["incomplete", "failed"]);
    assert!(statuses.iter().enumerate().all(|(i, status)| *status == "scored" || [8, 9].contains(&i)));
    assert_eq!((rows[0]["note"].as_str(), rows[0]["block"].as_str()), ("urgent", "A1"));
    // The control of RET reads positive: no verdict by RET, and every other result says so.
    for i in [2, 11] {
        assert!(rows[i]["withheld_by"].contains("control_out_of_range"), "{:?}", rows[i]);
        assert_eq!(rows[i]["verdict"], "not_evaluable");
    }
    for folder in ["P1.alk", "P1.ros1", "P3", "P4", "P5", "P6", "P7", "broken", "normal"] {
        assert!(codes(&place, folder).contains(&"control_out_of_range".to_owned()), "{folder}");
    }
    assert!(!rows[0]["withheld_by"].contains("control_out_of_range"));
    // The same images under two names: no verdict for either.
    for i in [6, 7] {
        assert!(rows[i]["withheld_by"].contains("pixels_of_another_specimen"), "{:?}", rows[i]);
    }
    // One specimen by two assays is none.
    assert!(!codes(&place, "P1.alk").contains(&"pixels_of_another_specimen".to_owned()));
    let results = place.json("out/results.json");
    assert_eq!(results.as_array().unwrap().len(), 12);
    assert!(results[9]["error"].as_str().unwrap().contains("channels"), "{}", results[9]);
    // The worst come first.
    let first = outcome.stdout.lines().next().unwrap();
    assert!(first.starts_with("poor\tfailed"), "{first}");
}

#[test]
fn a_day_has_the_same_bytes_for_any_threads_and_when_it_goes_on() {
    let place = day();
    let run = |out: &str, threads: &str| {
        let arguments = ["--sheet", "day.csv", "--out", out, "--threads", threads];
        assert_eq!(place.run(&arguments).status, 1);
        place.files(out)
    };
    let first = run("one", "1");
    assert!(first == run("two", "2"), "the bytes depend on threads");
    fs::remove_file(place.path("two/P6/nuclei.csv")).unwrap();
    place.write("two/normal RET/report.json", "{}");
    assert!(first == run("two", "2"), "the bytes depend on what was there");
}

#[test]
fn faults_of_a_sheet_are_wrong_usage_and_all_told() {
    let place = Place::new();
    place.write("bad.csv", "specimen,path,assay\nP1,nowhere,alk\nP1,in/good,akl\n");
    let message = place.refused(&["--sheet", "bad.csv", "--out", "out"]);
    for told in ["bad.csv: 2 faults", "line 2, column path", "line 3, column assay", "did you mean `alk`"] {
        assert!(message.contains(told), "{told}: {message}");
    }
}

#[test]
fn without_a_sheet_the_assay_must_be_told() {
    let place = Place::new();
    let outcome = place.run_as_told(&["in", "--out", "out"]);
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.contains("--assay") && outcome.stderr.contains("ros1"), "{}", outcome.stderr);
    assert!(!place.path("out").exists());
}

#[test]
fn a_control_that_shares_its_pixels_is_none_already_in_the_first_run() {
    let place = Place::new();
    place.simulated("images/c", "easy_positive", 21, ENOUGH_PX);
    place.simulated("images/p", "easy_positive", 22, ENOUGH_PX);
    place.write(
        "day.csv",
        "specimen,path,assay,control\nC1,images/c,alk,positive(10-90)\nX,images/c,alk,\nP2,images/p,alk,\n",
    );
    let run = || place.run(&["--sheet", "day.csv", "--out", "out"]);
    assert_eq!(run().status, 0);
    assert!(codes(&place, "P2").contains(&"control_out_of_range".to_owned()));
    let files = place.files("out");
    assert_eq!(run().status, 0);
    assert!(place.files("out") == files, "the same command gives other results");
}
