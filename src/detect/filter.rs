//! The matched filter: height of a Gaussian spot on a smooth background, by weighted least squares.
//!
//! In a window of Gaussian weights `w = exp(-r^2 / 2 s^2)` the image is modelled as
//! `amplitude * exp(-r^2 / 2 sigma^2) + background`, the background being a constant or a constant plus a
//! paraboloid. The least-squares amplitude is linear in the samples, so it is a correlation; with Gaussian
//! weights its kernel is a sum of separable terms. Its noise follows exactly from the camera's.

use ndarray::Array2;

use crate::detect::search_image::SearchImage;
use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;
#[cfg(test)]
use crate::kernel::separable::correlate_at_two_scales;
use crate::kernel::separable::{Correlation, Term, correlate_each, full_resolution_weights};

/// Shape of the background that the filter ignores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Background {
    /// A constant (and, by symmetry, a slope): the least noise.
    Constant,
    /// A paraboloid: blind to textured tissue, at the price of more noise.
    Paraboloid,
}

/// One filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MatchedFilter {
    pub(crate) sigma_px: f64,
    pub(crate) background: Background,
    /// The kernel: its terms at full and at half resolution.
    fine: Vec<Term>,
    coarse: Vec<Term>,
    /// Rows or columns to either side that it looks at.
    reach: usize,
    /// Sum of squared weights: variance of the amplitude under white noise of variance 1.
    white: f64,
    /// Sum of squared weights times the spot's shape: variance of the amplitude under a spot's own shot
    /// noise of 1 at its centre.
    shot: f64,
}

/// Window edge in units of the weights' sigma: beyond it the weights are under 1.2 %.
const WINDOW_SIGMAS: f64 = 3.0;
/// Edge of the product of spot and weights in its sigmas: beyond it there is less than a ten-thousandth of it. With the
/// edge at 3, more false maxima were found on the flat tops of signals far above the camera's limit.
const SPOT_SIGMAS: f64 = 4.0;
/// Smallest sigma of the weights from which the background is taken at half resolution, px: what it has finer than that
/// is then below a hundredth.
const HALF_RESOLUTION_FROM_PX: f64 = 2.0;
/// Variance that averaging over two pixels and linear interpolation add to a kernel along each axis, px2.
const HALF_RESOLUTION_VARIANCE: f64 = 1.0;

/// Weights along one axis: what is correlated with, and what that comes to for each pixel from `-reach` to `reach`.
struct Axis {
    half: Vec<f32>,
    weights: Vec<f64>,
}

impl Axis {
    fn new(half: Vec<f64>, reach: usize, half_resolution: bool) -> Self {
        let half: Vec<f32> = half.into_iter().map(|v| v as f32).collect();
        let mut weights = vec![0.0; 2 * reach + 1];
        if half_resolution {
            let first = reach - 2 * half.len();
            for (w, v) in weights[first..].iter_mut().zip(full_resolution_weights(&half)) {
                *w = v;
            }
        } else {
            for (i, &v) in half.iter().enumerate() {
                weights[reach - i] = f64::from(v);
                weights[reach + i] = f64::from(v);
            }
        }
        Self { half, weights }
    }

    /// The term of this kernel along columns and another along rows, times a factor.
    fn term(&self, along_rows: &Self, factor: f64) -> Term {
        Term {
            horizontal: along_rows.half.iter().map(|v| (f64::from(*v) * factor) as f32).collect(),
            vertical: self.half.clone(),
        }
    }
}

impl MatchedFilter {
    /// A filter for spots of `sigma_px` with weights of `support` times that sigma.
    pub(crate) fn new(sigma_px: f64, support: f64, background: Background) -> Self {
        let s = support * sigma_px;
        let at = |x: f64, sigma: f64| (-0.5 * (x / sigma).powi(2)).exp();
        let samples = |n: usize, f: &dyn Fn(f64) -> f64| (0..=n).map(|x| f(x as f64)).collect::<Vec<f64>>();
        // The kernel is a * spot + b * flat + c * bowl: the weights times the spot, 1 and r^2.
        let half_resolution = s >= HALF_RESOLUTION_FROM_PX;
        let (broad, pitch) =
            if half_resolution { ((s * s - HALF_RESOLUTION_VARIANCE).sqrt(), 2.0) } else { (s, 1.0) };
        let combined = (1.0 / (1.0 / (s * s) + 1.0 / (sigma_px * sigma_px))).sqrt();
        let spot_radius = (SPOT_SIGMAS * combined).ceil() as usize;
        let broad_radius = (WINDOW_SIGMAS * s / pitch).ceil() as usize;
        let reach = spot_radius.max(if half_resolution { 2 * broad_radius + 2 } else { broad_radius });
        let spot = Axis::new(samples(spot_radius, &|x| at(x, combined)), reach, false);
        let flat = Axis::new(samples(broad_radius, &|x| at(x * pitch, broad)), reach, half_resolution);
        let bowl = Axis::new(
            samples(broad_radius, &|x| at(x * pitch, broad) * (x * pitch).powi(2)),
            reach,
            half_resolution,
        );
        // Sums over the window of each part of the kernel times the spot, 1 and r^2: what each gives for these.
        let r = reach as isize;
        let offsets = || (-r..=r).flat_map(|y| (-r..=r).map(move |x| (y, x)));
        let parts = |y: isize, x: isize| {
            let (i, j) = ((y + r) as usize, (x + r) as usize);
            [
                spot.weights[i] * spot.weights[j],
                flat.weights[i] * flat.weights[j],
                flat.weights[i] * bowl.weights[j] + bowl.weights[i] * flat.weights[j],
            ]
        };
        let mut m = [[0.0_f64; 3]; 3];
        for (y, x) in offsets() {
            let r2 = (x * x + y * y) as f64;
            let shapes = [at(r2.sqrt(), sigma_px), 1.0, r2];
            for (row, part) in m.iter_mut().zip(parts(y, x)) {
                for (v, shape) in row.iter_mut().zip(shapes) {
                    *v += part * shape;
                }
            }
        }
        // The factors with which it gives 1 for the spot and 0 for what the background can be.
        let [a, b, c] = match background {
            Background::Constant => {
                let d = m[0][0] * m[1][1] - m[0][1] * m[1][0];
                [m[1][1] / d, -m[0][1] / d, 0.0]
            }
            Background::Paraboloid => {
                let c0 = m[1][1] * m[2][2] - m[1][2] * m[2][1];
                let c1 = m[0][2] * m[2][1] - m[0][1] * m[2][2];
                let c2 = m[0][1] * m[1][2] - m[0][2] * m[1][1];
                let d = m[0][0] * c0 + m[1][0] * c1 + m[2][0] * c2;
                [c0 / d, c1 / d, c2 / d]
            }
        };
        let (mut white, mut shot) = (0.0, 0.0);
        for (y, x) in offsets() {
            let [p, f, q] = parts(y, x);
            let weight = a * p + b * f + c * q;
            white += weight * weight;
            shot += weight * weight * at(((x * x + y * y) as f64).sqrt(), sigma_px);
        }
        let mut fine = vec![spot.term(&spot, a)];
        // flat * (b flat + c bowl) + bowl * c flat
        let mixed = Axis {
            half: flat
                .half
                .iter()
                .zip(&bowl.half)
                .map(|(f, q)| (b * f64::from(*f) + c * f64::from(*q)) as f32)
                .collect(),
            weights: Vec::new(),
        };
        let mut broad_terms = vec![flat.term(&mixed, 1.0)];
        if background == Background::Paraboloid {
            broad_terms.push(bowl.term(&flat, c));
        }
        let coarse = if half_resolution {
            broad_terms
        } else {
            fine.extend(broad_terms);
            Vec::new()
        };
        Self { sigma_px, background, fine, coarse, reach, white, shot }
    }

    /// The amplitude at every pixel.
    #[cfg(test)]
    pub(crate) fn response(&self, plane: PlaneView<'_>) -> Array2<f32> {
        correlate_at_two_scales(plane, &self.fine, &self.coarse)
    }

    /// The amplitude at every pixel, row by row from an even one on.
    pub(crate) fn rows<'p>(&self, plane: PlaneView<'p>, first_row: usize) -> Correlation<'_, 'p> {
        Correlation::new(plane, &self.fine, &self.coarse, first_row)
    }

    /// The amplitude at every pixel of some parts of a plane, in the memory of earlier ones of the same parts.
    pub(crate) fn responses(
        &self,
        parts: &[SearchImage<'_>],
        mut earlier: Vec<Array2<f32>>,
    ) -> Vec<Array2<f32>> {
        let mut out: Vec<Array2<f32>> = parts
            .iter()
            .map(|part| {
                let shape = part.plane.dim();
                earlier.pop().filter(|e| e.dim() == shape).unwrap_or_else(|| Array2::zeros(shape))
            })
            .collect();
        correlate_each(parts.iter().map(|part| part.plane), &self.fine, &self.coarse, &mut out);
        out
    }

    /// The amplitude at the centre of a Gaussian spot of height 1 and any width.
    pub(crate) fn height_of_spot(&self, sigma_px: f64) -> f64 {
        let middle = self.reach.next_multiple_of(2);
        let at = |x: usize| (-0.5 * ((x as f64 - middle as f64) / sigma_px).powi(2)).exp();
        let image = Array2::from_shape_fn((2 * middle + 1, 2 * middle + 1), |(y, x)| (at(y) * at(x)) as f32);
        let mut response = Array2::zeros(image.dim());
        let plane = std::iter::once(PlaneView::from(&image));
        correlate_each(plane, &self.fine, &self.coarse, std::slice::from_mut(&mut response));
        f64::from(response[(middle, middle)])
    }

    /// The smallest standard deviation that any amplitude has in this channel.
    pub(crate) fn least_sd(&self, noise: &Noise) -> f64 {
        (self.white * noise.floor).sqrt()
    }

    /// Variance of the amplitude of a spot that a grey level of its own height adds.
    pub(crate) fn shot_variance(&self, noise: &Noise) -> f64 {
        self.shot * noise.gain
    }

    /// Standard deviation of the amplitude of a spot of height `amplitude` on `background`, from the camera's
    /// noise alone.
    pub(crate) fn amplitude_sd(&self, noise: &Noise, background: f64, amplitude: f64) -> f64 {
        (self.white * noise.variance(background) + self.shot * noise.gain * amplitude.max(0.0)).sqrt()
    }
}

// By its path, since a benchmark includes this file elsewhere.
#[cfg(test)]
#[path = "filter/tests.rs"]
mod tests;
