//! The matched filter: height of a Gaussian spot on a smooth background, by weighted least squares.
//!
//! In a window of Gaussian weights `w = exp(-r^2 / 2 s^2)` the image is modelled as
//! `amplitude * exp(-r^2 / 2 sigma^2) + background`, the background being a constant or a constant plus a
//! paraboloid. The least-squares amplitude is linear in the samples, so it is a correlation; with Gaussian
//! weights its kernel is a sum of separable terms. Its noise follows exactly from the camera's.

use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;
use crate::kernel::separable::{Term, reflect};

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
    /// Kernel weights over the square window, row by row.
    weights: Vec<f32>,
    radius: usize,
    terms: Vec<Term>,
    /// Sum of squared weights: variance of the amplitude under white noise of variance 1.
    white: f64,
    /// Sum of squared weights times the spot's shape: variance of the amplitude under a spot's own shot
    /// noise of 1 at its centre.
    shot: f64,
}

/// Window edge in units of the weights' sigma: beyond it the weights are under 1.2 %.
const WINDOW_SIGMAS: f64 = 3.0;

impl MatchedFilter {
    /// A filter for spots of `sigma_px` with weights of `support` times that sigma.
    pub(crate) fn new(sigma_px: f64, support: f64, background: Background) -> Self {
        let s = support * sigma_px;
        let radius = (WINDOW_SIGMAS * s).ceil() as usize;
        let at = |x: f64, sigma: f64| (-0.5 * (x / sigma).powi(2)).exp();
        // Moments over the window of weights times products of the basis {spot, 1, r^2}.
        let mut m = [[0.0_f64; 3]; 3];
        let r = radius as isize;
        for y in -r..=r {
            for x in -r..=r {
                let r2 = (x * x + y * y) as f64;
                let w = at(r2.sqrt(), s);
                let basis = [at(r2.sqrt(), sigma_px), 1.0, r2];
                for (i, row) in m.iter_mut().enumerate() {
                    for (j, v) in row.iter_mut().enumerate() {
                        *v += w * basis[i] * basis[j];
                    }
                }
            }
        }
        // First row of the inverse of the normal matrix.
        let [a, b, c] = match background {
            Background::Constant => {
                let d = m[0][0] * m[1][1] - m[0][1] * m[0][1];
                [m[1][1] / d, -m[0][1] / d, 0.0]
            }
            Background::Paraboloid => {
                let c0 = m[1][1] * m[2][2] - m[1][2] * m[1][2];
                let c1 = m[0][2] * m[1][2] - m[0][1] * m[2][2];
                let c2 = m[0][1] * m[1][2] - m[0][2] * m[1][1];
                let d = m[0][0] * c0 + m[0][1] * c1 + m[0][2] * c2;
                [c0 / d, c1 / d, c2 / d]
            }
        };
        let combined = (1.0 / (1.0 / (s * s) + 1.0 / (sigma_px * sigma_px))).sqrt();
        let half = |f: &dyn Fn(f64) -> f64| (0..=radius).map(|x| f(x as f64) as f32).collect::<Vec<f32>>();
        let spot = half(&|x| at(x, combined));
        let mut terms = vec![
            Term { horizontal: spot.iter().map(|v| v * a as f32).collect(), vertical: spot },
            Term { horizontal: half(&|x| at(x, s) * (b + c * x * x)), vertical: half(&|x| at(x, s)) },
        ];
        if background == Background::Paraboloid {
            terms.push(Term { horizontal: half(&|x| at(x, s)), vertical: half(&|x| at(x, s) * c * x * x) });
        }
        let mut weights = Vec::with_capacity((2 * radius + 1).pow(2));
        let (mut white, mut shot) = (0.0, 0.0);
        for y in -r..=r {
            for x in -r..=r {
                let r2 = (x * x + y * y) as f64;
                let spot = at(r2.sqrt(), sigma_px);
                let weight = at(r2.sqrt(), s) * (a * spot + b + c * r2);
                white += weight * weight;
                shot += weight * weight * spot;
                weights.push(weight as f32);
            }
        }
        Self { sigma_px, background, weights, radius, terms, white, shot }
    }

    /// The kernel as separable terms.
    pub(crate) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The amplitude at one pixel.
    pub(crate) fn at(&self, plane: PlaneView<'_>, y: usize, x: usize) -> f64 {
        let (height, width) = plane.dim();
        let r = self.radius;
        let side = 2 * r + 1;
        let mut sum = 0.0_f64;
        let mut row = vec![0.0_f32; side];
        let inside = x >= r && x + r < width;
        for (i, weights) in self.weights.chunks(side).enumerate() {
            let yy = reflect(y as isize + i as isize - r as isize, height);
            if inside {
                plane.read_row(yy, x - r, &mut row);
            } else {
                for (k, v) in row.iter_mut().enumerate() {
                    *v = plane.at(yy, reflect(x as isize + k as isize - r as isize, width));
                }
            }
            sum += weights.iter().zip(&row).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        }
        sum
    }

    /// The smallest standard deviation that any amplitude has in this channel.
    pub(crate) fn least_sd(&self, noise: &Noise) -> f64 {
        (self.white * noise.floor).sqrt()
    }

    /// Standard deviation of the amplitude of a spot of height `amplitude` on `background`, from the camera's
    /// noise alone.
    pub(crate) fn amplitude_sd(&self, noise: &Noise, background: f64, amplitude: f64) -> f64 {
        (self.white * noise.variance(background) + self.shot * noise.gain * amplitude.max(0.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::separable::correlate;
    use ndarray::Array2;

    #[test]
    fn gives_the_height_of_a_spot_on_any_background_it_ignores() {
        for (background, curvature) in [(Background::Constant, 0.0), (Background::Paraboloid, 0.3)] {
            let filter = MatchedFilter::new(1.7, 1.6, background);
            let image = Array2::from_shape_fn((61, 61), |(y, x)| {
                let (dy, dx) = (y as f32 - 30.0, x as f32 - 30.0);
                let r2 = dy * dy + dx * dx;
                200.0 * (-r2 / (2.0 * 1.7 * 1.7)).exp() + 1000.0 + 2.0 * dx - dy + curvature * r2
            });
            let response = correlate(PlaneView::from(&image), filter.terms());
            assert!((response[(30, 30)] - 200.0).abs() < 0.1, "{}", response[(30, 30)]);
            assert!((filter.at(PlaneView::from(&image), 30, 30) - 200.0).abs() < 0.1);
            assert!(response[(15, 15)].abs() < 0.1, "{}", response[(15, 15)]);
        }
    }
}
