//! Objects that were reclassified in QuPath, as a review.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::analyse::SpecimenReading;
use crate::classify::{NucleusCall, SignalPattern, is_rearranged};
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::report::{nucleus_class, nucleus_name, nucleus_uuid};
use crate::run::ledger::Ledger;
use crate::run::review::document::{Review, ReviewChange, ReviewEntry};
use crate::run::saved;

/// Largest file, bytes: it has about 2 kB for each nucleus.
const MAX_BYTES: u64 = 1 << 30;

impl Review {
    /// The nuclei of a result whose class a person changed in QuPath, from the objects that QuPath exported. Objects are found by their
    /// ids. Those with the class that they had are no decision. `reader` and `time` say who and when, which the file does not.
    ///
    /// | class, after the gene | decision |
    /// |---|---|
    /// | `not evaluable: REASON`, `Ignore*` | exclude |
    /// | `rearranged: 1F1R1G`, or any class that ends with a pattern | that pattern |
    /// | `rearranged` | the signals that were read if they count so, else `1F1R1G` |
    /// | `not rearranged` | the signals that were read if they count so, else the normal pattern |
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read; [`Error::Malformed`] if it is no `GeoJSON`, an object is of another result, one nucleus
    /// is there twice, a class is none of these, or nothing was changed.
    pub fn read_qupath(path: &Path, folder: &Path, reader: &str, time: &str) -> Result<Self> {
        let fault = |problem: String| Error::malformed(Location::file(path), problem);
        let text = read_text(path, MAX_BYTES)?;
        let document: Value = serde_json::from_str(&text).map_err(|e| fault(format!("no GeoJSON: {e}")))?;
        let Some(ledger) = Ledger::read(folder)? else {
            return Err(Error::malformed(Location::file(folder), "there is no result"));
        };
        let reading = saved::read(folder, &ledger)?;
        let features = document.as_array().or_else(|| document["features"].as_array());
        let features = features.ok_or_else(|| fault("no list of objects".to_owned()))?;
        let entries = entries(&reading, features, time).map_err(fault)?;
        if entries.is_empty() {
            return Err(fault("no nucleus has another class than the result gave it".to_owned()));
        }
        Ok(Self {
            specimen: reading.name.clone(),
            assay: Some(reading.assay.id.clone()),
            reader: reader.to_owned(),
            reading: Some(saved::digest_of_calls(&reading)?.as_str().to_owned()),
            entries,
            text,
            extension: "geojson",
        })
    }
}

/// The decisions, or the first problem.
fn entries(
    reading: &SpecimenReading,
    features: &[Value],
    time: &str,
) -> std::result::Result<Vec<ReviewEntry>, String> {
    let mut nuclei: BTreeMap<String, (&str, &NucleusCall)> = BTreeMap::new();
    for field in &reading.fields {
        nuclei.extend(
            field.calls().map(|call| (nucleus_uuid(reading, field, call.nucleus_id), (&*field.name, call))),
        );
    }
    let mut entries: Vec<ReviewEntry> = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, feature) in (1..).zip(features) {
        let id = feature["id"].as_str().unwrap_or_default();
        let Some(&(field, call)) = nuclei.get(id) else {
            // Signals, and areas that a person drew, are no nuclei.
            continue;
        };
        if let Some(first) = seen.insert(id, number) {
            return Err(format!("object {number} is the nucleus of object {first}"));
        }
        let properties = &feature["properties"];
        if properties["name"].as_str().is_some_and(|name| name != nucleus_name(call)) {
            return Err(format!(
                "object {number} is `{}`, and the result has `{}`: it is of another reading",
                properties["name"].as_str().unwrap_or_default(),
                nucleus_name(call)
            ));
        }
        let class = properties["classification"]["name"].as_str().unwrap_or_default();
        if class.is_empty() || class == nucleus_class(&reading.assay.gene, call) {
            continue;
        }
        let (change, pattern) = decision(class, call, reading).ok_or_else(|| {
            format!("object {number}: class `{class}` is neither `rearranged`, `not rearranged`, `not evaluable` nor a pattern")
        })?;
        entries.push(ReviewEntry {
            field: field.to_owned(),
            nucleus_id: call.nucleus_id,
            change,
            pattern,
            reason: format!("QuPath: {class}"),
            time: time.to_owned(),
        });
    }
    if seen.is_empty() {
        return Err("none of its objects is a nucleus of this result".to_owned());
    }
    Ok(entries)
}

/// The decision that a class is.
fn decision(
    class: &str,
    call: &NucleusCall,
    reading: &SpecimenReading,
) -> Option<(ReviewChange, Option<String>)> {
    let parts: Vec<&str> = class.split(':').map(str::trim).collect();
    let has = |word: &str| parts.contains(&word);
    let last = parts.last()?;
    if last.parse::<SignalPattern>().is_ok() {
        return Some((ReviewChange::Pattern, Some((*last).to_owned())));
    }
    if has("not evaluable") || class.starts_with("Ignore") {
        return Some((ReviewChange::Exclude, None));
    }
    let (is_wanted, otherwise) = if has("not rearranged") {
        (false, format!("{}F", reading.assay.expected_fused(reading.grounds.sex)))
    } else if has("rearranged") {
        (true, "1F1R1G".to_owned())
    } else {
        return None;
    };
    // The signals that were read stay, if they count as the person says.
    let has_signals = call.pattern != SignalPattern::default();
    let is_so = has_signals && is_rearranged(&call.pattern, &reading.assay, reading.grounds.sex) == is_wanted;
    Some((ReviewChange::Pattern, Some(if is_so { call.pattern.to_string() } else { otherwise })))
}
