//! Where in depth the counterstain is sharp.

use ndarray::{Array2, Zip};

use crate::field::{FOCUS_BIN_PX, Focus, FocusMap};

/// Sums over the slices in a square of pixels.
#[derive(Debug, Clone, Copy)]
struct Sums {
    sharpness: f64,
    depth: f64,
    depth_squared: f64,
    lowest: f64,
}

/// The focus of the slices so far.
#[derive(Debug)]
pub(super) struct FocusFinder {
    squares: Array2<Sums>,
    slices: f64,
    depths: f64,
    depths_squared: f64,
}

impl FocusFinder {
    /// For an image of this size, px.
    pub(super) fn new((height, width): (usize, usize)) -> Self {
        let empty = Sums { sharpness: 0.0, depth: 0.0, depth_squared: 0.0, lowest: f64::INFINITY };
        let dim = (height.div_ceil(FOCUS_BIN_PX), width.div_ceil(FOCUS_BIN_PX));
        Self { squares: Array2::from_elem(dim, empty), slices: 0.0, depths: 0.0, depths_squared: 0.0 }
    }

    /// Adds the sharpness of the next slice, on a grid of `grid_px`.
    pub(super) fn push(&mut self, sharpness: &Array2<f32>, grid_px: usize, z: f64) {
        let each = (FOCUS_BIN_PX / grid_px.max(1)).max(1);
        let (rows, columns) = sharpness.dim();
        for ((i, j), sums) in self.squares.indexed_iter_mut() {
            let place = (i * each + each / 2, j * each + each / 2);
            let place = (place.0.min(rows.saturating_sub(1)), place.1.min(columns.saturating_sub(1)));
            let value = f64::from(sharpness[place]);
            sums.sharpness += value;
            sums.depth += value * z;
            sums.depth_squared += value * z * z;
            sums.lowest = sums.lowest.min(value);
        }
        self.slices += 1.0;
        self.depths += z;
        self.depths_squared += z * z;
    }

    /// The focus of all slices.
    pub(super) fn finish(self) -> FocusMap {
        let Self { squares, slices, depths, depths_squared } = self;
        let mut found = Array2::default(squares.dim());
        Zip::from(&mut found).and(&squares).for_each(|focus, sums| {
            *focus = Focus {
                sharpness: sums.sharpness - slices * sums.lowest,
                depth: sums.depth - depths * sums.lowest,
                depth_squared: sums.depth_squared - depths_squared * sums.lowest,
            };
        });
        FocusMap { squares: found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_focus_is_the_middle_of_the_sharp_slices() {
        let mut finder = FocusFinder::new((32, 32));
        for z in 0..11 {
            let sharpness = if (4..=6).contains(&z) { 5.0 } else { 1.0 };
            finder.push(&Array2::from_elem((16, 16), sharpness), 2, f64::from(z));
        }
        let map = finder.finish();
        let focus = map.of_nucleus(0..32, 0..32, |y, x| y < 16 && x < 16).expect("sharp");
        assert!(
            (focus.best_z_px - 5.0).abs() < 1e-9 && (focus.depth_px - 8.0_f64.sqrt()).abs() < 1e-9,
            "{focus:?}"
        );
        assert_eq!(map.of_nucleus(0..32, 0..32, |_, _| false), None);
    }
}
