//! Rows filtered along themselves, and then across.

use std::ops::Range;

use super::Term;

/// Samples that are summed side by side in registers.
pub(super) const LANES: usize = 32;
pub(super) type Lanes = [f32; LANES];

/// Adds `weight` times the sums of two samples each.
#[inline(always)]
fn add_pair(sum: &mut Lanes, weight: f32, one: &Lanes, other: &Lanes) {
    for i in 0..LANES {
        sum[i] += weight * (one[i] + other[i]);
    }
}

/// Does something with weights, compiled for each usual number of them: the loops over them then need no bounds.
macro_rules! of_known_count {
    ($half:ident, $body:expr) => {
        of_known_count!($half, $body, 1 2 3 4 5 6 7 8 9 10 11 12 13)
    };
    ($half:ident, $body:expr, $($n:literal)*) => {
        match $half.len() {
            $($n => {
                let $half = $half.first_chunk::<$n>().map_or(&[][..], |half| half);
                $body
            })*
            _ => $body,
        }
    };
}

/// The samples in the middle of `window` correlated along it; `half.len() - 1` more lie on either side of them.
#[inline(always)]
fn correlate_along(window: &[f32], half: &[f32]) -> Lanes {
    let mut sum = [0.0; LANES];
    let Some((&weight, half)) = half.split_first() else { return sum };
    let reach = half.len();
    if window.len() != LANES + 2 * reach {
        return sum;
    }
    let lanes = |at: usize| window.get(at..).and_then(<[f32]>::first_chunk::<LANES>).unwrap_or(&[0.0; LANES]);
    let centre = lanes(reach);
    for i in 0..LANES {
        sum[i] = weight * centre[i];
    }
    for (k, &weight) in half.iter().enumerate() {
        add_pair(&mut sum, weight, lanes(reach - 1 - k), lanes(reach + 1 + k));
    }
    sum
}

/// Adds the correlation across `rows`, of which the middle one is that of the result, and `half.len() - 1` lie on
/// either side of it.
#[inline(always)]
fn add_across(mut sum: Lanes, rows: &[Lanes], half: &[f32]) -> Lanes {
    let Some((&weight, half)) = half.split_first() else { return sum };
    let reach = half.len();
    if rows.len() != 2 * reach + 1 {
        return sum;
    }
    let centre = &rows[reach];
    for i in 0..LANES {
        sum[i] += weight * centre[i];
    }
    for (k, &weight) in half.iter().enumerate() {
        add_pair(&mut sum, weight, &rows[reach - 1 - k], &rows[reach + 1 + k]);
    }
    sum
}

/// Rows filtered along themselves by each of some terms, to be filtered along columns.
pub(super) struct Rows<'a> {
    pub(super) terms: &'a [Term],
    /// Columns, a multiple of `LANES`.
    pub(super) stride: usize,
    /// Rows of each term.
    count: usize,
    /// By term, then by `LANES` columns, then by row: the values summed for one place lie side by side.
    samples: Vec<f32>,
}

/// Largest distances that terms reach along rows and columns.
pub(super) fn reach(terms: &[Term]) -> (usize, usize) {
    let most = |weights: fn(&Term) -> usize| terms.iter().map(weights).max().unwrap_or(1) - 1;
    (most(|t| t.horizontal.len()), most(|t| t.vertical.len()))
}

impl<'a> Rows<'a> {
    /// `count` rows of `width` columns.
    pub(super) fn new(terms: &'a [Term], width: usize, count: usize) -> Self {
        let stride = width.next_multiple_of(LANES);
        Self { terms, stride, count, samples: vec![0.0; terms.len() * stride * count] }
    }

    /// Filters one row; `before` samples of it lie ahead of the first column of the results.
    #[inline(always)]
    pub(super) fn set(&mut self, row: usize, samples: &[f32], before: usize) {
        let rows = self.samples.as_chunks_mut::<LANES>().0;
        for (term, rows) in self.terms.iter().zip(rows.chunks_exact_mut(self.stride / LANES * self.count)) {
            let half = &term.horizontal[..];
            let samples = &samples[before + 1 - half.len()..];
            of_known_count!(half, {
                let mut first = 0;
                for column in rows.chunks_exact_mut(self.count) {
                    let window = samples.get(first..first + LANES + 2 * (half.len() - 1)).unwrap_or_default();
                    column[row] = correlate_along(window, half);
                    first += LANES;
                }
            });
        }
    }

    /// Moves the last `kept` rows to the front.
    pub(super) fn keep_last(&mut self, kept: usize) {
        for column in self.samples.chunks_exact_mut(self.count * LANES) {
            column.copy_within((self.count - kept) * LANES.., 0);
        }
    }

    /// Adds rows of the result from `first` on to those of `out`, whole rows of `width` samples of which those from
    /// `x0` on count.
    #[inline(always)]
    pub(super) fn add_to(&self, first: usize, out: &mut [f32], width: usize, columns: Range<usize>) {
        let rows = self.samples.as_chunks::<LANES>().0;
        for (term, rows) in self.terms.iter().zip(rows.chunks_exact(self.stride / LANES * self.count)) {
            let half = &term.vertical[..];
            for (x0, column) in columns.clone().step_by(LANES).zip(rows.chunks_exact(self.count)) {
                let x1 = columns.end.min(x0 + LANES);
                let column = &column[first + 1 - half.len()..];
                if x1 < x0 + LANES {
                    for (out, rows) in out.chunks_exact_mut(width).zip(column.windows(2 * half.len() - 1)) {
                        let (mut sum, out) = ([0.0; LANES], &mut out[x0..x1]);
                        sum[..out.len()].copy_from_slice(out);
                        sum = add_across(sum, rows, half);
                        out.copy_from_slice(&sum[..out.len()]);
                    }
                    continue;
                }
                of_known_count!(half, {
                    for (out, rows) in out.chunks_exact_mut(width).zip(column.windows(2 * half.len() - 1)) {
                        if let Some(out) = out[x0..].first_chunk_mut() {
                            *out = add_across(*out, rows, half);
                        }
                    }
                });
            }
        }
    }
}
