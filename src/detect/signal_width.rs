//! Width of the signals of a channel, measured on those that stand out.

use std::cell::LazyCell;

use ndarray::Array2;
use rayon::prelude::*;

use crate::detect::filter::{Background, MatchedFilter};
use crate::detect::filter_bank::WIDE_SUPPORT;
use crate::detect::maxima::{Surroundings, local_maxima, overall_spread, refine};
use crate::detect::params::MIN_SIGMA_PX;
use crate::detect::search_image::SearchImage;
use crate::detect::spot_width::{Ladder, Workspace};

/// Height over camera noise from which a spot is used for measuring the width, in standard deviations.
const MIN_SNR: f64 = 10.0;
/// Minimal number of spots for a measured width, and maximal number of spots used, the brightest ones.
const MIN_SPOTS: usize = 2;
const MAX_SPOTS: usize = 150;
/// Quantile of the measured widths that is the width of a single signal: below the median, since doublets and debris are
/// wide and nothing real is narrow.
const QUANTILE: f64 = 0.4;
/// Starting widths where the pixel size is not known, as multiples of the nominal one.
const STARTS: [f64; 3] = [1.0, 0.6, 1.7];
/// Next start over the last one if most spots are narrower than that one measures, and the maximal number of such starts: down
/// to a fifth of the nominal width.
const NARROWER: f64 = 0.6;
const NARROWER_STARTS: usize = 3;
/// Minimal number of spots too narrow to be measured for another start: the spots of two nuclei, more than specks give.
const MIN_NARROW_SPOTS: usize = 8;
/// Rounds of measuring with a filter of the width measured before.
const ROUNDS: usize = 4;
/// Number of spots that the nominal width counts for.
const NOMINAL_COUNT: f64 = 1.0;
/// Relative change below which the width has settled.
const SETTLED: f64 = 0.05;
/// Fitted widths that are no signals', as multiples of the filter's.
const WIDTH_RANGE: [f64; 2] = [0.55, 2.2];

/// The width of the signals of a channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Width {
    pub(crate) sigma_px: f64,
    /// Number of spots that it was measured on; 0 = not measured.
    pub(crate) spots: usize,
    /// Standard error of its logarithm; `None` if there are too few spots.
    pub(crate) log_error: Option<f64>,
}

impl Width {
    /// A width that comes from elsewhere.
    pub(crate) fn unmeasured(sigma_px: f64) -> Self {
        Self { sigma_px, spots: 0, log_error: None }
    }
}

/// A measured width.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measured {
    sigma_px: f64,
    spots: usize,
    /// Standard error of the logarithm.
    log_error: Option<f64>,
    /// How well spots stand out with a filter of this width: the sum of log SNR over the smallest that counts.
    merit: f64,
}

/// Width of the signals: the nominal one where there are too few. Without a pixel size, several starts are tried and the one
/// at which spots stand out best counts; with one, narrower starts where most spots are too narrow for the nominal one, as
/// sharper optics than usual or a pixel size that is too small make them.
pub(crate) fn measure(parts: &[SearchImage<'_>], nominal_px: f64, nominal_is_known: bool) -> Width {
    let mut best: Option<Measured> = None;
    let mut most_are_narrower_than = |start_px: f64| {
        let settled = settle(parts, start_px);
        if let Some(found) = settled.measured
            && best.is_none_or(|b| found.merit > b.merit)
        {
            best = Some(found);
        }
        settled.most_are_narrower()
    };
    if nominal_is_known {
        let mut start_px = nominal_px.max(MIN_SIGMA_PX);
        for _ in 0..=NARROWER_STARTS {
            if !most_are_narrower_than(start_px) || start_px <= MIN_SIGMA_PX {
                break;
            }
            start_px = (NARROWER * start_px).max(MIN_SIGMA_PX);
        }
    } else {
        for start in STARTS {
            most_are_narrower_than((start * nominal_px).max(MIN_SIGMA_PX));
        }
    }
    best.map_or(Width::unmeasured(nominal_px), |m| {
        let n = m.spots as f64;
        let log = (n * m.sigma_px.ln() + NOMINAL_COUNT * nominal_px.ln()) / (n + NOMINAL_COUNT);
        let log_error = m.log_error.map(|e| e * n / (n + NOMINAL_COUNT));
        Width { sigma_px: log.exp(), spots: m.spots, log_error }
    })
}

/// The measurement with one filter.
#[derive(Debug, Clone, Copy, Default)]
struct Round {
    /// `None` on too few spots.
    measured: Option<Measured>,
    /// Spots that are too narrow for the filter to measure.
    narrower: usize,
}

impl Round {
    fn most_are_narrower(&self) -> bool {
        self.narrower >= MIN_NARROW_SPOTS && self.narrower > self.measured.map_or(0, |m| m.spots)
    }
}

/// Measures with a filter of the width measured before until that settles.
fn settle(parts: &[SearchImage<'_>], start_px: f64) -> Round {
    let mut sigma_px = start_px;
    let (mut last, mut memory) = (Round::default(), Vec::new());
    for _ in 0..ROUNDS {
        last = round(parts, sigma_px, &mut memory);
        let Some(measured) = last.measured else {
            break;
        };
        let change = (measured.sigma_px / sigma_px - 1.0).abs();
        sigma_px = measured.sigma_px;
        if change < SETTLED {
            break;
        }
    }
    last
}

/// One measurement with a filter of width `sigma_px`. The responses are kept in `memory`.
fn round(parts: &[SearchImage<'_>], sigma_px: f64, memory: &mut Vec<Array2<f32>>) -> Round {
    let filter = MatchedFilter::new(sigma_px, WIDE_SUPPORT, Background::Paraboloid);
    let (ladder, surroundings) = (Ladder::new(sigma_px), Surroundings::new(sigma_px));
    let responses = filter.responses(parts, std::mem::take(memory));
    let mut maxima: Vec<(f32, usize, usize, usize, f64)> = Vec::new();
    for (i, (part, response)) in parts.iter().zip(&responses).enumerate() {
        // Most maxima have enough around them to do without.
        let overall = LazyCell::new(|| overall_spread(part, response));
        for (y, x) in local_maxima(part, response, &filter, MIN_SNR) {
            if !part.may_hold_signals(y, x) {
                continue;
            }
            let amplitude = f64::from(response[(y, x)]);
            let background = f64::from(part.plane.at(y, x)) - amplitude;
            let texture = surroundings
                .own_texture_sd(part, response.into(), (y, x), background)
                .unwrap_or_else(|| *overall);
            let snr = amplitude / texture.max(filter.amplitude_sd(part.noise, background, amplitude));
            if snr > MIN_SNR {
                maxima.push((response[(y, x)], i, y, x, snr));
            }
        }
    }
    maxima.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2, a.3).cmp(&(b.1, b.2, b.3))));
    maxima.truncate(MAX_SPOTS);
    let fitted: Vec<(f64, f64)> = maxima
        .par_iter()
        .map_init(Workspace::default, |workspace, &(_, part, y, x, snr)| {
            let (y_px, x_px) = refine(&responses[part], y, x);
            Some((ladder.fit(workspace, parts[part].plane, y_px, x_px)?.sigma_px, snr))
        })
        .flatten()
        .collect();
    let narrower = fitted.iter().filter(|(s, _)| *s < WIDTH_RANGE[0] * sigma_px).count();
    let in_range = |s: f64| (WIDTH_RANGE[0] * sigma_px..WIDTH_RANGE[1] * sigma_px).contains(&s);
    let fitted: Vec<(f64, f64)> = fitted.into_iter().filter(|(s, _)| in_range(*s)).collect();
    if fitted.len() < MIN_SPOTS {
        return Round { measured: None, narrower };
    }
    let merit = fitted.iter().map(|(_, snr)| (snr / MIN_SNR).ln()).sum();
    let mut sigmas: Vec<f64> = fitted.iter().map(|f| f.0).collect();
    sigmas.sort_by(f64::total_cmp);
    let spots = sigmas.len();
    let sigma_px = sigmas[(spots as f64 * QUANTILE) as usize].max(MIN_SIGMA_PX);
    let log_error = quantile_log_error(&sigmas, QUANTILE);
    *memory = responses;
    Round { measured: Some(Measured { sigma_px, spots, log_error, merit }), narrower }
}

/// Signals of a nucleus, which lie at like depths and so are about as wide: they count as one.
const SIGNALS_ALIKE: f64 = 2.0;

/// Standard error of the logarithm of a quantile of sorted values, from the values that lie a standard deviation of its
/// rank to either side (Woodruff 1952, Journal of the American Statistical Association 47:635).
fn quantile_log_error(sorted: &[f64], quantile: f64) -> Option<f64> {
    let n = sorted.len() as f64;
    let reach = (n * quantile * (1.0 - quantile)).sqrt();
    let low = (n * quantile - reach).round().max(0.0) as usize;
    let high = ((n * quantile + reach).round() as usize).min(sorted.len().checked_sub(1)?);
    let apart = high.checked_sub(low).filter(|apart| *apart > 0)? as f64;
    Some((sorted[high] / sorted[low]).ln() * SIGNALS_ALIKE.sqrt() * reach / apart)
}
