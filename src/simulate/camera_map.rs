//! Maps of what differs between the pixels of a camera.

use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};

use super::conditions::Conditions;
use super::random::{Purpose, Streams};

/// Stream of the columns: no row has this number.
const COLUMNS: u32 = u32::MAX;

/// What one pixel does to its light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PixelResponse {
    /// Relative to the camera's.
    pub(super) gain: f32,
    /// Added to the camera's, grey levels.
    pub(super) offset: f32,
    /// Read noise relative to the camera's.
    pub(super) noise: f32,
}

impl PixelResponse {
    /// A pixel like all others.
    pub(super) const EVEN: Self = Self { gain: 1.0, offset: 0.0, noise: 1.0 };
}

/// The pixels of a camera, the same in every channel and field of a specimen; `None` if they are alike.
pub(super) fn camera_map(conditions: &Conditions, streams: &Streams) -> Option<Array2<PixelResponse>> {
    let map = conditions.camera.map.as_ref()?;
    let size = conditions.size_px;
    let mut rng = streams.stream(Purpose::CameraMap, [COLUMNS, 0, 0]);
    let mut draw_level = |sd: f64| {
        let z: f64 = StandardNormal.sample(&mut rng);
        sd * z
    };
    let columns: Vec<f64> = (0..size).map(|_| draw_level(map.column_sd_levels)).collect();
    let mut pixels = Vec::with_capacity(size * size);
    for row in 0..size {
        let mut rng = streams.stream(Purpose::CameraMap, [row as u32, 0, 0]);
        let mut draw = || -> f64 { StandardNormal.sample(&mut rng) };
        pixels.extend(columns.iter().map(|column| PixelResponse {
            gain: (1.0 + map.gain_sd * draw()).max(0.0) as f32,
            offset: (column + map.offset_sd_levels * draw()) as f32,
            noise: (map.read_noise_spread * draw()).exp() as f32,
        }));
    }
    Array2::from_shape_vec((size, size), pixels).ok()
}
