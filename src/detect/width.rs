//! Width of one spot, by least squares over a ladder of widths.

use crate::field::PlaneView;
use crate::kernel::dispatch::{Kernel, vectorised};

/// Widths tried, as multiples of the expected one: from half to three times it.
const LADDER_STEPS: usize = 15;
const LADDER_LOW: f64 = 0.5;
const LADDER_HIGH: f64 = 3.0;
/// Window radius in expected sigmas.
const WINDOW_SIGMAS: f64 = 2.6;
/// Fewest samples for a fit.
const LEAST_SAMPLES: f64 = 12.0;

/// Width and background of one spot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SpotShape {
    /// Fitted sigma, px.
    pub(crate) sigma_px: f64,
    /// Local background at the centre, grey levels.
    pub(crate) background: f64,
}

/// The widths that are tried, and one more: so many fit into registers without a rest.
const STEPS: usize = LADDER_STEPS + 1;
/// A value for each of these.
type Steps = [f64; STEPS];

/// The widths that are tried on spots of one expected width.
#[derive(Debug, Clone)]
pub(crate) struct Ladder {
    radius: f64,
    sigmas: Steps,
    /// `exp(-n^2 / 2 sigma^2)` for the whole numbers `n` of pixels in the window.
    whole: Vec<Steps>,
}

impl Ladder {
    pub(crate) fn new(expected_sigma_px: f64) -> Self {
        let radius = (WINDOW_SIGMAS * expected_sigma_px).ceil().max(3.0);
        let step = log_step();
        let sigmas = std::array::from_fn(|k| expected_sigma_px * LADDER_LOW * (step * k as f64).exp());
        let whole = (0..=radius as usize + 1)
            .map(|n| sigmas.map(|s| (-0.5 * (n as f64 / s).powi(2)).exp()))
            .collect();
        Self { radius, sigmas, whole }
    }

    /// Samples of a spot at `centre` of each width along one axis, at the pixels from `from` to `to`.
    #[inline(always)]
    fn profile(&self, centre: f64, from: usize, to: usize) -> Vec<Steps> {
        // exp(-(n - f)^2 / 2 s^2) with the whole number n and the fraction f of a pixel, taken apart.
        let nearest = centre.round();
        let fraction = centre - nearest;
        let at_zero = self.sigmas.map(|s| (-0.5 * (fraction / s).powi(2)).exp());
        let growth = self.sigmas.map(|s| (fraction / (s * s)).exp());
        let mut profile: Vec<Steps> = vec![[0.0; STEPS]; to - from];
        let mut side = |step: isize, growth: &Steps| {
            let mut power = at_zero;
            let (mut n, mut pixel) = (0_usize, nearest as isize);
            while let Some(whole) = self.whole.get(n) {
                if pixel >= from as isize && pixel < to as isize {
                    let out = &mut profile[(pixel - from as isize) as usize];
                    for k in 0..STEPS {
                        out[k] = power[k] * whole[k];
                    }
                }
                for k in 0..STEPS {
                    power[k] *= growth[k];
                }
                n += 1;
                pixel += step;
            }
        };
        side(1, &growth);
        side(-1, &growth.map(f64::recip));
        profile
    }

    /// Fits a Gaussian on a sloping background at a sub-pixel position; `None` too close to the image edge for a
    /// fit.
    pub(crate) fn fit(&self, plane: PlaneView<'_>, y_px: f64, x_px: f64) -> Option<SpotShape> {
        vectorised(Fit { ladder: self, plane, y_px, x_px })
    }

    #[inline(always)]
    fn fit_at(&self, plane: PlaneView<'_>, y_px: f64, x_px: f64) -> Option<SpotShape> {
        let (height, width) = plane.dim();
        let radius = self.radius;
        let y0 = (y_px - radius).ceil().max(0.0) as usize;
        let y1 = ((y_px + radius).floor() as usize + 1).min(height);
        let x0 = (x_px - radius).ceil().max(0.0) as usize;
        let x1 = ((x_px + radius).floor() as usize + 1).min(width);
        if y1 < y0 + 4 || x1 < x0 + 4 {
            return None;
        }
        let columns = x1 - x0;
        let mut data = vec![0.0_f32; (y1 - y0) * columns];
        let mut rows = Vec::with_capacity(y1 - y0);
        for (y, row) in (y0..y1).zip(data.chunks_exact_mut(columns)) {
            plane.read_row(y, x0, row);
            // The samples of this row that lie in the disc.
            let dy = y as f64 - y_px;
            let inside = |x: &usize| dy * dy + ((x0 + x) as f64 - x_px).powi(2) <= radius * radius;
            let first = (0..columns).find(inside).unwrap_or(columns);
            let end = (first..columns).rfind(inside).map_or(first, |last| last + 1);
            rows.push((dy, first, end));
        }
        let samples = || {
            rows.iter().zip(data.chunks_exact(columns)).flat_map(|(&(dy, first, end), row)| {
                (first..end).map(move |x| (dy, (x0 + x) as f64 - x_px, f64::from(row[x])))
            })
        };
        let n = rows.iter().map(|(_, first, end)| end - first).sum::<usize>() as f64;
        if n < LEAST_SAMPLES {
            return None;
        }
        // Orthogonal basis of the sloping plane over the disc: 1, dy - my, dx - mx - slope * (dy - my).
        let (mut my, mut mx, mut level) = (0.0, 0.0, 0.0);
        for (dy, dx, v) in samples() {
            my += dy / n;
            mx += dx / n;
            level += v / n;
        }
        let (mut syy, mut sxy) = (0.0, 0.0);
        for (dy, dx, _) in samples() {
            syy += (dy - my).powi(2);
            sxy += (dy - my) * (dx - mx);
        }
        let slope = sxy / syy;
        let (mut sxx, mut along_y, mut along_x) = (0.0, 0.0, 0.0);
        for (dy, dx, v) in samples() {
            let u = dx - mx - slope * (dy - my);
            sxx += u * u;
            along_y += v * (dy - my);
            along_x += v * u;
        }
        let (along_y, along_x) = (along_y / syy, along_x / sxx);
        let at_centre = |level: f64, y: f64, x: f64| level - y * my - x * (mx - slope * my);
        let flat = at_centre(level, along_y, along_x);

        // Sums over the spots of each width: the spot, along both axes of the basis, its square, and its product with
        // the data.
        let (across, down) = (self.profile(x_px, x0, x1), self.profile(y_px, y0, y1));
        let zero: Steps = [0.0; STEPS];
        let (mut sum, mut sum_y, mut sum_x, mut square, mut overlap) = (zero, zero, zero, zero, zero);
        for ((&(dy, first, end), row), down) in rows.iter().zip(data.chunks_exact(columns)).zip(&down) {
            let (mut r, mut rx, mut r2, mut rv) = (zero, zero, zero, zero);
            for ((x, &v), spot) in (x0 + first..).zip(&row[first..end]).zip(&across[first..end]) {
                let dx = x as f64 - x_px;
                let u = dx - mx - slope * (dy - my);
                let residual = f64::from(v) - level - along_y * (dy - my) - along_x * u;
                for k in 0..STEPS {
                    r[k] += spot[k];
                    rx[k] += spot[k] * u;
                    r2[k] += spot[k] * spot[k];
                    rv[k] += spot[k] * residual;
                }
            }
            for k in 0..STEPS {
                sum[k] += down[k] * r[k];
                sum_y[k] += down[k] * (dy - my) * r[k];
                sum_x[k] += down[k] * rx[k];
                square[k] += down[k] * down[k] * r2[k];
                overlap[k] += down[k] * rv[k];
            }
        }
        let mut gains = zero;
        let (mut best, mut best_gain, mut background) = (0, f64::NEG_INFINITY, flat);
        for k in 0..LADDER_STEPS {
            // What is left of the spot's square without its part in the plane.
            let norm = square[k] - sum[k].powi(2) / n - sum_y[k].powi(2) / syy - sum_x[k].powi(2) / sxx;
            // Explained variance, negative if the spot would be a hole.
            let amplitude = overlap[k] / norm.max(f64::MIN_POSITIVE);
            gains[k] = overlap[k] * amplitude.abs();
            if gains[k] > best_gain {
                best_gain = gains[k];
                best = k;
                background = flat - amplitude * at_centre(sum[k] / n, sum_y[k] / syy, sum_x[k] / sxx);
            }
        }
        let log_offset = if best == 0 || best == LADDER_STEPS - 1 {
            0.0
        } else {
            let (a, b, c) = (gains[best - 1], gains[best], gains[best + 1]);
            let curvature = a - 2.0 * b + c;
            if curvature < 0.0 { (0.5 * (a - c) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
        };
        Some(SpotShape { sigma_px: self.sigmas[best] * (log_step() * log_offset).exp(), background })
    }
}

/// One fit of a ladder at a place.
struct Fit<'a, 'plane> {
    ladder: &'a Ladder,
    plane: PlaneView<'plane>,
    y_px: f64,
    x_px: f64,
}

impl Kernel for Fit<'_, '_> {
    type Output = Option<SpotShape>;

    #[inline(always)]
    fn call(self) -> Option<SpotShape> {
        self.ladder.fit_at(self.plane, self.y_px, self.x_px)
    }
}

/// Logarithm of the ratio of neighbouring widths.
fn log_step() -> f64 {
    (LADDER_HIGH / LADDER_LOW).ln() / (LADDER_STEPS - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn finds_width_and_background_of_a_spot_on_a_slope_at_any_place() {
        for (y_px, x_px, sigma_px) in
            [(20.3, 19.6, 1.5), (20.0, 20.0, 1.1), (19.6, 2.2, 2.2), (1.5, 38.0, 1.4)]
        {
            let image = Array2::from_shape_fn((40, 40), |(y, x)| {
                let (dy, dx) = (y as f64 - y_px, x as f64 - x_px);
                let spot = 300.0 * (-0.5 * (dy * dy + dx * dx) / (sigma_px * sigma_px)).exp();
                (spot + 500.0 + 2.0 * dy - 3.0 * dx) as f32
            });
            let shape = Ladder::new(1.6).fit(PlaneView::from(&image), y_px, x_px).unwrap();
            assert!((shape.sigma_px / sigma_px - 1.0).abs() < 0.03, "{shape:?} for {sigma_px}");
            assert!((shape.background - 500.0).abs() < 15.0, "{shape:?}");
        }
    }
}
