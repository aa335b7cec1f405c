//! The folder of results: what is kept, redone, refused or put aside, and what a kill leaves.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::place::Place;

/// The fields that a run measured, from its lines of JSON.
fn fields_measured(stdout: &str) -> usize {
    let events = stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["event"] == "field").count()
}

fn measured(place: &Place, arguments: &[&str]) -> usize {
    let outcome = place.run(&[arguments, &["--progress", "json"]].concat());
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    fields_measured(&outcome.stdout)
}

#[test]
fn complete_results_are_kept_and_what_changed_is_redone() {
    let place = Place::new();
    place.specimen("in/other", 2);
    let run = |more: &[&str]| measured(&place, &[&["in", "--out", "out", "--labels"], more].concat());
    assert_eq!(run(&[]), 4);
    let first = place.files("out");
    assert_eq!(run(&[]), 0);
    assert!(place.files("out") == first, "keeping results changed them");
    // Another setting makes all anew, a changed image its specimen, a damaged file its result.
    assert_eq!(run(&["--pixel-size", "0.11"]), 4);
    assert_eq!(run(&[]), 4);
    assert!(place.files("out") == first);
    fs::copy(place.path("in/other/field_000.ome.tif"), place.path("in/other/field_002.ome.tif")).unwrap();
    assert_eq!(run(&[]), 3);
    fs::remove_file(place.path("in/other/field_002.ome.tif")).unwrap();
    assert_eq!(run(&[]), 2);
    assert!(place.files("out") == first, "a removed field left something");
    place.write("out/good/nuclei.csv", "edited");
    assert_eq!(run(&[]), 2);
    assert!(place.files("out") == first);
    assert_eq!(run(&["--redo"]), 4);
    assert!(place.files("out") == first);
}

#[test]
fn results_of_other_images_under_the_same_name_are_refused_or_put_aside() {
    let place = Place::new();
    assert_eq!(place.run(&["in/good", "--out", "out"]).status, 0);
    let first = fs::read(place.path("out/good/report.json")).unwrap();
    place.specimen("week2/good", 5);
    let message = place.refused(&["week2/good", "--out", "out", "--assay", "alk"]);
    assert!(message.contains("good") && message.contains("--replace"), "{message}");
    assert_eq!(place.run(&["week2/good", "--out", "out", "--replace"]).status, 0);
    assert_eq!(fs::read(place.path("out/replaced/good.1/report.json")).unwrap(), first);
    assert!(fs::read(place.path("out/good/report.json")).unwrap() != first);
}

#[test]
fn two_assays_in_one_folder_do_not_lose_each_others_rows() {
    let place = Place::new();
    for assay in ["alk", "ret", "alk"] {
        assert_eq!(place.run(&["in", "--out", "out", "--assay", assay]).status, 0, "{assay}");
    }
    let mut table = csv::Reader::from_path(place.path("out/specimens.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let headers = table.headers().unwrap().clone();
    let at = |column: &str| headers.iter().position(|name| name == column).unwrap();
    let cells = |column: &str| rows.iter().map(|row| row[at(column)].to_owned()).collect::<Vec<_>>();
    assert_eq!(cells("assay"), ["alk", "ret"]);
    assert_eq!(cells("in_run"), ["true", "false"]);
    assert!(place.path("out/good/report.json").exists() && place.path("out/good.ret/report.json").exists());
    assert_eq!(place.json("out/run.json")["earlier"][0]["assay"], "ret");
}

#[test]
fn a_run_is_repeated_from_its_record_alone() {
    let place = Place::new();
    place.specimen("in/other", 2);
    let told = ["in", "--out", "out", "--pixel-size", "0.12", "--sex", "female", "--overlays"];
    assert_eq!(place.run(&told).status, 0);
    assert_eq!(place.run(&["--again", "out/run.json", "--out", "twice"]).status, 0);
    assert!(place.files("out") == place.files("twice"));
}

#[test]
fn stale_results_are_named() {
    let place = Place::new();
    place.specimen("in/other", 2);
    place.specimen("in/third", 3);
    assert_eq!(place.run(&["in", "--out", "out"]).status, 0);
    assert_eq!(place.run(&["--check", "--out", "out"]).status, 0);
    place.write("out/good/report.json", "{}");
    fs::copy(place.path("in/good/field_000.ome.tif"), place.path("in/other/field_001.ome.tif")).unwrap();
    fs::remove_dir_all(place.path("in/third")).unwrap();
    let outcome = place.run(&["--check", "--out", "out"]);
    assert_eq!(outcome.status, 1);
    let line = |name: &str| outcome.stdout.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("good").contains("report.json"), "{}", line("good"));
    assert!(line("other").contains("field_001"), "{}", line("other"));
    assert!(line("third").contains("not where they were"), "{}", line("third"));
}

/// Kills at moments spread over the run; the seed is fixed, the machine is not.
#[test]
fn a_killed_run_goes_on_and_ends_with_the_bytes_of_an_undisturbed_one() {
    const KILLS: u64 = 20;
    let place = Place::new();
    for seed in 2..6 {
        place.specimen(&format!("in/p{seed}"), seed);
    }
    let arguments = ["in", "--labels", "--overlays", "--assay", "alk", "--threads", "1"];
    let undisturbed = place.run(&[&arguments[..], &["--out", "whole"]].concat());
    assert_eq!(undisturbed.status, 0, "{}", undisturbed.stderr);
    let start = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_breakapart"));
        program.current_dir(place.path("")).arg("score").args(arguments).args(["--out", "killed"]);
        program.args(["--progress", "json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut complete_before = 0;
    for kill in 0..KILLS {
        let mut child = start();
        std::thread::sleep(Duration::from_millis(15 + 37 * (kill * 7 % KILLS)));
        // It may have ended by itself.
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let whole_lines = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
        // Nothing that is complete is read again.
        assert!(fields_measured(whole_lines) <= 2 * (5 - complete_before), "kill {kill}");
        let ledgers = fs::read_dir(place.path("killed")).map_or(0, |entries| {
            let complete = |folder: &std::path::Path| {
                fs::read_to_string(folder.join("ledger.json"))
                    .is_ok_and(|text| text.contains("\"state\": \"complete\""))
            };
            entries.filter(|entry| complete(&entry.as_ref().unwrap().path())).count()
        });
        assert!(ledgers >= complete_before, "kill {kill} lost a result");
        complete_before = ledgers;
    }
    let last = place.run(&[&arguments[..], &["--out", "killed", "--progress", "json"]].concat());
    assert_eq!(last.status, 0, "{}", last.stderr);
    assert_eq!(fields_measured(&last.stdout), 2 * (5 - complete_before));
    assert!(place.files("killed") == place.files("whole"), "a kill left a trace");
}

#[test]
fn a_result_whose_images_were_all_replaced_is_put_aside() {
    let place = Place::new();
    assert_eq!(place.run(&["in/good", "--out", "out"]).status, 0);
    let first = fs::read(place.path("out/good/report.json")).unwrap();
    place.specimen("in/good", 5);
    let outcome = place.run(&["in/good", "--out", "out"]);
    assert_eq!(outcome.status, 0);
    assert!(outcome.stderr.contains("replaced/good.1"), "{}", outcome.stderr);
    assert_eq!(fs::read(place.path("out/replaced/good.1/report.json")).unwrap(), first);
    assert!(fs::read(place.path("out/good/report.json")).unwrap() != first);
    // The images are gone: the result stands for nothing any more, and is not lost.
    fs::remove_dir_all(place.path("in/good")).unwrap();
    place.write("day.csv", "specimen,path,assay\ngood,in,alk\n");
    assert_eq!(place.run(&["--sheet", "day.csv", "--out", "out"]).status, 2, "results at another place");
}

#[test]
fn results_of_unknown_images_are_refused() {
    let place = Place::new();
    place.write("out/good/report.json", "{}");
    let message = place.refused(&["in", "--out", "out", "--assay", "alk"]);
    assert!(message.contains("--replace"), "{message}");
    assert_eq!(place.run(&["in", "--out", "out", "--replace"]).status, 0);
    assert_eq!(fs::read(place.path("out/replaced/good.1/report.json")).unwrap(), b"{}");
    let other = Place::new();
    other.write("mine/summary.txt", "not ours");
    assert!(other.refused(&["in", "--out", "mine", "--assay", "alk"]).contains("summary.txt"));
}

#[test]
fn two_results_never_share_a_folder() {
    let place = Place::new();
    place.specimen("in/other", 2);
    place.write(
        "day.csv",
        "specimen,path,assay\nP1,in/good,alk\nP1,in/good,ros1\nP1.alk,in/other,ret\np1.ALK,in/other,myc\n",
    );
    let run = || place.run(&["--sheet", "day.csv", "--out", "out"]);
    assert_eq!(run().status, 0);
    let folders = |record: &Value| -> Vec<String> {
        let inputs = record["inputs"].as_array().unwrap();
        inputs.iter().map(|input| input["folder"].as_str().unwrap().to_lowercase()).collect()
    };
    let mut first = folders(&place.json("out/run.json"));
    let files = place.files("out");
    assert_eq!(run().status, 0);
    assert!(files == place.files("out"), "the second run named folders otherwise");
    first.sort();
    first.dedup();
    assert_eq!(first.len(), 4, "{first:?}");
}

#[test]
fn two_assays_of_one_id_are_refused() {
    let place = Place::new();
    let ours = breakapart::assay::Assay::builtin_toml("ret").unwrap();
    place.write("our_ret.toml", ours.replacen("cutoff_percent = 15", "cutoff_percent = 14", 1));
    place.write("day.csv", "specimen,path,assay\nA,in/good,ret\nB,in/good,our_ret.toml\n");
    let message = place.refused(&["--sheet", "day.csv", "--out", "out"]);
    assert!(message.contains("ret of two different assays"), "{message}");
}

#[test]
fn a_repeated_run_goes_on_in_its_own_folder() {
    let place = Place::new();
    assert_eq!(place.run(&["in", "--out", "out"]).status, 0);
    let files = place.files("out");
    assert_eq!(place.run(&["--again", "out/run.json", "--out", "out", "--redo"]).status, 0);
    assert!(place.files("out") == files);
    assert_eq!(place.run_as_told(&["--again", "out/run.json", "--assay", "ret"]).status, 2);
}
