//! The table of keys against the types that are read.

use toml::{Table, Value};

use super::keys::{Needed, keys_for};
use super::*;
use crate::assay::deserialise::Unchecked;
use crate::assay::{Assay, Decision};

/// A built-in definition with every optional key, and a decision of each type.
fn full() -> Vec<Table> {
    let more = "[split.grey_zone]\nlow = 1.5\nhigh = 3.0\naction = \"uncertain\"\n\
                [isolated.extra]\nthree_prime = \"negative\"\nfive_prime = \"separate_tally\"\n\
                [validation]\nlaboratory = \"ours\"\ndate = \"2026-11-29\"\ndocument = \"SOP 7\"\n";
    let file = |name: &str| {
        let text = Assay::builtin_toml(name).unwrap().replace(
            "[cutoff_provenance]\n",
            "[cutoff_provenance]\nn_normals = 20\ncells_per_normal = 100\nconfidence = 0.95\ndate = \"2026-11-29\"\n",
        );
        let text = text.replace("[probe]\n", "[probe]\ngap_kb = 10\n");
        let mut table: Table = toml::from_str(&format!("{text}\n{more}")).unwrap();
        table.entry("section_thickness_um").or_insert(Value::Float(4.5));
        let band: Table = toml::from_str("low_percent = 5\nhigh_percent = 20\naction = \"confirm\"").unwrap();
        table.entry("borderline").or_insert(Value::Table(band));
        let beside: Table =
            toml::from_str("comparator = \">\"\nmonosomy_percent = 39\npolysomy_percent = 36").unwrap();
        let beside = table.entry("secondary").or_insert(Value::Table(beside)).as_table_mut().unwrap();
        beside.insert("amplification_percent".to_owned(), Value::Integer(5));
        table["codes"].as_table_mut().unwrap().entry("test").or_insert(Value::String("1-1".to_owned()));
        let distance = table["split"]["min_distance"].as_table_mut().unwrap();
        distance.insert("fixed_um".to_owned(), Value::Float(0.5));
        for end in ["five_prime", "three_prime"] {
            table["probe"][end].as_table_mut().unwrap().insert("kb".to_owned(), Value::Integer(300));
        }
        table["probe"].as_table_mut().unwrap().entry("maker").or_insert(Value::String("A".to_owned()));
        table
    };
    vec![file("alk"), file("alk_two_stage"), file("usp6")]
}

fn is_read(table: &Table) -> bool {
    Unchecked::deserialize(Value::Table(table.clone())).is_ok()
}

/// Removes the first key that a path of the schema leads to; `false` if there is none.
fn remove(value: &mut Value, path: &str) -> bool {
    let (level, rest) = path.split_once(DOT).map_or((path, None), |(level, rest)| (level, Some(rest)));
    let child = match (&mut *value, level) {
        (Value::Array(items), ANY) => items.first_mut(),
        (Value::Table(table), level) => match rest {
            None => return table.remove(level).is_some(),
            Some(_) => table.get_mut(level),
        },
        _ => None,
    };
    match (child, rest) {
        (Some(child), Some(rest)) => remove(child, rest),
        _ => false,
    }
}

#[test]
fn the_table_of_keys_holds_the_keys_that_are_read_and_no_other() {
    for values in full() {
        assert_eq!(check(&values), []);
        assert!(is_read(&values));
        let decision = values["decision"]["type"].as_str();
        for key in keys_for(decision).iter().filter(|key| key.path != "decision.patterns.*") {
            let mut without = Value::Table(values.clone());
            assert!(remove(&mut without, key.path), "{} is in no file", key.path);
            let without = without.as_table().unwrap();
            let needed = key.needed == Needed::Always;
            assert_eq!(check(without).len(), usize::from(needed), "{}", key.path);
            assert_eq!(is_read(without), !needed, "{}", key.path);
        }
    }
}

#[test]
fn optional_tables_may_be_left_out() {
    for table in OPTIONAL_TABLES {
        let mut values = Value::Table(full().remove(0));
        assert!(remove(&mut values, table), "{table}");
        assert_eq!(check(values.as_table().unwrap()), []);
        assert!(is_read(values.as_table().unwrap()), "{table}");
    }
}

#[test]
fn an_unknown_type_of_decision_is_the_only_fault_of_its_table() {
    let mut values = full().remove(0);
    let decision = values["decision"].as_table_mut().unwrap();
    decision.insert("type".to_owned(), Value::String("singel".to_owned()));
    let problems = check(&values);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].key, "decision.type");
    assert!(problems[0].text.contains("`single`, `two_stage`, `per_pattern`"), "{}", problems[0].text);
}

#[test]
fn the_two_stage_assay_is_the_single_one_with_another_decision() {
    let (single, mut two) = (Assay::builtin("alk").unwrap(), Assay::builtin("alk_two_stage").unwrap());
    assert_eq!(two.decision, Decision::two_stage(5, 25, "15".parse().unwrap()));
    assert_eq!((two.reading.stages[0].cells, two.reading.stages[1].cells), (50, 50));
    two.decision = single.decision.clone();
    (two.id, two.name) = (single.id.clone(), single.name.clone());
    two.cutoff_provenance = single.cutoff_provenance.clone();
    two.references.clone_from(&single.references);
    two.verify.clone_from(&single.verify);
    assert_eq!(two, single);
}
