//! Outlines are sampled as a slow version does, point by point and pixel by pixel.

use super::bays::{CHORD, WIDE_CHORD};
use super::*;
use crate::kernel::run::Run;
use crate::kernel::runs::regions_of_cuts;
use ndarray::Array2;
use proptest::prelude::*;

/// A textured image with blobs, and the working image of it cut at its quarters.
pub(in crate::segment) fn image(height: usize, width: usize, seed: usize, diameter_px: f64) -> WorkingImage {
    let smooth = Array2::from_shape_fn((height, width), |(y, x)| {
        let wave = |a: usize, period: f64| ((a + seed) as f64 * std::f64::consts::TAU / period).sin();
        let texture = ((y * 31 + x * 17 + seed * 7) % 101) as f64 / 101.0;
        (100.0 * (1.2 + wave(y, 17.3)) * (1.1 + wave(x, 13.9)) + 40.0 * texture) as f32
    });
    let thresholds = vec![120.0, 200.0, 300.0];
    let levels = smooth.mapv(|v| thresholds.iter().filter(|&&t| v >= t).count() as u8);
    WorkingImage { factor: 1, diameter_px, background: 0.0, smooth, noise: 3.0, thresholds, levels }
}

/// The regions of an image with the cut that made each.
pub(in crate::segment) fn regions(image: &WorkingImage) -> Vec<(usize, Vec<Run>)> {
    let cuts = regions_of_cuts(image.levels.view(), 3, 4, 1);
    let of_cut = |(level, cut): (usize, &crate::kernel::runs::Regions)| {
        (0..cut.len()).map(|i| (level, cut.runs(i).to_vec())).collect::<Vec<_>>()
    };
    cuts.iter().enumerate().flat_map(of_cut).collect()
}

pub(in crate::segment) fn bilinear(image: &Array2<f32>, y: f64, x: f64) -> f64 {
    let (height, width) = image.dim();
    let (y, x) = (y.clamp(0.0, (height - 1) as f64), x.clamp(0.0, (width - 1) as f64));
    let (top, left) = (y.floor() as usize, x.floor() as usize);
    let (bottom, right) = ((top + 1).min(height - 1), (left + 1).min(width - 1));
    let (v, u) = (y - top as f64, x - left as f64);
    let at = |y, x| f64::from(image[(y, x)]);
    (1.0 - v) * ((1.0 - u) * at(top, left) + u * at(top, right))
        + v * ((1.0 - u) * at(bottom, left) + u * at(bottom, right))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn sd(values: &[f64]) -> f64 {
    let middle = mean(values);
    mean(&values.iter().map(|v| (v - middle).powi(2)).collect::<Vec<_>>()).sqrt()
}

fn quantile(values: &[f64], at: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted[(at * (sorted.len() - 1) as f64).round() as usize]
}

/// What [`Sampler::sample`] is to give, by the definition.
pub(in crate::segment) fn reference(
    outline: &[(i32, i32)],
    inside: &dyn Fn(i32, i32) -> bool,
    level: usize,
    image: &WorkingImage,
) -> Samples {
    let n = outline.len();
    let count = n.min(POINTS);
    let reach = |share: f64| ((share * image.diameter_px).round() as usize).clamp(1, (n / 4).max(1));
    let point = |i: usize| {
        let (y, x) = outline[i % n];
        (f64::from(y), f64::from(x))
    };
    let (mut bays, mut wide_bays, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    let (mut frame, mut shared) = (0.0, 0.0);
    for i in (0..count).map(|j| j * n / count) {
        let (y, x) = point(i);
        let (a, b) = (point(i + n - reach(CHORD)), point(i + reach(CHORD)));
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let normal = if length > 0.0 { (-(b.1 - a.1) / length, (b.0 - a.0) / length) } else { (-1.0, 0.0) };
        bays.push((0.5 * (a.0 + b.0) - y) * normal.0 + (0.5 * (a.1 + b.1) - x) * normal.1);
        let (a, b) = (point(i + n - reach(WIDE_CHORD)), point(i + reach(WIDE_CHORD)));
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let across = (y - a.0) * (b.1 - a.1) - (x - a.1) * (b.0 - a.0);
        wide_bays.push(if length > 0.0 { across / length } else { 0.0 });
        let beside = ((y + 1.5 * normal.0).round() as i32, (x + 1.5 * normal.1).round() as i32);
        let (height, width) = image.levels.dim();
        if beside.0 < 0 || beside.1 < 0 || beside.0 >= height as i32 || beside.1 >= width as i32 {
            frame += 1.0;
            continue;
        }
        let above = usize::from(image.levels[(beside.0 as usize, beside.1 as usize)]) > level;
        if above && !inside(beside.0, beside.1) {
            shared += 1.0;
        }
        kept.push(((y, x), normal));
    }
    let mut out =
        Samples { frame: frame / count as f32, shared: shared / count as f32, ..Samples::default() };
    out.concavity = bays.iter().copied().fold(0.0, f64::max) as f32;
    // Of bays of one depth the first.
    let deepest =
        (0..count).rev().max_by(|&a, &b| (wide_bays[a] as f32).total_cmp(&(wide_bays[b] as f32))).unwrap();
    out.wide_concavity = wide_bays[deepest] as f32;
    let opposite = (count / 4..=count - count / 4).map(|k| wide_bays[(deepest + k) % count]);
    out.opposite_bay = opposite.fold(f64::NEG_INFINITY, f64::max) as f32;
    if kept.is_empty() {
        return out;
    }
    let diameter = image.diameter_px as f32;
    let (side, far) = ((SIDE.0 * diameter).max(SIDE.1), (FAR.0 * diameter).max(FAR.1));
    let at = |distance: f32| -> Vec<f64> {
        let distance = f64::from(distance);
        let place = |&((y, x), (v, u)): &((f64, f64), (f64, f64))| {
            bilinear(&image.smooth, y + distance * v, x + distance * u)
        };
        kept.iter().map(place).collect()
    };
    let (on, inside, outside) = (at(0.0), at(-side), at(side));
    let gradients: Vec<f64> = at(-1.0).iter().zip(at(1.0)).map(|(a, b)| 0.5 * (a - b)).collect();
    out.on = mean(&on) as f32;
    out.on_sd = sd(&on) as f32;
    out.inside = mean(&inside) as f32;
    out.outside = mean(&outside) as f32;
    out.outside_sd = sd(&outside) as f32;
    out.far = mean(&at(far)) as f32;
    out.darkest = quantile(&inside, 0.1) as f32;
    out.gradient_mean = mean(&gradients) as f32;
    out.gradient = [0.1, 0.25, 0.9].map(|q| quantile(&gradients, q) as f32);
    out.inverted = gradients.iter().filter(|g| **g < 0.0).count() as f32 / count as f32;
    out
}

/// The parts of samples in one list.
fn values(s: &Samples) -> Vec<f32> {
    let mut out = vec![s.on, s.on_sd, s.inside, s.outside, s.outside_sd, s.far, s.darkest, s.gradient_mean];
    out.extend(s.gradient);
    out.extend([s.shared, s.frame, s.inverted, s.concavity, s.wide_concavity, s.opposite_bay]);
    out
}

proptest! {
    #[test]
    fn agrees_with_the_slow_version(
        (height, width) in (1_usize..70, 1_usize..70), seed in 0_usize..1000, diameter in 5.0_f64..40.0,
    ) {
        let image = image(height, width, seed, diameter);
        let (mut silhouette, mut outline, mut sampler) = (Silhouette::default(), Vec::new(), Sampler::default());
        for (level, runs) in regions(&image) {
            let inside = |y: i32, x: i32| {
                runs.iter().any(|r| r.y as i32 == y && (r.x0 as i32..r.x1 as i32).contains(&x))
            };
            silhouette.set(&runs);
            silhouette.trace(&mut outline);
            let smooth = Bilinear::new(image.smooth.view()).unwrap();
            let found = sampler.sample(&outline, &silhouette, level, &image, smooth);
            let expected = reference(&outline, &inside, level, &image);
            for (k, (a, b)) in values(&found).into_iter().zip(values(&expected)).enumerate() {
                prop_assert!((a - b).abs() < 2e-2, "value {}: {} for {}", k, a, b);
            }
        }
    }
}
