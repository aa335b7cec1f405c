//! Whether results were scored by the rules of the assay that the cutoff is for.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use breakapart::assay::Assay;
use serde_json::Value;

use crate::messages::tell;

/// The record beside the table of specimens.
const RECORD: &str = "run.json";
/// Parts of an assay that no count depends on, and its id, which the table holds.
const NO_COUNT: [&str; 12] = [
    "id",
    "name",
    "version",
    "references",
    "report_copy_number",
    "reading",
    "decision",
    "borderline",
    "cutoff_provenance",
    "report",
    "verify",
    "validation",
];

/// Compares the rules in the record of a run with those of the assay. Returns the id of the assay of that run, if its
/// rules for counting are those of `assay`; `None` if there is no record.
///
/// The verdict plays no part: a cutoff for an assay may come from controls that were scored with another cutoff.
pub(super) fn must_agree(table: &Path, assay: &Assay) -> Result<Option<String>> {
    let record = table.with_file_name(RECORD);
    let Ok(text) = fs::read_to_string(&record) else {
        tell(format_args!(
            "note: {}: no {RECORD} beside it: the rules of that run are not known",
            table.display()
        ));
        return Ok(None);
    };
    let run: Value = serde_json::from_str(&text).with_context(|| record.display().to_string())?;
    for input in run["inputs"].as_array().into_iter().flatten().filter(|input| input["status"] == "failed") {
        let name = input["specimen"].as_str().or(input["input"].as_str()).unwrap_or_default();
        tell(format_args!("note: {}: {name} failed in that run and is no control", record.display()));
    }
    let id = run["assay"]["id"].as_str().unwrap_or_default();
    let (mut used, mut wanted) = (run["assay"].clone(), serde_json::to_value(assay)?);
    for rules in [&mut used, &mut wanted] {
        if let Value::Object(rules) = rules {
            rules.retain(|key, _| !NO_COUNT.contains(&key.as_str()));
        }
    }
    let mut differences = Vec::new();
    compare("", &used, &wanted, &mut differences);
    if differences.is_empty() {
        return Ok(Some(id.to_owned()));
    }
    bail!(
        "{}: scored by the assay `{id}`, whose rules are not those of `{}`: {}. Score the controls again by this assay.",
        record.display(),
        assay.id,
        differences.join("; ")
    );
}

/// Collects the values that differ.
fn compare(key: &str, used: &Value, wanted: &Value, differences: &mut Vec<String>) {
    if let (Value::Object(used), Value::Object(wanted)) = (used, wanted) {
        let names: std::collections::BTreeSet<&String> = used.keys().chain(wanted.keys()).collect();
        for name in names {
            let value = |of: &serde_json::Map<String, Value>| of.get(name).cloned().unwrap_or_default();
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            compare(&key, &value(used), &value(wanted), differences);
        }
    } else if used != wanted {
        differences.push(format!("{key} was {used} and is {wanted}"));
    }
}
