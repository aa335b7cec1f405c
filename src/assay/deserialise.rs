//! An assay out of any format of serde, checked.

use serde::{Deserialize, Deserializer, de};

use super::codes::Codes;
use super::decision::{Borderline, CutoffProvenance, Decision, Reading, Report};
use super::definition::{Assay, Normal, ProbeSet, SampleType, Validation, Verify};
use super::rules::{Amplification, Doublet, Evaluable, Gain, Isolated, Split};
use super::secondary::Secondary;

/// The fields of [`Assay`], read without any check of their values.
#[derive(Deserialize)]
#[serde(remote = "Assay", deny_unknown_fields)]
pub(super) struct Unchecked {
    id: String,
    name: String,
    version: String,
    gene: String,
    band: String,
    chromosome: String,
    x_linked: bool,
    sample_type: SampleType,
    report_copy_number: bool,
    #[serde(default)]
    section_thickness_um: Option<f64>,
    expected_nucleus_diameter_um: f64,
    references: Vec<String>,
    probe: ProbeSet,
    normal: Normal,
    split: Split,
    doublet: Doublet,
    isolated: Isolated,
    gain: Gain,
    amplification: Amplification,
    evaluable: Evaluable,
    reading: Reading,
    decision: Decision,
    #[serde(default)]
    borderline: Option<Borderline>,
    cutoff_provenance: CutoffProvenance,
    report: Report,
    #[serde(default)]
    verify: Vec<Verify>,
    #[serde(default)]
    validation: Option<Validation>,
    #[serde(default)]
    secondary: Option<Secondary>,
    #[serde(default)]
    codes: Option<Codes>,
}

impl<'de> Deserialize<'de> for Assay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let assay = Unchecked::deserialize(deserializer)?;
        assay.validate().map_err(de::Error::custom)?;
        Ok(assay)
    }
}
