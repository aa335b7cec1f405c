//! Several faults of one file, remarks on valid ones, and rules in words.

use breakapart::Location;
use breakapart::assay::{Assay, AssayNote, CutoffSource};

use super::{alk_with, load};

#[test]
fn every_fault_of_a_file_is_in_one_message() {
    let text = alk_with("max_signals = 20", "max_sginals = 20")
        .replace("gene = \"ALK\"\n", "")
        .replace("denominators = true\n", "")
        .replace("enabled = true", "enabled = \"yes\"")
        .replace("size_ratio_max = 2.5", "size_ratio_max = 0.5")
        .replace("[gain]\nmin_fused = 3\n", "")
        .replace("unit = \"diameter\"", "unit = \"inch\"")
        .replace("low_percent = 10", "low_percent = 10\ncolour = 3");
    let checked = Assay::check_toml(&text);
    assert!(checked.assay.is_none());
    let found: Vec<String> = checked.faults.iter().map(ToString::to_string).collect();
    let expected = [
        ("gene", "`gene` is missing: needed is a text"),
        ("gain", "`gain` is missing: needed is a table with `min_fused`"),
        ("split.min_distance.unit", "\"inch\" is not allowed: allowed is one of `diameter`, `um`, `px`"),
        ("doublet.enabled", "\"yes\" is not allowed: allowed is true or false"),
        ("doublet.size_ratio_max", "0.5 is out of range: allowed is 1 to 20"),
        ("evaluable.max_sginals", "unknown key: did you mean `max_signals`?"),
        ("borderline.colour", "unknown key: allowed is `low_percent`, `high_percent`, `action`"),
        ("report.denominators", "`denominators` is missing: needed is true or false"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (fault, (key, problem)) in checked.faults.iter().zip(expected) {
        assert_eq!((fault.key.as_str(), fault.problem.as_str()), (key, problem));
        let line = fault.line.map(|line| text.lines().nth(line - 1).unwrap());
        let place = key.rsplit_once('.').map_or(
            key,
            |(table, name)| {
                if problem.contains("missing") { table } else { name }
            },
        );
        assert!(line.is_none_or(|line| line.contains(place)), "{key}: {line:?}");
    }
    let message = load(&text).unwrap_err().to_string();
    assert!(message.starts_with("ours.toml: 8 faults\n  key `gene`: "), "{message}");
    assert!(found.iter().all(|fault| message.contains(fault)), "{message}");
}

#[test]
fn contradictions_are_named_together() {
    let text = alk_with("[12.0, 400.0]", "[400.0, 12.0]")
        .replace("id = \"alk\"", "id = \"ALK\"")
        .replace("min_fused = 8", "min_fused = 3");
    let message = load(&text).unwrap_err().to_string();
    for part in ["3 faults", "key `id`", "key `evaluable.area_um2.0`", "key `amplification.min_fused`"] {
        assert!(message.contains(part), "{message} lacks {part}");
    }
    let no_toml = Assay::check_toml("id = \nname = \"a\"\n[probe\n");
    assert!(no_toml.faults.len() >= 2, "{:?}", no_toml.faults);
    assert_eq!(no_toml.faults[0].line, Some(1));
    assert!(no_toml.faults.iter().all(|fault| fault.to_string().contains("not valid TOML")));
}

#[test]
fn an_assay_made_invalid_in_code_names_every_fault() {
    let mut assay = Assay::builtin("alk").unwrap();
    assay.doublet.size_ratio_max = f64::NAN;
    assay.report.ci_level = 95.0;
    let message = assay.validate().unwrap_err().to_string();
    assert!(message.starts_with("assay `alk`: 2 faults"), "{message}");
    assert!(message.contains("key `doublet.size_ratio_max`") && message.contains("key `report.ci_level`"));
}

/// A mark that warns of nothing is no reason to refuse a file, and no reason to keep silent.
#[test]
fn a_stale_mark_is_a_note() {
    let text = alk_with("key = \"borderline\"", "key = \"borderlin\"");
    let checked = Assay::check_toml(&text);
    assert!(checked.faults.is_empty() && checked.assay.is_some());
    let [(Some(line), note)] = checked.notes.as_slice() else { panic!("{:?}", checked.notes) };
    assert!(text.lines().nth(line - 1).unwrap().contains("borderlin"));
    let expected = AssayNote::StaleMark {
        mark: 16,
        key: "borderlin".to_owned(),
        nearest: Some("borderline".to_owned()),
    };
    assert_eq!(*note, expected);
    assert!(note.to_string().ends_with("Did you mean `borderline`?"), "{note}");
    assert_eq!(load(&text).unwrap().notes(), [expected]);

    let own = Assay::builtin("alk").unwrap().with_cutoff("42".parse().unwrap()).unwrap();
    assert!(own.borderline.is_none());
    let notes = own.notes();
    assert!(matches!(notes.as_slice(), [AssayNote::StaleMark { nearest: None, .. }]), "{notes:?}");
    for name in Assay::builtin_names() {
        assert_eq!(Assay::builtin(name).unwrap().notes(), [], "{name}");
    }
}

#[test]
fn a_cutoff_of_the_laboratory_without_a_date_is_a_note() {
    let text = alk_with("\"literature\"", "\"lab_validated\"\nn_normals = 20\ncells_per_normal = 100");
    let assay = load(&text).unwrap();
    assert_eq!(assay.cutoff_provenance.source, CutoffSource::LabValidated);
    assert_eq!(assay.notes(), [AssayNote::CutoffUndated]);
    let dated = text.replace("n_normals = 20", "n_normals = 20\ndate = \"2026-11-29\"");
    assert_eq!(load(&dated).unwrap().notes(), []);
}

#[test]
fn the_rules_of_every_assay_are_said_in_words() {
    for name in Assay::builtin_names() {
        let assay = Assay::builtin(name).unwrap();
        let rules = assay.in_words();
        let tables = [assay.secondary.is_some(), assay.codes.is_some()];
        assert_eq!(rules.len(), 12 + tables.into_iter().filter(|there| *there).count(), "{name}");
        let verdict = rules.iter().find(|rule| rule.topic == "verdict").unwrap();
        assert!(verdict.text.contains(&assay.decision.cutoff().to_string()), "{name}: {}", verdict.text);
        assert!(!verdict.verify.is_empty(), "{name}");
        let marked: usize = rules.iter().map(|rule| rule.verify.len()).sum();
        assert_eq!(marked, assay.verify.len(), "{name}: every mark stands at a rule");
    }
    let words = |name: &str, topic: &str| {
        let rules = Assay::builtin(name).unwrap().in_words();
        rules.into_iter().find(|rule| rule.topic == topic).unwrap().text
    };
    assert!(words("alk_two_stage", "verdict").starts_with(
        "a first reader counts 50 nuclei: fewer than 5 rearranged are negative, more than 25 positive; otherwise a second \
         reader counts 50 more, and both counts together are positive if at least 15 % are rearranged; borderline from 10 % \
         to below 20 %"
    ));
    assert!(words("usp6", "verdict").contains("or at least 5 % 1F1R1G"));
    assert_eq!(words("tfe3", "normal"), "2 fused pairs in a woman's nucleus, 1 in a man's (X-linked)");
    assert!(words("ret", "isolated").contains("an isolated 5' signal does not count"));
    assert!(load(&alk_with("id = \"alk\"", "id = \"ours\"")).is_ok_and(|assay| assay.id == "ours"));
    assert!(Assay::from_toml("", &Location::file("empty.toml")).is_err());
}
