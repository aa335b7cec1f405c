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
mod picture;
mod reading;
mod review_order;
mod slide;
mod specimen;
#[cfg(test)]
mod tests;

pub use crate::reading::{
    FieldDepth, FieldQuality, FieldReading, Instrument, MissedNuclei, NucleusDepth, NucleusReading,
    NucleusRow,
};
pub use edit::{Change, Edit};
pub use measure::{FieldMeasurement, SuppliedMeasurements};
pub use params::AnalyseParams;
pub use reading::{SchemaVersion, SpecimenReading};
pub use review_order::{ReviewItem, ReviewReason};
pub use slide::{SlideOptions, SlideShare, SlideTiles, WHOLE_FIELD_PX};
#[cfg(feature = "run")]
pub(crate) use slide::{field_bytes, is_slide};
pub use specimen::{CalibratedSpecimen, CalledSpecimen, ResolvedSpecimen};

use crate::assay::{Assay, Sex};
use crate::error::Result;
use crate::field::{Field, FieldView};
use crate::quality::RunFacts;
use crate::segment::Segmentation;
use crate::slide::{Progress, SlideSource};

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
        self.measure_view_with(field, SuppliedMeasurements::default())
    }

    /// As [`Analyser::measure_field`], within nuclei that were found elsewhere, such as by another program
    /// ([`Segmentation::from_labels`]).
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] if the label image has another size than the field.
    pub fn measure_field_in(&self, field: &Field, nuclei: Segmentation) -> Result<FieldMeasurement> {
        self.measure_field_with(field, SuppliedMeasurements { nuclei: Some(nuclei), ..Default::default() })
    }

    /// As [`Analyser::measure_field`], with nuclei or the places of spots that another program found.
    ///
    /// Supplied spots are the only candidates of their colour. Their places are taken as they are; height, width and noise
    /// are measured there. A spot that does not stand out of the noise of its place is no candidate, and the reading decides
    /// as usual which candidates are signals. So the spots of the whole field belong in the list, those outside nuclei too:
    /// they tell how many of them are false.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] if the label image has another size than the field, or a spot lies outside of it.
    ///
    /// ```
    /// use breakapart::analyse::SuppliedMeasurements;
    /// use breakapart::segment::Segmentation;
    /// use breakapart::{Analyser, Assay, Field, PerColour, SpotPlace};
    /// use ndarray::Array2;
    /// let dark = || Array2::<u16>::from_elem((64, 64), 100);
    /// let field = Field::new("field_000", dark(), dark(), dark())?;
    /// let labels = Array2::from_shape_fn((64, 64), |(y, x)| u32::from(y.max(x) < 40));
    /// let spots = vec![SpotPlace { y_px: 12.5, x_px: 20.0 }];
    /// let supplied = SuppliedMeasurements {
    ///     nuclei: Some(Segmentation::from_labels(labels, field.counterstain.view())?),
    ///     signals: PerColour { red: Some(spots), green: None },
    /// };
    /// let measured = Analyser::new(Assay::builtin("alk")?)?.measure_field_with(&field, supplied)?;
    /// assert_eq!(measured.labels().get(39, 39), Some(1));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    pub fn measure_field_with(
        &self,
        field: &Field,
        supplied: SuppliedMeasurements,
    ) -> Result<FieldMeasurement> {
        self.measure_view_with(&field.view(), supplied)
    }

    fn measure_view_with(
        &self,
        field: &FieldView<'_>,
        supplied: SuppliedMeasurements,
    ) -> Result<FieldMeasurement> {
        picture::measure_supplied(field, supplied, &self.params)
    }

    /// Measures a slide in tiles, as [`Analyser::measure_field`] measures a field. The result does not depend on the number of
    /// threads, on how the slide is stored or on the memory that may be used. A slide of up to [`WHOLE_FIELD_PX`] is measured as a
    /// field.
    ///
    /// # Errors
    /// [`crate::Error::Limit`] if [`SlideOptions::memory_bytes`] is too little, with the number needed;
    /// [`crate::Error::Cancelled`] if `progress` ends it; [`crate::Error::Malformed`] if a sample is not a finite number; those of
    /// the source.
    ///
    /// ```
    /// use breakapart::analyse::SlideOptions;
    /// use breakapart::slide::{Part, PushedSlide, SlideFacts};
    /// use breakapart::{Analyser, Assay, PlaneView};
    /// use ndarray::Array2;
    /// let mut slide = PushedSlide::in_memory(SlideFacts::new("S1", 96, 128));
    /// let tile = Array2::<u16>::from_elem((96, 64), 100);
    /// for x0 in [64, 0] {
    ///     slide.push(Part { y0: 0, x0, y1: 96, x1: x0 + 64 }, [PlaneView::from(&tile); 3])?;
    /// }
    /// let analyser = Analyser::new(Assay::builtin("alk")?)?;
    /// let measured = analyser.measure_slide(&slide, &SlideOptions::default(), &())?;
    /// assert_eq!(measured.labels().dim(), (96, 128));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    pub fn measure_slide(
        &self,
        source: &dyn SlideSource,
        options: &SlideOptions,
        progress: &dyn Progress,
    ) -> Result<FieldMeasurement> {
        slide::measure(source, &self.params, options, progress)
    }

    /// Measures the tiles of one share of a slide, so that several machines measure it together.
    /// [`Analyser::join_slide_shares`] gives the measurement of the slide.
    ///
    /// # Errors
    /// As [`Analyser::measure_slide`]; [`crate::Error::Unsupported`] for a slide of up to [`WHOLE_FIELD_PX`], which is not
    /// measured in tiles.
    ///
    /// ```no_run
    /// use breakapart::analyse::{SlideOptions, SlideShare, SlideTiles};
    /// use breakapart::io::{ReadOptions, SlideFile};
    /// use breakapart::{Analyser, Assay};
    /// let slide = SlideFile::open("slide.ome.tif", &ReadOptions::default())?;
    /// let analyser = Analyser::new(Assay::builtin("alk")?)?;
    /// let options = SlideOptions::default();
    /// let share = |number| analyser.measure_slide_share(&slide, SlideShare::new(number, 2)?, &options, &());
    /// let shares: Vec<SlideTiles> = vec![share(1)?, share(2)?]; // each on a machine of its own
    /// let measured = analyser.join_slide_shares(&slide, shares, &options, &())?;
    /// println!("{} nuclei", measured.nuclei().len());
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    pub fn measure_slide_share(
        &self,
        source: &dyn SlideSource,
        share: SlideShare,
        options: &SlideOptions,
        progress: &dyn Progress,
    ) -> Result<SlideTiles> {
        slide::measure_share(source, &self.params, share, options, progress)
    }

    /// The measurement of a slide from the tiles of all its shares, in any order: the one of [`Analyser::measure_slide`]. Of the
    /// pixels only those of the survey are read.
    ///
    /// # Errors
    /// [`crate::Error::Undecided`] if a share is missing, comes twice, or is of another slide, other parameters or another
    /// version; those of [`Analyser::measure_slide_share`].
    pub fn join_slide_shares(
        &self,
        source: &dyn SlideSource,
        shares: Vec<SlideTiles>,
        options: &SlideOptions,
        progress: &dyn Progress,
    ) -> Result<FieldMeasurement> {
        slide::join(source, &self.params, shares, options, progress)
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
