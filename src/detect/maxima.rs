//! Maxima of the filter response: where they are, and what they have to stand out from.

use ndarray::Array2;
use rayon::prelude::*;

use crate::detect::candidate::{Scene, median};
use crate::detect::filter::MatchedFilter;

/// Standard deviation of a normal distribution over its median absolute deviation.
pub(crate) const MAD_TO_SD: f64 = 1.4826;

/// Maxima of the response over a disc of 1.6 sigma that stand `snr` standard deviations above zero, in
/// reading order. On a plateau the first pixel in reading order counts.
pub(crate) fn local_maxima(
    scene: &Scene<'_>,
    response: &Array2<f32>,
    filter: &MatchedFilter,
    snr: f64,
) -> Vec<(usize, usize)> {
    let Scene { plane, noise, .. } = scene;
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
                if v <= least || !scene.has_data(y, x) {
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
pub(crate) fn refine(response: &Array2<f32>, y: usize, x: usize) -> (f64, f64) {
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

/// Robust spread of the response over the whole plane, on at most about `SPREAD_SAMPLES` pixels.
pub(crate) fn overall_spread(scene: &Scene<'_>, response: &Array2<f32>) -> f64 {
    const SPREAD_SAMPLES: f64 = 40_000.0;
    let (height, width) = response.dim();
    let stride = ((height * width) as f64 / SPREAD_SAMPLES).sqrt().max(1.0) as usize;
    let mut spread = Vec::new();
    for y in (0..height).step_by(stride) {
        for x in (0..width).step_by(stride) {
            if scene.has_data(y, x) {
                spread.push(f64::from(response[(y, x)]).abs());
            }
        }
    }
    MAD_TO_SD * median(&mut spread)
}

/// Robust spread of the response in a ring around a candidate; `overall` where too little of the ring can be
/// used. Pixels without data and pixels much darker than the candidate's own background (outside the nucleus)
/// do not count: their noise is not its noise.
pub(crate) fn texture_sd(
    scene: &Scene<'_>,
    response: &Array2<f32>,
    (y, x): (usize, usize),
    sigma_px: f64,
    background: f64,
    overall: f64,
) -> f64 {
    const RINGS_SIGMA: [f64; 6] = [5.0, 7.0, 9.5, 12.0, 16.0, 20.0];
    const POINTS: usize = 16;
    const LEAST_POINTS: usize = 12;
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
            if scene.has_data(yy, xx) && f64::from(scene.plane.at(yy, xx)) - r.max(0.0) >= 0.5 * background {
                spread.push(r.abs());
            }
        }
    }
    if spread.len() < LEAST_POINTS { overall } else { MAD_TO_SD * median(&mut spread) }
}
