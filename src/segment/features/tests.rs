//! Features are those that a slow version finds, pixel by pixel.

use super::*;
use crate::segment::outline_samples::{bilinear, image, reference as reference_samples, regions};
use proptest::prelude::*;

/// The features by the definition, in their order, and the mean brightness.
fn reference(candidate: &Candidate, nesting: &Nesting, image: &WorkingImage) -> ([f64; COUNT], f64) {
    let pixels: Vec<(usize, usize)> =
        candidate.runs.iter().flat_map(|r| (r.x0..r.x1).map(|x| (r.y as usize, x as usize))).collect();
    let n = pixels.len() as f64;
    let mean = |value: &dyn Fn((usize, usize)) -> f64| pixels.iter().map(|&p| value(p)).sum::<f64>() / n;
    let brightness = |p| f64::from(image.smooth[p]);
    let level = mean(&brightness);
    let sd = mean(&|p| (brightness(p) - level).powi(2)).sqrt();
    let (my, mx) = (mean(&|(y, _)| y as f64), mean(&|(_, x)| x as f64));
    let vyy = mean(&|(y, _)| (y as f64 - my).powi(2)) + 1.0 / 12.0;
    let vxx = mean(&|(_, x)| (x as f64 - mx).powi(2)) + 1.0 / 12.0;
    let vxy = mean(&|(y, x)| (y as f64 - my) * (x as f64 - mx));
    let (middle, spread) = (0.5 * (vyy + vxx), (0.25 * (vyy - vxx).powi(2) + vxy * vxy).sqrt());
    let mut outline = Vec::new();
    let mut silhouette = Silhouette::default();
    silhouette.set(&candidate.runs);
    silhouette.trace(&mut outline);
    let corners: Vec<_> = outline.iter().step_by(if outline.len() >= 12 { 3 } else { 1 }).collect();
    let side = |i: usize| {
        let (a, b) = (corners[i], corners[(i + 1) % corners.len()]);
        f64::from(a.0 - b.0).hypot(f64::from(a.1 - b.1))
    };
    let perimeter = (0..corners.len()).map(side).sum::<f64>() + std::f64::consts::PI;
    let held = |y: i32, x: i32| y >= 0 && x >= 0 && pixels.contains(&(y as usize, x as usize));
    let s = reference_samples(&outline, &held, candidate.level, image);
    let [on, on_sd, inside, outside, outside_sd, far] =
        [s.on, s.on_sd, s.inside, s.outside, s.outside_sd, s.far].map(f64::from);
    let ratio = |v: f64| (v / level).clamp(-20.0, 20.0);
    let diameter = image.diameter_px;
    let contrast = inside - outside;
    let centre = bilinear(&image.smooth, my, mx);
    let [g10, g25, g90] = s.gradient.map(|g| ratio(f64::from(g)) * diameter);
    let values = [
        (n / (std::f64::consts::FRAC_PI_4 * diameter * diameter)).ln(),
        n / (4.0 * std::f64::consts::PI * (vyy * vxx - vxy * vxy).max(1e-9).sqrt()),
        candidate.solidity,
        ((middle - spread).max(0.0) / (middle + spread)).sqrt(),
        (4.0 * std::f64::consts::PI * n / (perimeter * perimeter).max(1.0)).min(2.0),
        ratio(contrast),
        ratio(f64::from(s.gradient_mean)) * diameter,
        ((on - outside) / contrast.abs().max(0.01 * level)).clamp(-2.0, 3.0),
        ratio(sd),
        f64::from(s.shared),
        f64::from(s.frame),
        f64::from(s.inverted),
        g10,
        g25,
        ratio(on_sd),
        ratio(outside_sd),
        (contrast / f64::from(image.noise).max(1e-3 * level)).clamp(-5.0, 1000.0),
        ratio(outside - far),
        ratio(inside - on),
        f64::from(candidate.neck_within),
        f64::from(candidate.neck_beside),
        (candidate.basins as f64).ln(),
        ratio(f64::from(image.thresholds[candidate.level])),
        f64::from(s.concavity) / diameter,
        diameter.ln(),
        ratio(centre - inside),
        g90,
        ratio(f64::from(s.darkest)),
        f64::from(s.wide_concavity) / diameter,
        f64::from(s.opposite_bay) / diameter,
        f64::from(nesting.dip),
        f64::from(nesting.dip_share),
        f64::from(nesting.shrinkage),
        f64::from(nesting.growth),
    ];
    (values, level)
}

proptest! {
    #[test]
    fn agrees_with_the_slow_version(
        (height, width) in (1_usize..60, 1_usize..60), seed in 0_usize..1000, diameter in 5.0_f64..40.0,
    ) {
        let image = image(height, width, seed, diameter);
        let sums = RowSums::new(&image);
        let nesting = Nesting { dip: 0.5, dip_share: 0.25, shrinkage: 0.125, growth: 2.0 };
        let mut workspace = Workspace::default();
        for (level, runs) in regions(&image) {
            let mut candidate = Candidate::new(runs, level, Origin::Component);
            (candidate.neck_within, candidate.neck_beside, candidate.basins) = (0.75, 0.5, 3);
            let (found, brightness) = features(&candidate, &nesting, &image, &sums, &mut workspace);
            let (expected, mean) = reference(&candidate, &nesting, &image);
            prop_assert!((f64::from(brightness) - mean).abs() < 1e-4 * mean);
            for ((name, found), expected) in NAMES.iter().zip(found).zip(expected) {
                let error = (f64::from(found) - expected).abs();
                prop_assert!(error < 2e-2 * expected.abs().max(1.0), "{}: {} for {}", name, found, expected);
            }
            let residual = Candidate { origin: Origin::Residual, ..candidate };
            let beside = NAMES.iter().position(|name| *name == "neck_beside").unwrap();
            prop_assert_eq!(features(&residual, &nesting, &image, &sums, &mut workspace).0[beside], -1.0);
        }
    }
}
