//! The whole reading in its order: the one module that knows all steps.
//!
//! [`Analyser::measure_field`] takes what is needed from the pixels of a field. [`Analyser::read_specimen`] pools the
//! measurements of all fields of a specimen and gives the reading. [`Analyser::analyse`] does both for a single field.
//!
//! The same steps can be taken one by one: [`Analyser::calibrate`], [`CalibratedSpecimen::resolve`],
//! [`ResolvedSpecimen::call`] and [`CalledSpecimen::judge`]. They give the same reading.

mod byte_order;
mod edit;
mod measure;
mod padding;
mod params;
mod reading;
mod slide;
mod specimen;
#[cfg(test)]
mod tests;

pub use crate::reading::{FieldQuality, FieldReading, Instrument, NucleusReading, NucleusRow};
pub use edit::{Change, Edit};
pub use measure::FieldMeasurement;
pub use params::AnalyseParams;
pub use reading::{SchemaVersion, SpecimenReading};
#[cfg(feature = "run")]
pub(crate) use slide::field_bytes;
pub use slide::{SlideOptions, WHOLE_FIELD_PX};
pub use specimen::{CalibratedSpecimen, CalledSpecimen, ResolvedSpecimen};

use crate::assay::{Assay, Sex};
use crate::error::Result;
use crate::field::{Field, FieldView};
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
        self.measure_view(&field.view())
    }

    /// As [`Analyser::measure_field`], of planes in the memory of a host.
    ///
    /// # Errors
    /// As [`Analyser::measure_field`].
    pub fn measure_view(&self, field: &FieldView<'_>) -> Result<FieldMeasurement> {
        let nuclei =
            |field: &FieldView<'_>, _| segment(field.counterstain, field.pixel_size, &self.params.segment);
        self.measure_picture(field, nuclei, None)
    }

    /// As [`Analyser::measure_field`], within nuclei that were found elsewhere, such as by another program
    /// ([`Segmentation::from_labels`]).
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] if the label image has another size than the field.
    pub fn measure_field_in(&self, field: &Field, nuclei: Segmentation) -> Result<FieldMeasurement> {
        self.measure_picture(&field.view(), |_, _| Ok(nuclei), None)
    }

    /// Measures the part of a field that holds a picture, in the nuclei of that. `nuclei` is told whether padding was darkened.
    /// Of a part of a larger picture, `like` is another part of it.
    fn measure_picture(
        &self,
        field: &FieldView<'_>,
        nuclei: impl FnOnce(&FieldView<'_>, bool) -> Result<Segmentation>,
        like: Option<&FieldMeasurement>,
    ) -> Result<FieldMeasurement> {
        let Some(mut padding) = Padding::of(field) else {
            return self.measure_nuclei(field, nuclei(field, false)?, None, like);
        };
        match padding.darkened(field) {
            Some(planes) => {
                let field = field.with_planes(&planes);
                self.measure_nuclei(&field, nuclei(&field, true)?, Some(&padding), like)
            }
            None => self.measure_nuclei(field, nuclei(field, false)?, Some(&padding), like),
        }
    }

    /// Measures a field in its nuclei, some of which padding may cut.
    fn measure_nuclei(
        &self,
        field: &FieldView<'_>,
        mut nuclei: Segmentation,
        padding: Option<&Padding>,
        like: Option<&FieldMeasurement>,
    ) -> Result<FieldMeasurement> {
        if let Some(padding) = padding
            && nuclei.labels.dim() == field.dim()
        {
            padding.mark_cut(&mut nuclei, field.counterstain);
        }
        measure::measure(field, nuclei, &self.params.detect, &self.params.instrument, like)
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
