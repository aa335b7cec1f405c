//! Selection of the filter that suits a channel.

use std::collections::BTreeMap;

use crate::detect::filter::{Background, MatchedFilter};
use crate::detect::maxima::{Spread, local_maxima};
use crate::detect::search_image::SearchImage;
use crate::statistics::median;

/// Windows of the filters in sigmas of a signal: the broadest for smooth backgrounds, the narrow one for strongly textured
/// tissue.
const BROAD_SUPPORT: f64 = 3.0;
pub(crate) const WIDE_SUPPORT: f64 = 2.0;
const NARROW_SUPPORT: f64 = 1.4;
/// Grid points on which the filters are compared.
const GRID_POINTS: f64 = 20_000.0;
/// Minimal number of points of a region, or of all together, for a spread; minimal number of regions with a bright spot.
const MIN_POINTS_OF_REGION: usize = 5;
const MIN_POINTS: usize = 50;
const MIN_SPOTS: usize = 3;
/// Times by which a later filter must be better than the earlier ones: it is noisier where there is no texture.
const CLEARLY_BETTER: f64 = 1.02;

/// A place in a part of the plane.
type Place = (usize, usize, usize);

/// Selects from the filters the one that shows the signals best against the texture of this channel, on parts of
/// its plane.
pub(crate) fn select(parts: &[SearchImage<'_>], sigma_px: f64, candidate_snr: f64) -> MatchedFilter {
    const MIDDLE: usize = 2;
    let bank = [
        MatchedFilter::new(sigma_px, BROAD_SUPPORT, Background::Constant),
        MatchedFilter::new(sigma_px, WIDE_SUPPORT, Background::Constant),
        MatchedFilter::new(sigma_px, WIDE_SUPPORT, Background::Paraboloid),
        MatchedFilter::new(sigma_px, NARROW_SUPPORT, Background::Paraboloid),
    ];
    let points = points(parts);
    let of_middle = bank[MIDDLE].responses(parts, Vec::new());
    // Bright spots, at most one a region, found with the middle filter.
    let mut brightest: BTreeMap<u32, (f32, Place)> = BTreeMap::new();
    for (i, (part, response)) in parts.iter().zip(&of_middle).enumerate() {
        for (y, x) in local_maxima(part, response, &bank[MIDDLE], candidate_snr) {
            let region = part.region(y, x);
            let entry = brightest.entry(region).or_insert((0.0, (i, y, x)));
            if response[(y, x)] > entry.0 {
                *entry = (response[(y, x)], (i, y, x));
            }
        }
    }
    brightest.remove(&0);
    if brightest.len() < MIN_SPOTS || points.values().map(Vec::len).sum::<usize>() < MIN_POINTS {
        return bank[MIDDLE].clone();
    }
    let mut merits = [0.0; 4];
    // The middle one first: its responses are there.
    let mut responses = of_middle;
    for i in [MIDDLE, 0, 1, 3] {
        if i != MIDDLE {
            responses = bank[i].responses(parts, responses);
        }
        let mut signal: Vec<f64> =
            brightest.values().map(|&(_, (part, y, x))| f64::from(responses[part][(y, x)])).collect();
        let spreads: Vec<f64> = points
            .values()
            .filter(|places| places.len() >= MIN_POINTS_OF_REGION)
            .map(|places| {
                let mut spread = Spread::default();
                spread.extend(places.iter().map(|&(part, y, x)| responses[part][(y, x)]));
                spread.sd()
            })
            .collect();
        let noise = spreads.iter().sum::<f64>() / spreads.len().max(1) as f64;
        merits[i] = median(&mut signal) / noise.max(f64::MIN_POSITIVE);
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
fn points(parts: &[SearchImage<'_>]) -> BTreeMap<u32, Vec<Place>> {
    let pixels: usize = parts.iter().map(|p| p.plane.dim().0 * p.plane.dim().1).sum();
    let stride = (pixels as f64 / GRID_POINTS).sqrt().max(1.0) as usize;
    let mut points: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
    for (i, part) in parts.iter().enumerate() {
        let (height, width) = part.plane.dim();
        for y in (stride / 2..height).step_by(stride) {
            // Neighbours are mostly of one region, which is looked up once.
            let (mut region, mut run) = (0, Vec::new());
            for x in (stride / 2..width).step_by(stride) {
                let own = part.region(y, x);
                if own != region {
                    keep(&mut points, region, &mut run);
                    region = own;
                }
                run.push((i, y, x));
            }
            keep(&mut points, region, &mut run);
        }
    }
    points
}

/// Moves points to the list of their region; 0 is none.
fn keep(points: &mut BTreeMap<u32, Vec<Place>>, region: u32, run: &mut Vec<Place>) {
    if region != 0 && !run.is_empty() {
        points.entry(region).or_default().append(run);
    }
    run.clear();
}
