//! `observation.json`: the result as an Observation of HL7 FHIR R4, in the style of HL7 Genomics Reporting.
//!
//! Its status is always `preliminary`: a person signs a result. It names no patient and no time. Codes come from the table
//! `codes` of the assay; the text beside a code that the laboratory has not verified says so. Without the table there are
//! texts alone.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::assay::Assay;
use crate::atomic::write_bytes;
use crate::decide::Verdict;
use crate::error::Result;
use crate::report::html::ReviewRecord;
use crate::report::json::results_bytes;
use crate::report::specimens::SpecimenRow;

/// Words beside a code that the laboratory has not verified.
const UNVERIFIED: &str = "(code not verified)";
/// Code systems of FHIR itself.
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
/// The method of the result of the program, and of a reviewed one.
const METHOD: &str = "Break-apart FISH, nuclei counted by software";
const METHOD_REVIEWED: &str = "Break-apart FISH, nuclei counted by software and reviewed by a person";
/// Units of measure.
const UCUM: &str = "http://unitsofmeasure.org";

/// Writes `observation.json` from the row of a specimen and its assay. With `review` its method and a note name the review.
///
/// # Errors
/// [`crate::Error::Io`] if the file cannot be written.
pub fn write_observation_json(
    path: impl AsRef<Path>,
    row: &SpecimenRow,
    assay: &Assay,
    review: Option<&ReviewRecord>,
) -> Result<()> {
    let path = path.as_ref();
    write_bytes(path, &observation_bytes(path, row, assay, review)?)
}

/// The bytes of `observation.json`; `path` is for the message of an error.
fn observation_bytes(
    path: &Path,
    row: &SpecimenRow,
    assay: &Assay,
    review: Option<&ReviewRecord>,
) -> Result<Vec<u8>> {
    results_bytes(path, &observation(row, assay, review))
}

fn observation(row: &SpecimenRow, assay: &Assay, review: Option<&ReviewRecord>) -> Value {
    let about = About { assay };
    let mut keys = Map::new();
    let mut put = |key: &str, value: Value| drop(keys.insert(key.to_owned(), value));
    put("resourceType", json!("Observation"));
    put("status", json!("preliminary"));
    put("category", json!([{ "coding": [{ "system": CATEGORY, "code": "laboratory" }] }]));
    put("code", about.test());
    put("specimen", json!({ "display": row.specimen }));
    match interpretation(row.verdict) {
        Some((code, display)) => {
            put("valueCodeableConcept", json!({ "text": row.result().name() }));
            let coding = json!([{ "system": INTERPRETATION, "code": code, "display": display }]);
            put("interpretation", json!([{ "coding": coding }]));
        }
        None => put("dataAbsentReason", json!({ "text": absent(row) })),
    }
    let notes: Vec<Value> =
        notes(row, assay, review).into_iter().map(|text| json!({ "text": text })).collect();
    put("note", Value::Array(notes));
    put("method", about.concept("method", if review.is_some() { METHOD_REVIEWED } else { METHOD }));
    put("component", Value::Array(components(row, &about)));
    Value::Object(keys)
}

fn interpretation(verdict: Verdict) -> Option<(&'static str, &'static str)> {
    match verdict {
        Verdict::Positive => Some(("POS", "Positive")),
        Verdict::Negative => Some(("NEG", "Negative")),
        Verdict::Equivocal => Some(("IND", "Indeterminate")),
        Verdict::NotEvaluable => None,
    }
}

fn absent(row: &SpecimenRow) -> String {
    match row.withheld_by.as_slice() {
        [] => "not evaluable: too few nuclei".to_owned(),
        codes => format!("not evaluable: withheld by {}", codes.join(", ")),
    }
}

/// Sentences for people.
fn notes(row: &SpecimenRow, assay: &Assay, review: Option<&ReviewRecord>) -> Vec<String> {
    let mut notes = vec![
        "Counted by software that is not a medical device. Preliminary until a person signs it.".to_owned(),
    ];
    notes.extend(review.map(reviewed));
    if row.confirm {
        notes.push("To be confirmed by another method or reader.".to_owned());
    }
    if row.borderline {
        notes.push("The percentage is borderline for this assay.".to_owned());
    }
    if row.failed_fields > 0 {
        notes.push(format!("Incomplete: fields that could not be read: {}.", row.failed_fields));
    }
    for finding in row.secondary.iter().filter(|finding| finding.met) {
        notes
            .push(format!("{}: more nuclei than the cutoff of {}.", finding.pattern, finding.cutoff_percent));
    }
    match &assay.codes {
        None => notes.push("The assay defines no codes.".to_owned()),
        Some(_) if assay.is_code_unverified("codes") => {
            notes.push("The laboratory has not verified the codes of this document.".to_owned());
        }
        Some(_) => {}
    }
    notes
}

/// The review in words.
fn reviewed(review: &ReviewRecord) -> String {
    let by = |role: &str, is_second: bool| match review.names(is_second) {
        names if names.is_empty() => format!("no {role} reader"),
        names => format!("{role} reader {names}"),
    };
    let program = &review.program;
    format!(
        "Reviewed: {}, {}. Nuclei changed: {}; accepted: {}. The program alone: {} of {} rearranged, {}.",
        by("first", false),
        by("second", true),
        review.changed.len(),
        review.accepted,
        program.rearranged,
        program.evaluable,
        program.verdict
    )
}

/// The parts of the result.
fn components(row: &SpecimenRow, about: &About<'_>) -> Vec<Value> {
    let plain = |text: &str, key: &str, value: Value| json!({ "code": { "text": text }, key: value });
    let percent = |value: f64| json!({ "value": value, "unit": "%", "system": UCUM, "code": "%" });
    let mut parts = vec![json!({
        "code": about.concept("gene", "Gene studied"),
        "valueCodeableConcept": { "text": about.assay.gene },
    })];
    if let Some(iscn) = &row.iscn {
        let mut coding = json!({ "version": iscn.edition.to_string(), "code": iscn.text });
        if let Some(codes) = &about.assay.codes {
            coding["system"] = json!(codes.iscn_system);
        }
        parts.push(json!({
            "code": about.concept("iscn", "Variant by ISCN"),
            "valueCodeableConcept": { "coding": [coding], "text": iscn.text },
        }));
    }
    parts.push(json!({
        "code": about.concept("source_class", "Genomic source class"),
        "valueCodeableConcept": { "text": "not determined: no normal tissue was compared" },
    }));
    if row.verdict == Verdict::Positive {
        let partner_unknown = format!("v::{}", about.assay.gene);
        parts.push(plain("Fusion, partner not known", "valueString", json!(partner_unknown)));
    }
    parts.push(plain("Evaluable nuclei", "valueInteger", json!(row.evaluable)));
    parts.push(plain("Rearranged nuclei", "valueInteger", json!(row.rearranged)));
    if let Some(value) = row.percent_rearranged {
        parts.push(plain("Rearranged nuclei, percent", "valueQuantity", percent(value)));
    }
    if let (Some((low, high)), Some(level)) = (row.wilson_percent, row.level) {
        let name = format!("Wilson interval of the percentage, level {level}");
        parts.push(plain(&name, "valueRange", json!({ "low": percent(low), "high": percent(high) })));
    }
    for finding in &row.secondary {
        let Some(value) = finding.percent else { continue };
        let name = format!("Nuclei with {}, percent", finding.pattern);
        parts.push(plain(&name, "valueQuantity", percent(value)));
    }
    parts
}

/// The codes of an assay.
struct About<'a> {
    assay: &'a Assay,
}

impl About<'_> {
    /// A concept by a key of the table `codes`, with a text that says if its code is not verified.
    fn concept(&self, key: &str, text: &str) -> Value {
        match self.code(key) {
            None => json!({ "text": text }),
            Some(code) => {
                let coding = json!([self.coding(&code)]);
                json!({ "coding": coding, "text": self.marked(&[key], text) })
            }
        }
    }

    /// The observation: the test of the gene if the terminology has one, and the assessment of a variant.
    fn test(&self) -> Value {
        let text = format!("{} rearrangement by break-apart FISH", self.assay.gene);
        let keys = ["test", "observation"];
        let codings: Vec<Value> =
            keys.iter().filter_map(|key| self.code(key)).map(|code| self.coding(&code)).collect();
        if codings.is_empty() {
            return json!({ "text": text });
        }
        json!({ "coding": codings, "text": self.marked(&keys, &text) })
    }

    fn coding(&self, code: &str) -> Value {
        let system = self.assay.codes.as_ref().map_or("", |codes| codes.system.as_str());
        json!({ "system": system, "code": code })
    }

    fn code(&self, key: &str) -> Option<String> {
        let codes = self.assay.codes.as_ref()?;
        match key {
            "observation" => Some(codes.observation.clone()),
            "test" => codes.test.clone(),
            "method" => Some(codes.method.clone()),
            "gene" => Some(codes.gene.clone()),
            "iscn" => Some(codes.iscn.clone()),
            "source_class" => Some(codes.source_class.clone()),
            _ => None,
        }
    }

    fn marked(&self, keys: &[&str], text: &str) -> String {
        let is_open =
            |key: &&str| self.code(key).is_some() && self.assay.is_code_unverified(&format!("codes.{key}"));
        if keys.iter().any(is_open) { format!("{text} {UNVERIFIED}") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assay::Validation;
    use crate::report::example::specimen_reading;

    fn observed(assay: &Assay, verdict: Verdict) -> Value {
        let mut row = SpecimenRow::new(&specimen_reading(), 0);
        row.verdict = verdict;
        let bytes = observation_bytes(Path::new("observation.json"), &row, assay, None).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn component<'v>(of: &'v Value, text: &str) -> Option<&'v Value> {
        let components = of["component"].as_array()?;
        components.iter().find(|c| c["code"]["text"].as_str().is_some_and(|t| t.starts_with(text)))
    }

    /// No key of FHIR may be null, and no list empty.
    fn assert_no_nothing(value: &Value) {
        match value {
            Value::Null => panic!("null"),
            Value::Array(items) => {
                assert!(!items.is_empty());
                items.iter().for_each(assert_no_nothing);
            }
            Value::Object(keys) => keys.values().for_each(assert_no_nothing),
            _ => {}
        }
    }

    #[test]
    fn a_positive_result_has_codes_counts_and_the_string() {
        let alk = Assay::builtin("alk").unwrap();
        let found = observed(&alk, Verdict::Positive);
        assert_no_nothing(&found);
        assert_eq!(
            (&found["resourceType"], &found["status"]),
            (&json!("Observation"), &json!("preliminary"))
        );
        let codes: Vec<&Value> =
            found["code"]["coding"].as_array().unwrap().iter().map(|c| &c["code"]).collect();
        assert_eq!(codes, ["78205-2", "69548-6"]);
        assert_eq!(found["interpretation"][0]["coding"][0]["code"], "POS");
        assert_eq!(component(&found, "Gene studied").unwrap()["valueCodeableConcept"]["text"], "ALK");
        let iscn = &component(&found, "Variant by ISCN").unwrap()["valueCodeableConcept"];
        assert_eq!(iscn["text"], "nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[1]");
        assert_eq!(iscn["coding"][0]["version"], "2024");
        assert_eq!(component(&found, "Fusion").unwrap()["valueString"], "v::ALK");
        assert_eq!(component(&found, "Rearranged nuclei,").unwrap()["valueQuantity"]["value"], 100.0);
        for key in ["subject", "effectiveDateTime", "issued"] {
            assert!(found.get(key).is_none(), "{key}");
        }
    }

    #[test]
    fn a_code_that_is_not_verified_says_so_until_the_laboratory_has() {
        let mut alk = Assay::builtin("alk").unwrap();
        let text = |assay: &Assay| observed(assay, Verdict::Negative).to_string();
        assert_eq!(text(&alk).matches(UNVERIFIED).count(), 5);
        alk.verify.retain(|mark| mark.key != "codes");
        assert_eq!(text(&alk).matches(UNVERIFIED).count(), 0);
        let mut validated = Assay::builtin("alk").unwrap();
        let validation = json!({ "laboratory": "Ours", "date": "2026-01-01" });
        validated.validation = Some(serde_json::from_value::<Validation>(validation).unwrap());
        assert_eq!(text(&validated).matches(UNVERIFIED).count(), 0);
    }

    #[test]
    fn without_codes_and_without_a_verdict_the_document_is_complete() {
        let mut assay = Assay::builtin("alk").unwrap();
        assay.codes = None;
        let found = observed(&assay, Verdict::NotEvaluable);
        assert_no_nothing(&found);
        assert!(found["code"].get("coding").is_none() && found["code"]["text"].is_string());
        assert!(found.get("valueCodeableConcept").is_none() && found["dataAbsentReason"]["text"].is_string());
        assert!(component(&found, "Fusion").is_none());
    }
}
