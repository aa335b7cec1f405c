//! What the fields of a specimen tell of the microscope beside shift and crosstalk.

use crate::analyse::specimen::nucleus::NucleusRecord;
use crate::analyse::{AnalyseParams, FieldMeasurement};
use crate::calibrate::illumination::{self, Seen};
use crate::calibrate::{
    BleedThrough, CameraEstimate, Illumination, InstrumentParams, bleed_through, camera_noise as camera,
    locus_diameter,
};
use crate::colour::{Colour, PerColour};
use crate::detect::DetectParams;
use crate::detect::candidate::Candidate;
use crate::kernel::camera_noise::NoiseFit;
use crate::kernel::median::MEDIAN_ERROR;
use crate::segment::Nucleus;
use crate::setting::Setting;
use crate::statistics::weighted_mean;

/// Height of a signal over its noise, and over the highest of its nucleus and colour, from which it tells of the
/// illumination: doublets and signals, hardly anything else.
const MIN_SNR: f64 = 8.0;
const MIN_OF_HIGHEST: f64 = 0.4;

/// What the fields of a specimen tell of the microscope beside shift and crosstalk.
#[derive(Debug, Clone)]
pub(super) struct Calibration {
    /// Standard errors of the signal diameters: red, green.
    pub(super) diameter_errors_px: [Option<f64>; 2],
    /// Signals on which these were measured.
    pub(super) diameter_spots: [usize; 2],
    /// Noise of the camera in red and green.
    pub(super) camera_noise: [CameraEstimate; 2],
    /// Light of the counterstain in red and green.
    pub(super) counterstain_bleed: [Option<BleedThrough>; 2],
    /// Light over the field of counterstain, red and green.
    pub(super) illumination: [Option<Illumination>; 3],
}

impl Calibration {
    /// Estimates it.
    pub(super) fn estimate(
        fields: &[FieldMeasurement],
        diameters_px: [f64; 2],
        params: &AnalyseParams,
    ) -> Self {
        Self {
            diameter_errors_px: diameter_errors_px(fields, diameters_px),
            diameter_spots: [0, 1].map(|c| fields.iter().map(|f| f.channels[c].sigma_spots).sum()),
            camera_noise: camera_noise(fields, &params.detect),
            counterstain_bleed: counterstain_bleed(fields, &params.instrument),
            illumination: illumination(fields, &params.instrument),
        }
    }

    /// Measures the signal diameters again on the loci, where they are estimated. `diameters_px` are those of all spots.
    pub(super) fn measure_diameters(
        &mut self,
        nuclei: &[NucleusRecord],
        mut diameters_px: [f64; 2],
        params: &AnalyseParams,
    ) -> [f64; 2] {
        let found = locus_diameter::estimate(nuclei.iter().map(|n| &n.candidates), diameters_px.into());
        for (colour, of_loci) in found.iter() {
            let estimated = params.detect.signal_diameter_px[colour] == Setting::Estimate;
            if let Some(measured) = of_loci.filter(|_| estimated) {
                let c = colour.index();
                diameters_px[c] = measured.diameter_px;
                self.diameter_errors_px[c] = Some(measured.standard_error_px);
                self.diameter_spots[c] = measured.ends;
            }
        }
        diameters_px
    }
}

/// Evens out the heights of candidates if the illumination was supplied.
pub(super) fn even_out(fields: &mut [FieldMeasurement], params: &AnalyseParams) {
    if let Setting::Supplied(losses) = params.instrument.illumination {
        fields.iter_mut().for_each(|field| even_out_field(field, losses.into()));
    }
}

/// Standard errors of the signal diameters of a specimen, which are the medians of its fields.
fn diameter_errors_px(fields: &[FieldMeasurement], diameters_px: [f64; 2]) -> [Option<f64>; 2] {
    [0, 1].map(|c| {
        let of = |f: &FieldMeasurement| Some((f.channels[c].sigma_px.ln(), f.channels[c].sigma_log_error?));
        let (_, error) = weighted_mean(&fields.iter().filter_map(of).collect::<Vec<_>>())?;
        let of_median = if fields.len() > 2 { MEDIAN_ERROR } else { 1.0 };
        Some(of_median * error * diameters_px[c])
    })
}

/// Noise of the camera in red and green.
fn camera_noise(fields: &[FieldMeasurement], params: &DetectParams) -> [CameraEstimate; 2] {
    [0, 1].map(|c| {
        if let Setting::Supplied(known) = params.camera_noise[Colour::BOTH[c]] {
            return known.into();
        }
        let fits: Vec<NoiseFit> = fields.iter().map(|f| f.channels[c].noise_fit).collect();
        camera::over_fields(&fits)
    })
}

/// Light of the counterstain in red and green.
fn counterstain_bleed(fields: &[FieldMeasurement], params: &InstrumentParams) -> [Option<BleedThrough>; 2] {
    let nuclei: Vec<_> = fields.iter().flat_map(|f| f.lights.iter().copied()).collect();
    Colour::BOTH.map(|colour| match params.counterstain_into(colour) {
        Setting::Estimate => bleed_through::estimate(&nuclei, colour),
        Setting::Off => None,
        Setting::Supplied(fraction) => Some(BleedThrough::supplied(fraction, &nuclei)),
    })
}

/// Place of a pixel from the middle of its field in half diagonals.
fn relative_place((height, width): (usize, usize), [y, x]: [f64; 2]) -> [f64; 2] {
    let [cy, cx] = [height, width].map(|n| 0.5 * (n as f64 - 1.0));
    let corner = cy.hypot(cx).max(1.0);
    [(y - cy) / corner, (x - cx) / corner]
}

/// Light over the field of counterstain, red and green.
fn illumination(fields: &[FieldMeasurement], params: &InstrumentParams) -> [Option<Illumination>; 3] {
    let estimate = |seen: &dyn Fn(&FieldMeasurement) -> Vec<Seen>| {
        illumination::estimate(&fields.iter().flat_map(seen).collect::<Vec<_>>())
    };
    match params.illumination {
        Setting::Estimate => [
            estimate(&nuclei),
            estimate(&|f| signals(f, Colour::Red)),
            estimate(&|f| signals(f, Colour::Green)),
        ],
        Setting::Off => [None; 3],
        Setting::Supplied(PerColour { red, green }) => {
            [None, Some(Illumination::supplied(red)), Some(Illumination::supplied(green))]
        }
    }
}

/// Evens out the heights of candidates by a known fall-off of the light in red and green.
fn even_out_field(field: &mut FieldMeasurement, losses: [f64; 2]) {
    let dim = field.segmentation.labels.dim();
    for (channel, loss) in field.channels.iter_mut().zip(losses) {
        for c in &mut channel.candidates {
            let light = illumination::light(relative_place(dim, [c.y_px, c.x_px]), loss);
            for value in [&mut c.amplitude, &mut c.photon_sd, &mut c.texture_sd, &mut c.threshold] {
                *value /= light;
            }
        }
        for (noise, nucleus) in channel.nucleus_noise.iter_mut().zip(&field.segmentation.nuclei) {
            let place = relative_place(dim, [nucleus.centroid_y_px, nucleus.centroid_x_px]);
            *noise /= illumination::light(place, loss);
        }
    }
}

/// Light at a candidate over that in the middle of the field, as far as heights were evened out by it.
pub(super) fn light_at(
    field: &FieldMeasurement,
    params: &InstrumentParams,
    colour: Colour,
    c: &Candidate,
) -> f64 {
    params.illumination.supplied().map_or(1.0, |losses| {
        let place = relative_place(field.segmentation.labels.dim(), [c.y_px, c.x_px]);
        illumination::light(place, losses[colour])
    })
}

fn nuclei(field: &FieldMeasurement) -> Vec<Seen> {
    let lit = field.lights.iter().filter(|n| n.light[0] > 0.0 && !n.cut);
    lit.map(|n| Seen {
        place: relative_place(field.segmentation.labels.dim(), n.place),
        log_light: n.light[0].ln(),
    })
    .collect()
}

/// The mean log height of the signals of each nucleus.
fn signals(field: &FieldMeasurement, colour: Colour) -> Vec<Seen> {
    let mut heights: Vec<Vec<f64>> = vec![Vec::new(); field.segmentation.nuclei.len()];
    for c in &field.channels[colour.index()].candidates {
        let nucleus = (c.nucleus_id as usize).checked_sub(1).and_then(|i| heights.get_mut(i));
        if let Some(heights) = nucleus.filter(|_| c.snr() > MIN_SNR) {
            heights.push(c.amplitude);
        }
    }
    let seen = |(nucleus, heights): (&Nucleus, Vec<f64>)| {
        let highest = heights.iter().copied().reduce(f64::max)?;
        let logs: Vec<f64> =
            heights.iter().filter(|h| **h > MIN_OF_HIGHEST * highest).map(|h| h.ln()).collect();
        Some(Seen {
            place: relative_place(
                field.segmentation.labels.dim(),
                [nucleus.centroid_y_px, nucleus.centroid_x_px],
            ),
            log_light: logs.iter().sum::<f64>() / logs.len() as f64,
        })
    };
    // What is cut lies at the edge, and shows less of its signals.
    field.segmentation.nuclei.iter().zip(heights).filter(|n| !n.0.touches_border).filter_map(seen).collect()
}
