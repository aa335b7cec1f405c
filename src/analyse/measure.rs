//! What needs the pixels of a field: nuclei and candidates. Everything after works on these alone.

use std::sync::Arc;

use crate::analyse::byte_order;
use crate::analyse::depth::MeasuredDepth;
use crate::calibrate::noise_correlation::noise_correlations;
use crate::calibrate::nucleus_light::{self, NucleusLight};
use crate::calibrate::{InstrumentParams, bleed_through};
use crate::colour::{Colour, PerColour};
use crate::detect::DetectParams;
use crate::detect::depth::place_in_depth;
use crate::detect::find::{self, ChannelCandidates};
use crate::error::{Error, Result};
use crate::field::{ChannelRole, FieldNote, FieldView, PlaneView};
use crate::kernel::camera_noise;
use crate::label_image::LabelImage;
use crate::region::Regions;
use crate::segment::{Nucleus, SegmentNote, Segmentation};
use crate::setting::Setting;
use crate::slide::Part;
use crate::spot::SpotPlace;
use crate::units::PixelSize;

mod saturation;

use saturation::{limit, saturation};

/// The nuclei of a measured field: a [`Segmentation`] without an array of labels.
#[derive(Debug, Clone)]
pub(crate) struct FieldNuclei {
    pub(crate) labels: LabelImage,
    /// By id: `nuclei[i].id == i + 1`.
    pub(crate) nuclei: Vec<Nucleus>,
    pub(crate) diameter_px: Option<f64>,
    pub(crate) notes: Vec<SegmentNote>,
}

impl From<Segmentation> for FieldNuclei {
    fn from(found: Segmentation) -> Self {
        let Segmentation { labels, nuclei, diameter_px, notes } = found;
        Self { labels: LabelImage::from_array(&labels), nuclei, diameter_px, notes }
    }
}

/// Nuclei and signal candidates of one field: all that the reading of a specimen needs of its pixels.
#[derive(Debug, Clone)]
pub struct FieldMeasurement {
    pub(crate) name: String,
    pub(crate) pixel_size: Option<PixelSize>,
    pub(crate) segmentation: FieldNuclei,
    pub(crate) channels: [ChannelCandidates; 2],
    pub(crate) saturated: [f64; 3],
    /// Share of each nucleus, by id from 1, in which the more saturated probe channel is at its limit; empty if none
    /// is anywhere.
    pub(crate) nucleus_saturated: Vec<f64>,
    /// Correlation of the noise of red and green, counterstain and red, counterstain and green.
    pub(crate) noise_correlation: [Option<f64>; 3],
    /// Channels whose samples make a picture only with their bytes exchanged.
    pub(crate) bytes_swapped: Vec<ChannelRole>,
    /// Light of the nuclei above their surroundings.
    pub(crate) lights: Vec<NucleusLight>,
    /// Facts about how the field was read.
    pub(crate) notes: Vec<FieldNote>,
    /// Parts without nuclei in which no signal was sought.
    pub(crate) not_searched: Vec<Part>,
    /// The depth of a field that was read from a stack.
    pub(super) depth: Option<MeasuredDepth>,
    /// Where nuclei are counted; `None` = everywhere.
    pub(crate) regions: Option<Arc<Regions>>,
}

impl FieldMeasurement {
    /// The field's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The label image: 0 = background, otherwise a nucleus id.
    #[must_use]
    pub fn labels(&self) -> &LabelImage {
        &self.segmentation.labels
    }

    /// The nuclei: `nuclei()[i].id == i + 1`.
    #[must_use]
    pub fn nuclei(&self) -> &[Nucleus] {
        &self.segmentation.nuclei
    }

    /// The same field with the areas in which its nuclei are counted. Those of one file can be attached to several fields:
    /// [`crate::region`] says which of them belong to this one. The fields of a specimen have regions all or none.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use breakapart::region::{RegionOptions, Regions};
    /// use breakapart::{Analyser, Assay, Field, Location};
    /// use ndarray::Array2;
    /// let text = r#"{"type": "Polygon", "coordinates": [[[0, 0], [40, 0], [40, 40], [0, 0]]]}"#;
    /// let regions = Regions::from_geojson(text, &Location::file("a.geojson"), &RegionOptions::default())?;
    /// let dark = || Array2::<u16>::from_elem((64, 64), 100);
    /// let field = Field::new("field_000", dark(), dark(), dark())?;
    /// let analyser = Analyser::new(Assay::builtin("alk")?)?;
    /// let measured = analyser.measure_field(&field)?.with_regions(Arc::new(regions));
    /// let summary = analyser.read_specimen("S1", vec![measured])?.summary;
    /// assert_eq!(summary.regions[0].name, "region 1");
    /// assert_eq!(summary.outside_region.map(|outside| outside.nuclei), Some(0));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn with_regions(mut self, regions: Arc<Regions>) -> Self {
        self.regions = Some(regions);
        self
    }
}

/// What another program measured in a field. What it did not is measured as usual.
///
/// [`Analyser::measure_field_with`](crate::Analyser::measure_field_with) says what becomes of it.
#[derive(Debug, Clone, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct SuppliedMeasurements {
    /// The nuclei, such as of [`Segmentation::from_labels`].
    pub nuclei: Option<Segmentation>,
    /// The places of the spots of each colour, over the whole field.
    pub signals: PerColour<Option<Vec<SpotPlace>>>,
}

/// What is known of the signals of a field before it is measured.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known<'a> {
    /// Places of spots.
    pub(super) spots: Option<&'a PerColour<Option<Vec<SpotPlace>>>>,
    /// Another part of the same picture, whose noise, width and filter are those of this one.
    pub(super) like: Option<&'a FieldMeasurement>,
}

impl<'a> Known<'a> {
    fn spots(self, colour: Colour) -> Option<&'a [SpotPlace]> {
        self.spots.and_then(|spots| spots[colour].as_deref())
    }
}

/// Measures a field whose nuclei are known, and perhaps the places of its spots.
pub(super) fn measure(
    field: &FieldView<'_>,
    segmentation: Segmentation,
    params: &DetectParams,
    instrument: &InstrumentParams,
    known: Known<'_>,
) -> Result<FieldMeasurement> {
    params.validate()?;
    instrument.validate()?;
    if segmentation.labels.dim() != field.dim() {
        let (height, width) = segmentation.labels.dim();
        let (h, w) = field.dim();
        return Err(Error::parameter(
            "size of the label image",
            format!("{height} x {width} px"),
            format!("{h} x {w} px, as the field"),
        ));
    }
    for colour in Colour::BOTH {
        check_places(known.spots(colour).unwrap_or_default(), colour, field.dim())?;
    }
    let like = known.like;
    let find = |colour: Colour| {
        let like = like.map(|like| &like.channels[colour.index()]);
        let within = (&segmentation, known.spots(colour));
        candidates(field, within, colour, params, instrument, like)
    };
    let planes = field.planes();
    let swapped = || {
        let swapped =
            ChannelRole::ALL.into_iter().zip(planes).filter(|(_, plane)| byte_order::is_swapped(*plane));
        swapped.map(|(role, _)| role).collect()
    };
    let bytes_swapped = like.map_or_else(swapped, |like| like.bytes_swapped.clone());
    let ((red, green), ((saturated, nucleus_saturated), noise_correlation, lights)) = rayon::join(
        || rayon::join(|| find(Colour::Red), || find(Colour::Green)),
        || {
            (
                saturation(planes, field.saturation_level, &segmentation),
                like.map_or_else(|| noise_correlations(planes), |like| like.noise_correlation),
                nucleus_light::of_nuclei(planes, &segmentation),
            )
        },
    );
    let mut channels = [red, green];
    if let Some(depth) = field.depth {
        for (colour, found) in Colour::BOTH.into_iter().zip(&mut channels) {
            place_in_depth(found, colour, depth);
        }
    }
    let depth = field.depth.map(|depth| MeasuredDepth::of(depth, &segmentation));
    Ok(FieldMeasurement {
        name: field.name.to_owned(),
        pixel_size: field.pixel_size,
        segmentation: segmentation.into(),
        channels,
        saturated,
        nucleus_saturated,
        noise_correlation,
        bytes_swapped,
        lights,
        notes: field.notes.to_vec(),
        not_searched: Vec::new(),
        depth,
        regions: None,
    })
}

/// Checks that supplied spots lie in the field.
fn check_places(places: &[SpotPlace], colour: Colour, (height, width): (usize, usize)) -> Result<()> {
    let outside = places.iter().enumerate().find(|(_, place)| !place.lies_in((height, width)));
    outside.map_or(Ok(()), |(index, place)| {
        let name = format!("place of the supplied {colour} spot {index}");
        let allowed = format!("finite, in a field of {height} x {width} px");
        Err(Error::parameter(name, format!("({}, {}) px", place.y_px, place.x_px), allowed))
    })
}

/// The candidates of a colour, found without the counterstain's light if the bleed-through was supplied.
fn candidates(
    field: &FieldView<'_>,
    (segmentation, spots): (&Segmentation, Option<&[SpotPlace]>),
    colour: Colour,
    params: &DetectParams,
    instrument: &InstrumentParams,
    like: Option<&ChannelCandidates>,
) -> ChannelCandidates {
    let probe = field.probe(colour);
    let known = instrument.counterstain_into(colour).supplied().filter(|fraction| *fraction > 0.0);
    let own = known.map(|fraction| {
        let limit = limit(probe, field.saturation_level);
        bleed_through::subtract(probe, field.counterstain, &segmentation.labels, fraction, limit)
    });
    let Some(own) = own else {
        return match like {
            Some(like) => find::candidates_like(probe, segmentation, field.pixel_size, params, like),
            None => find::candidates(probe, colour, (segmentation, spots), field.pixel_size, params),
        };
    };
    if let Some(like) = like {
        let plane = PlaneView::from(&own);
        return find::candidates_like(plane, segmentation, field.pixel_size, params, like);
    }
    let mut params = params.clone();
    if let Setting::Supplied(_) = params.camera_noise[colour] {
        params.camera_noise[colour] = Setting::Estimate;
    }
    let plane = PlaneView::from(&own);
    let mut found = find::candidates(plane, colour, (segmentation, spots), field.pixel_size, &params);
    // The difference has not the camera's noise.
    let with_gain = params.camera_noise[colour] == Setting::Estimate;
    found.noise_fit = camera_noise::estimate(probe, None, with_gain);
    found
}
