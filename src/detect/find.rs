//! The candidates of one channel: the plane is restored, the width of its signals measured, the filter selected, and every
//! maximum of the filtered plane measured.

use crate::colour::Colour;
use crate::detect::candidate::{Candidate, FWHM_PER_SIGMA};
use crate::detect::defocus::DefocusAttenuation;
use crate::detect::filter::MatchedFilter;
use crate::detect::maxima::{Maxima, Surroundings, refine};
use crate::detect::nearest_nucleus::nearest_nucleus;
use crate::detect::params::DetectParams;
use crate::detect::response::Response;
use crate::detect::restore::Restored;
use crate::detect::restore::clipped_peaks::ClippedPeaks;
use crate::detect::restore::floor::Floor;
use crate::detect::scan::{Found, Scan};
use crate::detect::search_image::{SearchImage, samples};
use crate::detect::signal_width::Width;
use crate::detect::spot_width::{Ladder, Workspace};
use crate::detect::supplied::{SuppliedPlaces, SuppliedSpots};
use crate::detect::{filter_bank, local_noise, signal_width};
use crate::field::PlaneView;
use crate::kernel::camera_noise::{Noise, NoiseFit};
use crate::segment::Segmentation;
use crate::setting::Setting;
use crate::spot::SpotPlace;
use crate::units::PixelSize;

/// Height over the local spread of the filter response (noise and texture) from which a maximum is a candidate, in standard
/// deviations.
pub(crate) const CANDIDATE_TEXTURE_SNR: f64 = 3.0;

/// The candidates of one channel of one field, and the measurements that they were found with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ChannelCandidates {
    pub(crate) candidates: Vec<Candidate>,
    /// Sigma of the signals that the filter was made for, px.
    pub(crate) sigma_px: f64,
    /// Number of spots that it was measured on; 0 = nominal or supplied.
    pub(crate) sigma_spots: usize,
    /// Standard error of its logarithm; `None` if it was not measured.
    pub(crate) sigma_log_error: Option<f64>,
    /// The width that the signals show, if another one was used.
    pub(crate) width_seen: Option<Width>,
    /// The noise that detection used.
    pub(crate) noise: Noise,
    /// The noise that the image itself shows, also where another one is used.
    pub(crate) noise_fit: NoiseFit,
    pub(crate) filter: MatchedFilter,
    /// Attenuation of signals out of focus by that filter.
    pub(crate) attenuation: DefocusAttenuation,
    /// Pixels along each axis over which the noise goes together.
    pub(crate) noise_scale_px: usize,
    /// The background that was cut off, if it was.
    pub(crate) cut_off: Option<CutOff>,
    /// The darkest level of the plane: brightness is measured from it.
    pub(crate) darkest: f64,
    /// Number of pixels with data.
    pub(crate) data_px: usize,
    /// Clipped peaks in nuclei; none where nuclei are not known.
    pub(crate) clipped: ClippedPeaks,
    /// Spread of the filter response in each nucleus, by id from 1: a signal must stand out from it.
    pub(crate) nucleus_noise: Vec<f64>,
    /// Spread of the filter response around each candidate, from many points; empty where nuclei are known.
    pub(crate) local_noise: Vec<f64>,
    /// Spots of another program, if its places are the candidates.
    pub(crate) supplied: Option<SuppliedSpots>,
}

/// A background that was cut off at one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CutOff {
    /// Smallest distance of two grey levels of the plane.
    pub(crate) step: f64,
    /// Pixels of nuclei at that level, and all pixels of nuclei.
    pub(crate) at_floor_px: usize,
    pub(crate) nuclei_px: usize,
}

impl CutOff {
    fn of(floor: Floor, plane: PlaneView<'_>, segmentation: &Segmentation) -> Self {
        let mut cut = Self { step: f64::from(floor.step), at_floor_px: 0, nuclei_px: 0 };
        let mut row = vec![0.0; plane.dim().1];
        for (y, labels) in segmentation.labels.rows().into_iter().enumerate() {
            plane.read_row(y, 0, &mut row);
            for (_, value) in labels.iter().zip(&row).filter(|(label, _)| **label > 0) {
                cut.nuclei_px += 1;
                cut.at_floor_px += usize::from(*value <= floor.level);
            }
        }
        cut
    }
}

/// Finds the candidates of a plane. Candidates outside all nuclei have nucleus id 0; width and filter are fitted to the
/// candidates inside. Of `supplied` places, which lie in the plane, those that stand out of the noise are the candidates.
pub(crate) fn candidates(
    plane: PlaneView<'_>,
    colour: Colour,
    (segmentation, supplied): (&Segmentation, Option<&[SpotPlace]>),
    pixel_size: Option<PixelSize>,
    params: &DetectParams,
) -> ChannelCandidates {
    let noise = params.camera_noise[colour];
    let mut restored = Restored::new(plane, noise, pixel_size);
    let nominal_px = params.nominal_sigma_px(pixel_size);
    let margin_px = params.nucleus_margin_px(pixel_size, nominal_px);
    restored
        .restore_clipped_peaks(nominal_px, |y, x| nearest_nucleus(&segmentation.labels, y, x, margin_px) > 0);
    let within = Some((segmentation, supplied));
    let mut found = candidates_of(&restored, colour, within, pixel_size, params);
    found.cut_off = restored.floor.map(|floor| CutOff::of(floor, plane, segmentation));
    found
}

/// Finds the candidates of a part of a larger picture, with the noise, the width and the filter of another part of it.
pub(crate) fn candidates_like(
    plane: PlaneView<'_>,
    segmentation: &Segmentation,
    pixel_size: Option<PixelSize>,
    params: &DetectParams,
    like: &ChannelCandidates,
) -> ChannelCandidates {
    let noise = (like.noise, like.noise_fit, like.noise_scale_px);
    let mut restored = Restored::of_part(plane, noise, pixel_size);
    let nominal_px = params.nominal_sigma_px(pixel_size);
    let margin_px = params.nucleus_margin_px(pixel_size, nominal_px);
    restored
        .restore_clipped_peaks(nominal_px, |y, x| nearest_nucleus(&segmentation.labels, y, x, margin_px) > 0);
    let mut image =
        SearchImage::new(restored.plane(), restored.no_data.as_ref(), Some(segmentation), &restored.noise);
    image.darkest = like.darkest;
    let width = Width { sigma_px: like.sigma_px, spots: like.sigma_spots, log_error: like.sigma_log_error };
    let within = Some((segmentation, None));
    let found = search(&image, within, width.sigma_px, &like.filter, pixel_size, params);
    let (darkest, width_seen, filter) = (like.darkest, like.width_seen, like.filter.clone());
    let mut found = gathered(&restored, darkest, (width, width_seen), filter, found);
    found.cut_off = (restored.floor)
        .filter(|_| like.cut_off.is_some())
        .map(|floor| CutOff::of(floor, plane, segmentation));
    found
}

/// Finds the candidates of a restored plane, anywhere if nuclei are not known; at supplied places if there are any.
pub(crate) fn candidates_of(
    restored: &Restored<'_>,
    colour: Colour,
    within: Option<(&Segmentation, Option<&[SpotPlace]>)>,
    pixel_size: Option<PixelSize>,
    params: &DetectParams,
) -> ChannelCandidates {
    let segmentation = within.map(|(segmentation, _)| segmentation);
    let (plane, no_data, noise) = (restored.plane(), restored.no_data.as_ref(), restored.noise);
    let image = SearchImage::new(plane, no_data, segmentation, &noise);
    let samples = samples(&image);
    let nominal_px = params.nominal_sigma_px(pixel_size);
    let measured = signal_width::measure(&samples, nominal_px, pixel_size.is_some());
    let (used, width_seen) = match params.signal_diameter_px[colour] {
        Setting::Estimate => (measured, None),
        Setting::Supplied(diameter_px) => (Width::unmeasured(diameter_px / FWHM_PER_SIGMA), Some(measured)),
        Setting::Off => (Width::unmeasured(nominal_px), Some(measured)),
    };
    let filter = filter_bank::select(&samples, used.sigma_px, params.candidate_snr);
    let found = search(&image, within, used.sigma_px, &filter, pixel_size, params);
    gathered(restored, image.darkest, (used, width_seen), filter, found)
}

/// Searches a plane by a filter. At supplied places the candidates are measured there, beside those that the filter finds.
fn search(
    image: &SearchImage<'_>,
    within: Option<(&Segmentation, Option<&[SpotPlace]>)>,
    sigma_px: f64,
    filter: &MatchedFilter,
    pixel_size: Option<PixelSize>,
    params: &DetectParams,
) -> SearchResult {
    let segmentation = within.map(|(segmentation, _)| segmentation);
    let search = Search {
        image,
        segmentation,
        filter,
        ladder: Ladder::new(sigma_px),
        surroundings: Surroundings::new(sigma_px),
        wide_surroundings: segmentation.is_none().then(|| local_noise::surroundings(sigma_px)),
        candidate_snr: params.candidate_snr,
        margin_px: params.nucleus_margin_px(pixel_size, sigma_px),
        sigma_px,
    };
    let mut found = search.run();
    let supplied = within.and_then(|(segmentation, places)| Some((segmentation, places?)));
    found.supplied = supplied.map(|(segmentation, places)| {
        let own = std::mem::replace(&mut found.candidates, search.at(places));
        let nuclei = (segmentation, search.margin_px);
        SuppliedSpots::compare(places, &found.candidates, &own, nuclei, search.sigma_px)
    });
    found
}

/// The candidates found, with what they were found with.
fn gathered(
    restored: &Restored<'_>,
    darkest: f64,
    (used, width_seen): (Width, Option<Width>),
    filter: MatchedFilter,
    found: SearchResult,
) -> ChannelCandidates {
    let (height, width) = restored.plane().dim();
    let no_data = restored.no_data.as_ref();
    let data_px = no_data.map_or(height * width, |n| n.iter().filter(|missing| !**missing).count());
    ChannelCandidates {
        candidates: found.candidates,
        sigma_px: used.sigma_px,
        sigma_spots: used.spots,
        sigma_log_error: used.log_error,
        width_seen,
        noise: restored.noise,
        noise_fit: restored.noise_fit,
        noise_scale_px: restored.noise_scale_px,
        cut_off: None,
        attenuation: DefocusAttenuation::of(&filter),
        filter,
        darkest,
        data_px,
        clipped: restored.clipped,
        nucleus_noise: found.nucleus_noise,
        local_noise: found.local_noise,
        supplied: found.supplied,
    }
}

/// The search of one plane.
struct Search<'a, 'image> {
    image: &'a SearchImage<'image>,
    segmentation: Option<&'a Segmentation>,
    filter: &'a MatchedFilter,
    ladder: Ladder,
    /// The places around a candidate that show the texture.
    surroundings: Surroundings,
    /// More of them; only where nuclei are not known: where they are, the spread inside them counts.
    wide_surroundings: Option<Surroundings>,
    candidate_snr: f64,
    margin_px: f64,
    sigma_px: f64,
}

/// The result of a search.
struct SearchResult {
    candidates: Vec<Candidate>,
    /// How supplied spots compare with those found.
    supplied: Option<SuppliedSpots>,
    nucleus_noise: Vec<f64>,
    local_noise: Vec<f64>,
}

/// A candidate whose texture may still be unknown.
struct Measured {
    candidate: Candidate,
    has_texture: bool,
    /// Spread of the response over the wide surroundings, if there are any and enough of them are known.
    local_noise: Option<f64>,
}

impl<'image> Search<'_, 'image> {
    /// All candidates.
    fn run(&self) -> SearchResult {
        let scan = self.scan();
        self.result(scan.for_each_maximum(|workspace, response, (y, x)| {
            self.measure(workspace, response, (y, x), refine(response, y, x))
        }))
    }

    /// The candidates among given places.
    fn at(&self, places: &[SpotPlace]) -> Vec<Candidate> {
        let places = SuppliedPlaces::new(places);
        let found = self.scan().for_each_place(
            |_, rows| places.in_rows(rows),
            |workspace, response, (pixel, place)| {
                self.measure(workspace, response, pixel, (place.y_px, place.x_px))
            },
        );
        self.result(found).candidates
    }

    fn scan(&self) -> Scan<'_, 'image> {
        Scan {
            image: self.image,
            filter: self.filter,
            maxima: Maxima::new(self.image, self.filter, self.candidate_snr),
            nuclei: self.segmentation.map_or(&[], |s| &s.nuclei),
            reach: (self.surroundings.reach())
                .max(self.wide_surroundings.as_ref().map_or(0, Surroundings::reach)),
        }
    }

    fn result(&self, found: Found<Measured>) -> SearchResult {
        let Found { made, overall, nucleus_noise } = found;
        // Where the surroundings show too little of the texture, the texture of the whole plane counts.
        let (candidates, local_noise): (Vec<Candidate>, Vec<f64>) = made
            .into_iter()
            .map(|Measured { mut candidate, has_texture, local_noise }| {
                if !has_texture {
                    candidate.texture_sd = overall;
                    candidate.threshold = self.threshold(candidate.photon_sd, overall);
                }
                (candidate, local_noise.unwrap_or(overall))
            })
            .filter(|(c, _)| c.amplitude > c.threshold)
            .unzip();
        let local_noise = if self.wide_surroundings.is_some() { local_noise } else { Vec::new() };
        SearchResult { candidates, supplied: None, nucleus_noise, local_noise }
    }

    /// Height from which a maximum is a candidate.
    fn threshold(&self, photon_sd: f64, texture_sd: f64) -> f64 {
        (self.candidate_snr * photon_sd).max(CANDIDATE_TEXTURE_SNR * texture_sd)
    }

    /// Measures the spot at a place, whose height is the response at a pixel; `None` if it is no candidate.
    fn measure(
        &self,
        workspace: &mut Workspace,
        response: Response<'_>,
        (y, x): (usize, usize),
        (y_px, x_px): (f64, f64),
    ) -> Option<Measured> {
        let (plane, image) = (self.image.plane, self.image);
        // A peak at the camera's limit is flat: its width says nothing.
        let shape = self.ladder.fit(workspace, plane, y_px, x_px).filter(|_| !is_flat(plane, y, x));
        let amplitude = f64::from(response.get(y, x)?);
        let background = shape.map_or_else(|| f64::from(plane.at(y, x)) - amplitude, |s| s.background);
        let photon_sd = self.filter.amplitude_sd(image.noise, background, amplitude);
        // A maximum that noise explains need not be compared with its surroundings.
        if amplitude <= self.threshold(photon_sd, 0.0) {
            return None;
        }
        let texture_sd = self.surroundings.own_texture_sd(image, response, (y, x), background);
        let threshold = self.threshold(photon_sd, texture_sd.unwrap_or(0.0));
        (amplitude > threshold).then(|| {
            let nucleus = |s: &Segmentation| nearest_nucleus(&s.labels, y, x, self.margin_px);
            let candidate = Candidate {
                y_px,
                x_px,
                nucleus_id: self.segmentation.map_or(0, nucleus),
                amplitude,
                photon_sd,
                texture_sd: texture_sd.unwrap_or(0.0),
                sigma_px: shape.map_or(self.sigma_px, |s| s.sigma_px),
                width_ratio: shape.map_or(1.0, |s| s.sigma_px / self.sigma_px),
                background,
                threshold,
                z_px: None,
            };
            let wide = self.wide_surroundings.as_ref();
            let local_noise = wide.and_then(|s| s.own_texture_sd(image, response, (y, x), background));
            Measured { candidate, has_texture: texture_sd.is_some(), local_noise }
        })
    }
}

/// Whether a maximum is clipped at the camera's limit: most of the pixels around it have its value.
fn is_flat(plane: PlaneView<'_>, y: usize, x: usize) -> bool {
    let (height, width) = plane.dim();
    let top = plane.at(y, x);
    let around = (y.saturating_sub(1)..(y + 2).min(height))
        .flat_map(|v| (x.saturating_sub(1)..(x + 2).min(width)).map(move |u| (v, u)));
    around.filter(|&(v, u)| plane.at(v, u) == top).count() > 4
}
