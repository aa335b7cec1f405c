//! Parameters of all steps.

use serde::{Deserialize, Serialize};

use crate::assay::Sex;
use crate::classify::ClassifyParams;
use crate::detect::DetectParams;
use crate::error::Result;
use crate::instrument::InstrumentParams;
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
    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> Result<()> {
        self.segment.validate()?;
        self.detect.validate()?;
        self.instrument.validate()?;
        self.classify.validate()?;
        self.summarise.validate()
    }
}
