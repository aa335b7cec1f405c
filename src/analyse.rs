//! The whole reading in its order: the one module that knows all steps.
//!
//! [`Analyser::measure_field`] takes what is needed from the pixels of a field. [`Analyser::read_specimen`] pools the
//! measurements of all fields of a specimen and gives the reading. [`Analyser::analyse`] does both for a single field.
//!
//! The same steps can be taken one by one: [`Analyser::calibrate`], [`CalibratedSpecimen::resolve`],
//! [`ResolvedSpecimen::call`] and [`CalledSpecimen::judge`]. They give the same reading.

mod byte_order;
mod depth;
mod edit;
mod measure;
mod padding;
mod params;
mod reading;
mod specimen;
#[cfg(test)]
mod tests;

pub use crate::reading::{
    FieldDepth, FieldQuality, FieldReading, Instrument, NucleusDepth, NucleusReading, NucleusRow,
};
pub use edit::{Change, Edit};
pub use measure::FieldMeasurement;
pub use params::AnalyseParams;
pub use reading::{SchemaVersion, SpecimenReading};
pub use specimen::{CalibratedSpecimen, CalledSpecimen, ResolvedSpecimen};

use crate::assay::{Assay, Sex};
use crate::error::Result;
use crate::field::Field;
use crate::quality::RunFacts;
use crate::segment::{Segmentation, segment};
use padding::Padding;

/// Reads specimens by one assay.
#[derive(Debug, Clone)]
pub struct Analyser {
    assay: Assay,
    params: AnalyseParams,
}

impl Analyser {
    /// An analyser with default parameters.
    ///
    /// # Errors
    /// [`crate::Error::Assay`] if the assay is not valid, as one that was changed in code may be.
    pub fn new(assay: Assay) -> Result<Self> {
        assay.validate()?;
        Ok(Self { assay, params: AnalyseParams::default() })
    }

    /// The same with other parameters.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] naming the first parameter out of range.
    pub fn with_params(mut self, params: AnalyseParams) -> Result<Self> {
        params.validate()?;
        self.params = params;
        Ok(self)
    }

    /// The same for a patient of this sex, which matters for X-linked genes.
    #[must_use]
    pub fn with_sex(mut self, sex: Option<Sex>) -> Self {
        self.params.sex = sex;
        self
    }

    /// The assay.
    #[must_use]
    pub fn assay(&self) -> &Assay {
        &self.assay
    }

    /// The parameters.
    #[must_use]
    pub fn params(&self) -> &AnalyseParams {
        &self.params
    }

    /// Finds nuclei and signal candidates of a field. After this its pixels are not needed any more.
    ///
    /// # Errors
    /// [`crate::Error::Malformed`] if a plane of the field holds samples that are not finite numbers.
    pub fn measure_field(&self, field: &Field) -> Result<FieldMeasurement> {
        let nuclei =
            |field: &Field| segment(field.counterstain.view(), field.pixel_size, &self.params.segment);
        self.measure_picture(field, nuclei)
    }

    /// As [`Analyser::measure_field`], within nuclei that were found elsewhere, such as by another program
    /// ([`Segmentation::from_labels`]).
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] if the label image has another size than the field.
    pub fn measure_field_in(&self, field: &Field, nuclei: Segmentation) -> Result<FieldMeasurement> {
        self.measure_picture(field, |_| Ok(nuclei))
    }

    /// Measures the part of a field that holds a picture, in the nuclei of that.
    fn measure_picture(
        &self,
        field: &Field,
        nuclei: impl FnOnce(&Field) -> Result<Segmentation>,
    ) -> Result<FieldMeasurement> {
        let (detect, instrument) = (&self.params.detect, &self.params.instrument);
        let Some(mut padding) = Padding::of(field) else {
            return measure::measure(field, nuclei(field)?, detect, instrument);
        };
        let field = padding.darkened(field);
        let mut nuclei = nuclei(&field)?;
        if nuclei.labels.dim() == field.dim() {
            padding.mark_cut(&mut nuclei, field.counterstain.view());
        }
        measure::measure(&field, nuclei, detect, instrument)
    }

    /// Pools the fields of a specimen, estimates its instrument, and corrects chromatic shift and crosstalk: the first
    /// step of [`Analyser::read_specimen`]. The result does not depend on the order of the fields.
    ///
    /// # Errors
    /// As [`Analyser::read_specimen`].
    pub fn calibrate(&self, name: &str, fields: Vec<FieldMeasurement>) -> Result<CalibratedSpecimen<'_>> {
        specimen::calibrate(name, fields, &self.assay, &self.params)
    }

    /// Reads a specimen from the measurements of its fields. The result does not depend on their order.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] without any field; [`crate::Error::Undecided`] if fields differ in
    /// pixel size, or the assay's distance is in micrometres and the pixel size is not known.
    pub fn read_specimen(&self, name: &str, fields: Vec<FieldMeasurement>) -> Result<SpecimenReading> {
        self.calibrate(name, fields)?.resolve().call()?.judge()
    }

    /// As [`Analyser::read_specimen`], with the facts that only the specimen's run knows.
    ///
    /// # Errors
    /// As [`Analyser::read_specimen`].
    pub fn read_specimen_of_run(
        &self,
        name: &str,
        fields: Vec<FieldMeasurement>,
        facts: RunFacts,
    ) -> Result<SpecimenReading> {
        self.calibrate(name, fields)?.of_run(facts).resolve().call()?.judge()
    }

    /// Reads one field as a specimen of its own.
    ///
    /// # Errors
    /// As [`Analyser::measure_field`] and [`Analyser::read_specimen`].
    pub fn analyse(&self, field: &Field) -> Result<SpecimenReading> {
        self.read_specimen(&field.name, vec![self.measure_field(field)?])
    }
}
