//! The parameter file: its template is printed, its values are used, and its faults are named.

use std::fs;

use breakapart::analyse::AnalyseParams;

use crate::place::Place;

#[test]
fn the_template_is_printed_and_read_back() {
    let place = Place::new();
    let printed = place.run(&["--print-params"]);
    assert_eq!((printed.status, printed.stderr.as_str()), (0, ""));
    assert_eq!(printed.stdout, AnalyseParams::TEMPLATE);
    place.write("params.toml", &printed.stdout);
    assert_eq!(place.run(&["in", "--out", "with", "--params", "params.toml"]).status, 0);
    assert_eq!(place.run(&["in", "--out", "without"]).status, 0);
    let tables = |folder: &str| {
        ["nuclei.csv", "signals.csv", "report.json"]
            .map(|f| fs::read(place.path(&format!("{folder}/good/{f}"))).unwrap())
    };
    assert!(tables("with") == tables("without"), "defaults from the file are other defaults");
}

#[test]
fn a_parameter_file_is_used_and_options_win_over_it() {
    let place = Place::new();
    let text = "sex = \"female\"\n[classify]\nmin_nucleus_score = 1.0\n[instrument]\ncrosstalk_red_into_green = 0.1\n\
                chromatic_shift = \"off\"\n";
    place.write("ours.toml", text);
    let arguments = ["in", "--out", "out", "--params", "ours.toml", "--sex", "male", "--crosstalk", "0.02,0"];
    assert_eq!(place.run(&arguments).status, 0);
    let steps = &place.json("out/run.json")["parameters"]["steps"];
    assert_eq!(steps["classify"]["min_nucleus_score"], 1.0);
    assert_eq!(steps["instrument"]["chromatic_shift"], "off");
    assert_eq!(steps["instrument"]["crosstalk_red_into_green"], 0.02);
    assert_eq!(steps["sex"], "male");
    assert!(fs::read_to_string(place.path("out/good/nuclei.csv")).unwrap().contains("not_a_nucleus"));
}

#[test]
fn a_fault_in_a_parameter_file_names_file_and_key() {
    let place = Place::new();
    for (text, told) in [
        ("[classify]\nmin_nucleus_score = 2", &["key `classify`", "min_nucleus_score = 2", "0 to 1"][..]),
        ("[detect]\ncandidate_snr = nan", &["detect.candidate_snr", "NaN"]),
        ("[classify]\nmin_nucleus_scor = 0.3", &["classify.min_nucleus_scor", "line 2", "unknown key"]),
        ("[segment]\nminimum_scores = 0.3", &["segment.minimum_scores", "line 2"]),
        ("sex = \"x\"", &["sex", "line 1"]),
        ("[classify", &["line 1", "not valid TOML"]),
    ] {
        place.write("ours.toml", text);
        let message = place.refused(&["in", "--out", "out", "--params", "ours.toml"]);
        assert!(message.contains("ours.toml") && told.iter().all(|part| message.contains(part)), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    let message = place.refused(&["in", "--out", "out", "--params", "none.toml"]);
    assert!(message.contains("none.toml"), "{message}");
    place.write("image.toml", [0xff; 64]);
    assert!(place.refused(&["in", "--out", "out", "--params", "image.toml"]).contains("image.toml"));
    let comma = place.refused(&["in", "--out", "out", "--pixel-size", "0,16"]);
    assert!(comma.contains("use a point (0.16 um per pixel)"), "{comma}");
}
