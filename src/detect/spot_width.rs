//! Width of one spot, by least squares over a ladder of widths.

use crate::field::PlaneView;
use crate::kernel::dispatch::{Kernel, vectorised};

/// Widths tried, as multiples of the expected one: from half to three times it.
const LADDER_STEPS: usize = 15;
const LADDER_LOW: f64 = 0.5;
const LADDER_HIGH: f64 = 3.0;
/// Window radius in expected sigmas.
const WINDOW_SIGMAS: f64 = 2.6;
/// Minimal number of samples for a fit.
const MIN_SAMPLES: f64 = 12.0;

/// Width and background of one spot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SpotShape {
    /// Fitted sigma, px.
    pub(crate) sigma_px: f64,
    /// Local background at the centre, grey levels.
    pub(crate) background: f64,
}

/// Number of widths that are tried, and one more: a multiple of the lanes of a register.
const STEPS: usize = LADDER_STEPS + 1;
/// A value for each of these.
type Steps = [f64; STEPS];

/// Memory that one fit after the other uses.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    across: Vec<Steps>,
    down: Vec<Steps>,
    places: Vec<[f64; 2]>,
    spots: Vec<[Steps; 3]>,
    data: Vec<f32>,
}

impl Workspace {
    /// Sums over the columns up to each one: of their place and squared place, and of the spots, the spots times the place,
    /// and the squared spots.
    #[inline(always)]
    fn sum_columns(&mut self, x0: usize, x_px: f64) {
        let Self { across, places, spots, .. } = self;
        places.clear();
        spots.clear();
        let (mut place, mut spot) = ([0.0_f64; 2], [[0.0; STEPS]; 3]);
        places.push(place);
        spots.push(spot);
        for (x, column) in (x0..).zip(&*across) {
            let dx = x as f64 - x_px;
            place = [place[0] + dx, place[1] + dx * dx];
            for k in 0..STEPS {
                spot[0][k] += column[k];
                spot[1][k] += column[k] * dx;
                spot[2][k] += column[k] * column[k];
            }
            places.push(place);
            spots.push(spot);
        }
    }
}

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

    /// Writes samples of a spot at `centre` of each width along one axis, at the pixels from `from` to `to`, which are all
    /// in the window.
    #[inline(always)]
    fn profile(&self, centre: f64, from: usize, to: usize, profile: &mut Vec<Steps>) {
        // exp(-(n - f)^2 / 2 s^2) with the whole number n and the fraction f of a pixel, taken apart.
        let nearest = centre.round();
        let fraction = centre - nearest;
        let at_zero = exp(self.sigmas.map(|s| -0.5 * (fraction / s).powi(2)));
        let growth = exp(self.sigmas.map(|s| fraction / (s * s)));
        profile.resize(to - from, [0.0; STEPS]);
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
    }

    /// Fits a Gaussian on a sloping background at a sub-pixel position; `None` too close to the image edge for a
    /// fit.
    pub(crate) fn fit(
        &self,
        workspace: &mut Workspace,
        plane: PlaneView<'_>,
        y_px: f64,
        x_px: f64,
    ) -> Option<SpotShape> {
        vectorised(Fit { ladder: self, workspace, plane, y_px, x_px })
    }

    #[inline(always)]
    fn fit_at(
        &self,
        workspace: &mut Workspace,
        plane: PlaneView<'_>,
        y_px: f64,
        x_px: f64,
    ) -> Option<SpotShape> {
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
        self.profile(x_px, x0, x1, &mut workspace.across);
        self.profile(y_px, y0, y1, &mut workspace.down);
        let zero: Steps = [0.0; STEPS];
        workspace.sum_columns(x0, x_px);
        let Workspace { across, down, places, spots, data } = workspace;

        // Sums over the samples in the disc, of all of these and of the data above the level of the nearest pixel.
        let near = plane.at((y_px.round() as usize).min(height - 1), (x_px.round() as usize).min(width - 1));
        let (mut n, mut sum_dy, mut sum_dx, mut sum_v) = (0.0, 0.0, 0.0, 0.0);
        let (mut dy_dy, mut dy_dx, mut dx_dx, mut v_dy, mut v_dx) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let (mut sum, mut sum_y, mut sum_x, mut square, mut overlap) = (zero, zero, zero, zero, zero);
        data.resize(columns, 0.0);
        for (y, down) in (y0..y1).zip(&*down) {
            let dy = y as f64 - y_px;
            let reach = (radius * radius - dy * dy).max(0.0).sqrt();
            let first = ((x_px - reach).ceil().max(x0 as f64) as usize - x0).min(columns);
            let end = (((x_px + reach).floor() + 1.0).max(x0 as f64) as usize - x0).clamp(first, columns);
            let data = &mut data[first..end];
            plane.read_row(y, x0 + first, data);
            let (mut row_v, mut row_v_dx, mut row_overlap) = (0.0, 0.0, zero);
            for ((x, &v), column) in (x0 + first..).zip(&*data).zip(&across[first..end]) {
                let v = f64::from(v - near);
                row_v += v;
                row_v_dx += v * (x as f64 - x_px);
                for k in 0..STEPS {
                    row_overlap[k] += column[k] * v;
                }
            }
            let count = (end - first) as f64;
            let row_dx = places[end][0] - places[first][0];
            n += count;
            sum_dy += count * dy;
            sum_dx += row_dx;
            sum_v += row_v;
            dy_dy += count * dy * dy;
            dy_dx += dy * row_dx;
            dx_dx += places[end][1] - places[first][1];
            v_dy += row_v * dy;
            v_dx += row_v_dx;
            let (before, all) = (&spots[first], &spots[end]);
            for k in 0..STEPS {
                let row = down[k] * (all[0][k] - before[0][k]);
                sum[k] += row;
                sum_y[k] += dy * row;
                sum_x[k] += down[k] * (all[1][k] - before[1][k]);
                square[k] += down[k] * down[k] * (all[2][k] - before[2][k]);
                overlap[k] += down[k] * row_overlap[k];
            }
        }
        if n < MIN_SAMPLES {
            return None;
        }
        // Orthogonal basis of the sloping plane over the disc: 1, dy - my, dx - mx - slope * (dy - my).
        let (my, mx, level) = (sum_dy / n, sum_dx / n, sum_v / n);
        let (syy, sxy) = (dy_dy - my * sum_dy, dy_dx - my * sum_dx);
        let slope = sxy / syy;
        let sxx = dx_dx - mx * sum_dx - slope * sxy;
        let (v_along_y, v_along_dx) = (v_dy - my * sum_v, v_dx - mx * sum_v);
        let (along_y, along_x) = (v_along_y / syy, (v_along_dx - slope * v_along_y) / sxx);
        let at_centre = |level: f64, y: f64, x: f64| level - y * my - x * (mx - slope * my);
        let flat = f64::from(near) + at_centre(level, along_y, along_x);
        // The spots along that basis, and their products with the residuals of the plane.
        for k in 0..STEPS {
            sum_y[k] -= my * sum[k];
            sum_x[k] -= mx * sum[k] + slope * sum_y[k];
            overlap[k] -= level * sum[k] + along_y * sum_y[k] + along_x * sum_x[k];
        }
        let mut gains = zero;
        let (mut best, mut best_gain, mut background) = (0, f64::NEG_INFINITY, flat);
        for k in 0..LADDER_STEPS {
            // The square of the spot without its part in the plane.
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
        let sigma_px = self.sigmas[best] * (log_step() * steps_to_top(&gains, best)).exp();
        Some(SpotShape { sigma_px, background })
    }
}

/// How far, in steps, the top of a parabola through the best gain and its neighbours lies from it.
#[inline(always)]
fn steps_to_top(gains: &Steps, best: usize) -> f64 {
    if best == 0 || best == LADDER_STEPS - 1 {
        return 0.0;
    }
    let (a, b, c) = (gains[best - 1], gains[best], gains[best + 1]);
    let curvature = a - 2.0 * b + c;
    if curvature < 0.0 { (0.5 * (a - c) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
}

/// Exponentials of numbers of up to some tens, side by side: the series of a 256th, squared eight times.
#[inline(always)]
fn exp(x: Steps) -> Steps {
    x.map(|x| {
        let x = x / 256.0;
        let mut power = 1.0;
        for n in [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
            power = 1.0 + power * x * (1.0 / n);
        }
        for _ in 0..8 {
            power *= power;
        }
        power
    })
}

/// One fit of a ladder at a place.
struct Fit<'a, 'plane> {
    ladder: &'a Ladder,
    workspace: &'a mut Workspace,
    plane: PlaneView<'plane>,
    y_px: f64,
    x_px: f64,
}

impl Kernel for Fit<'_, '_> {
    type Output = Option<SpotShape>;

    #[inline(always)]
    fn call(self) -> Option<SpotShape> {
        self.ladder.fit_at(self.workspace, self.plane, self.y_px, self.x_px)
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
    use proptest::prelude::*;

    /// The definition: least squares of a spot of each width and a sloping plane over the samples of the disc.
    fn fit_reference(ladder: &Ladder, image: &Array2<f32>, y_px: f64, x_px: f64) -> Option<SpotShape> {
        let from = |(y, x): (usize, usize)| (y as f64 - y_px, x as f64 - x_px);
        let disc: Vec<(f64, f64, f64)> = image
            .indexed_iter()
            .map(|(at, v)| (from(at).0, from(at).1, f64::from(*v)))
            .filter(|(dy, dx, _)| dy * dy + dx * dx <= ladder.radius * ladder.radius)
            .collect();
        let n = disc.len();
        // Each function as its values at the samples and, last, at the centre, which does not count.
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).take(n).map(|(a, b)| a * b).sum::<f64>();
        let function = |f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
            disc.iter().map(|s| (s.0, s.1)).chain([(0.0, 0.0)]).map(|(dy, dx)| f(dy, dx)).collect()
        };
        let without = |mut f: Vec<f64>, basis: &[Vec<f64>]| {
            for b in basis {
                let part = dot(&f, b) / dot(b, b);
                f.iter_mut().zip(b).for_each(|(f, b)| *f -= part * b);
            }
            f
        };
        let mut basis = Vec::new();
        for f in [function(&|_, _| 1.0), function(&|dy, _| dy), function(&|_, dx| dx)] {
            basis.push(without(f, &basis));
        }
        let data: Vec<f64> = disc.iter().map(|s| s.2).chain([0.0]).collect();
        let mut fits = Vec::new();
        for sigma in &ladder.sigmas[..LADDER_STEPS] {
            let spot = function(&|dy, dx| (-0.5 * (dy * dy + dx * dx) / (sigma * sigma)).exp());
            let own = without(spot.clone(), &basis);
            let amplitude = dot(&own, &data) / dot(&own, &own);
            let mut rest: Vec<f64> = data.iter().zip(&spot).map(|(v, s)| v - amplitude * s).collect();
            rest[n] = 0.0;
            fits.push((dot(&own, &data) * amplitude.abs(), -without(rest, &basis)[n]));
        }
        let best = (0..LADDER_STEPS).max_by(|a, b| fits[*a].0.total_cmp(&fits[*b].0))?;
        let mut log_offset = 0.0;
        if best > 0 && best + 1 < LADDER_STEPS {
            let (a, b, c) = (fits[best - 1].0, fits[best].0, fits[best + 1].0);
            log_offset = (0.5 * (a - c) / (a - 2.0 * b + c)).clamp(-0.5, 0.5);
        }
        Some(SpotShape {
            sigma_px: ladder.sigmas[best] * (log_step() * log_offset).exp(),
            background: fits[best].1,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn is_the_least_squares_fit(
            (y_px, x_px) in (0.0..29.0_f64, 0.0..29.0_f64),
            sigma_px in 0.9..3.0_f64,
            height in 20.0..3000.0_f64,
            seed in any::<u64>(),
        ) {
            use rand::{RngExt as _, SeedableRng as _};
            let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let image = Array2::from_shape_fn((30, 30), |(y, x)| {
                let (dy, dx) = (y as f64 - y_px, x as f64 - x_px);
                let spot = height * (-0.5 * (dy * dy + dx * dx) / (sigma_px * sigma_px)).exp();
                (900.0 + spot + 4.0 * dy + 10.0 * random.random::<f64>()) as f32
            });
            let (ladder, mut workspace) = (Ladder::new(1.6), Workspace::default());
            // What a fit of another size leaves behind must not matter.
            ladder.fit(&mut workspace, PlaneView::from(&image), 14.3, 0.4);
            let fast = ladder.fit(&mut workspace, PlaneView::from(&image), y_px, x_px).unwrap();
            let slow = fit_reference(&ladder, &image, y_px, x_px).unwrap();
            prop_assert!((fast.sigma_px / slow.sigma_px - 1.0).abs() < 1e-6, "{fast:?} {slow:?}");
            prop_assert!((fast.background - slow.background).abs() < 1e-5 * height, "{fast:?} {slow:?}");
        }
    }

    #[test]
    fn exponentials_are_those_of_the_library() {
        for i in -800..800 {
            let x = f64::from(i) / 40.0;
            let relative = exp([x; STEPS])[3] / x.exp() - 1.0;
            assert!(relative.abs() < 1e-12, "{x}: {relative}");
        }
    }

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
            let shape =
                Ladder::new(1.6).fit(&mut Workspace::default(), PlaneView::from(&image), y_px, x_px).unwrap();
            assert!((shape.sigma_px / sigma_px - 1.0).abs() < 0.03, "{shape:?} for {sigma_px}");
            assert!((shape.background - 500.0).abs() < 15.0, "{shape:?}");
        }
    }
}
