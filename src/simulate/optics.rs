//! Blur and displacement by the microscope.

use ndarray::Array2;
use statrs::function::erf::erf;

use super::conditions::{Conditions, Optics};
use crate::colour::Colour;
use crate::kernel::gaussian::gaussian;

/// Spots are drawn out to this many standard deviations.
const SPOT_REACH_SIGMA: f64 = 5.0;
/// Standard deviation of the haze, um: a specimen a few um away from focus.
const HAZE_SIGMA_UM: f64 = 4.0;
/// The haze is computed on blocks of pixels so large that its standard deviation is about this many blocks.
const HAZE_SIGMA_BLOCKS: f64 = 4.0;

/// Standard deviation of the point spread function `distance_um` away from focus, um. Its area grows with the
/// square of the distance, as in a Gaussian beam.
pub(super) fn psf_sigma_um(optics: &Optics, distance_um: f64) -> f64 {
    optics.psf_sigma_um * 1.0_f64.hypot(distance_um / optics.depth_of_focus_um)
}

/// A round spot of light, position in px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) y: f64,
    pub(super) x: f64,
    /// Height above the focal plane, um.
    pub(super) height_um: f64,
    /// Standard deviation of the light source itself, um.
    pub(super) extent_um: f64,
    pub(super) electrons: f64,
}

/// Adds the image of a spot: a Gaussian integrated over each pixel, so that no light is lost.
pub(super) fn add_spot(plane: &mut Array2<f32>, spot: &Spot, optics: &Optics) {
    let sigma = |distance: f64| psf_sigma_um(optics, distance).hypot(spot.extent_um) / optics.pixel_um;
    let half = optics.astigmatism_um / 2.0;
    add_gaussian(plane, spot, [sigma(spot.height_um - half), sigma(spot.height_um + half)]);
}

/// Adds a Gaussian of these standard deviations (rows, columns; px), integrated over each pixel.
pub(super) fn add_gaussian(plane: &mut Array2<f32>, spot: &Spot, sigma_px: [f64; 2]) {
    let (height, width) = plane.dim();
    let (y0, rows) = pixel_shares(spot.y, sigma_px[0], height);
    let (x0, columns) = pixel_shares(spot.x, sigma_px[1], width);
    for (mut row, share) in plane.rows_mut().into_iter().skip(y0).zip(&rows) {
        for (pixel, column_share) in row.iter_mut().skip(x0).zip(&columns) {
            *pixel += (spot.electrons * share * column_share) as f32;
        }
    }
}

/// First pixel and share of the light that each pixel gets, along one axis of `n` pixels.
fn pixel_shares(centre: f64, sigma: f64, n: usize) -> (usize, Vec<f64>) {
    let reach = SPOT_REACH_SIGMA * sigma;
    let first = (centre - reach).round().clamp(0.0, n as f64) as usize;
    let end = ((centre + reach).round() + 1.0).clamp(first as f64, n as f64) as usize;
    let below = |edge: f64| 0.5 * (1.0 + erf((edge - centre) / (sigma * std::f64::consts::SQRT_2)));
    let shares = (first..end).map(|i| below(i as f64 + 0.5) - below(i as f64 - 0.5)).collect();
    (first, shares)
}

/// Where light from a position in the specimen (px) falls in the image of a colour. Red, like the
/// counterstain, is the reference.
pub(super) fn image_position(conditions: &Conditions, colour: Colour, y: f64, x: f64) -> (f64, f64) {
    if colour == Colour::Red {
        return (y, x);
    }
    let optics = &conditions.optics;
    let middle = (conditions.size_px as f64 - 1.0) / 2.0;
    let (dy, dx) = (y - middle, x - middle);
    let (sin, cos) = optics.shift_rotation.sin_cos();
    let scale = 1.0 + optics.shift_magnification;
    (
        middle + scale * (cos * dy + sin * dx) + optics.shift_px[0],
        middle + scale * (cos * dx - sin * dy) + optics.shift_px[1],
    )
}

/// Adds a share of the plane's own light, spread wide.
pub(super) fn add_haze(plane: &mut Array2<f32>, share: f64, pixel_um: f64) {
    if share <= 0.0 {
        return;
    }
    let sigma_px = HAZE_SIGMA_UM / pixel_um;
    let block = ((sigma_px / HAZE_SIGMA_BLOCKS) as usize).max(1);
    let (height, width) = plane.dim();
    let mut blocks = Array2::<f32>::zeros((height.div_ceil(block), width.div_ceil(block)));
    for ((y, x), &pixel) in plane.indexed_iter() {
        blocks[(y / block, x / block)] += pixel;
    }
    for ((y, x), sum) in blocks.indexed_iter_mut() {
        let pixels = (height - y * block).min(block) * (width - x * block).min(block);
        *sum /= pixels as f32;
    }
    let wide = gaussian((&blocks).into(), sigma_px / block as f64);
    for ((y, x), pixel) in plane.indexed_iter_mut() {
        *pixel += share as f32 * interpolated(&wide, y, x, block);
    }
}

/// Value of the block image at a pixel, linearly interpolated between block centres.
fn interpolated(blocks: &Array2<f32>, y: usize, x: usize, block: usize) -> f32 {
    let place = |i: usize, n: usize| {
        let position = ((i as f32 + 0.5) / block as f32 - 0.5).clamp(0.0, (n - 1) as f32);
        let low = position as usize;
        (low, (low + 1).min(n - 1), position - low as f32)
    };
    let (y0, y1, fy) = place(y, blocks.nrows());
    let (x0, x1, fx) = place(x, blocks.ncols());
    let top = blocks[(y0, x0)] + fx * (blocks[(y0, x1)] - blocks[(y0, x0)]);
    let bottom = blocks[(y1, x0)] + fx * (blocks[(y1, x1)] - blocks[(y1, x0)]);
    top + fy * (bottom - top)
}

/// Darkens the plane towards the corners.
pub(super) fn vignette(plane: &mut Array2<f32>, loss: f64) {
    let (height, width) = plane.dim();
    let middle = ((height as f64 - 1.0) / 2.0, (width as f64 - 1.0) / 2.0);
    let corner = middle.0.powi(2) + middle.1.powi(2);
    for ((y, x), pixel) in plane.indexed_iter_mut() {
        let distance = (y as f64 - middle.0).powi(2) + (x as f64 - middle.1).powi(2);
        *pixel *= (1.0 - loss * distance / corner) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_keeps_its_light_place_and_width() {
        let optics = Optics { astigmatism_um: 1.0, ..Optics::default() };
        let mut plane = Array2::<f32>::zeros((64, 64));
        let spot = Spot { y: 30.3, x: 33.6, height_um: 0.5, extent_um: 0.15, electrons: 1000.0 };
        add_spot(&mut plane, &spot, &optics);
        let moment = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            plane.indexed_iter().map(|((y, x), &v)| f64::from(v) * f(y as f64, x as f64)).sum::<f64>()
                / 1000.0
        };
        assert!((moment(&|_, _| 1.0) - 1.0).abs() < 1e-4);
        let (y, x) = (moment(&|y, _| y), moment(&|_, x| x));
        assert!((y - 30.3).abs() < 1e-2 && (x - 33.6).abs() < 1e-2, "{y} {x}");
        // Rows are in focus at this height, columns 1 um away; a pixel adds a twelfth of its square.
        let (vy, vx) = (moment(&|v, _| (v - y).powi(2)), moment(&|_, v| (v - x).powi(2)));
        let expected =
            |distance: f64| (psf_sigma_um(&optics, distance).powi(2) + 0.15_f64.powi(2)) / 0.01 + 1.0 / 12.0;
        assert!((vy - expected(0.0)).abs() < 0.02, "{vy}");
        assert!((vx - expected(1.0)).abs() < 0.02, "{vx}");
    }

    #[test]
    fn a_spot_beyond_the_edge_adds_nothing() {
        let mut plane = Array2::<f32>::zeros((32, 32));
        let spot = Spot { y: -300.0, x: 500.0, height_um: 0.0, extent_um: 0.1, electrons: 1e6 };
        add_spot(&mut plane, &spot, &Optics::default());
        assert!(plane.iter().all(|&v| v == 0.0));
    }

    #[test]
    fn haze_keeps_an_even_plane_even() {
        let mut plane = Array2::<f32>::from_elem((100, 90), 10.0);
        add_haze(&mut plane, 0.3, 0.1);
        assert!(plane.iter().all(|v| (v - 13.0).abs() < 1e-3));
    }
}
