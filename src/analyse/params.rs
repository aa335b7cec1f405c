//! Parameters of all steps.

use serde::{Deserialize, Serialize};

use crate::assay::{Sex, toml_fault};
use crate::calibrate::InstrumentParams;
use crate::classify::ClassifyParams;
use crate::detect::DetectParams;
use crate::error::{Error, Location, Result};
use crate::segment::SegmentParams;
use crate::summarise::SummariseParams;

/// Parameters of all steps, and the sex of the patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AnalyseParams {
    /// Segmentation of nuclei.
    pub segment: SegmentParams,
    /// Detection of signals.
    pub detect: DetectParams,
    /// Properties of the microscope: estimated, disabled or supplied.
    pub instrument: InstrumentParams,
    /// Classification of nuclei.
    pub classify: ClassifyParams,
    /// The summary.
    pub summarise: SummariseParams,
    /// Sex of the patient; matters for X-linked genes only. Default: not known.
    pub sex: Option<Sex>,
}

impl AnalyseParams {
    /// The parameters that specimens read alike share: pixels do not know the sex.
    pub(crate) fn without_sex(&self) -> Self {
        Self { sex: None, ..self.clone() }
    }

    /// Checks every value against its range.
    ///
    /// ```
    /// let mut params = breakapart::analyse::AnalyseParams::default();
    /// params.detect.candidate_snr = f64::NAN;
    /// assert!(params.validate().unwrap_err().to_string().starts_with("detect.candidate_snr = NaN"));
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        self.segment.validate().map_err(|e| e.in_section("segment"))?;
        self.detect.validate().map_err(|e| e.in_section("detect"))?;
        self.classify.validate().map_err(|e| e.in_section("classify"))?;
        self.summarise.validate().map_err(|e| e.in_section("summarise"))?;
        self.instrument.validate().map_err(|e| e.in_section("instrument"))
    }

    /// All parameters as a TOML file with comments: key, default, unit, range and meaning. Every value is the default.
    pub const TEMPLATE: &'static str = include_str!("../../params.toml");

    /// Parameters from TOML text in the form of [`AnalyseParams::TEMPLATE`]; a missing key has its default. `location` is
    /// where the text comes from, for messages.
    ///
    /// ```
    /// use breakapart::Location;
    /// use breakapart::analyse::AnalyseParams;
    /// let location = Location::file("ours.toml");
    /// let params = AnalyseParams::from_toml("classify.min_nucleus_score = 0.3", &location)?;
    /// assert_eq!(params.classify.min_nucleus_score, 0.3);
    /// let message = AnalyseParams::from_toml("sex = 'mael'", &location).unwrap_err().to_string();
    /// assert!(message.starts_with("ours.toml, key `sex`: line 1: "));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] naming key and line if the text is no TOML or a key is unknown or has a value of the wrong
    /// type, [`Error::InvalidParameter`] for a value out of range.
    pub fn from_toml(text: &str, location: &Location) -> Result<Self> {
        let params: Self = toml::from_str(text).map_err(|error| {
            let (key, fault) = toml_fault(&error, text);
            let place = if key.is_empty() { location.clone() } else { location.clone().at_key(key) };
            Error::malformed(place, fault)
        })?;
        params.validate()?;
        Ok(params)
    }
}
