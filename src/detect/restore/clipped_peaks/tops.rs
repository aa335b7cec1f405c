//! Tops of signals that are clipped at the camera's limit.

use std::borrow::Cow;

use ndarray::ArrayView2;

use crate::field::PlaneView;
use crate::kernel::bits::BitMask;
use crate::kernel::dispatch::vectorised;
use crate::kernel::run::Run;
use crate::kernel::runs::regions_of_bits;

/// Minimal number of flat tops at the highest level of a plane for it to be the camera's limit: spots do not end at one
/// level by chance.
const MIN_FLAT: usize = 3;
/// Pixels of three by three at the limit from which a top is flat.
const FLAT_PX: usize = 5;

/// Largest share of a plane at its highest level: a larger one is no signals.
const MAX_SHARE: f64 = 0.2;

/// Neighbouring pixels at the limit: their places in reading order, and the centre of these.
pub(super) struct Top {
    pub(super) pixels: Vec<(usize, usize)>,
    pub(super) middle: [f64; 2],
}

fn in_memory_order<'a, T: Copy>(plane: &'a ArrayView2<'_, T>) -> Cow<'a, [T]> {
    plane.as_slice_memory_order().map_or_else(|| plane.iter().copied().collect(), Cow::Borrowed)
}

impl Top {
    /// The pixels of runs in reading order.
    fn of(runs: &[Run]) -> Self {
        let pixels: Vec<(usize, usize)> =
            runs.iter().flat_map(|run| (run.x0..run.x1).map(|x| (run.y as usize, x as usize))).collect();
        let mean = |of: fn(&(usize, usize)) -> usize| {
            pixels.iter().map(|at| of(at) as f64).sum::<f64>() / pixels.len() as f64
        };
        let middle = [mean(|at| at.0), mean(|at| at.1)];
        Self { pixels, middle }
    }

    /// Rows that it covers.
    pub(super) fn rows(&self) -> usize {
        let [first, last] = [self.pixels.first(), self.pixels.last()].map(|at| at.map_or(0, |at| at.0));
        last - first + 1
    }
}

/// The highest level, if enough pixels for the minimal number of flat tops are at it.
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
                (count >= MIN_FLAT * FLAT_PX).then_some(highest)
            },
        )
    }
    match plane {
        PlaneView::U8(a) => among(&in_memory_order(&a), u8::max).map(f32::from),
        PlaneView::U16(a) => among(&in_memory_order(&a), u16::max).map(f32::from),
        PlaneView::F32(a) => {
            let highest = a.iter().copied().filter(|v| v.is_finite()).reduce(f32::max)?;
            (a.iter().filter(|v| **v == highest).count() >= MIN_FLAT * FLAT_PX).then_some(highest)
        }
    }
}

/// The tops at the highest level, in reading order; `None` if too few are flat for it to be the camera's limit, or if far more
/// of the plane than signals is at it.
pub(super) fn tops(plane: PlaneView<'_>, limit: f32) -> Option<Vec<Top>> {
    let (height, width) = plane.dim();
    let mut row = vec![0.0_f32; width];
    let (mut at_limit, mut count) = (BitMask::default(), 0);
    at_limit.clear((height, width));
    for y in 0..height {
        plane.read_row(y, 0, &mut row);
        let mut x = 0_u32;
        let runs = row.chunk_by(|a, b| (*a >= limit) == (*b >= limit)).filter_map(|run| {
            let x0 = x;
            x += run.len() as u32;
            (run[0] >= limit).then_some(Run { y: y as u32, x0, x1: x })
        });
        at_limit.paint(runs.inspect(|run| count += run.len()), true);
        if count as f64 > MAX_SHARE * (height * width) as f64 {
            return None;
        }
    }
    let is_flat = |&(y, x): &(usize, usize)| {
        let rows = y.saturating_sub(1)..y + 2;
        let around = rows.flat_map(|v| (x.saturating_sub(1)..x + 2).map(move |u| (v, u)));
        around.filter(|&(v, u)| at_limit.is_set(v, u)).count() >= FLAT_PX
    };
    let regions = regions_of_bits(&at_limit, 0, 1);
    let tops: Vec<Top> = (0..regions.len()).map(|i| Top::of(regions.runs(i))).collect();
    let flat = tops.iter().filter(|top| top.pixels.iter().any(is_flat)).count();
    (flat >= MIN_FLAT).then_some(tops)
}
