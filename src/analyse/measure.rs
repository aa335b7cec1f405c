//! What needs the pixels of a field: nuclei and candidates. Everything after works on these alone.

use std::sync::Arc;

use ndarray::Array2;

use crate::analyse::byte_order;
use crate::analyse::depth::MeasuredDepth;
use crate::calibrate::noise_correlation::noise_correlations;
use crate::calibrate::nucleus_light::{self, NucleusLight};
use crate::calibrate::{InstrumentParams, bleed_through};
use crate::colour::Colour;
use crate::detect::DetectParams;
use crate::detect::depth::place_in_depth;
use crate::detect::find::{self, ChannelCandidates};
use crate::error::{Error, Result};
use crate::field::{ChannelRole, Field, FieldNote, Plane, PlaneView};
use crate::kernel::camera_noise;
use crate::kernel::dispatch::vectorised;
use crate::region::Regions;
use crate::segment::Segmentation;
use crate::setting::Setting;
use crate::units::PixelSize;

/// Nuclei and signal candidates of one field: all that the reading of a specimen needs of its pixels.
#[derive(Debug, Clone)]
pub struct FieldMeasurement {
    pub(crate) name: String,
    pub(crate) pixel_size: Option<PixelSize>,
    pub(crate) segmentation: Segmentation,
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
    pub fn labels(&self) -> &Array2<u32> {
        &self.segmentation.labels
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

/// Measures a field whose nuclei are known.
pub(super) fn measure(
    field: &Field,
    segmentation: Segmentation,
    params: &DetectParams,
    instrument: &InstrumentParams,
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
    let find = |colour| candidates(field, &segmentation, colour, params, instrument);
    let planes = [field.counterstain.view(), field.red.view(), field.green.view()];
    let swapped =
        ChannelRole::ALL.into_iter().zip(planes).filter(|(_, plane)| byte_order::is_swapped(*plane));
    let bytes_swapped = swapped.map(|(role, _)| role).collect();
    let ((red, green), ((saturated, nucleus_saturated), noise_correlation, lights)) = rayon::join(
        || rayon::join(|| find(Colour::Red), || find(Colour::Green)),
        || {
            (
                saturation(field, &segmentation),
                noise_correlations(planes),
                nucleus_light::of_nuclei(field, &segmentation),
            )
        },
    );
    let mut channels = [red, green];
    if let Some(depth) = &field.depth {
        for (colour, found) in Colour::BOTH.into_iter().zip(&mut channels) {
            place_in_depth(&mut found.candidates, colour, depth);
        }
    }
    let depth = field.depth.as_ref().map(|depth| MeasuredDepth::of(depth, &segmentation));
    Ok(FieldMeasurement {
        name: field.name.clone(),
        pixel_size: field.pixel_size,
        segmentation,
        channels,
        saturated,
        nucleus_saturated,
        noise_correlation,
        bytes_swapped,
        lights,
        notes: field.notes.clone(),
        depth,
        regions: None,
    })
}

/// The candidates of a colour, found without the counterstain's light if the bleed-through was supplied.
fn candidates(
    field: &Field,
    segmentation: &Segmentation,
    colour: Colour,
    params: &DetectParams,
    instrument: &InstrumentParams,
) -> ChannelCandidates {
    let probe = field.probe(colour);
    let known = instrument.counterstain_into(colour).supplied().filter(|fraction| *fraction > 0.0);
    let own = known.map(|fraction| {
        let limit = limit(probe, field.saturation_level);
        bleed_through::subtract(probe, field.counterstain.view(), &segmentation.labels, fraction, limit)
    });
    let Some(own) = own else {
        return find::candidates(probe, colour, segmentation, field.pixel_size, params);
    };
    let mut params = params.clone();
    if let Setting::Supplied(_) = params.camera_noise[colour] {
        params.camera_noise[colour] = Setting::Estimate;
    }
    let plane = PlaneView::from(&own);
    let mut found = find::candidates(plane, colour, segmentation, field.pixel_size, &params);
    // The difference has not the camera's noise.
    let with_gain = params.camera_noise[colour] == Setting::Estimate;
    found.noise_fit = camera_noise::estimate(probe, None, with_gain);
    found
}

/// Saturated shares of the channels, and of the nuclei if there are any.
fn saturation(field: &Field, segmentation: &Segmentation) -> ([f64; 3], Vec<f64>) {
    let level = field.saturation_level;
    let saturated =
        [&field.counterstain, &field.red, &field.green].map(|plane| saturated_share(plane, level));
    let of_nuclei = if saturated[1] > 0.0 || saturated[2] > 0.0 {
        saturated_nuclei([&field.red, &field.green], level, segmentation)
    } else {
        Vec::new()
    };
    (saturated, of_nuclei)
}

/// The level from which a sample is at the camera's limit; `None` where there is no limit. A level that is no number is none.
fn limit(plane: PlaneView<'_>, level: Option<f32>) -> Option<f32> {
    let level = level.filter(|level| !level.is_nan());
    match plane {
        PlaneView::U8(_) => Some(f32::from(u8::MAX)),
        PlaneView::U16(_) => Some(level.map_or(f32::from(u16::MAX), |l| l.clamp(0.0, f32::from(u16::MAX)))),
        PlaneView::F32(_) => level,
    }
}

/// Share of each nucleus that is at the limit, in the plane in which it is larger.
fn saturated_nuclei(planes: [&Plane; 2], level: Option<f32>, segmentation: &Segmentation) -> Vec<f64> {
    let mut shares = vec![0.0_f64; segmentation.nuclei.len()];
    for plane in planes {
        let Some(limit) = limit(plane.view(), level) else { continue };
        let mut counts = vec![0_usize; shares.len()];
        let mut row = vec![0.0_f32; plane.dim().1];
        for (y, labels) in segmentation.labels.rows().into_iter().enumerate() {
            plane.view().read_row(y, 0, &mut row);
            for (&label, _) in labels.iter().zip(&row).filter(|(label, v)| **label > 0 && **v >= limit) {
                if let Some(count) = counts.get_mut(label as usize - 1) {
                    *count += 1;
                }
            }
        }
        for ((share, count), nucleus) in shares.iter_mut().zip(counts).zip(&segmentation.nuclei) {
            *share = share.max(count as f64 / nucleus.area_px.max(1) as f64);
        }
    }
    shares
}

/// Share of samples at the highest level that the camera can give: as stated by the file, or the highest of
/// the sample type.
fn saturated_share(plane: &Plane, level: Option<f32>) -> f64 {
    // By chunks, in a narrow type that holds the count of one: many samples at a time.
    fn count<T: Copy>(a: &Array2<T>, saturated: impl Fn(T) -> bool) -> usize {
        let Some(all) = a.as_slice_memory_order() else {
            return a.iter().filter(|v| saturated(**v)).count();
        };
        vectorised(
            #[inline(always)]
            || {
                let mut count = 0;
                for chunk in all.chunks(4096) {
                    let mut of_chunk = 0_u16;
                    for v in chunk {
                        of_chunk += u16::from(saturated(*v));
                    }
                    count += usize::from(of_chunk);
                }
                count
            },
        )
    }
    let limit = limit(plane.view(), level);
    let count = limit.map_or(0, |limit| match plane {
        Plane::U8(a) => count(a, |v| v == u8::MAX),
        Plane::U16(a) => {
            let limit = limit.ceil() as u16;
            count(a, |v| v >= limit)
        }
        Plane::F32(a) => count(a, |v| v >= limit),
    });
    let (height, width) = plane.dim();
    count as f64 / ((height * width).max(1)) as f64
}

#[cfg(test)]
mod tests;
