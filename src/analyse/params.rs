//! Parameters of all steps.

use serde::{Deserialize, Serialize};

use crate::analyse::AlarmParams;
use crate::assay::Sex;
use crate::calibrate::InstrumentParams;
use crate::classify::ClassifyParams;
use crate::detect::DetectParams;
use crate::segment::SegmentParams;

/// Parameters of all steps, and what is known of the patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AnalyseParams {
    /// Segmentation of nuclei.
    pub segment: SegmentParams,
    /// Detection of signals.
    pub detect: DetectParams,
    /// Classification of nuclei.
    pub classify: ClassifyParams,
    /// When a field or a probe is suspected.
    pub alarms: AlarmParams,
    /// What is estimated of the microscope, what is left out, and what is known.
    pub instrument: InstrumentParams,
    /// Sex of the patient; matters for X-linked genes only. Default: not known.
    pub sex: Option<Sex>,
}
