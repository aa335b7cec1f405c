//! Assay definitions: the built-in ones, and what happens to faulty ones.

mod changed;
mod faults;

use std::fs;

use breakapart::assay::{Assay, Decision, Sex};
use breakapart::{Error, Location};

fn load(text: &str) -> Result<Assay, Error> {
    Assay::from_toml(text, &Location::file("ours.toml"))
}

/// The ALK definition with one passage exchanged, which must be there.
fn alk_with(old: &str, new: &str) -> String {
    let text = Assay::builtin_toml("alk").unwrap();
    assert!(text.contains(old), "the template lacks {old}");
    text.replacen(old, new, 1)
}

#[test]
fn every_built_in_assay_is_valid_and_is_named_like_its_file() {
    let names: Vec<&str> = Assay::builtin_names().collect();
    let expected = [
        "alk",
        "alk_two_stage",
        "ros1",
        "ret",
        "ntrk1",
        "ntrk2",
        "ntrk3",
        "ewsr1",
        "ss18",
        "fus",
        "foxo1",
        "ddit3",
        "myc",
        "bcl2",
        "bcl6",
        "malt1",
        "cbfb",
        "kmt2a",
        "usp6",
        "tfe3",
    ];
    assert_eq!(names, expected);
    for name in names {
        let assay = Assay::builtin(name).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(assay.id, name);
        assert_eq!(Some(assay.gene.to_lowercase().as_str()), name.split('_').next());
        assay.validate().unwrap();
    }
}

/// Each mark stands in the list and beside the value, so that neither reader nor program can miss it.
#[test]
fn marks_to_verify_are_both_comments_and_data() {
    for name in Assay::builtin_names() {
        let text = Assay::builtin_toml(name).unwrap();
        let mut table = String::new();
        let mut commented = Vec::new();
        for line in text.lines() {
            let header = line.strip_prefix('[').and_then(|rest| rest.split(']').next());
            if let Some(header) = header.filter(|header| !header.starts_with('[')) {
                table = header.to_owned();
            }
            if line.ends_with("# verify in your laboratory") {
                let key = line.split(" = ").next().unwrap();
                commented.push(match header {
                    Some(_) => table.clone(),
                    None if table.is_empty() => key.to_owned(),
                    None => format!("{table}.{key}"),
                });
            }
        }
        let mut listed: Vec<String> =
            Assay::builtin(name).unwrap().verify.iter().map(|mark| mark.key.clone()).collect();
        commented.sort();
        listed.sort();
        assert_eq!(commented, listed, "{name}");
        assert!(listed.iter().any(|key| key.starts_with("decision")), "{name} has an unmarked cutoff");
    }
}

#[test]
fn values_that_the_sources_state_are_as_stated() {
    use breakapart::Colour::{Green, Red};
    use breakapart::assay::ProbeEnd::ThreePrime;
    let three_prime = [
        ("alk", Red),
        ("ros1", Red),
        ("ret", Green),
        ("ntrk1", Red),
        ("ntrk2", Red),
        ("ntrk3", Red),
        ("ewsr1", Green),
        ("ss18", Green),
        ("ddit3", Red),
        ("myc", Green),
        ("bcl2", Red),
        ("bcl6", Green),
        ("malt1", Green),
        ("cbfb", Green),
        ("kmt2a", Green),
        ("usp6", Green),
        ("tfe3", Green),
    ];
    for (name, colour) in three_prime {
        assert_eq!(Assay::builtin(name).unwrap().colour_of(ThreePrime), colour, "{name}");
    }
    let Decision::Single(myc) = Assay::builtin("myc").unwrap().decision else { panic!() };
    assert_eq!(myc.cutoff_percent, "5.7".parse().unwrap());
    let Decision::PerPattern(usp6) = Assay::builtin("usp6").unwrap().decision else { panic!() };
    let cutoffs: Vec<(&str, f64)> = usp6.patterns.iter().map(|(k, v)| (k.as_str(), v.value())).collect();
    assert_eq!(cutoffs, [("1F1G", 10.0), ("1F1R", 10.0), ("1F1R1G", 5.0), ("1R1G", 5.0)]);
    assert_eq!((usp6.total_cutoff_percent.value(), usp6.cells), (10.0, 200));
    for name in Assay::builtin_names() {
        let assay = Assay::builtin(name).unwrap();
        let male = if name == "tfe3" { 1 } else { 2 };
        assert_eq!((assay.expected_fused(Some(Sex::Male)), assay.expected_fused(None)), (male, 2), "{name}");
    }
}

#[test]
fn a_written_assay_reads_back_the_same() {
    for name in Assay::builtin_names() {
        let assay = Assay::builtin(name).unwrap();
        let json = serde_json::to_string(&assay).unwrap();
        assert_eq!(serde_json::from_str::<Assay>(&json).unwrap(), assay, "{name}");
    }
}

/// One fault each; the message must name file, key, line, value and what is allowed.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_fault_is_one_clear_error() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        // Keys.
        ("min_fused = 0", "min_fusde = 0", "evaluable.min_fusde", &["unknown key", "`min_fused`"]),
        (
            "\ncutoff_percent = 15",
            "\ncutof_percent = 15",
            "decision.cutof_percent",
            &["unknown key", "`cutoff_percent`"],
        ),
        ("x_linked = false", "xlinked = false", "xlinked", &["unknown key", "`x_linked`"]),
        ("max_signals = 20", "", "evaluable.max_signals", &["`max_signals` is missing"]),
        ("\ncells = 50\n", "\n", "decision.cells", &["`cells` is missing"]),
        ("[doublet]", "[doublets]", "doublets", &["unknown key", "`doublet`"]),
        ("kb = 300", "kb = 300\nkb = 300", "", &["not valid TOML", "duplicate key"]),
        // Types.
        (
            "\ncutoff_percent = 15",
            "\ncutoff_percent = \"15 %\"",
            "decision.cutoff_percent",
            &["\"15 %\"", "0.1 to 90 %"],
        ),
        ("\ncells = 50\n", "\ncells = 50.5\n", "decision.cells", &["50.5", "a whole number"]),
        ("enabled = true", "enabled = 1", "doublet.enabled", &["1 is not allowed", "true or false"]),
        ("[12.0, 400.0]", "[12.0]", "evaluable.area_um2", &["a list of 1", "a list of two values"]),
        ("unit = \"diameter\"", "unit = \"inch\"", "split.min_distance.unit", &["\"inch\"", "`diameter`"]),
        ("type = \"single\"", "type = \"majority\"", "decision.type", &["\"majority\"", "`two_stage`"]),
        ("channel = \"green\"", "channel = \"blue\"", "probe.five_prime.channel", &["\"blue\"", "`green`"]),
        (
            "comparator = \">=\"\ntouching",
            "comparator = \"<\"\ntouching",
            "split.comparator",
            &["\"<\"", "`>=`"],
        ),
        // Ranges.
        ("value = 2.0", "value = nan", "split.min_distance.value", &["NaN", "0.05 to 100"]),
        ("value = 2.0", "value = inf", "split.min_distance.value", &["inf", "0.05 to 100"]),
        ("value = 2.0", "value = 20.0", "split.min_distance.value", &["20", "0.5 to 10 signal diameters"]),
        (
            "\ncutoff_percent = 15",
            "\ncutoff_percent = 0",
            "decision.cutoff_percent",
            &["0 is out", "0.1 to 90 %"],
        ),
        (
            "\ncutoff_percent = 15",
            "\ncutoff_percent = 15.1234567",
            "decision.cutoff_percent",
            &["15.1234567", "six decimals"],
        ),
        ("\ncells = 50\n", "\ncells = -50\n", "decision.cells", &["-50", "1 to 100000"]),
        ("ci_level = 0.95", "ci_level = 95", "report.ci_level", &["95", "0.5 to 0.9999"]),
        (
            "stages = [{ cells = 50,",
            "stages = [{ cells = 0,",
            "reading.stages.0.cells",
            &["0 is out", "1 to 100000"],
        ),
        // Values against each other.
        ("[12.0, 400.0]", "[400.0, 12.0]", "evaluable.area_um2.0", &["400", "12 um2"]),
        ("min = 0.3", "min = 0.9", "split.diameter_um.min", &["0.9", "0.65"]),
        (
            "channel = \"green\"",
            "channel = \"red\"",
            "probe.three_prime.channel",
            &["\"red\"", "does not use"],
        ),
        ("[\"3'\", \"5'\"]", "[\"3'\", \"3'\"]", "probe.iscn_order", &["both ends"]),
        ("x_linked = false", "x_linked = true", "x_linked", &["chromosome X"]),
        (", male = 2", ", male = 1", "normal.fused.male", &["1 is not allowed", "normal.fused.female"]),
        ("chromosome = \"2\"", "chromosome = \"23\"", "chromosome", &["\"23\"", "\"1\" to \"22\""]),
        ("band = \"2p23\"", "band = \"3p23\"", "band", &["\"3p23\"", "chromosome 2"]),
        ("id = \"alk\"", "id = \"ALK 1\"", "id", &["\"ALK 1\"", "lower-case"]),
        ("section_thickness_um = 4.5  #", "#", "section_thickness_um", &["missing", "ffpe"]),
        ("dims = \"2d\"", "dims = \"4d\"", "split.min_distance.dims", &["`2d`", "`3d`"]),
        (
            "diameter_from = \"mean\"",
            "diameter_from = \"fixed_um\"",
            "split.min_distance.fixed_um",
            &["missing"],
        ),
        (
            "[gain]\nmin_fused = 3",
            "[gain]\nmin_fused = 2",
            "gain.min_fused",
            &["more than normal.fused.female = 2"],
        ),
        ("min_fused = 8", "min_fused = 3", "amplification.min_fused", &["more than gain.min_fused = 3"]),
        ("max_signals = 20", "max_signals = 5", "evaluable.max_signals", &["at least 8"]),
        ("low_percent = 10", "low_percent = 20", "borderline.low_percent", &["less than"]),
        ("high_percent = 20", "high_percent = 12", "borderline.low_percent", &["holds the cutoff, 15 %"]),
        (
            "\"literature\"",
            "\"lab_validated\"\ncells_per_normal = 100",
            "cutoff_provenance.n_normals",
            &["missing", "lab_validated"],
        ),
        ("times_symbol = \"x\"", "times_symbol = \"*\"", "report.times_symbol", &["\"*\"", "\"x\""]),
        ("key = \"borderline\"", "key = \"split.diameter_um.min\"", "verify.16.key", &["each key once"]),
        // No TOML at all.
        ("[probe]", "[probe", "", &["not valid TOML", "line "]),
    ];
    let mut complaints = Vec::new();
    for (old, new, key, parts) in cases {
        let text = alk_with(old, new);
        let (named, message) = match load(&text) {
            Err(Error::Assay { location, problem }) => {
                (location.key().unwrap_or_default().to_string(), format!("{location}: {problem}"))
            }
            other => {
                complaints.push(format!("{new:?} gives {:?}", other.map(|assay| assay.id)));
                continue;
            }
        };
        let there = message.starts_with("ours.toml")
            && (message.contains(": line ") || message.contains(": missing: "))
            && !message.contains('\n')
            && parts.iter().all(|part| message.contains(part));
        if named != *key || !there {
            complaints.push(format!("{new:?} gives key `{named}`: {message}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_line_in_a_message_is_that_of_the_key() {
    let text = alk_with("size_ratio_max = 2.5", "size_ratio_max = 0.5");
    let line = 1 + text.lines().position(|line| line.starts_with("size_ratio_max")).unwrap();
    let message = load(&text).unwrap_err().to_string();
    assert!(message.contains(&format!("line {line}: 0.5 is out of range: allowed is 1 to 20")), "{message}");
}

#[test]
fn two_stage_and_per_pattern_rules_are_checked() {
    let single = "type = \"single\"\ncells = 50\ncutoff_percent = 15";
    let two = |rule: &str| {
        load(
            &alk_with(single, &format!("type = \"two_stage\"\nfinal_cutoff_percent = 15\n{rule}"))
                .replace("\"decision.cutoff_percent\"", "\"decision.final_cutoff_percent\""),
        )
    };
    assert!(two("neg_lt = 5\npos_gt = 25").is_ok());
    assert!(
        two("neg_lt = 26\npos_gt = 25").unwrap_err().to_string().contains("at most decision.pos_gt = 25")
    );
    assert!(
        two("neg_lt = 5\npos_gt = 50")
            .unwrap_err()
            .to_string()
            .contains("less than the cells of the first stage, 50")
    );

    let usp6 = Assay::builtin_toml("usp6").unwrap();
    for (pattern, part) in [
        ("2F", "count as rearranged"),
        ("1R1F", "laboratory notation"),
        ("01F1R", "laboratory notation"),
        ("1F0R", "laboratory notation"),
        ("", "laboratory notation"),
        ("99999999999999999999R", "laboratory notation"),
    ] {
        let message =
            load(&usp6.replace("1F1R = 10", &format!("\"{pattern}\" = 10"))).unwrap_err().to_string();
        assert!(message.contains("decision.patterns") && message.contains(part), "{message}");
    }
    let negative = usp6.replace("three_prime = \"positive\"", "three_prime = \"negative\"");
    assert!(load(&negative).unwrap_err().to_string().contains("decision.patterns.1F1G"));
}

#[test]
fn files_are_read_and_what_is_no_assay_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.toml");
    fs::write(&path, alk_with("id = \"alk\"", "id = \"alk_ours\"")).unwrap();
    assert_eq!(Assay::load(path.to_str().unwrap()).unwrap().id, "alk_ours");
    for name in ["alk", "ALK", "Alk"] {
        assert_eq!(Assay::load(name).unwrap().id, "alk");
    }

    let error = Assay::load("alc").unwrap_err();
    assert_eq!(error.code(), "unknown_name");
    let message = error.to_string();
    assert!(
        message.starts_with("no assay `alc`; did you mean `alk`? Known are alk, alk_two_stage, ros1"),
        "{message}"
    );
    assert!(message.contains("tfe3, and TOML files by their path"), "{message}");

    let missing = Assay::read(folder.path().join("none.toml")).unwrap_err();
    assert!(matches!(missing, Error::Io { .. }) && missing.to_string().contains("none.toml"));

    let image = folder.path().join("image.toml");
    fs::write(&image, [0xff; 64]).unwrap();
    assert!(Assay::read(&image).unwrap_err().to_string().contains("image.toml"));
    fs::write(&image, vec![b'#'; 2 << 20]).unwrap();
    assert!(matches!(Assay::read(&image).unwrap_err(), Error::Limit { .. }));
}
