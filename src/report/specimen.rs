//! `report.json`: the verdict on one specimen and all that it rests on.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::analyse::{FieldQuality, FieldReading, Instrument, SpecimenReading};
use crate::classify::Exclusion;
use crate::colour::Colour;
use crate::error::Result;
use crate::report::SCHEMA_VERSION;
use crate::report::fate::fates;
use crate::report::json::write_results;
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
    warnings: Vec<String>,
    summary: &'a Summary,
    instrument: &'a Instrument,
    fields: Vec<FieldReport<'a>>,
    failed_fields: &'a [FailedField],
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
    quality: Quality<'a>,
    warnings: &'a [String],
}

/// Signals of a field by colour.
#[derive(Serialize)]
struct Signals {
    red: usize,
    green: usize,
    outside_nuclei: usize,
}

/// [`FieldQuality`] with its channels named.
#[derive(Serialize)]
struct Quality<'a> {
    nucleus_diameter_px: Option<f64>,
    nucleus_coverage: f64,
    signal_diameter_px: ByColour<'a>,
    signal_snr: ByColour<'a>,
    signal_amplitude: ByColour<'a>,
    saturated: Saturated,
}

#[derive(Serialize)]
struct ByColour<'a> {
    red: &'a Option<f64>,
    green: &'a Option<f64>,
}

#[derive(Serialize)]
struct Saturated {
    counterstain: f64,
    red: f64,
    green: f64,
}

impl<'a> From<&'a [Option<f64>; 2]> for ByColour<'a> {
    fn from([red, green]: &'a [Option<f64>; 2]) -> Self {
        Self { red, green }
    }
}

impl<'a> From<&'a FieldQuality> for Quality<'a> {
    fn from(quality: &'a FieldQuality) -> Self {
        let [counterstain, red, green] = quality.saturated;
        Self {
            nucleus_diameter_px: quality.nucleus_diameter_px,
            nucleus_coverage: quality.nucleus_coverage,
            signal_diameter_px: (&quality.signal_diameter_px).into(),
            signal_snr: (&quality.signal_snr).into(),
            signal_amplitude: (&quality.signal_amplitude).into(),
            saturated: Saturated { counterstain, red, green },
        }
    }
}

impl<'a> From<&'a FieldReading> for FieldReport<'a> {
    fn from(field: &'a FieldReading) -> Self {
        let mut exclusions = BTreeMap::new();
        for exclusion in field.calls.iter().filter_map(|c| c.exclusion) {
            *exclusions.entry(exclusion).or_insert(0) += 1;
        }
        let mut rejected: BTreeMap<_, _> = Colour::BOTH.map(|c| (c.name(), BTreeMap::new())).into();
        for candidate in &field.rejected {
            let reasons = rejected.entry(candidate.colour.name()).or_default();
            *reasons.entry(candidate.reason).or_insert(0) += 1;
        }
        let of = |colour| field.signals.iter().filter(|s| s.colour == colour).count();
        Self {
            field: &field.name,
            height_px: field.height_px,
            width_px: field.width_px,
            pixel_size_um: field.pixel_size,
            nuclei: field.nuclei.len(),
            evaluable: field.calls.iter().filter(|c| c.evaluable()).count(),
            rearranged: field.calls.iter().filter(|c| c.evaluable() && c.rearranged).count(),
            exclusions,
            signals: Signals {
                red: of(Colour::Red),
                green: of(Colour::Green),
                outside_nuclei: field.signals.iter().filter(|s| s.nucleus_id == 0).count(),
            },
            rejected,
            quality: (&field.quality).into(),
            warnings: &field.warnings,
        }
    }
}

/// Writes `report.json`. `failed` are the specimen's fields that could not be read; each adds a warning, and
/// `complete` is then false.
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
    let missing = |f: &FailedField| format!("field {} is not in the counts: {}", f.field, f.error);
    let report = SpecimenReport {
        schema_version: SCHEMA_VERSION,
        crate_version: env!("CARGO_PKG_VERSION"),
        specimen: &reading.name,
        assay: &reading.assay_id,
        verdict: reading.summary.verdict,
        complete: failed.is_empty(),
        warnings: failed.iter().map(missing).chain(reading.warnings.iter().cloned()).collect(),
        summary: &reading.summary,
        instrument: &reading.instrument,
        fields: reading.fields.iter().map(FieldReport::from).collect(),
        failed_fields: failed,
    };
    write_results(path.as_ref(), &report)
}
