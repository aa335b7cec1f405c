//! Candidates: every spot-like maximum of a probe channel, with what is needed to judge it.

use crate::colour::Colour;
use crate::detect::blur::Dimming;
use crate::detect::clipped::{self, CutOff};
use crate::detect::filter::MatchedFilter;
use crate::detect::maxima::{Maxima, Surroundings, refine};
use crate::detect::params::DetectParams;
use crate::detect::scan::{Found, Scan};
use crate::detect::scene::{Scene, reborrow, samples};
use crate::detect::sigma::Width;
use crate::detect::width::Ladder;
use crate::detect::{bank, hot, local_noise, masked, sigma};
use crate::field::PlaneView;
use crate::kernel::camera_noise::{self, Noise, NoiseFit};
use crate::segment::Segmentation;
use crate::setting::Setting;
use crate::units::PixelSize;
use ndarray::Array2;

/// Full width at half maximum of a Gaussian over its sigma.
pub(crate) const FWHM_PER_SIGMA: f64 = 2.354_820_045;

/// A spot-like maximum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    /// Sub-pixel row.
    pub(crate) y_px: f64,
    /// Sub-pixel column.
    pub(crate) x_px: f64,
    /// Nucleus it belongs to, 0 = none.
    pub(crate) nucleus_id: u32,
    /// Height above the local background, grey levels.
    pub(crate) amplitude: f64,
    /// Standard deviation of the amplitude from camera noise alone.
    pub(crate) photon_sd: f64,
    /// Standard deviation of the filter response around it: camera noise and texture together.
    pub(crate) texture_sd: f64,
    /// Fitted sigma, px; the channel's where it could not be fitted.
    pub(crate) sigma_px: f64,
    /// Fitted sigma over the channel's.
    pub(crate) width_ratio: f64,
    /// Local background, grey levels.
    pub(crate) background: f64,
    /// Height from which it is a candidate: over camera noise, and over texture.
    pub(crate) threshold: f64,
}

impl Candidate {
    /// Noise of the amplitude: whichever of camera and texture is larger.
    pub(crate) fn noise_sd(&self) -> f64 {
        self.photon_sd.max(self.texture_sd)
    }

    /// Amplitude over its noise.
    pub(crate) fn snr(&self) -> f64 {
        self.amplitude / self.noise_sd()
    }

    /// Standard deviation per axis of the position from noise, px (a spot's sigma over its SNR).
    pub(crate) fn position_sd_px(&self) -> f64 {
        self.sigma_px / self.width_ratio / self.snr()
    }

    /// Distance between two candidates, px.
    pub(crate) fn distance_px(&self, other: &Self) -> f64 {
        (self.y_px - other.y_px).hypot(self.x_px - other.x_px)
    }
}

/// The candidates of one channel of one field, with how they were found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ChannelCandidates {
    pub(crate) candidates: Vec<Candidate>,
    /// Signal sigma used, px.
    pub(crate) sigma_px: f64,
    /// Number of spots it was measured on; 0 = nominal.
    pub(crate) sigma_spots: usize,
    /// Standard error of the logarithm of the width; `None` where it was not measured.
    pub(crate) sigma_log_error: Option<f64>,
    /// What the signals themselves measure where another width was used.
    pub(crate) width_seen: Option<Width>,
    pub(crate) noise: Noise,
    /// What the image itself tells of its noise, also where another is used.
    pub(crate) noise_fit: NoiseFit,
    pub(crate) filter: MatchedFilter,
    /// What it makes of signals out of focus.
    pub(crate) dimming: Dimming,
    /// Number of pixels with data.
    pub(crate) data_px: usize,
    /// Tops at the camera's limit, where nuclei are known.
    pub(crate) cut_off: CutOff,
    /// Spread of the filter response in each nucleus, by id from 1: what a signal must stand out from there.
    pub(crate) nucleus_noise: Vec<f64>,
    /// Spread of the filter response around each candidate, from many points; none where nuclei are known.
    pub(crate) local_noise: Vec<f64>,
}

/// Finds the candidates of a plane. With a segmentation, those outside all nuclei have nucleus id 0, and
/// widths and filters are learned from those inside.
pub(crate) fn find(
    plane: PlaneView<'_>,
    colour: Colour,
    segmentation: Option<&Segmentation>,
    pixel_size: Option<PixelSize>,
    params: &DetectParams,
) -> ChannelCandidates {
    let filled = masked::fill(plane);
    let no_data = filled.as_ref().map(|f| &f.no_data);
    let noise_setting = params.camera_noise[colour.index()];
    let noise_fit = camera_noise::estimate(plane, no_data, noise_setting != Setting::Off);
    let noise = noise_setting.supplied().map_or(noise_fit.noise, |camera| camera.noise());
    let plane = filled.as_ref().map_or_else(|| reborrow(&plane), |f| PlaneView::from(&f.image));
    let without_hot = hot::fill(plane, &noise, pixel_size, params.min_sigma_px);
    let plane = without_hot.as_ref().map_or(plane, PlaneView::from);
    let nominal = params.nominal_sigma_px(pixel_size);
    let (whole, cut_off) = segmentation
        .map(|s| {
            let margin_px = params.nucleus_margin_um_to_px(pixel_size, nominal);
            let in_nucleus = |y: usize, x: usize| nearest_nucleus(&s.labels, y, x, margin_px) > 0;
            clipped::fill(reborrow(&plane), &noise, nominal, in_nucleus)
        })
        .unwrap_or_default();
    let plane = whole.as_ref().map_or(plane, PlaneView::from);
    let scene = Scene::new(plane, no_data, segmentation, &noise, params);
    let samples = samples(&scene);
    let measured_width = sigma::measure(&samples, nominal, pixel_size.is_some());
    let (signal_width, width_seen) = match params.signal_diameter_px[colour.index()] {
        Setting::Estimate => (measured_width, None),
        Setting::Supplied(diameter_px) => {
            (Width::unmeasured(diameter_px / FWHM_PER_SIGMA), Some(measured_width))
        }
        Setting::Off => (Width::unmeasured(nominal), Some(measured_width)),
    };
    let sigma_px = signal_width.sigma_px;
    let filter = bank::choose(&samples, sigma_px);
    let (ladder, surroundings) = (Ladder::new(sigma_px), Surroundings::new(sigma_px));
    // Where nuclei are known, the spread in them is what counts.
    let alone = segmentation.is_none().then(|| local_noise::surroundings(sigma_px));
    let grow_px = params.nucleus_margin_um_to_px(pixel_size, sigma_px);
    let scan = Scan {
        scene: &scene,
        filter: &filter,
        maxima: Maxima::new(&scene, &filter, params.candidate_snr),
        nuclei: segmentation.map_or(&[], |s| &s.nuclei),
        reach: surroundings.reach().max(alone.as_ref().map_or(0, Surroundings::reach)),
    };
    let threshold = |photon_sd: f64, texture_sd: f64| {
        (params.candidate_snr * photon_sd).max(params.candidate_texture_snr * texture_sd)
    };
    let found = scan.run(|workspace, response, (y, x)| {
        let (y_px, x_px) = refine(response, y, x);
        // The top of a signal at the camera's limit is flat: its width says nothing.
        let shape = ladder.fit(workspace, plane, y_px, x_px).filter(|_| !is_clipped(plane, y, x));
        let amplitude = f64::from(response.get(y, x)?);
        let background = shape.map_or_else(|| f64::from(plane.at(y, x)) - amplitude, |s| s.background);
        let photon_sd = filter.amplitude_sd(&noise, background, amplitude);
        // What noise alone may be need not be compared with its surroundings.
        if amplitude <= threshold(photon_sd, 0.0) {
            return None;
        }
        let texture_sd = surroundings.own_texture_sd(&scene, response, (y, x), background);
        let threshold = threshold(photon_sd, texture_sd.unwrap_or(0.0));
        (amplitude > threshold).then(|| {
            let candidate = Candidate {
                y_px,
                x_px,
                nucleus_id: segmentation.map_or(0, |s| nearest_nucleus(&s.labels, y, x, grow_px)),
                amplitude,
                photon_sd,
                texture_sd: texture_sd.unwrap_or(0.0),
                sigma_px: shape.map_or(sigma_px, |s| s.sigma_px),
                width_ratio: shape.map_or(1.0, |s| s.sigma_px / sigma_px),
                background,
                threshold,
            };
            let local = alone.as_ref().map(|s| s.own_texture_sd(&scene, response, (y, x), background));
            (candidate, texture_sd.is_some(), local)
        })
    });
    let Found { made, overall, nucleus_noise } = found;
    // Where too little around a candidate shows its texture, that of the whole plane counts.
    let (candidates, local_noise): (Vec<Candidate>, Vec<Option<f64>>) = made
        .into_iter()
        .map(|(mut candidate, has_texture, local)| {
            if !has_texture {
                candidate.texture_sd = overall;
                candidate.threshold = threshold(candidate.photon_sd, overall);
            }
            (candidate, local.map(|sd| sd.unwrap_or(overall)))
        })
        .filter(|(c, _)| c.amplitude > c.threshold)
        .unzip();
    let local_noise = local_noise.into_iter().flatten().collect();
    let (height, width) = plane.dim();
    let data_px = no_data.map_or(height * width, |n| n.iter().filter(|missing| !**missing).count());
    ChannelCandidates {
        candidates,
        sigma_px,
        sigma_spots: signal_width.spots,
        sigma_log_error: signal_width.log_error,
        width_seen,
        noise,
        noise_fit,
        dimming: Dimming::of(&filter),
        filter,
        data_px,
        cut_off,
        nucleus_noise,
        local_noise,
    }
}

/// Whether a maximum is cut off at the camera's limit: most of the pixels around it have just its value.
fn is_clipped(plane: PlaneView<'_>, y: usize, x: usize) -> bool {
    let (height, width) = plane.dim();
    let top = plane.at(y, x);
    let around = (y.saturating_sub(1)..(y + 2).min(height))
        .flat_map(|v| (x.saturating_sub(1)..(x + 2).min(width)).map(move |u| (v, u)));
    around.filter(|&(v, u)| plane.at(v, u) == top).count() > 4
}

/// The nucleus at a pixel, or else the nearest one within `grow_px`; 0 if none.
pub(crate) fn nearest_nucleus(labels: &Array2<u32>, y: usize, x: usize, grow_px: f64) -> u32 {
    let here = labels[(y, x)];
    if here != 0 {
        return here;
    }
    let (height, width) = labels.dim();
    let r = grow_px.floor() as isize;
    let mut best = (grow_px * grow_px + 1e-9, 0);
    for dy in -r..=r {
        for dx in -r..=r {
            let (yy, xx) = (y as isize + dy, x as isize + dx);
            if yy < 0 || xx < 0 || yy >= height as isize || xx >= width as isize {
                continue;
            }
            let label = labels[(yy as usize, xx as usize)];
            let distance = (dy * dy + dx * dx) as f64;
            if label != 0 && distance < best.0 {
                best = (distance, label);
            }
        }
    }
    best.1
}
