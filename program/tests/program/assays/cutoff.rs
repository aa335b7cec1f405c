//! A cutoff from normal controls.

use std::fmt::Write as _;

use breakapart::Location;
use breakapart::assay::{Assay, CutoffSource};

use crate::place::Place;

/// Rearranged nuclei of 20 normal controls of 200 nuclei each.
const NORMALS: [usize; 20] = [0, 1, 2, 0, 3, 1, 2, 4, 1, 0, 2, 3, 1, 2, 5, 0, 1, 2, 3, 2];

/// A table as `score` writes it, as far as it is read; columns may stand anywhere.
fn table(counts: &[usize], assay: &str) -> String {
    let mut text = "specimen,assay,verdict,evaluable,rearranged,failed_fields,withheld_by\n".to_owned();
    for (i, x) in counts.iter().enumerate() {
        writeln!(text, "normal_{i:02},{assay},negative,200,{x},0,").unwrap();
    }
    text
}

fn assay(place: &Place, file: &str) -> Assay {
    Assay::from_toml(&place.read(file), &Location::default()).unwrap()
}

#[test]
fn the_cutoffs_stand_side_by_side_and_the_file_is_complete() {
    let place = Place::new();
    place.write("normals/specimens.csv", table(&NORMALS, "alk"));
    let arguments = ["cutoff", "normals", "--assay", "alk", "--out", "our_alk.toml", "--date", "2026-11-29"];
    let outcome = place.program(&arguments);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    for line in [
        "20 normal controls, 4000 nuclei: 35 read as rearranged (0.88 %).",
        "betainv          5.06 %  11 of 200      20        200     BETAINV(0.95, 5 + 1, 200) of normal_14",
        "clopper-pearson  5.18 %  11 of 200      20        200     BETAINV(0.95, 5 + 1, 200 - 5) of normal_14",
        "critbinom        2.00 %  5 of 200       20        4000    CRITBINOM(200, 0.00875, 0.95) = 4",
        "mean-3sd         2.93 %  6 of 200       20        4000    0.875 % + 3 x 0.686 %",
    ] {
        assert!(outcome.stdout.lines().any(|found| found == line), "{} lacks {line}", outcome.stdout);
    }
    assert!(outcome.stdout.contains("caution, mean-3sd: A control has 1.8 rearranged nuclei"));
    let (base, ours) = (Assay::builtin("alk").unwrap(), assay(&place, "our_alk.toml"));
    assert_eq!((ours.id.as_str(), ours.decision.cutoff().to_string().as_str()), ("our_alk", "5.1 %"));
    let provenance = &ours.cutoff_provenance;
    assert_eq!(provenance.source, CutoffSource::LabValidated);
    assert_eq!(provenance.method, "betainv: BETAINV(0.95, 5 + 1, 200) of normal_14");
    assert_eq!((provenance.n_normals, provenance.cells_per_normal), (Some(20), Some(200)));
    assert_eq!((provenance.confidence, provenance.date.as_deref()), (Some(0.95), Some("2026-11-29")));
    // Everything else is as it was, marks and comments included; the band did not hold the cutoff.
    assert!(ours.borderline.is_none() && ours.notes().is_empty());
    assert_eq!(
        (&ours.split, &ours.evaluable, &ours.isolated),
        (&base.split, &base.evaluable, &base.isolated)
    );
    assert_eq!(ours.verify.len(), base.verify.len() - 2);
    let text = place.read("our_alk.toml");
    assert!(
        text.contains("# Isolated 3': the 5' end is lost") && text.contains("cutoff_percent = 5.1\n"),
        "{text}"
    );
    assert!(text.contains("#   critbinom        2.0000 %, positive from 5"), "{text}");
    assert_eq!(place.program(&["assay", "check", "our_alk.toml"]).status, 0);
    // The same bytes again, and a cutoff of the new assay from controls scored by it.
    let again = [&arguments[..5], &["again.toml", "--id", "our_alk"], &arguments[6..]].concat();
    assert_eq!(place.program(&again).status, 0);
    assert_eq!(place.read("again.toml"), text);
}

#[test]
fn method_confidence_and_cells_are_chosen() {
    let place = Place::new();
    place.write("n.csv", table(&NORMALS, "usp6"));
    let run = |method: &str, cells: &str, out: &str| {
        place.program(&[
            "cutoff",
            "n.csv",
            "--assay",
            "usp6",
            "--method",
            method,
            "--cells",
            cells,
            "--confidence",
            "0.99",
            "--out",
            out,
        ])
    };
    assert_eq!(run("critbinom", "200", "by_count.toml").status, 0);
    let by_count = assay(&place, "by_count.toml");
    assert_eq!(by_count.decision.cutoff().to_string(), "2.6 %");
    assert_eq!(by_count.cutoff_provenance.confidence, Some(0.99));
    let outcome = run("mean-3sd", "500", "gauss.toml");
    assert!(
        outcome.stdout.contains("caution: The cutoff is that of all rearranged nuclei together"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("positive from") && outcome.stdout.contains("15 of 500"),
        "{}",
        outcome.stdout
    );
    // Without a date the file has none, and a note says so.
    assert!(outcome.stderr.contains("has no date"), "{}", outcome.stderr);
    let gauss = assay(&place, "gauss.toml");
    assert_eq!(
        (gauss.decision.cutoff().to_string().as_str(), gauss.cutoff_provenance.confidence),
        ("3 %", None)
    );
    for wrong in [["--method", "median"], ["--confidence", "95"], ["--cells", "0"], ["--assay", "alc"]] {
        let outcome = place.program(&[&["cutoff", "n.csv", "--assay", "usp6"][..], &wrong].concat());
        assert_eq!(outcome.status, 2, "{wrong:?}: {}", outcome.stderr);
    }
}

#[test]
fn controls_that_cannot_be_used_are_all_named_and_nothing_is_written() {
    let place = Place::new();
    let sound = table(&NORMALS, "alk");
    let changes = [
        (
            "normal_03,alk,negative,200,0,0,\n",
            "normal_03,ros1,negative,200,0,0,\n",
            "scored by the assay `ros1`",
        ),
        ("normal_04,alk,negative,200,3,0,\n", "normal_04,alk,negative,200,3,1,\n", "1 of its fields"),
        (
            "normal_05,alk,negative,200,1,0,\n",
            "normal_05,alk,not_evaluable,200,1,0,weak_probe\n",
            "withheld (weak_probe)",
        ),
        (
            "normal_06,alk,negative,200,2,0,\n",
            "normal_06,alk,not_evaluable,20,2,0,\n",
            "the assay asks for 50",
        ),
        (
            "normal_07,alk,negative,200,4,0,\n",
            "normal_07,alk,positive,200,80,0,\n",
            "80 of 200 nuclei (40.0 %)",
        ),
    ];
    let bad = changes.iter().fold(sound.clone(), |text, (old, new, _)| {
        assert!(text.contains(old));
        text.replace(old, new)
    });
    place.write("bad/specimens.csv", bad);
    let outcome = place.program(&["cutoff", "bad", "--assay", "alk", "--out", "ours.toml"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (1, ""));
    for (_, _, words) in changes {
        assert!(outcome.stderr.contains(words), "{} lacks {words}", outcome.stderr);
    }
    assert!(!place.path("ours.toml").exists());
    let without = ["--leave-out", "normal_07", "--out", "ours.toml"];
    place.write("sound.csv", sound);
    let outcome = place.program(&[&["cutoff", "sound.csv", "--assay", "alk"][..], &without].concat());
    assert_eq!(outcome.status, 1);
    assert!(
        outcome.stderr.contains("19 normal controls are too few: 20 are needed, 1 more."),
        "{}",
        outcome.stderr
    );
    let few = [&["cutoff", "sound.csv", "--assay", "alk", "--few-controls"][..], &without].concat();
    assert_eq!(place.program(&few).status, 0);
    let ours = assay(&place, "ours.toml");
    let mark = ours.verify.last().unwrap();
    assert_eq!(mark.key, "decision.cutoff_percent");
    assert!(mark.reason.starts_with("made from 19 normal controls; 20 are usual"));
    assert_eq!(place.program(&few).status, 2, "it exists now");
}

#[test]
fn results_of_other_rules_are_refused() {
    let place = Place::new();
    place.write("n/specimens.csv", table(&NORMALS, "alk"));
    let mut run = serde_json::json!({ "assay": Assay::builtin("alk").unwrap(), "inputs": [] });
    place.write("n/run.json", run.to_string());
    assert_eq!(place.program(&["cutoff", "n", "--assay", "alk"]).status, 0);
    run["assay"]["split"]["min_distance"]["value"] = 3.0.into();
    run["assay"]["decision"]["cutoff_percent"] = 20.0.into();
    place.write("n/run.json", run.to_string());
    let outcome = place.program(&["cutoff", "n", "--assay", "alk"]);
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.contains("split.min_distance.value was 3.0 and is 2.0"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("cutoff_percent"), "{}", outcome.stderr);
    // A cutoff for an assay that counts by the same rules, and for one that does not.
    run["assay"] = serde_json::to_value(Assay::builtin("alk").unwrap()).unwrap();
    place.write("n/run.json", run.to_string());
    assert_eq!(place.program(&["cutoff", "n", "--assay", "alk_two_stage"]).status, 0);
    let outcome = place.program(&["cutoff", "n", "--assay", "ros1"]);
    assert_eq!(outcome.status, 1);
    assert!(
        outcome.stderr.contains("scored by the assay `alk`, whose rules are not those of `ros1`"),
        "{}",
        outcome.stderr
    );
    place.write("other.csv", "a,b\n1,2\n");
    let outcome = place.program(&["cutoff", "other.csv", "--assay", "alk"]);
    assert!(
        outcome.status == 1 && outcome.stderr.contains("it lacks the columns specimen, assay"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn images_of_normals_are_read() {
    let place = Place::new();
    for seed in 1..=5 {
        place.normal(&format!("normals/n{seed}"), seed);
    }
    // An assay that is content with the few nuclei of these fields.
    let few = Assay::builtin_toml("alk").unwrap().replace("id = \"alk\"", "id = \"few\"");
    let few =
        few.replace("\ncells = 50", "\ncells = 3").replace("min_tumour_cells = 50", "min_tumour_cells = 3");
    place.write("few.toml", few);
    let arguments = [
        "cutoff",
        "normals",
        "--assay",
        "few.toml",
        "--few-controls",
        "--out",
        "ours.toml",
        "--threads",
        "1",
    ];
    let outcome = place.program(&arguments);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("5 normal controls, "), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("caution: It rests on 5 normal controls; 20 are usual."));
    assert_eq!(assay(&place, "ours.toml").cutoff_provenance.n_normals, Some(5));
    place.write("normals/n6/field.tif", "no image");
    let broken = place.program(&[&arguments[..6], &["more.toml"]].concat());
    assert!(broken.status == 1 && broken.stderr.contains("n6"), "{}", broken.stderr);
}
