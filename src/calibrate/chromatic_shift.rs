//! Chromatic shift of green against red, from the pairs themselves: most loci of most nuclei are intact, so
//! the vectors from red to green have their mode at the shift, while vectors between unrelated signals spread evenly.
//!
//! Lenses magnify colours differently and cameras sit askew, so the shift may change over the field. Magnification
//! and rotation are fitted with it, and kept where they stand above their standard errors.

use serde::{Deserialize, Serialize};

use crate::calibrate::params::SuppliedShift;
use crate::detect::candidate::Candidate;
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::kernel::dispatch::vectorised;

/// Displacement of green against red, px: `green as acquired = red as acquired + shift at red's place`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChromaticShift {
    /// Rows, at the centre of the field.
    pub y_px: f64,
    /// Columns, at the centre of the field.
    pub x_px: f64,
    /// Standard error of each component, px; `None` if the shift was supplied.
    pub standard_error_px: Option<f64>,
    /// Magnification of green over the magnification of red, minus 1; 0 = not significant.
    pub magnification: f64,
    /// Rotation of green against red, radians, from rows to columns; 0 = not significant.
    pub rotation: f64,
    /// Standard error of magnification and of rotation; `None` if the shift was supplied.
    pub field_standard_error: Option<f64>,
    /// Number of pairs that it was estimated from; 0 if it was supplied.
    pub pairs: usize,
    /// Whether positions were corrected for it: an estimate too small to matter is not used.
    pub used: bool,
}

/// No shift, without errors.
const NONE: ChromaticShift = ChromaticShift {
    y_px: 0.0,
    x_px: 0.0,
    standard_error_px: None,
    magnification: 0.0,
    rotation: 0.0,
    field_standard_error: None,
    pairs: 0,
    used: false,
};

impl ChromaticShift {
    /// The shift (rows, columns) at a place (rows, columns) relative to the centre of the field, px.
    #[must_use]
    pub fn at(&self, [dy, dx]: [f64; 2]) -> [f64; 2] {
        [
            self.y_px + self.magnification * dy - self.rotation * dx,
            self.x_px + self.magnification * dx + self.rotation * dy,
        ]
    }

    /// Where a green place (rows, columns) lies in the red image of a field with this centre, px.
    #[must_use]
    pub fn undo(&self, [y, x]: [f64; 2], [cy, cx]: [f64; 2]) -> [f64; 2] {
        // The shift at the place itself, not at red's, differs by the shift times the magnification: subtract it once
        // more.
        let [dy, dx] = self.at([y - self.y_px - cy, x - self.x_px - cx]);
        [y - dy, x - dx]
    }

    /// Where a place (rows, columns) of the red image of a field with this centre lies in green, px: the inverse of
    /// [`undo`](Self::undo).
    #[must_use]
    pub fn redo(&self, [y, x]: [f64; 2], [cy, cx]: [f64; 2]) -> [f64; 2] {
        let [dy, dx] = self.at([y - cy, x - cx]);
        [y + dy, x + dx]
    }

    /// A shift that the user knows.
    pub(crate) fn supplied(known: SuppliedShift) -> Self {
        let SuppliedShift { y_px, x_px, magnification, rotation } = known;
        Self { y_px, x_px, magnification, rotation, used: true, ..NONE }
    }

    /// Whether the shift changes over the field.
    #[must_use]
    pub fn depends_on_place(&self) -> bool {
        self.magnification != 0.0 || self.rotation != 0.0
    }
}

/// Shift up to which pairs are searched, in signal diameters. A plan-apochromat shows under
/// half a diameter; a misaligned filter cube a few.
const SEARCH_DIAMETERS: f64 = 3.0;
/// Width of the kernel that finds the mode of the vectors, in signal diameters.
const KERNEL_DIAMETERS: f64 = 0.35;
/// Widths of the successive kernels, in units of the first one, that follow a shift over the field: wide at first, since
/// pairs far from the mode are far off.
const WIDENINGS: [f64; 5] = [4.0, 3.0, 2.0, 1.4, 1.0];
/// Rounds with each kernel.
const ROUNDS: usize = 8;
/// Radius around the shift within which pairs count, in signal diameters.
const CORE_DIAMETERS: f64 = 0.8;
/// Maximal number of vectors that are tried as the start of the search, and of vectors that are counted around each: more find
/// no other start.
const MAX_STARTS: usize = 400;
const MAX_NEIGHBOURS: usize = 4000;
/// Vectors that are counted side by side.
const LANES: usize = 8;
/// Minimal number of pairs in the core, and for the shift to depend on the place.
const MIN_PAIRS: usize = 12;
const MIN_FIELD_PAIRS: usize = 24;
/// Minimal share of strong reds that have a pair in the core.
const MIN_SHARE: f64 = 0.25;
/// Minimal number of pairs on the side of the shift over the number on the other side: loci whose two signals lie apart in
/// random directions have a mode somewhere by chance, with as many pairs opposite.
const MIN_ONE_SIDED: f64 = 2.0;
/// Standard errors by which magnification and rotation together must stand above none: 1 in 10^5 by chance.
const MIN_STANDARD_ERRORS: f64 = 4.8;
/// Largest magnification or rotation: far more than any lens or camera mount shows.
const MAX_FIELD_TERM: f64 = 0.03;
/// Shift below which nothing is corrected, px: smaller than the error of most positions.
const MIN_SHIFT_PX: f64 = 0.5;
/// Standard errors that a shift must stand above zero to be corrected.
const MIN_SHIFT_OVER_ERROR: f64 = 3.0;
/// SNR from which a candidate takes part, and how many per nucleus and colour.
const MIN_SNR: f64 = 8.0;
const PER_NUCLEUS: usize = 4;

/// A red and a green that may be a pair: the vector between them, and the red's place from the field's centre.
#[derive(Clone, Copy)]
struct Vector {
    y: f64,
    x: f64,
    place: [f64; 2],
}

impl Vector {
    /// Squared distance from a shift.
    fn distance2(&self, shift: &ChromaticShift) -> f64 {
        let [y, x] = shift.at(self.place);
        (self.y - y).powi(2) + (self.x - x).powi(2)
    }
}

/// Estimates the shift, and whether it is large enough to matter; `None` if the pairs do not support one.
pub(crate) fn estimate(nuclei: &[&NucleusCandidates], diameter_px: f64) -> Option<ChromaticShift> {
    let (vectors, reds) = vectors(nuclei, SEARCH_DIAMETERS * diameter_px);
    let kernel = KERNEL_DIAMETERS * diameter_px;
    let mode = *densest(&vectors, kernel)?;
    let start = ChromaticShift { y_px: mode.y, x_px: mode.x, ..NONE };
    let core = CORE_DIAMETERS * diameter_px;
    let constant = with_errors(&vectors, settle(&vectors, start, kernel, 2 * ROUNDS, false), kernel, core);
    let mut over_field = constant;
    for widening in WIDENINGS {
        over_field = settle(&vectors, over_field, widening * kernel, ROUNDS, true);
    }
    let over_field = with_errors(&vectors, over_field, kernel, core);
    let standing = over_field.magnification.hypot(over_field.rotation)
        / over_field.field_standard_error.unwrap_or(f64::INFINITY);
    let best = if over_field.pairs >= MIN_FIELD_PAIRS.max(constant.pairs)
        && standing > MIN_STANDARD_ERRORS
        && over_field.magnification.hypot(over_field.rotation) < MAX_FIELD_TERM
    {
        over_field
    } else {
        constant
    };
    let supported = best.pairs >= MIN_PAIRS && best.pairs as f64 >= MIN_SHARE * reds as f64;
    let (y_px, x_px) = (best.y_px, best.x_px);
    let matters = best.depends_on_place()
        || (y_px.hypot(x_px) > MIN_SHIFT_PX
            && y_px.hypot(x_px) > MIN_SHIFT_OVER_ERROR * best.standard_error_px.unwrap_or(f64::INFINITY));
    let used = matters && is_one_sided(&vectors, &best, core);
    (supported && (used || !matters)).then_some(ChromaticShift { used, ..best })
}

/// The vector around which most others lie. Of very many vectors only a part is tried: the search goes on from there.
fn densest(vectors: &[Vector], kernel_px: f64) -> Option<&Vector> {
    let some_of = |most: usize| vectors.iter().step_by(vectors.len().div_ceil(most).max(1));
    let neighbours: Vec<&Vector> = some_of(MAX_NEIGHBOURS).collect();
    let density = |at: &Vector| -> f64 {
        let squared = |v: &Vector| (v.y - at.y).powi(2) + (v.x - at.x).powi(2);
        neighbours.iter().map(|v| (-squared(v) / (2.0 * kernel_px * kernel_px)).exp()).sum()
    };
    // Few starts are worth the exponentials: those whose density may exceed the best so far.
    let axis = |of: fn(&Vector) -> f64| neighbours.iter().map(|v| of(v) / kernel_px).collect::<Vec<f64>>();
    let (y, x) = (axis(|v| v.y), axis(|v| v.x));
    let starts = some_of(MAX_STARTS).enumerate().map(|(i, at)| {
        let most = vectorised(
            #[inline(always)]
            || density_bound(&y, &x, [at.y / kernel_px, at.x / kernel_px]),
        );
        (most, i, at)
    });
    let mut starts: Vec<(f64, usize, &Vector)> = starts.collect();
    starts.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Option<(f64, usize, &Vector)> = None;
    for (most, i, at) in starts {
        if best.is_some_and(|best| most < best.0) {
            break;
        }
        let found = (density(at), i, at);
        // Of equal ones the last.
        if best.is_none_or(|best| found.0.total_cmp(&best.0).then(i.cmp(&best.1)).is_gt()) {
            best = Some(found);
        }
    }
    best.map(|found| found.2)
}

/// An upper bound of the sum of `exp(-d^2 / 2)` over the distances of all `(y, x)` from a place: by the first terms of the series of
/// `exp(d^2 / 2)`, and a millionth for rounding.
#[inline(always)]
fn density_bound(y: &[f64], x: &[f64], at: [f64; 2]) -> f64 {
    let most = |y: f64, x: f64| {
        let half = 0.5 * ((y - at[0]) * (y - at[0]) + (x - at[1]) * (x - at[1]));
        let mut series = 1.0;
        for n in [1.0 / 6.0, 1.0 / 5.0, 1.0 / 4.0, 1.0 / 3.0, 1.0 / 2.0, 1.0] {
            series = 1.0 + series * half * n;
        }
        1.0 / series
    };
    let mut sums = [0.0; LANES];
    let ((y, last_y), (x, last_x)) = (y.as_chunks::<LANES>(), x.as_chunks::<LANES>());
    for (y, x) in y.iter().zip(x) {
        for i in 0..LANES {
            sums[i] += most(y[i], x[i]);
        }
    }
    let last: f64 = last_y.iter().zip(last_x).map(|(&y, &x)| most(y, x)).sum();
    (sums.iter().sum::<f64>() + last) * (1.0 + 1e-6)
}

/// Whether the pairs around no shift, as far as the core of this one reaches, lie to its side.
fn is_one_sided(vectors: &[Vector], shift: &ChromaticShift, core_px: f64) -> bool {
    let near: Vec<f64> = vectors
        .iter()
        .filter_map(|v| {
            let [y, x] = shift.at(v.place);
            (v.y.hypot(v.x) <= y.hypot(x) + core_px).then_some(v.y * y + v.x * x)
        })
        .collect();
    let along = near.iter().filter(|projection| **projection > 0.0).count();
    let against = near.iter().filter(|projection| **projection < 0.0).count();
    along as f64 >= MIN_ONE_SIDED * against as f64
}

/// Vectors from strong reds to strong greens in reach, and the number of strong reds.
fn vectors(nuclei: &[&NucleusCandidates], reach_px: f64) -> (Vec<Vector>, usize) {
    let mut vectors = Vec::new();
    let mut reds = 0_usize;
    for nucleus in nuclei {
        let strong = |candidates: &[Candidate]| -> Vec<(f64, f64)> {
            let top = candidates.first().map_or(0.0, |c| c.amplitude);
            candidates
                .iter()
                .filter(|c| c.amplitude > MIN_SNR * c.noise_sd() && c.amplitude > 0.3 * top)
                .take(PER_NUCLEUS)
                .map(|c| (c.y_px, c.x_px))
                .collect()
        };
        let (red, green) = (strong(&nucleus.red), strong(&nucleus.green));
        reds += red.len();
        let [cy, cx] = nucleus.field_centre_px;
        for r in &red {
            for g in &green {
                let (y, x) = (g.0 - r.0, g.1 - r.1);
                if y.hypot(x) <= reach_px {
                    vectors.push(Vector { y, x, place: [r.0 - cy, r.1 - cx] });
                }
            }
        }
    }
    (vectors, reds)
}

/// Weighted least squares again and again, the weights falling off with the distance from the last shift.
fn settle(
    vectors: &[Vector],
    mut shift: ChromaticShift,
    kernel_px: f64,
    rounds: usize,
    over_field: bool,
) -> ChromaticShift {
    for _ in 0..rounds {
        let weigh = |v: &Vector| (-v.distance2(&shift) / (2.0 * kernel_px * kernel_px)).exp();
        let weights: Vec<f64> = vectors.iter().map(weigh).collect();
        let sum =
            |f: &dyn Fn(&Vector) -> f64| -> f64 { vectors.iter().zip(&weights).map(|(v, w)| w * f(v)).sum() };
        let w = sum(&|_| 1.0);
        if w < f64::MIN_POSITIVE {
            return shift;
        }
        let (my, mx) = (sum(&|v| v.y) / w, sum(&|v| v.x) / w);
        let place = [sum(&|v| v.place[0]) / w, sum(&|v| v.place[1]) / w];
        (shift.magnification, shift.rotation) = (0.0, 0.0);
        if over_field {
            let from = |v: &Vector| [v.place[0] - place[0], v.place[1] - place[1]];
            let spread = sum(&|v| from(v).map(|d| d * d).iter().sum());
            if spread > 0.0 {
                let along = sum(&|v| from(v)[0] * (v.y - my) + from(v)[1] * (v.x - mx));
                let across = sum(&|v| from(v)[0] * (v.x - mx) - from(v)[1] * (v.y - my));
                shift.magnification = along / spread;
                shift.rotation = across / spread;
            }
        }
        (shift.y_px, shift.x_px) = (0.0, 0.0);
        let [y, x] = shift.at(place);
        (shift.y_px, shift.x_px) = (my - y, mx - x);
    }
    shift
}

/// Counts the pairs that agree and notes the standard errors.
///
/// The shift is an M-estimate: its errors follow from how far each vector moves it (Huber 1981, Robust Statistics,
/// section 6.3).
fn with_errors(
    vectors: &[Vector],
    mut shift: ChromaticShift,
    kernel_px: f64,
    core_px: f64,
) -> ChromaticShift {
    let inside: Vec<&Vector> = vectors.iter().filter(|v| v.distance2(&shift) <= core_px * core_px).collect();
    let n = inside.len() as f64;
    let middle = [0, 1].map(|k| inside.iter().map(|v| v.place[k]).sum::<f64>() / n.max(1.0));
    // For the shift and for the terms that grow with the place: how much vectors pull, and how firmly it stands.
    let (mut pull, mut firm) = ([0.0; 2], [0.0; 2]);
    for v in vectors {
        let relative = v.distance2(&shift) / (kernel_px * kernel_px);
        let weight = (-0.5 * relative).exp();
        let lever = (v.place[0] - middle[0]).powi(2) + (v.place[1] - middle[1]).powi(2);
        for (k, lever) in [1.0, lever].into_iter().enumerate() {
            // Of one axis, as both are alike.
            pull[k] += lever * 0.5 * relative * (weight * kernel_px).powi(2);
            firm[k] += lever * weight * (1.0 - 0.5 * relative);
        }
    }
    let error = |k: usize| (firm[k] > 0.0).then(|| pull[k].sqrt() / firm[k]);
    shift.pairs = inside.len();
    shift.standard_error_px = error(0);
    shift.field_standard_error = error(1);
    shift
}

#[cfg(test)]
mod tests;
