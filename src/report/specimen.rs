//! `report.json`: the verdict on one specimen, its findings and its grounds.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::analyse::{FieldDepth, FieldQuality, FieldReading, Instrument, MissedNuclei, SpecimenReading};
use crate::classify::Exclusion;
use crate::colour::Colour;
use crate::error::{Error, Location, Result};
use crate::quality::Finding;
use crate::report::SCHEMA_VERSION;
use crate::report::fate::fates;
use crate::report::json::write_results;
use crate::report::specimen_iscn::SpecimenIscn;
use crate::resolve::Rejection;
use crate::summarise::{Summary, Verdict};
use crate::units::PixelSize;

/// A field of the specimen that could not be read: the counts are without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedField {
    /// The field's name.
    pub field: String,
    /// Why.
    pub error: String,
}

#[derive(Serialize)]
struct SpecimenReport<'a> {
    schema_version: u32,
    crate_version: &'static str,
    specimen: &'a str,
    assay: &'a str,
    verdict: Verdict,
    complete: bool,
    by_rule: Verdict,
    withheld_by: Vec<&'static str>,
    confirm: bool,
    findings: Vec<FindingReport<'a>>,
    summary: Value,
    instrument: &'a Instrument,
    fields: Vec<FieldReport<'a>>,
    failed_fields: &'a [FailedField],
    not_validated_here: Vec<&'a str>,
    iscn: Option<SpecimenIscn>,
}

/// A finding with the words made from its figures.
#[derive(Serialize)]
pub(super) struct FindingReport<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    message: String,
    action: Option<String>,
}

impl<'a> From<&'a Finding> for FindingReport<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self { finding, message: finding.to_string(), action: finding.action() }
    }
}

/// The summary without its findings, which stand beside it.
fn without_findings(summary: &Summary) -> Result<Value> {
    let contradiction =
        |e: serde_json::Error| Error::malformed(Location::default(), format!("the summary: {e}"));
    let mut value = serde_json::to_value(summary).map_err(contradiction)?;
    if let Some(keys) = value.as_object_mut() {
        keys.shift_remove("findings");
    }
    Ok(value)
}

#[derive(Serialize)]
struct FieldReport<'a> {
    field: &'a str,
    height_px: usize,
    width_px: usize,
    pixel_size_um: Option<PixelSize>,
    nuclei: usize,
    evaluable: usize,
    rearranged: usize,
    exclusions: BTreeMap<Exclusion, usize>,
    signals: Signals,
    rejected: BTreeMap<&'static str, BTreeMap<Rejection, usize>>,
    quality: &'a FieldQuality,
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<FieldDepth>,
}

/// Signals of a field by colour.
#[derive(Serialize)]
struct Signals {
    red: usize,
    green: usize,
    outside_nuclei: usize,
    missed_nuclei: Option<usize>,
}

impl<'a> From<&'a FieldReading> for FieldReport<'a> {
    fn from(field: &'a FieldReading) -> Self {
        let mut exclusions = BTreeMap::new();
        for exclusion in field.calls().filter_map(|c| c.exclusion) {
            *exclusions.entry(exclusion).or_insert(0) += 1;
        }
        let mut rejected: BTreeMap<_, _> = Colour::BOTH.map(|c| (c.name(), BTreeMap::new())).into();
        for candidate in &field.rejected {
            let reasons = rejected.entry(candidate.colour.name()).or_default();
            *reasons.entry(candidate.reason).or_insert(0) += 1;
        }
        let missed = MissedNuclei::of_fields([field]);
        let of = |colour| field.signals.iter().filter(|s| s.colour == colour).count();
        Self {
            field: &field.name,
            height_px: field.height_px,
            width_px: field.width_px,
            pixel_size_um: field.pixel_size,
            nuclei: field.nuclei.len(),
            evaluable: field.calls().filter(|c| c.evaluable()).count(),
            rearranged: field.calls().filter(|c| c.evaluable() && c.rearranged).count(),
            exclusions,
            signals: Signals {
                red: of(Colour::Red),
                green: of(Colour::Green),
                outside_nuclei: missed.signals_outside,
                missed_nuclei: missed.nuclei,
            },
            rejected,
            quality: &field.quality,
            depth: field.depth,
        }
    }
}

/// Writes `report.json`. `failed` are the specimen's fields that could not be read; `complete` is false if there are any.
///
/// # Errors
/// [`crate::Error::Malformed`] if a reading contradicts itself, [`crate::Error::Io`] if the file cannot be
/// written.
pub fn write_report_json(
    path: impl AsRef<Path>,
    reading: &SpecimenReading,
    failed: &[FailedField],
) -> Result<()> {
    for field in &reading.fields {
        fates(field)?;
    }
    let summary = &reading.summary;
    let report = SpecimenReport {
        schema_version: SCHEMA_VERSION,
        crate_version: env!("CARGO_PKG_VERSION"),
        specimen: &reading.name,
        assay: &reading.assay.id,
        verdict: summary.verdict,
        complete: failed.is_empty(),
        by_rule: summary.by_rule,
        withheld_by: summary.withheld_by_codes(),
        confirm: summary.confirm,
        findings: summary.findings.iter().map(FindingReport::from).collect(),
        summary: without_findings(summary)?,
        instrument: &reading.instrument,
        fields: reading.fields.iter().map(FieldReport::from).collect(),
        failed_fields: failed,
        not_validated_here: reading.assay.not_validated().collect(),
        iscn: SpecimenIscn::of(reading),
    };
    write_results(path.as_ref(), &report)
}
