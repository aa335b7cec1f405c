//! Maxima of the filter response, and the spread of the response around them.

use std::ops::Range;

use ndarray::ArrayView2;

use crate::detect::filter::MatchedFilter;
use crate::detect::response::Response;
use crate::detect::search_image::SearchImage;
use crate::field::PlaneView;
use crate::kernel::dispatch::{Kernel, vectorised};
use crate::kernel::median::{MAD_TO_SD, median};

/// Neighbouring pixels that are passed over together where none is a maximum.
const LANES: usize = 32;

/// Maxima of the response over a disc of 1.6 sigma that stand `snr` standard deviations above zero, in
/// reading order. On a plateau the first pixel in reading order counts.
pub(crate) fn local_maxima<'r>(
    image: &SearchImage<'_>,
    response: impl Into<Response<'r>>,
    filter: &MatchedFilter,
    snr: f64,
) -> Vec<(usize, usize)> {
    Maxima::new(image, filter, snr).in_rows(response.into(), 0..image.plane.dim().0)
}

/// The criteria of a maximum.
pub(crate) struct Maxima<'a, 'image> {
    image: &'a SearchImage<'image>,
    filter: &'a MatchedFilter,
    snr: f64,
    /// No response below this can pass the test at its own background.
    least: f32,
    /// Offsets of the pixels that a maximum must not be below.
    disc: Vec<(isize, isize)>,
}

impl<'a, 'image> Maxima<'a, 'image> {
    pub(crate) fn new(image: &'a SearchImage<'image>, filter: &'a MatchedFilter, snr: f64) -> Self {
        let radius = (1.6 * filter.sigma_px).max(1.0);
        let r = radius.floor() as isize;
        let mut disc: Vec<(isize, isize)> = (-r..=r)
            .flat_map(|dy| (-r..=r).map(move |dx| (dy, dx)))
            .filter(|&(dy, dx)| (dy, dx) != (0, 0) && ((dy * dy + dx * dx) as f64) <= radius * radius)
            .collect();
        // The nearest first: they beat most pixels.
        disc.sort_by_key(|(dy, dx)| dy * dy + dx * dx);
        let least = (snr * filter.least_sd(image.noise)) as f32;
        Self { image, filter, snr, least, disc }
    }

    /// Rows beyond a pixel that must be known to decide whether it is a maximum.
    pub(crate) fn reach(&self) -> usize {
        self.disc.iter().map(|(dy, _)| dy.unsigned_abs()).max().unwrap_or(0)
    }

    /// The maxima in some rows, around which the response is known.
    pub(crate) fn in_rows(&self, response: Response<'_>, rows: Range<usize>) -> Vec<(usize, usize)> {
        let mut found = vectorised(AboveNeighbours { response, rows, least: self.least });
        found.retain(|&(y, x)| {
            response.get(y, x).is_some_and(|v| {
                self.is_maximum(response, (y, x), v)
                    && self.image.has_data(y, x)
                    && self.stands_out((y, x), f64::from(v))
            })
        });
        found
    }

    fn is_maximum(&self, response: Response<'_>, (y, x): (usize, usize), v: f32) -> bool {
        !self.disc.iter().any(|&(dy, dx)| {
            let other = response.get(y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
            other.is_some_and(|other| other > v || (other == v && (dy, dx) < (0, 0)))
        })
    }

    fn stands_out(&self, (y, x): (usize, usize), amplitude: f64) -> bool {
        let background = f64::from(self.image.plane.at(y, x)) - amplitude;
        amplitude > self.snr * self.filter.amplitude_sd(self.image.noise, background, amplitude)
    }
}

/// The search of some rows for pixels above `least` that none of the four nearest beats.
struct AboveNeighbours<'a> {
    response: Response<'a>,
    rows: Range<usize>,
    least: f32,
}

impl Kernel for AboveNeighbours<'_> {
    type Output = Vec<(usize, usize)>;

    #[inline(always)]
    fn call(self) -> Vec<(usize, usize)> {
        let Self { response, rows, least } = self;
        let width = response.row(rows.start).len();
        let none = vec![f32::NEG_INFINITY; width];
        let mut found = Vec::new();
        for y in rows {
            let own = response.row(y);
            let (above, below) = (response.row(y.wrapping_sub(1)), response.row(y + 1));
            let above = if above.is_empty() { &none[..] } else { above };
            let below = if below.is_empty() { &none[..] } else { below };
            let mut first = 0;
            while first < own.len() {
                // The first column by itself, then as many as there are lanes.
                let lanes = if first > 0 { own[first..].first_chunk::<LANES>() } else { None };
                if let Some(v) = lanes {
                    let mut any = 0_u32;
                    for v in v {
                        any |= u32::from(*v > least);
                    }
                    if any == 0 {
                        first += LANES;
                        continue;
                    }
                }
                let chunk = lanes.and_then(|v| {
                    Some((
                        v,
                        own[first - 1..].first_chunk::<LANES>()?,
                        own.get(first + 1..)?.first_chunk::<LANES>()?,
                        above[first..].first_chunk::<LANES>()?,
                        below[first..].first_chunk::<LANES>()?,
                    ))
                });
                let end = first + 1;
                if let Some((v, left, right, up, down)) = chunk {
                    let mut any = 0;
                    let mut above_all = [0_u32; LANES];
                    for i in 0..LANES {
                        above_all[i] = u32::from(v[i] > least)
                            & u32::from(left[i] < v[i])
                            & u32::from(right[i] <= v[i])
                            & u32::from(up[i] < v[i])
                            & u32::from(down[i] <= v[i]);
                        any |= above_all[i];
                    }
                    if any != 0 {
                        found.extend((0..LANES).filter(|i| above_all[*i] != 0).map(|i| (y, first + i)));
                    }
                    first += LANES;
                    continue;
                }
                for x in first..end {
                    let v = own[x];
                    let left = if x > 0 { own[x - 1] } else { f32::NEG_INFINITY };
                    let right = own.get(x + 1).copied().unwrap_or(f32::NEG_INFINITY);
                    if v > least && left < v && right <= v && above[x] < v && below[x] <= v {
                        found.push((y, x));
                    }
                }
                first = end;
            }
        }
        found
    }
}

/// Sub-pixel position of a maximum: the vertex of a parabola through the logarithm of the response (exact for
/// a Gaussian peak) where that is positive, of the response itself elsewhere.
pub(crate) fn refine<'r>(response: impl Into<Response<'r>>, y: usize, x: usize) -> (f64, f64) {
    let response = response.into();
    let vertex = |a: f32, b: f32, c: f32| {
        let (mut a, mut b, mut c) = (f64::from(a), f64::from(b), f64::from(c));
        if a > 0.2 * b && c > 0.2 * b {
            (a, b, c) = (a.ln(), b.ln(), c.ln());
        }
        let curvature = a - 2.0 * b + c;
        if curvature < 0.0 { (0.5 * (a - c) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let along = |before: Option<f32>, after: Option<f32>| match (before, response.get(y, x), after) {
        (Some(before), Some(centre), Some(after)) => vertex(before, centre, after),
        _ => 0.0,
    };
    let dy = along(response.get(y.wrapping_sub(1), x), response.get(y + 1, x));
    let dx = along(response.get(y, x.wrapping_sub(1)), response.get(y, x + 1));
    (y as f64 + dy, x as f64 + dx)
}

/// Robust standard deviation of values about zero; 0 for none.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    /// The bits of magnitudes, which are in the order of the magnitudes.
    magnitudes: Vec<u32>,
}

impl Spread {
    /// With room for a number of values.
    pub(crate) fn with_capacity(values: usize) -> Self {
        Self { magnitudes: Vec::with_capacity(values) }
    }

    pub(crate) fn push(&mut self, value: f32) {
        self.magnitudes.push(value.abs().to_bits());
    }

    pub(crate) fn extend(&mut self, values: impl Iterator<Item = f32>) {
        self.magnitudes.extend(values.map(|v| v.abs().to_bits()));
    }

    /// Those of some values that count.
    pub(crate) fn extend_by(&mut self, values: impl ExactSizeIterator<Item = (f32, bool)>) {
        let mut count = self.magnitudes.len();
        self.magnitudes.resize(count + values.len(), 0);
        // Written in any case, and kept if it counts.
        for (value, counts) in values {
            self.magnitudes[count] = value.abs().to_bits();
            count += usize::from(counts);
        }
        self.magnitudes.truncate(count);
    }

    /// All of these and of others.
    pub(crate) fn append(&mut self, mut others: Self) {
        if self.magnitudes.is_empty() {
            *self = others;
        } else {
            self.magnitudes.append(&mut others.magnitudes);
        }
    }

    pub(crate) fn sd(&self) -> f64 {
        spread_of(&self.magnitudes)
    }
}

/// Robust standard deviation of values about zero from the bits of their magnitudes; 0 for none.
fn spread_of(magnitudes: &[u32]) -> f64 {
    median(magnitudes).map_or(0.0, |bits| MAD_TO_SD * f64::from(f32::from_bits(bits)))
}

/// Robust spread of the response over the whole plane.
pub(crate) fn overall_spread<'r>(image: &SearchImage<'_>, response: impl Into<Response<'r>>) -> f64 {
    let mut spread = Spread::default();
    push_grid(&mut spread, image, response.into(), 0..image.plane.dim().0);
    spread.sd()
}

/// Adds to a spread some rows of a grid of about `SPREAD_SAMPLES` pixels of the plane, enough for an error of 1 %.
pub(crate) fn push_grid(
    spread: &mut Spread,
    image: &SearchImage<'_>,
    response: Response<'_>,
    rows: Range<usize>,
) {
    const SPREAD_SAMPLES: f64 = 10_000.0;
    let (height, width) = image.plane.dim();
    let stride = ((height * width) as f64 / SPREAD_SAMPLES).sqrt().max(1.0) as usize;
    for y in (rows.start.next_multiple_of(stride)..rows.end).step_by(stride) {
        for (x, &value) in response.row(y).iter().enumerate().step_by(stride) {
            if image.has_data(y, x) {
                spread.push(value);
            }
        }
    }
}

/// Radii of the rings around a candidate on which the spread of the response is taken, in sigmas of a signal, and points
/// on each.
const RINGS_SIGMA: [f64; 6] = [5.0, 7.0, 9.5, 12.0, 16.0, 20.0];
const POINTS: usize = 16;
/// Minimal number of points for a spread around a candidate.
const MIN_POINTS: usize = 12;

/// The places around a candidate at which the spread of the response is taken.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    offsets: Vec<(isize, isize)>,
    /// Rows or columns that they reach over.
    reach: usize,
    /// Minimal number of them for a spread.
    least_points: usize,
}

impl Surroundings {
    pub(crate) fn new(sigma_px: f64) -> Self {
        let point = |ring: usize, k: usize| {
            let angle = std::f64::consts::TAU * (k as f64 + 0.5 * (ring % 2) as f64) / POINTS as f64;
            let radius = RINGS_SIGMA[ring] * sigma_px;
            ((radius * angle.sin()).round() as isize, (radius * angle.cos()).round() as isize)
        };
        let offsets =
            (0..RINGS_SIGMA.len()).flat_map(|ring| (0..POINTS).map(move |k| point(ring, k))).collect();
        Self::of_offsets(offsets, MIN_POINTS)
    }

    /// Any offsets from the candidate, at least `least_points` of which must be usable.
    pub(crate) fn of_offsets(offsets: Vec<(isize, isize)>, least_points: usize) -> Self {
        let reach =
            offsets.iter().map(|(dy, dx)| dy.unsigned_abs().max(dx.unsigned_abs())).max().unwrap_or(0);
        Self { offsets, reach, least_points }
    }

    /// Rows beyond a candidate that must be known.
    pub(crate) fn reach(&self) -> usize {
        self.reach
    }

    /// Robust spread of the response around a candidate; `None` where too little around it can be used. Pixels
    /// without data and pixels much darker than the candidate's own background (outside the nucleus) do not
    /// count: their noise is not its noise.
    pub(crate) fn own_texture_sd(
        &self,
        image: &SearchImage<'_>,
        response: Response<'_>,
        at: (usize, usize),
        background: f64,
    ) -> Option<f64> {
        match &image.plane {
            PlaneView::U8(a) => self.spread(image, (a, f64::from), response, at, background),
            PlaneView::U16(a) => self.spread(image, (a, f64::from), response, at, background),
            PlaneView::F32(a) => self.spread(image, (a, f64::from), response, at, background),
        }
    }

    fn spread<T: Copy>(
        &self,
        image: &SearchImage<'_>,
        (plane, to_f64): (&ArrayView2<'_, T>, impl Fn(T) -> f64),
        response: Response<'_>,
        (y, x): (usize, usize),
        background: f64,
    ) -> Option<f64> {
        let least = image.darkest + 0.5 * (background - image.darkest);
        // The places on rings are so few that no memory need be asked for.
        let (mut few, mut many) = ([0_u32; RINGS_SIGMA.len() * POINTS], Vec::new());
        let magnitudes = if self.offsets.len() <= few.len() {
            few.as_mut_slice()
        } else {
            many.resize(self.offsets.len(), 0);
            many.as_mut_slice()
        };
        let mut count = 0;
        // Far from all edges both images are asked at one place, without a look at rows and columns.
        let width = plane.ncols();
        let rows = (image.has_data_everywhere() && x >= self.reach && x + self.reach < width)
            .then(|| response.rows_around(y, self.reach).zip(plane.to_slice()))
            .flatten()
            .and_then(|(response, plane)| {
                let first = (y - self.reach) * width;
                Some((response, plane.get(first..first + response.len())?))
            });
        if let Some((response, plane)) = rows {
            let centre = self.reach * width + x;
            for &(dy, dx) in &self.offsets {
                let at = centre.wrapping_add_signed(dy * width as isize + dx);
                let (Some(&r), Some(&v)) = (response.get(at), plane.get(at)) else { continue };
                magnitudes[count] = r.abs().to_bits();
                count += usize::from(to_f64(v) - f64::from(r.max(0.0)) >= least);
            }
            return (count >= self.least_points).then(|| spread_of(&magnitudes[..count]));
        }
        for &(dy, dx) in &self.offsets {
            let (yy, xx) = (y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
            let (Some(r), Some(&v)) = (response.get(yy, xx), plane.get((yy, xx))) else { continue };
            let below = to_f64(v) - f64::from(r.max(0.0));
            // Written in any case, and kept if it counts: which do is as good as random.
            magnitudes[count] = r.abs().to_bits();
            count += usize::from((below >= least) & image.has_data(yy, xx));
        }
        (count >= self.least_points).then(|| spread_of(&magnitudes[..count]))
    }
}

#[cfg(test)]
mod tests;
