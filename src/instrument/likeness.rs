//! How alike two channels are: whether one camera image stands in for two.
//!
//! Two exposures have independent noise, whatever they show. A copy, also one that was scaled or shifted in grey
//! levels, has the same noise. Lossy colour compression shares fine detail between channels that are not copies,
//! but not what is coarser than its blocks; so channels are alike only if they are at both scales.

use crate::field::PlaneView;

/// Samples along the edge of a block in which residuals are correlated.
const SIDE: usize = 16;
/// Most blocks that are compared, spread evenly over the plane.
const MAX_BLOCKS: usize = 200;
/// Fewest blocks for a statement.
const MIN_BLOCKS: usize = 4;
/// Correlation of the finest detail below which coarser detail is not looked at: independent exposures have
/// about 0, crosstalk in software as much as its fraction.
const LOOK_CLOSER: f64 = 0.5;
/// Pixels along each axis that are averaged for coarser detail: half of the 8 pixels over which lossy compression
/// commonly keeps one colour for two.
const COARSE_PX: usize = 4;

/// Correlation of what two planes of one size show beside smooth light, -1 to 1: the lower of those at one and at
/// four pixels; `None` where too little of both planes has any detail.
pub(crate) fn likeness(a: PlaneView<'_>, b: PlaneView<'_>) -> Option<f64> {
    let fine = at_scale(a, b, 1)?;
    if fine < LOOK_CLOSER {
        return Some(fine);
    }
    Some(at_scale(a, b, COARSE_PX).map_or(fine, |coarse| coarse.min(fine)))
}

/// Middle of the correlations of all blocks, which the few with signals cannot move.
fn at_scale(a: PlaneView<'_>, b: PlaneView<'_>, pitch: usize) -> Option<f64> {
    let (height, width) = a.dim();
    if a.dim() != b.dim() {
        return None;
    }
    let edge = SIDE * pitch;
    let (rows, columns) = (height / edge, width / edge);
    let step = (rows * columns).div_ceil(MAX_BLOCKS).max(1);
    let mut found: Vec<f64> = (0..rows * columns)
        .step_by(step)
        // Each row of blocks begins elsewhere, so that the measured ones do not stand in columns.
        .filter_map(|i| {
            let (row, column) = (i / columns, (i + i / columns) % columns);
            let at = (row * edge, column * edge);
            correlation(&residuals(a, at, pitch), &residuals(b, at, pitch))
        })
        .collect();
    if found.len() < MIN_BLOCKS {
        return None;
    }
    let middle = found.len() / 2;
    Some(*found.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// Residuals of a block against planes and slopes (Immerkaer 1996, Computer Vision and Image Understanding 64:300).
fn residuals(plane: PlaneView<'_>, (y0, x0): (usize, usize), pitch: usize) -> Vec<f64> {
    let mut block = [[0.0_f64; SIDE]; SIDE];
    let mut samples = vec![0.0_f32; SIDE * pitch];
    for y in 0..SIDE * pitch {
        plane.read_row(y0 + y, x0, &mut samples);
        for (sum, part) in block[y / pitch].iter_mut().zip(samples.chunks_exact(pitch)) {
            *sum += part.iter().map(|v| f64::from(*v)).sum::<f64>();
        }
    }
    let mut out = Vec::with_capacity((SIDE - 2) * (SIDE - 2));
    for rows in block.windows(3) {
        let [above, row, below] = rows else { continue };
        for x in 1..SIDE - 1 {
            let corners = above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1];
            let edges = above[x] + below[x] + row[x - 1] + row[x + 1];
            out.push(corners - 2.0 * edges + 4.0 * row[x]);
        }
    }
    out
}

/// Pearson's correlation; `None` if either has no spread.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        aa += x * x;
        ab += x * y;
        bb += y * y;
    }
    let spread = (aa * bb).sqrt();
    (spread > 0.0).then(|| ab / spread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::{RngExt as _, SeedableRng as _};

    fn exposure(seed: u64) -> Array2<f32> {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let light = |y: usize, x: usize| {
            300.0 * (-((y as f32 - 60.0).powi(2) + (x as f32 - 70.0).powi(2)) / 900.0).exp()
        };
        Array2::from_shape_fn((160, 192), |(y, x)| {
            (100.0 + light(y, x) + 20.0 * random.random::<f32>()).round()
        })
    }

    #[test]
    fn copies_are_alike_and_exposures_of_one_scene_are_not() {
        let (one, other) = (exposure(1), exposure(2));
        let alike = |a: &Array2<f32>, b: &Array2<f32>| likeness(PlaneView::from(a), PlaneView::from(b));
        assert!(alike(&one, &other).is_some_and(|r| r.abs() < 0.05), "{:?}", alike(&one, &other));
        assert!(alike(&one, &one).is_some_and(|r| r > 0.999));
        let scaled = one.mapv(|v| (0.3 * v + 50.0).round());
        assert!(alike(&one, &scaled).is_some_and(|r| r > 0.98), "{:?}", alike(&one, &scaled));
        assert_eq!(alike(&one, &Array2::zeros((160, 192))), None);
    }
}
