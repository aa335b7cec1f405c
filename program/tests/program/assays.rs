//! Assays and cutoffs as a laboratory meets them at the command line.

mod cutoff;

use breakapart::Location;
use breakapart::assay::{Assay, CutoffSource};

use crate::place::Place;

#[test]
fn built_in_assays_are_listed_and_shown_in_words() {
    let place = Place::new();
    let list = place.program(&["assay", "list"]);
    assert_eq!(list.status, 0);
    assert_eq!(list.stdout.lines().count(), Assay::builtin_names().count());
    assert!(list.stdout.contains("alk_two_stage"), "{}", list.stdout);
    let shown = place.program(&["assay", "show", "alk"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""));
    for part in
        ["ALK, 2p23", "positive if at least 15 %", "* Verify these 19 values", "split.min_distance.value: "]
    {
        assert!(shown.stdout.contains(part), "{} lacks {part}", shown.stdout);
    }
    let text = place.program(&["assay", "show", "ret", "--toml"]);
    assert_eq!(text.stdout, Assay::builtin_toml("ret").unwrap());
    let unknown = place.program(&["assay", "show", "ret1"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("did you mean `ret`?"), "{}", unknown.stderr);
}

#[test]
fn every_fault_of_a_file_is_named_in_one_go() {
    let place = Place::new();
    let alk = Assay::builtin_toml("alk").unwrap();
    place.write("good.toml", alk.replace("id = \"alk\"", "id = \"ours\""));
    let stale = alk.replace("key = \"borderline\"", "key = \"borderlin\"");
    place.write("stale.toml", stale.replace("id = \"alk\"", "id = \"stale\""));
    let faulty = alk.replace("gene = \"ALK\"\n", "").replace("max_signals = 20", "max_sginals = 2000");
    place.write("faulty.toml", faulty.replace("size_ratio_max = 2.5", "size_ratio_max = 0.5"));

    let valid = place.program(&["assay", "check", "good.toml", "stale.toml"]);
    assert_eq!(valid.status, 0, "{}", valid.stderr);
    assert_eq!(
        valid.stdout,
        "good.toml: valid, assay `ours` for ALK\nstale.toml: valid, assay `stale` for ALK\n"
    );
    assert!(valid.stderr.starts_with("note: stale.toml, line "), "{}", valid.stderr);
    assert!(valid.stderr.contains("is stale") && valid.stderr.contains("Did you mean `borderline`?"));

    assert_eq!(place.program(&["assay", "check", "alk", "ret"]).status, 0);

    let outcome = place.program(&["assay", "check", "good.toml", "faulty.toml", "none.toml"]);
    assert_eq!(outcome.status, 1);
    assert!(outcome.stdout.starts_with("good.toml: valid"));
    for part in [
        "faulty.toml: 3 faults\n",
        "key `gene`: `gene` is missing: needed is a text",
        "key `doublet.size_ratio_max`: 0.5 is out of range: allowed is 1 to 20",
        "key `evaluable.max_sginals`: unknown key: did you mean `max_signals`?",
        "none.toml: ",
    ] {
        assert!(outcome.stderr.contains(part), "{} lacks {part}", outcome.stderr);
    }
}

#[test]
fn a_new_file_is_complete_and_keeps_the_comments() {
    let place = Place::new();
    let outcome =
        place.program(&["assay", "new", "--from", "alk", "--id", "our_alk", "--out", "our_alk.toml"]);
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("breakapart assay check our_alk.toml"), "{}", outcome.stderr);
    let text = place.read("our_alk.toml");
    assert_eq!(text, Assay::builtin_toml("alk").unwrap().replace("id = \"alk\"", "id = \"our_alk\""));
    assert_eq!(place.program(&["assay", "check", "our_alk.toml"]).status, 0);

    let other = ["--gene", "ROS1", "--band", "6q22", "--name", "ROS1 of ours", "--id", "our_ros1"];
    let outcome =
        place.program(&[&["assay", "new", "--from", "alk", "--out", "our_ros1.toml"][..], &other].concat());
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("are still those of the copied gene"), "{}", outcome.stderr);
    let ros1 = Assay::from_toml(&place.read("our_ros1.toml"), &Location::default()).unwrap();
    assert_eq!((ros1.gene.as_str(), ros1.band.as_str(), ros1.chromosome.as_str()), ("ROS1", "6q22", "6"));
    assert_eq!(ros1.cutoff_provenance.source, CutoffSource::Unstated);
    let on_x = ["--gene", "TFE3", "--band", "Xp11", "--id", "our_tfe3", "--out", "our_tfe3.toml"];
    assert_eq!(place.program(&[&["assay", "new", "--from", "alk"][..], &on_x].concat()).status, 0);
    assert!(Assay::from_toml(&place.read("our_tfe3.toml"), &Location::default()).unwrap().x_linked);
}

#[test]
fn a_new_file_overwrites_nothing_and_takes_no_built_in_name() {
    let place = Place::new();
    place.write("mine.toml", "mine");
    for (id, out, words) in [
        ("ours", "mine.toml", "mine.toml exists"),
        ("ret", "ret.toml", "that of a built-in assay"),
        ("Our ALK", "ours.toml", "lower-case letters"),
    ] {
        let outcome = place.program(&["assay", "new", "--from", "alk", "--id", id, "--out", out]);
        assert_eq!(outcome.status, 2);
        assert!(outcome.stderr.contains(words), "{} lacks {words}", outcome.stderr);
    }
    assert_eq!(place.read("mine.toml"), "mine");
    assert!(!place.path("ret.toml").exists() && !place.path("ours.toml").exists());
    let replaced = ["assay", "new", "--from", "alk", "--id", "ours", "--out", "mine.toml", "--replace"];
    assert_eq!(place.program(&replaced).status, 0);
}
