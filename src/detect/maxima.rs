//! Maxima of the filter response: where they are, and what they have to stand out from.

use ndarray::Array2;
use rayon::prelude::*;

use crate::detect::filter::MatchedFilter;
use crate::detect::scene::Scene;

/// Standard deviation of a normal distribution over its median absolute deviation.
pub(crate) const MAD_TO_SD: f64 = 1.4826;

/// Neighbouring pixels that are passed over together where none is high enough.
const CHUNK: usize = 32;

/// Maxima of the response over a disc of 1.6 sigma that stand `snr` standard deviations above zero, in
/// reading order. On a plateau the first pixel in reading order counts.
pub(crate) fn local_maxima(
    scene: &Scene<'_>,
    response: &Array2<f32>,
    filter: &MatchedFilter,
    snr: f64,
) -> Vec<(usize, usize)> {
    let Scene { plane, noise, .. } = scene;
    let height = response.dim().0;
    let radius = (1.6 * filter.sigma_px).max(1.0);
    let r = radius.floor() as isize;
    let mut disc: Vec<(isize, isize)> = (-r..=r)
        .flat_map(|dy| (-r..=r).map(move |dx| (dy, dx)))
        .filter(|&(dy, dx)| (dy, dx) != (0, 0) && ((dy * dy + dx * dx) as f64) <= radius * radius)
        .collect();
    // The nearest first: they beat most pixels.
    disc.sort_by_key(|(dy, dx)| dy * dy + dx * dx);
    // No response below this can pass the test at its own background.
    let least = (snr * filter.least_sd(noise)) as f32;
    let is_maximum = |y: usize, x: usize, v: f32| {
        !disc.iter().any(|&(dy, dx)| {
            let (yy, xx) = (y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
            response.get((yy, xx)).is_some_and(|other| *other > v || (*other == v && (dy, dx) < (0, 0)))
        })
    };
    let stands_out = |y: usize, x: usize, v: f32| {
        let amplitude = f64::from(v);
        let background = f64::from(plane.at(y, x)) - amplitude;
        amplitude > snr * filter.amplitude_sd(noise, background, amplitude)
    };
    (0..height)
        .into_par_iter()
        .flat_map_iter(|y| {
            let mut found = Vec::new();
            let row = response.row(y);
            for (chunk, values) in row.as_slice().unwrap_or_default().chunks(CHUNK).enumerate() {
                if values.iter().map(|v| u32::from(*v > least)).sum::<u32>() == 0 {
                    continue;
                }
                for (i, (x, &v)) in (chunk * CHUNK..).zip(values).enumerate() {
                    // Most are beaten by the pixel beside them.
                    let beaten =
                        i > 0 && values[i - 1] >= v || values.get(i + 1).is_some_and(|next| *next > v);
                    if v > least
                        && !beaten
                        && is_maximum(y, x, v)
                        && scene.has_data(y, x)
                        && stands_out(y, x, v)
                    {
                        found.push((y, x));
                    }
                }
            }
            found
        })
        .collect()
}

/// Sub-pixel position of a maximum: the vertex of a parabola through the logarithm of the response (exact for
/// a Gaussian peak) where that is positive, of the response itself elsewhere.
pub(crate) fn refine(response: &Array2<f32>, y: usize, x: usize) -> (f64, f64) {
    let (height, width) = response.dim();
    let vertex = |a: f32, b: f32, c: f32| {
        let (mut a, mut b, mut c) = (f64::from(a), f64::from(b), f64::from(c));
        if a > 0.2 * b && c > 0.2 * b {
            (a, b, c) = (a.ln(), b.ln(), c.ln());
        }
        let curvature = a - 2.0 * b + c;
        if curvature < 0.0 { (0.5 * (a - c) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let centre = response[(y, x)];
    let dy = if y > 0 && y + 1 < height {
        vertex(response[(y - 1, x)], centre, response[(y + 1, x)])
    } else {
        0.0
    };
    let dx =
        if x > 0 && x + 1 < width { vertex(response[(y, x - 1)], centre, response[(y, x + 1)]) } else { 0.0 };
    (y as f64 + dy, x as f64 + dx)
}

/// Robust standard deviation of values about zero; 0 for none.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    /// The bits of magnitudes, which are in the order of the magnitudes.
    magnitudes: Vec<u32>,
}

impl Spread {
    fn with_capacity(capacity: usize) -> Self {
        Self { magnitudes: Vec::with_capacity(capacity) }
    }

    pub(crate) fn push(&mut self, value: f32) {
        self.magnitudes.push(value.abs().to_bits());
    }

    pub(crate) fn len(&self) -> usize {
        self.magnitudes.len()
    }

    pub(crate) fn sd(mut self) -> f64 {
        if self.magnitudes.is_empty() {
            return 0.0;
        }
        let middle = self.magnitudes.len() / 2;
        MAD_TO_SD * f64::from(f32::from_bits(*self.magnitudes.select_nth_unstable(middle).1))
    }
}

/// Robust spread of the response over the whole plane, on at most about `SPREAD_SAMPLES` pixels.
pub(crate) fn overall_spread(scene: &Scene<'_>, response: &Array2<f32>) -> f64 {
    const SPREAD_SAMPLES: f64 = 40_000.0;
    let (height, width) = response.dim();
    let stride = ((height * width) as f64 / SPREAD_SAMPLES).sqrt().max(1.0) as usize;
    let mut spread = Spread::default();
    for y in (0..height).step_by(stride) {
        for x in (0..width).step_by(stride) {
            if scene.has_data(y, x) {
                spread.push(response[(y, x)]);
            }
        }
    }
    spread.sd()
}

/// The places around a candidate at which the spread of the response is taken.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    offsets: Vec<(isize, isize)>,
}

impl Surroundings {
    pub(crate) fn new(sigma_px: f64) -> Self {
        const RINGS_SIGMA: [f64; 6] = [5.0, 7.0, 9.5, 12.0, 16.0, 20.0];
        const POINTS: usize = 16;
        let point = |ring: usize, k: usize| {
            let angle = std::f64::consts::TAU * (k as f64 + 0.5 * (ring % 2) as f64) / POINTS as f64;
            let radius = RINGS_SIGMA[ring] * sigma_px;
            ((radius * angle.sin()).round() as isize, (radius * angle.cos()).round() as isize)
        };
        let offsets =
            (0..RINGS_SIGMA.len()).flat_map(|ring| (0..POINTS).map(move |k| point(ring, k))).collect();
        Self { offsets }
    }

    /// Robust spread of the response around a candidate; `overall` where too little around it can be used. Pixels
    /// without data and pixels much darker than the candidate's own background (outside the nucleus) do not
    /// count: their noise is not its noise.
    pub(crate) fn texture_sd(
        &self,
        scene: &Scene<'_>,
        response: &Array2<f32>,
        (y, x): (usize, usize),
        background: f64,
        overall: f64,
    ) -> f64 {
        const LEAST_POINTS: usize = 12;
        let least = scene.darkest + 0.5 * (background - scene.darkest);
        let mut spread = Spread::with_capacity(self.offsets.len());
        for &(dy, dx) in &self.offsets {
            let (yy, xx) = (y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
            let Some(&r) = response.get((yy, xx)) else { continue };
            let below = f64::from(scene.plane.at(yy, xx)) - f64::from(r.max(0.0));
            if below >= least && scene.has_data(yy, xx) {
                spread.push(r);
            }
        }
        if spread.len() < LEAST_POINTS { overall } else { spread.sd() }
    }
}
