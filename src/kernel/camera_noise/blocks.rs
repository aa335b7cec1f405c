//! Level and noise of single blocks.

use ndarray::{Array2, ArrayView2, Axis};

use crate::field::PlaneView;
use crate::kernel::dispatch::Kernel;
use crate::kernel::median::{
    MAD_TO_SD, float_of_ordered, median_within_kernel as median, ordered, ranked_within_kernel as ranked,
};

/// Edge of the blocks in which level and noise are measured, px.
pub(super) const BLOCK_PX: usize = 16;
/// Edge of the part of a block whose pixels have neighbours on all sides.
const INNER_PX: usize = BLOCK_PX - 2;
/// Fewest residuals of a block for a spread that is good to some 15 %.
const MIN_RESIDUALS: usize = 40;
/// Standard deviation of white noise over the median absolute residual: the residual has 6 times its standard deviation.
pub(super) const RESIDUAL_TO_SD: f64 = MAD_TO_SD / 6.0;

/// The measurement of some blocks of one row of blocks.
pub(super) struct BlockRow<'plane, 'mask, B> {
    pub(super) plane: PlaneView<'plane>,
    pub(super) no_data: Option<&'mask Array2<bool>>,
    pub(super) y0: usize,
    pub(super) blocks: B,
}

impl<B: Iterator<Item = usize>> Kernel for BlockRow<'_, '_, B> {
    type Output = Vec<(f64, f64)>;

    /// (median, noise variance) of those blocks that have enough data.
    #[inline(always)]
    fn call(self) -> Vec<(f64, f64)> {
        let Self { plane, no_data, y0, blocks } = self;
        let mut rows = [[0.0_f32; BLOCK_PX]; BLOCK_PX];
        let mut out = Vec::new();
        for x0 in blocks.map(|b| b * BLOCK_PX) {
            for (i, row) in rows.iter_mut().enumerate() {
                plane.read_row(y0 + i, x0, row);
            }
            let mut residuals = [[0_u32; INNER_PX]; INNER_PX];
            let mut values = [[0_u32; INNER_PX]; INNER_PX];
            for y in 0..INNER_PX {
                let [above, row, below] = [&rows[y], &rows[y + 1], &rows[y + 2]];
                for x in 0..INNER_PX {
                    let corners = above[x] + above[x + 2] + below[x] + below[x + 2];
                    let edges = above[x + 1] + below[x + 1] + row[x] + row[x + 2];
                    // The bits of magnitudes are in the order of the magnitudes.
                    residuals[y][x] = (corners - 2.0 * edges + 4.0 * row[x + 1]).abs().to_bits();
                    values[y][x] = ordered(row[x + 1]);
                }
            }
            let (residuals, values) = (residuals.as_flattened_mut(), values.as_flattened_mut());
            let count = match no_data {
                Some(no_data) => keep_whole(no_data, (y0, x0), residuals, values),
                None => residuals.len(),
            };
            if count < MIN_RESIDUALS {
                continue;
            }
            let middle = |of: &[u32]| if count == of.len() { median(of) } else { median(&of[..count]) };
            let (Some(residual), Some(value)) = (middle(residuals), middle(values)) else { continue };
            out.push((f64::from(float_of_ordered(value)), variance_of(f64::from(f32::from_bits(residual)))));
        }
        out
    }
}

/// Noise variance from the median of the magnitudes of residuals.
fn variance_of(median_residual: f64) -> f64 {
    let sd = RESIDUAL_TO_SD * median_residual;
    sd * sd
}

/// The same among integers that all have data, in fewer bits and more at a time.
pub(super) struct BlockRowU16<'plane, B> {
    pub(super) samples: ArrayView2<'plane, u16>,
    pub(super) y0: usize,
    pub(super) blocks: B,
}

impl<B: Iterator<Item = usize>> Kernel for BlockRowU16<'_, B> {
    type Output = Vec<(f64, f64)>;

    #[inline(always)]
    fn call(self) -> Vec<(f64, f64)> {
        let Self { samples, y0, blocks } = self;
        let row = |y: usize| samples.index_axis_move(Axis(0), y0 + y).to_slice().unwrap_or_default();
        let all: [&[u16]; BLOCK_PX] = std::array::from_fn(row);
        let mut out = Vec::new();
        for x0 in blocks.map(|b| b * BLOCK_PX) {
            let rows =
                all.map(|row| row.get(x0..).and_then(<[u16]>::first_chunk).copied().unwrap_or([0; BLOCK_PX]));
            // Rows of a whole number of lanes: what lies beyond those with neighbours is zero, and before all others.
            let mut residuals = [[0_u32; BLOCK_PX]; INNER_PX];
            let mut short = [[0_u16; BLOCK_PX]; INNER_PX];
            let mut values = [[0_u16; BLOCK_PX]; INNER_PX];
            for y in 0..INNER_PX {
                let [above, row, below] = [&rows[y], &rows[y + 1], &rows[y + 2]];
                // By columns first, since the three beside each other share them.
                let (mut corners, mut edges) = ([0_i32; BLOCK_PX + 2], [0_i32; BLOCK_PX + 2]);
                for x in 0..BLOCK_PX {
                    let beside = i32::from(above[x]) + i32::from(below[x]);
                    let own = i32::from(row[x]);
                    (corners[x], edges[x]) = (beside - 2 * own, 4 * own - 2 * beside);
                }
                for x in 0..BLOCK_PX {
                    residuals[y][x] = (corners[x] + corners[x + 2] + edges[x + 1]).unsigned_abs();
                }
                residuals[y][INNER_PX..].fill(0);
                for x in 0..BLOCK_PX {
                    short[y][x] = residuals[y][x].min(u32::from(u16::MAX)) as u16;
                }
                values[y][..INNER_PX].copy_from_slice(&rows[y + 1][1..=INNER_PX]);
            }
            let below = INNER_PX * (BLOCK_PX - INNER_PX) + INNER_PX * INNER_PX / 2;
            let residual = match ranked(short.as_flattened(), below) {
                Some(short) if short < u16::MAX => Some(u32::from(short)),
                _ => ranked(residuals.as_flattened(), below),
            };
            if let (Some(residual), Some(value)) = (residual, ranked(values.as_flattened(), below)) {
                out.push((f64::from(value), variance_of(f64::from(residual))));
            }
        }
        out
    }
}

/// Moves those of a block whose surroundings have data to the front, and counts them.
fn keep_whole(
    no_data: &Array2<bool>,
    (y0, x0): (usize, usize),
    residuals: &mut [u32],
    values: &mut [u32],
) -> usize {
    let mut count = 0;
    for i in 0..residuals.len() {
        let (y, x) = (y0 + i / INNER_PX, x0 + i % INNER_PX);
        if (y..y + 3).all(|yy| (x..x + 3).all(|xx| !no_data[(yy, xx)])) {
            (residuals[count], values[count]) = (residuals[i], values[i]);
            count += 1;
        }
    }
    count
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::kernel::dispatch::vectorised;
    use proptest::prelude::*;
    use rand::SeedableRng as _;

    /// The definition, by sorting.
    pub(in super::super) fn block_reference(
        image: &Array2<f32>,
        no_data: &Array2<bool>,
        (y0, x0): (usize, usize),
    ) -> Option<(f64, f64)> {
        let (mut residuals, mut values) = (Vec::new(), Vec::new());
        for (y, x) in (1..BLOCK_PX - 1).flat_map(|y| (1..BLOCK_PX - 1).map(move |x| (y0 + y, x0 + x))) {
            let at = |dy: usize, dx: usize| image[(y + dy - 1, x + dx - 1)];
            if (0..9).any(|i| no_data[(y + i / 3 - 1, x + i % 3 - 1)]) {
                continue;
            }
            let corners = at(0, 0) + at(0, 2) + at(2, 0) + at(2, 2);
            let edges = at(0, 1) + at(2, 1) + at(1, 0) + at(1, 2);
            residuals.push((corners - 2.0 * edges + 4.0 * at(1, 1)).abs());
            values.push(at(1, 1));
        }
        residuals.sort_by(f32::total_cmp);
        values.sort_by(f32::total_cmp);
        let sd = RESIDUAL_TO_SD * f64::from(*residuals.get(residuals.len() / 2)?);
        (residuals.len() >= MIN_RESIDUALS).then(|| (f64::from(values[values.len() / 2]), sd * sd))
    }

    proptest! {
        #[test]
        fn blocks_have_the_medians_that_sorting_gives(seed in any::<u64>(), missing in 0.0..0.1_f64) {
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let image = Array2::from_shape_fn((16, 64), |_| 200.0 * rng.random::<f32>() - 50.0);
            let no_data = Array2::from_shape_fn((16, 64), |_| rng.random::<f64>() < missing);
            for no_data in [no_data, Array2::from_elem((16, 64), false)] {
                let some = no_data.iter().any(|n| *n).then_some(&no_data);
                let found =
                    vectorised(BlockRow { plane: PlaneView::from(&image), no_data: some, y0: 0, blocks: 0..4 });
                let slow: Vec<_> = (0..4).filter_map(|b| block_reference(&image, &no_data, (0, 16 * b))).collect();
                prop_assert_eq!(found, slow);
            }
            // Integers, of the whole range and of a narrow one.
            for range in [f32::from(u16::MAX), 90.0] {
                let image = image.mapv(|v| (range * (v + 50.0) / 200.0) as u16);
                let found = vectorised(BlockRowU16 { samples: image.view(), y0: 0, blocks: 0..4 });
                let (image, none) = (image.mapv(f32::from), Array2::from_elem((16, 64), false));
                let slow: Vec<_> = (0..4).filter_map(|b| block_reference(&image, &none, (0, 16 * b))).collect();
                prop_assert_eq!(found, slow);
            }
        }
    }
}
