//! Tops of signals that are cut off at the camera's limit.

use std::borrow::Cow;

use ndarray::ArrayView2;

use crate::field::PlaneView;
use crate::kernel::dispatch::vectorised;

/// Fewest flat tops at the highest level of a plane for it to be the camera's limit: spots do not end at one level by chance.
const LEAST_FLAT: usize = 3;
/// Pixels of three by three at the limit that make a top flat.
const FLAT_PX: usize = 5;

/// Largest share of a plane at its highest level: more is no signals.
const MOST_SHARE: f64 = 0.2;

/// Neighbouring pixels at the limit: their places, and the middle of these.
pub(super) struct Top {
    pub(super) pixels: Vec<(usize, usize)>,
    pub(super) middle: [f64; 2],
}

fn in_memory_order<'a, T: Copy>(plane: &'a ArrayView2<'_, T>) -> Cow<'a, [T]> {
    plane.as_slice_memory_order().map_or_else(|| plane.iter().copied().collect(), Cow::Borrowed)
}

impl Top {
    /// Rows that it covers.
    pub(super) fn rows(&self) -> usize {
        let rows = || self.pixels.iter().map(|at| at.0);
        rows().max().unwrap_or(0) + 1 - rows().min().unwrap_or(0).min(rows().max().unwrap_or(0))
    }
}

/// The highest level, if as many pixels are at it as are in the fewest flat tops.
pub(super) fn highest(plane: PlaneView<'_>) -> Option<f32> {
    #[inline(always)]
    fn among<T: Copy + PartialEq>(all: &[T], higher: impl Fn(T, T) -> T) -> Option<T> {
        // Many samples at a time.
        vectorised(
            #[inline(always)]
            || {
                let highest = all.iter().copied().reduce(&higher)?;
                let count: usize = (all.chunks(4096))
                    .map(|chunk| usize::from(chunk.iter().map(|v| u16::from(*v == highest)).sum::<u16>()))
                    .sum();
                (count >= LEAST_FLAT * FLAT_PX).then_some(highest)
            },
        )
    }
    match plane {
        PlaneView::U8(a) => among(&in_memory_order(&a), u8::max).map(f32::from),
        PlaneView::U16(a) => among(&in_memory_order(&a), u16::max).map(f32::from),
        PlaneView::F32(a) => {
            let highest = a.iter().copied().filter(|v| v.is_finite()).reduce(f32::max)?;
            (a.iter().filter(|v| **v == highest).count() >= LEAST_FLAT * FLAT_PX).then_some(highest)
        }
    }
}

/// The tops at the highest level, in reading order; `None` where too few are flat for it to be the camera's limit, or far more
/// is at it than signals are.
pub(super) fn tops(plane: PlaneView<'_>, limit: f32) -> Option<Vec<Top>> {
    let (height, width) = plane.dim();
    let mut row = vec![0.0_f32; width];
    let mut at_limit = Vec::new();
    for y in 0..height {
        plane.read_row(y, 0, &mut row);
        at_limit.extend((0..width).filter(|&x| row[x] >= limit).map(|x| (y, x)));
        if at_limit.len() as f64 > MOST_SHARE * (height * width) as f64 {
            return None;
        }
    }
    let around = |(y, x): (usize, usize)| {
        (y.saturating_sub(1)..(y + 2).min(height))
            .flat_map(move |v| (x.saturating_sub(1)..(x + 2).min(width)).map(move |u| (v, u)))
    };
    let is_at_limit = |at: &(usize, usize)| at_limit.binary_search(at).is_ok();
    let mut seen = vec![false; at_limit.len()];
    let (mut tops, mut flat) = (Vec::new(), 0);
    for first in 0..at_limit.len() {
        if seen[first] {
            continue;
        }
        seen[first] = true;
        let (mut pixels, mut next) = (vec![at_limit[first]], 0);
        while let Some(&at) = pixels.get(next) {
            next += 1;
            for neighbour in around(at) {
                if let Ok(index) = at_limit.binary_search(&neighbour)
                    && !std::mem::replace(&mut seen[index], true)
                {
                    pixels.push(neighbour);
                }
            }
        }
        flat += usize::from(pixels.iter().any(|at| around(*at).filter(is_at_limit).count() >= FLAT_PX));
        let mean = |of: fn(&(usize, usize)) -> usize| {
            pixels.iter().map(|at| of(at) as f64).sum::<f64>() / pixels.len() as f64
        };
        let middle = [mean(|at| at.0), mean(|at| at.1)];
        tops.push(Top { pixels, middle });
    }
    (flat >= LEAST_FLAT).then_some(tops)
}
