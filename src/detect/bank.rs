//! Choice of the filter that suits a channel.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::detect::candidate::{Scene, median};
use crate::detect::filter::{Background, MatchedFilter};
use crate::detect::maxima::local_maxima;
use crate::kernel::separable;

/// Chooses among the filters the one that shows the signals best against the texture of this channel.
pub(crate) fn choose(scene: &Scene<'_>, sigma_px: f64) -> MatchedFilter {
    let &Scene { plane, params, .. } = scene;
    let bank = [
        MatchedFilter::new(sigma_px, params.broad_support, Background::Constant),
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
            let region = scene.region(y, x);
            if region != 0 {
                points.push((region, y, x));
            }
        }
    }
    points.sort_unstable();
    // Bright spots, at most one a region, found with the middle filter.
    let response = separable::correlate(plane, bank[2].terms());
    let mut brightest: BTreeMap<u32, (f32, usize, usize)> = BTreeMap::new();
    for (y, x) in local_maxima(scene, &response, &bank[2], params.candidate_snr) {
        let region = scene.region(y, x);
        if region != 0 {
            let entry = brightest.entry(region).or_insert((0.0, y, x));
            if response[(y, x)] > entry.0 {
                *entry = (response[(y, x)], y, x);
            }
        }
    }
    if brightest.len() < 3 || points.len() < 50 {
        return bank[2].clone();
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
