//! Light of things that are neither nuclei nor signals: debris, specks, stroma.

use std::f64::consts::TAU;

use ndarray::Array2;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};

use super::conditions::Conditions;
use super::optics::Spot;
use super::random::SmoothNoise;
use crate::kernel::gaussian::gaussian;

/// Blobs that make up one clump of debris.
const BLOBS: std::ops::RangeInclusive<usize> = 3..=9;
/// Sizes of the patches of stroma, of the waves of its fibres, and of a fibre (thickness, length), um.
const PATCH_UM: f64 = 22.0;
const WAVE_UM: f64 = 20.0;
const FIBRE_UM: (f64, f64) = (1.4, 9.0);
/// Size (um) and contrast of the grains that break the fibres up; some look like signals.
const GRAIN_UM: f64 = 1.0;
const GRAIN_CONTRAST: f64 = 0.3;
/// How far the waves bend the fibres, um.
const BEND_UM: f64 = 2.5;
/// Blur of stroma, um: it fills the depth of the section, most of it out of focus.
const STROMA_BLUR_UM: f64 = 0.35;
/// Light of stroma in counterstain, red and green, relative to green: collagen shines least in the red.
pub(super) const STROMA_COLOURS: [f32; 3] = [0.25, 0.6, 1.0];

/// A spot with its share of light in counterstain, red and green.
#[derive(Debug, Clone, Copy)]
pub(super) struct Artefact {
    pub(super) spot: Spot,
    pub(super) colours: [f64; 3],
}

/// Debris and specks of a field.
pub(super) fn scatter(conditions: &Conditions, rng: &mut ChaCha8Rng) -> Vec<Artefact> {
    let (artefacts, probes) = (&conditions.artefacts, &conditions.probes);
    let side = conditions.size_px as f64;
    let area_um2 = (side * conditions.optics.pixel_um).powi(2);
    let half_depth = conditions.half_depth_um();
    let mut scattered = Vec::new();
    for _ in 0..count(artefacts.debris_per_10000_um2 * area_um2 / 1e4, rng) {
        let (y, x) = (rng.random_range(0.0..side), rng.random_range(0.0..side));
        let electrons = probes.signal_electrons * artefacts.debris_brightness * rng.random_range(0.3..2.0);
        let colours = [rng.random_range(0.1..0.4), rng.random_range(0.5..1.1), rng.random_range(0.6..1.3)];
        let (size, blobs) = (rng.random_range(0.3..1.2), rng.random_range(BLOBS));
        for _ in 0..blobs {
            let (angle, reach) = (rng.random_range(0.0..TAU), rng.random_range(0.0..1.5) * size);
            let reach_px = reach / conditions.optics.pixel_um;
            let spot = Spot {
                y: y + reach_px * angle.sin(),
                x: x + reach_px * angle.cos(),
                height_um: rng.random_range(-half_depth..=half_depth),
                extent_um: size * rng.random_range(0.4..1.0),
                electrons: electrons / blobs as f64,
            };
            scattered.push(Artefact { spot, colours });
        }
    }
    for _ in 0..count(artefacts.specks_per_1000_um2 * area_um2 / 1e3, rng) {
        let spot = Spot {
            y: rng.random_range(0.0..side),
            x: rng.random_range(0.0..side),
            height_um: rng.random_range(-half_depth..=half_depth),
            extent_um: probes.extent_sigma_um * rng.random_range(0.6..1.3),
            electrons: probes.signal_electrons * artefacts.speck_brightness * rng.random_range(0.25..=1.0),
        };
        let colours = if rng.random_bool(0.5) { [0.0, 1.0, 0.0] } else { [0.0, 0.0, 1.0] };
        scattered.push(Artefact { spot, colours });
    }
    scattered
}

/// A Poisson number.
pub(super) fn count(mean: f64, rng: &mut ChaCha8Rng) -> usize {
    Poisson::new(mean).map_or(0, |poisson| poisson.sample(rng) as usize)
}

/// Stroma: wavy fibres in patches, photoelectrons a pixel in green; `None` if there is none.
pub(super) fn stroma(conditions: &Conditions, rng: &mut ChaCha8Rng) -> Option<Array2<f32>> {
    let cover = conditions.artefacts.stroma_cover;
    if cover <= 0.0 {
        return None;
    }
    let patches = SmoothNoise::new(rng.random(), PATCH_UM);
    let waves = SmoothNoise::new(rng.random(), WAVE_UM);
    let fibres = SmoothNoise::new(rng.random(), 1.0);
    let grains = SmoothNoise::new(rng.random(), GRAIN_UM);
    let (sin, cos) = rng.random_range(0.0..TAU).sin_cos();
    // Noise of standard deviation 1 exceeds this over about the share `cover` of the field.
    let edge = Normal::standard().inverse_cdf(1.0 - cover.min(0.999));
    let pixel_um = conditions.optics.pixel_um;
    let electrons = conditions.artefacts.stroma_electrons_per_um2 * pixel_um * pixel_um;
    let size = conditions.size_px;
    let mut plane = vec![0.0_f32; size * size];
    plane.par_chunks_mut(size).enumerate().for_each(|(row, pixels)| {
        for (column, pixel) in pixels.iter_mut().enumerate() {
            let (y, x) = (row as f64 * pixel_um, column as f64 * pixel_um);
            let inside = ((patches.at(y, x) - edge) / 1.2 + 0.5).clamp(0.0, 1.0);
            if inside <= 0.0 {
                continue;
            }
            let across = sin * x + cos * y + BEND_UM * waves.at(y, x);
            let along = cos * x - sin * y;
            let ridge = (1.0 - fibres.at(across / FIBRE_UM.0, along / FIBRE_UM.1).abs()).max(0.0);
            let grain = (1.0 + GRAIN_CONTRAST * grains.at(y, x)).max(0.0);
            *pixel = (grain * electrons * inside * inside * (3.0 - 2.0 * inside) * (0.5 + ridge)) as f32;
        }
    });
    let sharp = Array2::from_shape_vec((size, size), plane).ok()?;
    Some(gaussian((&sharp).into(), STROMA_BLUR_UM / pixel_um))
}
