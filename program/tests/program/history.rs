//! Controls over runs.

use std::fs;

use serde_json::{Value, json};

use crate::place::Place;

/// A day with a normal control of one small field, and earlier days whose controls read otherwise.
fn days(earlier: usize) -> Place {
    let place = Place::new();
    place.normal("images/normal", 5);
    place.write("day.csv", "specimen,path,assay,control\nN1,images/normal,alk,negative\nP1,in/good,ros1,\n");
    assert!(place.run(&["--sheet", "day.csv", "--out", "first"]).status < 2);
    let record = place.json("first/run.json");
    for day in 0..earlier {
        let mut record = record.clone();
        let figures = &mut record["inputs"][0]["figures"];
        let shift = if day % 2 == 0 { 1.0 } else { -1.0 };
        figures["percent_rearranged"] = json!(figures["percent_rearranged"].as_f64().unwrap() + shift);
        figures["signal_height_snr"]["red"] = json!(1000.0 + shift);
        place.write(&format!("day_{day}/run.json"), serde_json::to_vec(&record).unwrap());
    }
    place
}

/// The arguments of a run with these earlier days.
fn with_history(earlier: usize, out: &str) -> Vec<String> {
    let history = (0..earlier).flat_map(|day| ["--history".to_owned(), format!("day_{day}")]);
    ["--sheet", "day.csv", "--out", out].map(str::to_owned).into_iter().chain(history).collect()
}

fn run(place: &Place, arguments: &[String]) {
    let outcome = place.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(outcome.status < 2, "{}", outcome.stderr);
}

/// The standing of a figure in `index.html`.
fn standing(place: &Place, out: &str, figure: &str) -> String {
    let page = place.read(&format!("{out}/index.html"));
    let key = format!("data-figure=\"{figure}\" data-standing=\"");
    let (_, rest) = page.split_once(&key).unwrap_or_else(|| panic!("{figure} is not charted"));
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn the_controls_of_a_run_are_charted_with_those_of_earlier_runs() {
    let place = days(10);
    run(&place, &with_history(10, "out"));
    assert_eq!(standing(&place, "out", "negative_percent"), "in_control");
    assert_eq!(standing(&place, "out", "red_snr"), "out_of_control");
    // All alike.
    assert_eq!(standing(&place, "out", "green_snr"), "open");
    let chart = place.json("out/breakapart_levey_jennings_mqc.json");
    assert!(chart["data"]["alk red_snr"]["11"].as_f64().unwrap() < -3.0, "{chart}");
    let record = place.json("out/run.json");
    assert_eq!(record["parameters"]["history"].as_array().map(Vec::len), Some(10));
    assert_eq!(record["parameters"]["history"][3]["name"], "day_3");
    // From the record alone, and from parts.
    let files = place.files("out");
    assert!(place.run(&["--again", "out/run.json", "--out", "again"]).status < 2);
    assert!(place.files("again") == files);
    for part in ["1/2", "2/2"] {
        let mut arguments = with_history(10, &format!("part_{}", &part[..1]));
        arguments.extend(["--part".to_owned(), part.to_owned()]);
        run(&place, &arguments);
    }
    assert!(place.program(&["merge", "part_1", "part_2", "--out", "merged"]).status < 2);
    assert!(place.files("merged") == files);
}

#[test]
fn few_earlier_runs_draw_no_limits() {
    let place = days(9);
    run(&place, &with_history(9, "out"));
    assert_eq!(standing(&place, "out", "red_snr"), "open");
    assert!(!place.path("out/breakapart_levey_jennings_mqc.json").exists());
    // A chart of an earlier call does not stay.
    place.write("out/breakapart_levey_jennings_mqc.json", "{}");
    run(&place, &with_history(0, "out"));
    assert!(!place.path("out/breakapart_levey_jennings_mqc.json").exists());
    assert_eq!(place.json("out/run.json")["parameters"].get("history"), None::<&Value>);
    let refused = place.refused(&["in", "--history", "nowhere"]);
    assert!(refused.contains("nowhere"), "{refused}");
    fs::remove_dir_all(place.path("out")).unwrap();
}
