//! Whether parts belong to one run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::assay::Assay;
use crate::error::{Error, Location, Result};
use crate::run::folder::{ResultsFolder, is_busy};
use crate::run::ledger::Ledger;
use crate::run::names::RUN_JSON;
use crate::run::part::PartRecord;
use crate::run::record::RunRecord;

/// A folder of results that is a part of a run.
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) record: RunRecord,
    pub(super) whole: PartRecord,
    /// By the name of the folder of the result.
    pub(super) ledgers: BTreeMap<String, Ledger>,
}

impl Part {
    /// Reads the record and the ledgers of a part.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let undecided = |question: &str, found: &str, remedy: &str| Error::Undecided {
            location: Location::file(path),
            question: question.to_owned(),
            found: found.to_owned(),
            remedy: remedy.to_owned(),
        };
        if is_busy(path) {
            return Err(undecided("a run writes into this part", "its lock", "merge after its end"));
        }
        if !path.join(RUN_JSON).is_file() {
            let remedy = "score it to its end, or leave it out";
            return Err(undecided("the folder is no part whose run has ended", "no run.json", remedy));
        }
        let record = RunRecord::read(path.join(RUN_JSON))?;
        let Some(whole) = record.part.clone() else {
            let remedy = "score the parts with --part or --specimens";
            return Err(undecided("the folder is not a part of a run", "a whole run", remedy));
        };
        if record.crate_version != env!("CARGO_PKG_VERSION") {
            let found = format!("version {}, this is {}", record.crate_version, env!("CARGO_PKG_VERSION"));
            let remedy = "merge with the version that scored the parts";
            return Err(undecided("another version scored this part", &found, remedy));
        }
        let ledgers = ResultsFolder::ledgers_in(path)?;
        Ok(Self { path: path.to_path_buf(), record, whole, ledgers })
    }
}

/// The record of the whole run without its inputs, and the whole run that all parts are parts of.
pub(super) fn common_record(parts: &[Part]) -> Result<(RunRecord, PartRecord)> {
    let Some((first, others)) = parts.split_first() else {
        return Err(Error::parameter("parts", "none", "the folders of results to merge"));
    };
    let common = settings_of_all(first);
    for other in others {
        if let Some(difference) = first_difference("", &common, &settings_of_all(other)) {
            return Err(differ(other, &format!("the setting `{}`", difference.key), {
                let Difference { first: here, other: there, .. } = difference;
                format!("{here} in {}, {there} in {}", first.path.display(), other.path.display())
            }));
        }
    }
    let assays = assays_of(parts)?;
    let record = RunRecord {
        assay: if let [only] = &assays[..] { Some(only.clone()) } else { None },
        assays,
        inputs: Vec::new(),
        earlier: Vec::new(),
        part: None,
        ..first.record.clone()
    };
    Ok((record, first.whole.clone()))
}

/// What all parts of a run have in common, by the keys of `run.json`.
fn settings_of_all(part: &Part) -> Value {
    let RunRecord { parameters, working_folder, has_sheet, other_columns, find, labels, overlays, .. } =
        &part.record;
    json!({
        "part": part.whole,
        "parameters": parameters,
        "working_folder": working_folder,
        "has_sheet": has_sheet,
        "other_columns": other_columns,
        "find": find,
        "labels": labels,
        "overlays": overlays,
    })
}

/// A key that two parts do not agree on.
struct Difference {
    key: String,
    first: Value,
    other: Value,
}

/// The first difference of two values, keys in their order.
fn first_difference(key: &str, first: &Value, other: &Value) -> Option<Difference> {
    let under = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match (first, other) {
        (Value::Object(a), Value::Object(b)) => {
            let names = a.keys().chain(b.keys().filter(|name| !a.contains_key(*name)));
            let of = |object: &serde_json::Map<String, Value>, name: &str| {
                object.get(name).cloned().unwrap_or_default()
            };
            names.into_iter().find_map(|name| first_difference(&under(name), &of(a, name), &of(b, name)))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.into_iter().find_map(|(i, (a, b))| first_difference(&under(&i.to_string()), a, b))
        }
        _ => (first != other).then(|| {
            let short = |value: &Value| match value {
                Value::Array(items) => json!(format!("{} entries", items.len())),
                value => value.clone(),
            };
            Difference { key: key.to_owned(), first: short(first), other: short(other) }
        }),
    }
}

/// The assays of all parts, by id.
fn assays_of(parts: &[Part]) -> Result<Vec<Assay>> {
    let mut assays: BTreeMap<&str, (&Assay, &Part)> = BTreeMap::new();
    for part in parts {
        for assay in &part.record.assays {
            let (first, first_part) = assays.entry(&assay.id).or_insert((assay, part));
            if *first != assay {
                let found = format!("another definition in {}", first_part.path.display());
                return Err(differ(part, &format!("the assay `{}`", assay.id), found));
            }
        }
    }
    Ok(assays.into_values().map(|(assay, _)| assay.clone()).collect())
}

fn differ(part: &Part, subject: &str, found: String) -> Error {
    Error::Undecided {
        location: Location::file(&part.path),
        question: format!("this part and another one differ in {subject}"),
        found,
        remedy: "score the parts by one sheet, with the same options, from one folder".to_owned(),
    }
}
