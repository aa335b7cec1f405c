//! Projections of a channel over its slices.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Zip};

use crate::field::{Plane, PlaneView};

/// Share of the lowest sharpness of a place over all slices that is subtracted from the sharpness of each: noise has structure
/// as well. Below 1, so that a place without structure has the mean of all slices.
const NOISE_SHARE: f32 = 0.5;

/// The mean of the slices so far, weighted by the sharpness of each at the place.
#[derive(Debug)]
pub(super) struct FocusWeighted {
    /// Sums over the slices at each pixel: of the samples times sharpness, and of the samples.
    weighted: Array2<f32>,
    plain: Array2<f32>,
    /// Sum and lowest of the sharpness at each square of the grid.
    sharpness: Array2<f32>,
    lowest: Array2<f32>,
    grid_px: usize,
    slices: f32,
    /// A slice of each sample type that there was.
    kind: Kind,
}

/// The sample types that hold the samples of all slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    U8,
    U16,
    F32,
}

impl FocusWeighted {
    pub(super) fn new(dim: (usize, usize), grid: (usize, usize), grid_px: usize) -> Self {
        Self {
            weighted: Array2::zeros(dim),
            plain: Array2::zeros(dim),
            sharpness: Array2::zeros(grid),
            lowest: Array2::from_elem(grid, f32::INFINITY),
            grid_px,
            slices: 0.0,
            kind: Kind::U8,
        }
    }

    pub(super) fn has_slices(&self) -> bool {
        self.slices > 0.0
    }

    pub(super) fn push(&mut self, plane: &Plane, sharpness: &Array2<f32>) {
        let view = plane.view();
        let mut row = vec![0.0; view.dim().1];
        let grid_px = self.grid_px;
        let rows = self.weighted.rows_mut().into_iter().zip(self.plain.rows_mut());
        for (y, (mut weighted, mut plain)) in rows.enumerate() {
            view.read_row(y, 0, &mut row);
            let own = sharpness.row((y / grid_px).min(sharpness.nrows() - 1));
            for (x, (weighted, plain)) in weighted.iter_mut().zip(&mut plain).enumerate() {
                *weighted += own[(x / grid_px).min(own.len() - 1)] * row[x];
                *plain += row[x];
            }
        }
        self.sharpness += sharpness;
        Zip::from(&mut self.lowest).and(sharpness).for_each(|lowest, v| *lowest = lowest.min(*v));
        self.slices += 1.0;
        self.kind = self.kind.max(match view {
            PlaneView::U8(_) => Kind::U8,
            PlaneView::U16(_) => Kind::U16,
            PlaneView::F32(_) => Kind::F32,
        });
    }

    pub(super) fn finish(self) -> Plane {
        let Self { weighted, plain, sharpness, lowest, grid_px, slices, kind } = self;
        let noise = lowest.mapv(|v| NOISE_SHARE * v);
        let sample = |(y, x): (usize, usize)| {
            let at = ((y / grid_px).min(noise.nrows() - 1), (x / grid_px).min(noise.ncols() - 1));
            let weight = sharpness[at] - slices * noise[at];
            if weight > 0.0 {
                (weighted[(y, x)] - noise[at] * plain[(y, x)]) / weight
            } else {
                plain[(y, x)] / slices.max(1.0)
            }
        };
        match kind {
            Kind::U8 => Array2::from_shape_fn(weighted.dim(), |at| sample(at).round() as u8).into(),
            Kind::U16 => Array2::from_shape_fn(weighted.dim(), |at| sample(at).round() as u16).into(),
            Kind::F32 => Array2::from_shape_fn(weighted.dim(), sample).into(),
        }
    }
}

/// Takes the higher sample at each pixel. A value that is not a number gives way to any other.
pub(crate) fn raise<T: Copy + PartialOrd>(earlier: ArrayViewMut2<'_, T>, later: ArrayView2<'_, T>) {
    Zip::from(earlier).and(later).for_each(|a, &b| {
        if b > *a || (*a).partial_cmp(&*a).is_none() {
            *a = b;
        }
    });
}

/// The higher of two planes at each pixel; `None` if they differ in size or sample type.
pub(crate) fn maximum(mut earlier: Plane, later: &Plane) -> Option<Plane> {
    fn raised<T: Copy + Into<f32>>(a: &Array2<T>, b: &Array2<f32>) -> Plane {
        let mut floats = a.mapv(Into::into);
        raise(floats.view_mut(), b.view());
        Plane::F32(floats)
    }
    if earlier.dim() != later.dim() {
        return None;
    }
    match (&mut earlier, later) {
        (Plane::U8(a), Plane::U8(b)) => raise(a.view_mut(), b.view()),
        (Plane::U16(a), Plane::U16(b)) => raise(a.view_mut(), b.view()),
        (Plane::F32(a), Plane::F32(b)) => raise(a.view_mut(), b.view()),
        // Slices of signed samples, of which only some have any below zero.
        (Plane::F32(a), Plane::U8(b)) => raise(a.view_mut(), b.mapv(f32::from).view()),
        (Plane::F32(a), Plane::U16(b)) => raise(a.view_mut(), b.mapv(f32::from).view()),
        (Plane::U8(a), Plane::F32(b)) => return Some(raised(a, b)),
        (Plane::U16(a), Plane::F32(b)) => return Some(raised(a, b)),
        _ => return None,
    }
    Some(earlier)
}

/// A plane whose picture is moved back by (rows, columns), px. The edge goes on beyond it.
pub(super) fn moved_back(plane: &Plane, [dy, dx]: [isize; 2]) -> Plane {
    fn moved<T: Copy>(a: &Array2<T>, dy: isize, dx: isize) -> Array2<T> {
        let (height, width) = a.dim();
        let place = |i: usize, d: isize, n: usize| i.saturating_add_signed(d).min(n.saturating_sub(1));
        Array2::from_shape_fn((height, width), |(y, x)| a[(place(y, dy, height), place(x, dx, width))])
    }
    match plane {
        Plane::U8(a) => Plane::U8(moved(a, dy, dx)),
        Plane::U16(a) => Plane::U16(moved(a, dy, dx)),
        Plane::F32(a) => Plane::F32(moved(a, dy, dx)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sharp_slices_outweigh_hazy_ones() {
        let mut mean = FocusWeighted::new((4, 4), (2, 2), 2);
        for (level, sharpness) in [(100_u16, 1.0_f32), (200, 9.0), (300, 1.0)] {
            mean.push(&Array2::from_elem((4, 4), level).into(), &Array2::from_elem((2, 2), sharpness));
        }
        // Weights 0.5, 8.5 and 0.5.
        assert_eq!(mean.finish(), Plane::U16(Array2::from_elem((4, 4), 200)));
        let mut even = FocusWeighted::new((4, 4), (2, 2), 2);
        for (level, sharpness) in [(100_u8, 2.0_f32), (103, 1.0)] {
            even.push(&Array2::from_elem((4, 4), level).into(), &Array2::from_elem((2, 2), sharpness));
        }
        // Weights 1.5 and 0.5.
        assert_eq!(even.finish(), Plane::U8(Array2::from_elem((4, 4), 101)));
    }

    #[test]
    fn a_picture_moves_back_by_whole_pixels() {
        let plane = Plane::from(Array2::from_shape_fn((3, 3), |(y, x)| (10 * y + x) as u8));
        let Plane::U8(moved) = moved_back(&plane, [1, -1]) else { panic!("another type") };
        assert_eq!(moved, ndarray::array![[10, 10, 11], [20, 20, 21], [20, 20, 21]]);
    }
}
