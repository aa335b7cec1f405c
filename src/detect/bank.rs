//! Choice of the filter that suits a channel.

use std::collections::BTreeMap;

use crate::detect::candidate::median;
use crate::detect::filter::{Background, MatchedFilter};
use crate::detect::maxima::{Spread, local_maxima};
use crate::detect::params::DetectParams;
use crate::detect::scene::Scene;

/// Fewest points of a region, or of all together, for a spread; fewest regions with a bright spot.
const LEAST_POINTS_OF_REGION: usize = 5;
const LEAST_POINTS: usize = 50;
const LEAST_SPOTS: usize = 3;
/// Times by which a later filter must be better than the earlier ones: it is noisier where there is no texture.
const CLEARLY_BETTER: f64 = 1.02;

/// A place in a part of the plane.
type Place = (usize, usize, usize);

/// Chooses among the filters the one that shows the signals best against the texture of this channel, on parts of
/// its plane.
pub(crate) fn choose(parts: &[Scene<'_>], sigma_px: f64) -> MatchedFilter {
    const MIDDLE: usize = 2;
    let Some(params) = parts.first().map(|p| p.params) else {
        return MatchedFilter::new(sigma_px, DetectParams::default().wide_support, Background::Paraboloid);
    };
    let bank = [
        MatchedFilter::new(sigma_px, params.broad_support, Background::Constant),
        MatchedFilter::new(sigma_px, params.wide_support, Background::Constant),
        MatchedFilter::new(sigma_px, params.wide_support, Background::Paraboloid),
        MatchedFilter::new(sigma_px, params.narrow_support, Background::Paraboloid),
    ];
    let points = points(parts);
    let of_middle = bank[MIDDLE].responses(parts);
    // Bright spots, at most one a region, found with the middle filter.
    let mut brightest: BTreeMap<u32, (f32, Place)> = BTreeMap::new();
    for (i, (part, response)) in parts.iter().zip(&of_middle).enumerate() {
        for (y, x) in local_maxima(part, response, &bank[MIDDLE], params.candidate_snr) {
            let region = part.region(y, x);
            let entry = brightest.entry(region).or_insert((0.0, (i, y, x)));
            if response[(y, x)] > entry.0 {
                *entry = (response[(y, x)], (i, y, x));
            }
        }
    }
    brightest.remove(&0);
    if brightest.len() < LEAST_SPOTS || points.len() < LEAST_POINTS {
        return bank[MIDDLE].clone();
    }
    let mut merits = [0.0; 4];
    for (i, merit) in merits.iter_mut().enumerate() {
        let own = if i == MIDDLE { None } else { Some(bank[i].responses(parts)) };
        let responses = own.as_ref().unwrap_or(&of_middle);
        let mut signal: Vec<f64> =
            brightest.values().map(|&(_, (part, y, x))| f64::from(responses[part][(y, x)])).collect();
        let spreads: Vec<f64> = points
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|chunk| chunk.len() >= LEAST_POINTS_OF_REGION)
            .map(|chunk| {
                let mut spread = Spread::default();
                for &(_, (part, y, x)) in chunk {
                    spread.push(responses[part][(y, x)]);
                }
                spread.sd()
            })
            .collect();
        let noise = spreads.iter().sum::<f64>() / spreads.len().max(1) as f64;
        *merit = median(&mut signal) / noise.max(f64::MIN_POSITIVE);
    }
    let mut best = 0;
    for i in 1..bank.len() {
        if merits[i] > merits[best] * CLEARLY_BETTER {
            best = i;
        }
    }
    bank[best].clone()
}

/// Points on a grid, by nucleus (or by tile where nuclei are not known).
fn points(parts: &[Scene<'_>]) -> Vec<(u32, Place)> {
    let pixels: usize = parts.iter().map(|p| p.plane.dim().0 * p.plane.dim().1).sum();
    let samples = parts.first().map_or(1, |p| p.params.filter_samples);
    let stride = (pixels as f64 / samples as f64).sqrt().max(1.0) as usize;
    let mut points = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let (height, width) = part.plane.dim();
        for y in (stride / 2..height).step_by(stride) {
            for x in (stride / 2..width).step_by(stride) {
                let region = part.region(y, x);
                if region != 0 {
                    points.push((region, (i, y, x)));
                }
            }
        }
    }
    points.sort_unstable();
    points
}
