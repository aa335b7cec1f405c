//! Candidates: every spot-like maximum of a probe channel, with what is needed to judge it.

use rayon::prelude::*;

use crate::detect::filter::{Background, MatchedFilter};
use crate::detect::params::DetectParams;
use crate::detect::width;
use crate::field::PlaneView;
use crate::kernel::noise::{self, Noise};
use crate::kernel::separable;
use crate::segment::Segmentation;
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
    pub(crate) noise: Noise,
    pub(crate) filter: MatchedFilter,
    /// Spread of the filter response in each nucleus, by id from 1: what a signal must stand out from there.
    pub(crate) nucleus_noise: Vec<f64>,
}

/// Finds the candidates of a plane. With a segmentation, those outside all nuclei have nucleus id 0, and
/// widths and filters are learned from those inside.
pub(crate) fn find(
    plane: PlaneView<'_>,
    segmentation: Option<&Segmentation>,
    pixel_size: Option<PixelSize>,
    params: &DetectParams,
) -> ChannelCandidates {
    let noise = noise::estimate(plane);
    let nominal = params.nominal_sigma_px(pixel_size);
    let (sigma_px, sigma_spots) = match params.sigma_px {
        Some(fixed) => (fixed, 0),
        None => measure_sigma(plane, segmentation, nominal, &noise, params),
    };
    let filter = choose_filter(plane, segmentation, sigma_px, &noise, params);
    let response = separable::correlate(plane, filter.terms());
    let maxima = local_maxima(plane, &response, &filter, &noise, params.candidate_snr);
    let grow_px = params.nucleus_margin_um_to_px(pixel_size, sigma_px);
    let candidates = maxima
        .into_par_iter()
        .map(|(y, x)| {
            let (y_px, x_px) = refine(&response, y, x);
            let shape = width::fit(plane, y_px, x_px, sigma_px);
            let amplitude = f64::from(response[(y, x)]);
            let background = shape.map_or_else(|| f64::from(plane.at(y, x)) - amplitude, |s| s.background);
            let photon_sd = filter.amplitude_sd(&noise, background, amplitude);
            let texture_sd = texture_sd(plane, &response, y, x, sigma_px, background);
            Candidate {
                y_px,
                x_px,
                nucleus_id: segmentation.map_or(0, |s| nearest_nucleus(&s.labels, y, x, grow_px)),
                amplitude,
                photon_sd,
                texture_sd,
                sigma_px: shape.map_or(sigma_px, |s| s.sigma_px),
                width_ratio: shape.map_or(1.0, |s| s.sigma_px / sigma_px),
                background,
                threshold: (params.candidate_snr * photon_sd).max(params.candidate_texture_snr * texture_sd),
            }
        })
        .filter(|c: &Candidate| c.amplitude > c.threshold)
        .collect();
    let nucleus_noise = segmentation.map_or_else(Vec::new, |s| nucleus_noise(&response, s));
    ChannelCandidates { candidates, sigma_px, sigma_spots, noise, filter, nucleus_noise }
}

/// Measures the sigma of the signals on the brightest spots; the nominal one where there are too few.
fn measure_sigma(
    plane: PlaneView<'_>,
    segmentation: Option<&Segmentation>,
    nominal_px: f64,
    noise: &Noise,
    params: &DetectParams,
) -> (f64, usize) {
    let mut sigma = nominal_px;
    let mut spots = 0;
    for _ in 0..2 {
        let filter = MatchedFilter::new(sigma, params.wide_support, Background::Paraboloid);
        let response = separable::correlate(plane, filter.terms());
        let mut maxima: Vec<(f32, usize, usize)> =
            local_maxima(plane, &response, &filter, noise, params.width_snr)
                .into_iter()
                .filter(|&(y, x)| segmentation.is_none_or(|s| s.labels[(y, x)] != 0))
                .filter(|&(y, x)| {
                    let amplitude = f64::from(response[(y, x)]);
                    let background = f64::from(plane.at(y, x)) - amplitude;
                    amplitude > params.width_snr * texture_sd(plane, &response, y, x, sigma, background)
                })
                .map(|(y, x)| (response[(y, x)], y, x))
                .collect();
        maxima.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        maxima.truncate(params.width_spots_max);
        let mut sigmas: Vec<f64> = maxima
            .par_iter()
            .filter_map(|&(_, y, x)| {
                let (y_px, x_px) = refine(&response, y, x);
                width::fit(plane, y_px, x_px, sigma)
            })
            .map(|shape| shape.sigma_px)
            .filter(|s| (0.55 * sigma..2.2 * sigma).contains(s))
            .collect();
        if sigmas.len() < params.width_spots_min {
            return (nominal_px, 0);
        }
        sigmas.sort_by(f64::total_cmp);
        spots = sigmas.len();
        let measured = sigmas[(spots as f64 * params.width_quantile) as usize].max(params.min_sigma_px);
        let settled = (measured / sigma - 1.0).abs() < 0.1;
        sigma = measured;
        if settled {
            break;
        }
    }
    (sigma, spots)
}

/// Chooses among the filters the one that shows the signals best against the texture of this channel.
fn choose_filter(
    plane: PlaneView<'_>,
    segmentation: Option<&Segmentation>,
    sigma_px: f64,
    noise: &Noise,
    params: &DetectParams,
) -> MatchedFilter {
    let bank = [
        MatchedFilter::new(sigma_px, params.wide_support, Background::Constant),
        MatchedFilter::new(sigma_px, params.wide_support, Background::Paraboloid),
        MatchedFilter::new(sigma_px, params.narrow_support, Background::Paraboloid),
    ];
    let (height, width) = plane.dim();
    // Points on a grid, by nucleus (or by tile where nuclei are not known).
    let stride = ((height * width) as f64 / params.filter_samples as f64).sqrt().max(1.0) as usize;
    let mut points: Vec<(u32, usize, usize)> = Vec::new();
    for y in (stride / 2..height).step_by(stride) {
        for x in (stride / 2..width).step_by(stride) {
            let region = match segmentation {
                Some(s) => s.labels[(y, x)],
                None => 1 + (y * 4 / height * 4 + x * 4 / width) as u32,
            };
            if region != 0 {
                points.push((region, y, x));
            }
        }
    }
    points.sort_unstable();
    // Bright spots, at most one a region, found with the middle filter.
    let response = separable::correlate(plane, bank[1].terms());
    let mut brightest: std::collections::BTreeMap<u32, (f32, usize, usize)> =
        std::collections::BTreeMap::new();
    for (y, x) in local_maxima(plane, &response, &bank[1], noise, params.candidate_snr) {
        let region = match segmentation {
            Some(s) => s.labels[(y, x)],
            None => 1 + (y * 4 / height * 4 + x * 4 / width) as u32,
        };
        if region != 0 {
            let entry = brightest.entry(region).or_insert((0.0, y, x));
            if response[(y, x)] > entry.0 {
                *entry = (response[(y, x)], y, x);
            }
        }
    }
    if brightest.len() < 3 || points.len() < 50 {
        return bank[1].clone();
    }
    let merit = |filter: &MatchedFilter| {
        let mut signal: Vec<f64> = brightest.values().map(|&(_, y, x)| filter.at(plane, y, x)).collect();
        let responses: Vec<(u32, f64)> =
            points.par_iter().map(|&(region, y, x)| (region, filter.at(plane, y, x))).collect();
        let spreads: Vec<f64> = responses
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|chunk| chunk.len() >= 5)
            .map(|chunk| median(&mut chunk.iter().map(|r| r.1.abs()).collect::<Vec<f64>>()))
            .collect();
        let noise = spreads.iter().sum::<f64>() / spreads.len().max(1) as f64;
        median(&mut signal) / noise.max(f64::MIN_POSITIVE)
    };
    let merits = bank.each_ref().map(merit);
    // A later filter must be clearly better than the earlier ones: it is noisier where there is no texture.
    let mut best = 0;
    for i in 1..bank.len() {
        if merits[i] > merits[best] * 1.02 {
            best = i;
        }
    }
    bank[best].clone()
}

/// Middle value; 0 for none.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Maxima of the response over a disc of 1.6 sigma that stand `snr` standard deviations above zero, in
/// reading order. On a plateau the first pixel in reading order counts.
fn local_maxima(
    plane: PlaneView<'_>,
    response: &Array2<f32>,
    filter: &MatchedFilter,
    noise: &Noise,
    snr: f64,
) -> Vec<(usize, usize)> {
    let (height, width) = response.dim();
    let radius = (1.6 * filter.sigma_px).max(1.0);
    let r = radius.floor() as isize;
    let disc: Vec<(isize, isize)> = (-r..=r)
        .flat_map(|dy| (-r..=r).map(move |dx| (dy, dx)))
        .filter(|&(dy, dx)| (dy, dx) != (0, 0) && ((dy * dy + dx * dx) as f64) <= radius * radius)
        .collect();
    // No response below this can pass the test at its own background.
    let least = (snr * filter.least_sd(noise)) as f32;
    (0..height)
        .into_par_iter()
        .flat_map_iter(|y| {
            let disc = &disc;
            (0..width).filter_map(move |x| {
                let v = response[(y, x)];
                if v <= least {
                    return None;
                }
                let beaten = disc.iter().any(|&(dy, dx)| {
                    let (yy, xx) = (y as isize + dy, x as isize + dx);
                    if yy < 0 || xx < 0 || yy >= height as isize || xx >= width as isize {
                        return false;
                    }
                    let other = response[(yy as usize, xx as usize)];
                    other > v || (other == v && (dy, dx) < (0, 0))
                });
                if beaten {
                    return None;
                }
                let amplitude = f64::from(v);
                let background = (f64::from(plane.at(y, x)) - amplitude).max(0.0);
                (amplitude > snr * filter.amplitude_sd(noise, background, amplitude)).then_some((y, x))
            })
        })
        .collect()
}

/// Sub-pixel position of a maximum: the vertex of a parabola through the logarithm of the response (exact for
/// a Gaussian peak) where that is positive, of the response itself elsewhere.
fn refine(response: &Array2<f32>, y: usize, x: usize) -> (f64, f64) {
    let (height, width) = response.dim();
    let vertex = |a: f32, b: f32, c: f32| {
        let (mut a, mut b, mut c) = (f64::from(a), f64::from(b), f64::from(c));
        if a > 0.2 * b && c > 0.2 * b {
            (a, b, c) = (a.ln(), b.ln(), c.ln());
        }
        let curvature = a - 2.0 * b + c;
        if curvature < 0.0 { (0.5 * (a - c) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let centre = response[(y, x)];
    let dy = if y > 0 && y + 1 < height {
        vertex(response[(y - 1, x)], centre, response[(y + 1, x)])
    } else {
        0.0
    };
    let dx =
        if x > 0 && x + 1 < width { vertex(response[(y, x - 1)], centre, response[(y, x + 1)]) } else { 0.0 };
    (y as f64 + dy, x as f64 + dx)
}

/// Robust spread of the response in a ring around a candidate. Pixels much darker than the candidate's own
/// background (outside the nucleus, outside a mask) do not count: their noise is not its noise.
fn texture_sd(
    plane: PlaneView<'_>,
    response: &Array2<f32>,
    y: usize,
    x: usize,
    sigma_px: f64,
    background: f64,
) -> f64 {
    const RINGS_SIGMA: [f64; 6] = [3.5, 5.0, 6.5, 8.0, 10.0, 12.0];
    const POINTS: usize = 16;
    let (height, width) = response.dim();
    let mut spread = Vec::with_capacity(RINGS_SIGMA.len() * POINTS);
    for (ring, radius) in RINGS_SIGMA.iter().enumerate() {
        for k in 0..POINTS {
            let angle = std::f64::consts::TAU * (k as f64 + 0.5 * (ring % 2) as f64) / POINTS as f64;
            let yy = y as f64 + radius * sigma_px * angle.sin();
            let xx = x as f64 + radius * sigma_px * angle.cos();
            if yy < 0.0 || xx < 0.0 || yy > (height - 1) as f64 || xx > (width - 1) as f64 {
                continue;
            }
            let (yy, xx) = (yy.round() as usize, xx.round() as usize);
            let r = f64::from(response[(yy, xx)]);
            if f64::from(plane.at(yy, xx)) - r.max(0.0) >= 0.5 * background {
                spread.push(r.abs());
            }
        }
    }
    if spread.len() < 12 { 0.0 } else { 1.4826 * median(&mut spread) }
}

/// The nucleus at a pixel, or else the nearest one within `grow_px`; 0 if none.
fn nearest_nucleus(labels: &Array2<u32>, y: usize, x: usize, grow_px: f64) -> u32 {
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

/// Robust spread of the response inside each nucleus, on every third pixel of every third row.
fn nucleus_noise(response: &Array2<f32>, segmentation: &Segmentation) -> Vec<f64> {
    const STRIDE: usize = 3;
    segmentation
        .nuclei
        .par_iter()
        .map(|nucleus| {
            let b = nucleus.bounding_box;
            let mut spread = Vec::new();
            for y in (b.y0..b.y1).step_by(STRIDE) {
                for x in (b.x0..b.x1).step_by(STRIDE) {
                    if segmentation.labels[(y, x)] == nucleus.id {
                        spread.push(f64::from(response[(y, x)]).abs());
                    }
                }
            }
            1.4826 * median(&mut spread)
        })
        .collect()
}
