//! Width of the signals of a channel, measured on those that stand out.

use rayon::prelude::*;

use crate::detect::candidate::Scene;
use crate::detect::filter::{Background, MatchedFilter};
use crate::detect::maxima::{local_maxima, overall_spread, refine, texture_sd};
use crate::detect::width;
use crate::kernel::separable;

/// Starting widths where the pixel size is not known, as multiples of the nominal one.
const STARTS: [f64; 3] = [1.0, 0.6, 1.7];
/// Rounds of measuring with a filter of the width measured before.
const ROUNDS: usize = 4;
/// Number of spots that the nominal width counts for.
const NOMINAL_COUNT: f64 = 1.0;
/// Relative change below which the width has settled.
const SETTLED: f64 = 0.05;
/// Fitted widths that are no signals', as multiples of the filter's.
const WIDTH_RANGE: [f64; 2] = [0.55, 2.2];

/// A measured width.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measured {
    sigma_px: f64,
    spots: usize,
    /// How well spots stand out with a filter of this width: the sum of log SNR over the least that counts.
    merit: f64,
}

/// Sigma of the signals, px, and the number of spots that it was measured on: the nominal one and 0 where there
/// are too few. Without a pixel size, several starts are tried and the one at which spots stand out best counts.
pub(crate) fn measure(scene: &Scene<'_>, nominal_px: f64, nominal_is_known: bool) -> (f64, usize) {
    let starts = if nominal_is_known { &STARTS[..1] } else { &STARTS[..] };
    let mut best: Option<Measured> = None;
    for start in starts {
        let start_px = (start * nominal_px).max(scene.params.min_sigma_px);
        if let Some(found) = settle(scene, start_px)
            && best.is_none_or(|b| found.merit > b.merit)
        {
            best = Some(found);
        }
    }
    best.map_or((nominal_px, 0), |m| {
        let n = m.spots as f64;
        let log = (n * m.sigma_px.ln() + NOMINAL_COUNT * nominal_px.ln()) / (n + NOMINAL_COUNT);
        (log.exp(), m.spots)
    })
}

/// Measures with a filter of the width measured before until that settles.
fn settle(scene: &Scene<'_>, start_px: f64) -> Option<Measured> {
    let mut sigma_px = start_px;
    let mut last = None;
    for _ in 0..ROUNDS {
        let measured = round(scene, sigma_px)?;
        let change = (measured.sigma_px / sigma_px - 1.0).abs();
        sigma_px = measured.sigma_px;
        last = Some(measured);
        if change < SETTLED {
            break;
        }
    }
    last
}

/// One measurement with a filter of width `sigma_px`; `None` on too few spots.
fn round(scene: &Scene<'_>, sigma_px: f64) -> Option<Measured> {
    let &Scene { plane, params, .. } = scene;
    let filter = MatchedFilter::new(sigma_px, params.wide_support, Background::Paraboloid);
    let response = separable::correlate(plane, filter.terms());
    let overall = overall_spread(scene, &response);
    let mut maxima: Vec<(f32, usize, usize, f64)> = local_maxima(scene, &response, &filter, params.width_snr)
        .into_iter()
        .filter(|&(y, x)| scene.segmentation.is_none_or(|s| s.labels[(y, x)] != 0))
        .filter_map(|(y, x)| {
            let amplitude = f64::from(response[(y, x)]);
            let background = f64::from(plane.at(y, x)) - amplitude;
            let texture = texture_sd(scene, &response, (y, x), sigma_px, background, overall);
            let sd = texture.max(filter.amplitude_sd(scene.noise, background, amplitude));
            let snr = amplitude / sd;
            (snr > params.width_snr).then_some((response[(y, x)], y, x, snr))
        })
        .collect();
    maxima.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    maxima.truncate(params.width_spots_max);
    let fitted: Vec<(f64, f64)> = maxima
        .par_iter()
        .filter_map(|&(_, y, x, snr)| {
            let (y_px, x_px) = refine(&response, y, x);
            Some((width::fit(plane, y_px, x_px, sigma_px)?.sigma_px, snr))
        })
        .filter(|(s, _)| (WIDTH_RANGE[0] * sigma_px..WIDTH_RANGE[1] * sigma_px).contains(s))
        .collect();
    if fitted.len() < params.width_spots_min {
        return None;
    }
    let merit = fitted.iter().map(|(_, snr)| (snr / params.width_snr).ln()).sum();
    let mut sigmas: Vec<f64> = fitted.iter().map(|f| f.0).collect();
    sigmas.sort_by(f64::total_cmp);
    let spots = sigmas.len();
    let sigma_px = sigmas[(spots as f64 * params.width_quantile) as usize].max(params.min_sigma_px);
    Some(Measured { sigma_px, spots, merit })
}
