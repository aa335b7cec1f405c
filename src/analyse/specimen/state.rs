//! A specimen after each step.

use super::calibration::Calibration;
use super::crosstalk::CrosstalkEstimate;
use super::neighbours::ShownElsewhere;
use super::nucleus::{NucleusRecord, ResolvedRecord};
use crate::analyse::{AnalyseParams, FieldMeasurement};
use crate::assay::Assay;
use crate::calibrate::ChromaticShift;
use crate::pair::PairRule;
use crate::quality::SpecimenFacts;
use crate::reading::{FieldReading, Instrument};
use crate::resolve::model::SpecimenModel;
use crate::summarise::Grounds;
use crate::units::PixelSize;

/// Facts that hold for all fields of a specimen.
#[derive(Debug, Clone)]
pub(super) struct Specimen<'a> {
    pub(super) name: String,
    pub(super) assay: &'a Assay,
    pub(super) params: &'a AnalyseParams,
    /// Size of a pixel, if it is known in all fields.
    pub(super) pixel_size: Option<PixelSize>,
    /// Signal diameters: red, green.
    pub(super) diameters_px: [f64; 2],
    /// Names of the regions of all fields; `None` if the fields have none.
    pub(super) regions: Option<Vec<String>>,
}

/// A specimen whose instrument is known: chromatic shift and crosstalk are corrected in the candidates of its nuclei.
#[derive(Debug, Clone)]
pub struct CalibratedSpecimen<'a> {
    pub(super) specimen: Specimen<'a>,
    pub(super) fields: Vec<FieldMeasurement>,
    pub(super) nuclei: Vec<NucleusRecord>,
    /// Whether each nucleus of each field is counted elsewhere.
    pub(super) elsewhere: Vec<Vec<bool>>,
    pub(super) calibration: Calibration,
    /// The chromatic shift as reported; it was corrected if it says so.
    pub(super) shift: Option<ChromaticShift>,
    pub(super) crosstalk: CrosstalkEstimate,
    pub(super) rule: PairRule,
    pub(super) facts: SpecimenFacts,
}

/// A specimen of which it is known which candidates are signals.
#[derive(Debug, Clone)]
pub struct ResolvedSpecimen<'a> {
    pub(super) specimen: Specimen<'a>,
    pub(super) fields: Vec<FieldMeasurement>,
    pub(super) nuclei: Vec<ResolvedRecord>,
    pub(super) model: SpecimenModel,
    /// The chromatic shift that was corrected.
    pub(super) shift: Option<ChromaticShift>,
    pub(super) rule: PairRule,
    /// How many nuclei show each colour.
    pub(super) shown: ShownElsewhere,
    pub(super) instrument: Instrument,
    pub(super) facts: SpecimenFacts,
}

/// A specimen whose nuclei are paired and called.
#[derive(Debug, Clone)]
pub struct CalledSpecimen<'a> {
    pub(super) specimen: Specimen<'a>,
    pub(super) fields: Vec<FieldReading>,
    pub(super) instrument: Instrument,
    pub(super) grounds: Grounds,
    pub(super) facts: SpecimenFacts,
}
