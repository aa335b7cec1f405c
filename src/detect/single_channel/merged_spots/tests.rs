//! Pairs and lone spots through the whole detection, with its defaults.

use ndarray::Array2;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::colour::Colour;
use crate::detect::{DetectParams, Signal, detect};
use crate::field::PlaneView;

const SIGMA: f64 = 1.5;
const BACKGROUND: f64 = 200.0;
const GRID: usize = 10;
const PITCH: f64 = 30.0;
/// Of so many places, one has a pair, or another shape.
const EVERY: usize = 6;
const ROUND: [f64; 2] = [1.0, 1.0];

/// Two places, or one twice, of an amplitude and a shape (sigmas along both axes, over the usual one).
struct Place {
    at: [(f64, f64); 2],
    amplitude: f64,
    shape: [f64; 2],
}

/// Variance of a sample: photons of two to a grey level, and read noise of 3 grey levels.
fn variance(level: f64) -> f64 {
    9.0 + level / 2.0
}

/// Places on a jittered grid, with heights that scatter by 12 % around the one of this SNR over the background's noise.
fn places(snr: f64, separation: f64, usual: [f64; 2], other: [f64; 2], seed: u64) -> Vec<Place> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let height = snr * (variance(BACKGROUND) / (std::f64::consts::PI * SIGMA * SIGMA)).sqrt();
    (0..GRID * GRID)
        .map(|i| {
            let y = PITCH * (0.75 + (i / GRID) as f64) + 4.0 * rng.random::<f64>();
            let x = PITCH * (0.75 + (i % GRID) as f64) + 4.0 * rng.random::<f64>();
            let amplitude = height * (0.3 * (rng.random::<f64>() + rng.random::<f64>() - 1.0)).exp();
            let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
            let half = if i % EVERY == 0 { 0.5 * separation * SIGMA } else { 0.0 };
            let shape = if i % EVERY == 0 { other } else { usual };
            Place {
                at: [(y - half * sin, x - half * cos), (y + half * sin, x + half * cos)],
                amplitude,
                shape,
            }
        })
        .collect()
}

/// The image of these places; samples above `limit` are cut off.
fn image(places: &[Place], limit: f64, seed: u64) -> Array2<u16> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed + 1000);
    let side = (PITCH * (GRID as f64 + 0.7)) as usize;
    let mut image = Array2::<f64>::from_elem((side, side), BACKGROUND);
    for place in places {
        let spots = if place.at[0] == place.at[1] { 1 } else { 2 };
        for &(py, px) in &place.at[..spots] {
            for y in (py - 12.0) as usize..(py + 13.0) as usize {
                for x in (px - 12.0) as usize..(px + 13.0) as usize {
                    let [sy, sx] = place.shape.map(|s| s * SIGMA);
                    let r2 = ((y as f64 - py) / sy).powi(2) + ((x as f64 - px) / sx).powi(2);
                    image[(y, x)] += place.amplitude * (-0.5 * r2).exp();
                }
            }
        }
    }
    image.mapv(|v| {
        let normal = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        (v + normal * variance(v).sqrt()).min(limit).round() as u16
    })
}

/// For each place, the signals found within four sigmas of its middle.
fn found(places: &[Place], limit: f64, seed: u64) -> Vec<Vec<Signal>> {
    let image = image(places, limit, seed);
    let signals = detect(PlaneView::from(&image), Colour::Red, None, &DetectParams::default()).unwrap();
    let near = |p: &Place, s: &Signal| {
        let [(y0, x0), (y1, x1)] = p.at;
        (s.y_px - 0.5 * (y0 + y1)).hypot(s.x_px - 0.5 * (x0 + x1)) < 4.0 * SIGMA
    };
    places.iter().map(|p| signals.iter().filter(|s| near(p, s)).cloned().collect()).collect()
}

/// Share of pairs of which both are found, each within a sigma of its place; that of lone spots found twice; and the
/// mean height of the spots that were told apart over the true one.
fn pairs(snr: f64, separation: f64) -> [f64; 3] {
    let [mut all, mut resolved, mut lone, mut split, mut height] = [0.0; 5];
    for seed in 0..3 {
        let places = places(snr, separation, ROUND, ROUND, seed);
        for (place, signals) in places.iter().zip(found(&places, f64::INFINITY, seed)) {
            let near = |s: &Signal, (y, x): (f64, f64)| (s.y_px - y).hypot(s.x_px - x) < SIGMA;
            if place.at[0] == place.at[1] {
                lone += 1.0;
                split += f64::from(u8::from(signals.len() > 1));
                continue;
            }
            all += 1.0;
            if let [a, b] = &signals[..] {
                let [p, q] = place.at;
                if near(a, p) && near(b, q) || near(a, q) && near(b, p) {
                    resolved += 1.0;
                    height += 0.5 * (a.amplitude + b.amplitude) / place.amplitude;
                }
            }
        }
    }
    [resolved / all, split / lone, height / resolved]
}

#[test]
fn pairs_are_told_apart_as_far_as_their_noise_allows() {
    // Least share of pairs told apart at separations of 1, 1.5, 2, 2.5 and 3 sigmas.
    let separations = [1.0, 1.5, 2.0, 2.5, 3.0];
    for (snr, least) in [
        (5.0, [0.0, 0.0, 0.0, 0.0, 0.0]),
        (10.0, [0.0, 0.0, 0.0, 0.3, 0.6]),
        (15.0, [0.0, 0.0, 0.4, 0.8, 0.9]),
        (20.0, [0.0, 0.0, 0.7, 0.95, 0.95]),
        (30.0, [0.0, 0.1, 0.95, 0.95, 0.95]),
    ] {
        for (separation, least) in separations.into_iter().zip(least) {
            let [resolved, split, height] = pairs(snr, separation);
            println!(
                "SNR {snr}, {separation} sigmas: {resolved:.2} told apart, height {height:.3}, {split:.4} split"
            );
            assert!(resolved >= least, "{resolved} at an SNR of {snr}, {separation} sigmas");
            assert!(split < 0.01, "{split} at an SNR of {snr}, {separation} sigmas");
            assert!(resolved < 0.5 || (height - 1.0).abs() < 0.08, "{height} at {snr}, {separation}");
        }
    }
}

#[test]
fn lone_spots_stay_one() {
    let long = [1.3, 1.0];
    let (mut split, mut all) = (0, 0);
    for (what, usual, other, limit) in [
        ("round", ROUND, ROUND, f64::INFINITY),
        ("wider", [1.15, 1.15], [1.15, 1.15], f64::INFINITY),
        ("defocused", [1.4, 1.4], [1.4, 1.4], f64::INFINITY),
        ("some defocused", ROUND, [1.4, 1.4], f64::INFINITY),
        ("astigmatic", long, long, f64::INFINITY),
        ("cut off at the camera's limit", ROUND, ROUND, 500.0),
    ] {
        for snr in [8.0, 10.0, 15.0, 30.0, 100.0] {
            let (mut some, mut of) = (0, 0);
            for seed in 0..3 {
                let places = places(snr, 0.0, usual, other, 50 + seed);
                let signals = found(&places, limit, seed);
                some += signals.iter().filter(|s| s.len() > 1).count();
                of += signals.iter().filter(|s| !s.is_empty()).count();
            }
            println!("{what}, SNR {snr}: {some} of {of} split");
            assert!(of > 250, "{of} {what} at an SNR of {snr}");
            assert!(some * 100 < of, "{some} of {of} {what} at an SNR of {snr}");
            split += some;
            all += of;
        }
    }
    assert!(split * 200 < all, "{split} of {all}");
}
