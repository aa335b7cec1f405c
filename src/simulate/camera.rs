//! From light to grey levels.

use ndarray::Array2;
use rand::RngExt;
use rand_distr::{Distribution, Poisson, StandardNormal};
use rayon::prelude::*;

use super::camera_map::PixelResponse;
use super::conditions::{Camera, Conditions};
use super::random::{Purpose, Streams};
use crate::field::Plane;

/// Above this many photoelectrons the Poisson distribution is taken as normal.
const NORMAL_ABOVE: f32 = 50.0;

/// Which plane is exposed: its place in the noise streams.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaneIndex {
    pub(super) field: u32,
    pub(super) z: u32,
    pub(super) channel: u32,
}

/// Charge of hot pixels, photoelectrons: (row, column, charge).
pub(super) fn hot_pixels(conditions: &Conditions, streams: &Streams) -> Vec<(usize, usize, f32)> {
    let mut rng = streams.stream(Purpose::HotPixels, [0; 3]);
    let (size, camera) = (conditions.size_px, &conditions.camera);
    let count = (camera.hot_pixel_share * (size * size) as f64).round() as usize;
    (0..count)
        .map(|_| {
            let charge = camera.hot_pixel_electrons * rng.random_range(0.1..=1.0);
            (rng.random_range(0..size), rng.random_range(0..size), charge as f32)
        })
        .collect()
}

/// Reads a plane of expected photoelectrons out: photon noise, full well, read noise, offset, rounding.
pub(super) fn read_out(
    mut light: Array2<f32>,
    camera: &Camera,
    hot_pixels: &[(usize, usize, f32)],
    map: Option<&Array2<PixelResponse>>,
    streams: &Streams,
    index: PlaneIndex,
) -> Plane {
    for &(y, x, charge) in hot_pixels {
        if let Some(pixel) = light.get_mut((y, x)) {
            *pixel += charge;
        }
    }
    let (read_noise, full_well) = (camera.read_noise_electrons as f32, camera.full_well_electrons as f32);
    let (per_level, offset) = (camera.electrons_per_level as f32, camera.offset_levels as f32);
    let highest = f32::from(camera.highest_level());
    let mut rows: Vec<_> = light.rows_mut().into_iter().collect();
    rows.par_iter_mut().enumerate().for_each(|(row, pixels)| {
        let plane = index.z << 2 | index.channel;
        let mut rng = streams.stream(Purpose::Noise, [index.field, plane, row as u32]);
        for (column, pixel) in pixels.iter_mut().enumerate() {
            let expected = pixel.max(0.0);
            let noise: f32 = StandardNormal.sample(&mut rng);
            let caught = if expected > NORMAL_ABOVE {
                let photon_noise: f32 = StandardNormal.sample(&mut rng);
                expected + expected.sqrt() * photon_noise
            } else {
                Poisson::new(expected).map_or(0.0, |poisson| poisson.sample(&mut rng))
            };
            let own = map.and_then(|map| map.get((row, column))).unwrap_or(&PixelResponse::EVEN);
            let electrons = caught.clamp(0.0, full_well) + own.noise * read_noise * noise;
            *pixel = (offset + own.offset + own.gain * electrons / per_level).round().clamp(0.0, highest);
        }
    });
    if camera.bits <= 8 { light.mapv(|v| v as u8).into() } else { light.mapv(|v| v as u16).into() }
}
