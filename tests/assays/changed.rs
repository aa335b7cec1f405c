//! Assays that were changed: in rarely used keys, in code, and in JSON.

use breakapart::assay::{Assay, Decision};
use breakapart::summarise::{Grounds, SummariseParams, summarise};
use breakapart::{Analyser, Error};

use super::{alk_with, load};

/// Checks of values against each other that no other test meets: old text, new text, key, words.
#[test]
fn checks_of_rarely_used_keys_hold_too() {
    let zone = |low: f64, high: f64| {
        format!(
            "[split.grey_zone]\nlow = {low:?}\nhigh = {high:?}\naction = \"uncertain\"\n\n[split.diameter_um]"
        )
    };
    let two_stages = "{ cells = 50, reader = 1 }, { cells = 50, reader = 2 }";
    let cases: Vec<(&str, String, &str, &str)> = vec![
        ("[split.diameter_um]", zone(3.0, 1.0), "split.grey_zone.low", "less than split.grey_zone.high = 1"),
        ("[split.diameter_um]", zone(2.5, 3.0), "split.grey_zone", "split.min_distance.value = 2"),
        (
            "diameter_from = \"mean\"",
            "diameter_from = \"mean\"\nfixed_um = 0.5".into(),
            "split.min_distance.fixed_um",
            "no value unless",
        ),
        ("min_fused = 0", "min_fused = 2.5".into(), "evaluable.min_fused", "a whole number, 0 to 2"),
        ("name = \"ALK break-apart (lung adenocarcinoma)\"", "name = \" \"".into(), "name", "an empty text"),
        ("times_symbol", "# times_symbol".into(), "report.times_symbol", "`times_symbol` is missing"),
        (two_stages, String::new(), "reading.stages", "one stage or more"),
        (
            "source = \"literature\"",
            "source = \"literature\"\ndate = \"2025-13-01\"".into(),
            "cutoff_provenance.date",
            "YYYY-MM-DD",
        ),
        ("action = \"", "action = \"\" # \"".into(), "borderline.action", "an empty text"),
    ];
    for (old, new, key, words) in cases {
        match load(&alk_with(old, &new)) {
            Err(Error::Assay { location, problem }) => {
                assert_eq!(location.key(), Some(key), "{problem}");
                assert!(problem.contains(words), "{key}: {problem}");
            }
            other => panic!("{key}: {:?}", other.map(|assay| assay.id)),
        }
    }
    let male = Assay::builtin_toml("tfe3").unwrap().replacen("male = 1", "male = 2", 1);
    let message = load(&male).unwrap_err().to_string();
    assert!(message.contains("normal.fused.male") && message.contains("when x_linked is true"), "{message}");
    let no_pattern = Assay::builtin_toml("usp6").unwrap();
    let (head, rest) = no_pattern.split_once("1F1R = 10").unwrap();
    let (_, tail) = rest.split_once("1F1R1G = 5").unwrap();
    let message = load(&format!("{head}{tail}")).unwrap_err().to_string();
    assert!(message.contains("decision.patterns") && message.contains("one pattern or more"), "{message}");
}

#[test]
fn a_missing_key_is_named_wherever_the_file_begins() {
    let text = Assay::builtin_toml("alk").unwrap();
    let body = &text[text.find("id = ").unwrap()..];
    for (missing, key) in [("name = \"", "name"), ("gene = \"", "gene"), ("cutoff_percent = ", "decision")] {
        let at = body.find(&format!("\n{missing}")).unwrap() + 1;
        let end = at + body[at..].find('\n').unwrap();
        let message = load(&format!("{}{}", &body[..at], &body[end..])).unwrap_err().to_string();
        assert!(message.starts_with(&format!("ours.toml, key `{key}")), "{message}");
        assert!(message.contains("is missing"), "{message}");
    }
}

/// `cells = 0` once gave `Positive` from 47 nuclei.
#[test]
fn an_assay_that_was_made_invalid_in_code_decides_nothing() {
    type Change = fn(&mut Assay);
    let changes: [(&str, Change); 4] = [
        ("decision.cells", |assay| assay.decision = Decision::single(0, "15".parse().unwrap())),
        ("split.min_distance.value", |assay| assay.split.min_distance.value = f64::NAN),
        ("evaluable.area_um2.0", |assay| assay.evaluable.area_um2 = [400.0, 12.0]),
        ("report.ci_level", |assay| assay.report.ci_level = f64::INFINITY),
    ];
    for (key, change) in changes {
        let mut assay = Assay::builtin("alk").unwrap();
        change(&mut assay);
        let errors = [
            assay.validate().unwrap_err(),
            Analyser::new(assay.clone()).unwrap_err(),
            summarise(&[], &assay, &Grounds::worksheet(None), &SummariseParams::default()).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.code(), "invalid_assay");
            assert!(error.to_string().contains(key), "{key}: {error}");
        }
    }
}

#[test]
fn an_assay_out_of_range_is_refused_by_serde() {
    let sound = serde_json::to_value(Assay::builtin("alk").unwrap()).unwrap();
    for (pointer, value, key) in [
        ("/decision/cells", serde_json::json!(0), "decision.cells"),
        ("/doublet/size_ratio_max", serde_json::json!(0.5), "doublet.size_ratio_max"),
        ("/evaluable/area_um2/0", serde_json::json!(500.0), "evaluable.area_um2.0"),
    ] {
        let mut changed = sound.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let error = serde_json::from_value::<Assay>(changed).unwrap_err().to_string();
        assert!(error.contains(key), "{key}: {error}");
    }
}

/// A host drops a value; the mark of that value may stay.
#[test]
fn a_mark_of_a_value_that_is_gone_harms_nothing_in_code() {
    let mut assay = Assay::builtin("alk").unwrap();
    assay.borderline = None;
    assert!(assay.verify.iter().any(|mark| mark.key == "borderline"));
    assert!(Analyser::new(assay).is_ok());
}
