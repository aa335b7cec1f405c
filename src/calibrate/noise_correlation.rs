//! Correlation of the noise of two channels: whether one camera image stands in for two.
//!
//! Two exposures have independent noise, whatever they show. A copy, also one that was scaled or shifted in grey
//! levels, has the same noise. Lossy colour compression shares fine detail between channels that are not copies,
//! but nothing coarser than its blocks; so both scales must correlate.

use crate::field::PlaneView;

/// Samples along the edge of a block in which residuals are correlated.
const SIDE: usize = 16;
/// Residuals along the edge of a block.
const INNER: usize = SIDE - 2;
/// Maximal number of blocks that are compared, spread evenly over the plane.
const MAX_BLOCKS: usize = 200;
/// Minimal number of blocks for a correlation.
const MIN_BLOCKS: usize = 4;
/// Correlation of the finest detail below which coarser detail is not compared: independent exposures have
/// about 0, crosstalk in software about its fraction.
const LOOK_CLOSER: f64 = 0.5;
/// Pixels along each axis that are averaged for coarser detail: half of the 8 pixels over which lossy compression
/// commonly keeps one colour for two.
const COARSE_PX: usize = 4;
/// The pairs of three planes that are compared, in this order.
const PAIRS: [[usize; 2]; 3] = [[1, 2], [0, 1], [0, 2]];

/// Correlations, -1 to 1, of the detail that three planes of one size show beside smooth light: of the second and third, the
/// first and second, the first and third. Each is the lower one of the correlations at one and at four pixels; `None` if too
/// little of both planes has any detail.
pub(crate) fn noise_correlations(planes: [PlaneView<'_>; 3]) -> [Option<f64>; 3] {
    let fine = at_scale(planes, 1);
    if fine.iter().all(|r| r.is_none_or(|r| r < LOOK_CLOSER)) {
        return fine;
    }
    let coarse = at_scale(planes, COARSE_PX);
    std::array::from_fn(|i| match (fine[i]?, coarse[i]) {
        (fine, Some(coarse)) if fine >= LOOK_CLOSER => Some(coarse.min(fine)),
        (fine, _) => Some(fine),
    })
}

/// Median of the correlations of all blocks, which the few with signals cannot move.
fn at_scale(planes: [PlaneView<'_>; 3], pitch: usize) -> [Option<f64>; 3] {
    let (height, width) = planes[0].dim();
    if planes.iter().any(|p| p.dim() != (height, width)) {
        return [None; 3];
    }
    let edge = SIDE * pitch;
    let (rows, columns) = (height / edge, width / edge);
    let step = (rows * columns).div_ceil(MAX_BLOCKS).max(1);
    let mut found: [Vec<f64>; 3] = Default::default();
    for i in (0..rows * columns).step_by(step) {
        // Each row of blocks begins elsewhere, so that the measured ones do not stand in columns.
        let (row, column) = (i / columns, (i + i / columns) % columns);
        let details = planes.map(|plane| Detail::of(plane, (row * edge, column * edge), pitch));
        for (found, [a, b]) in found.iter_mut().zip(PAIRS) {
            found.extend(details[a].correlation(&details[b]));
        }
    }
    found.map(|mut found| {
        if found.len() < MIN_BLOCKS {
            return None;
        }
        let middle = found.len() / 2;
        Some(*found.select_nth_unstable_by(middle, f64::total_cmp).1)
    })
}

/// The detail of a block: its samples without planes and slopes.
struct Detail {
    /// Residuals (Immerkaer 1996, Computer Vision and Image Understanding 64:300) about their mean.
    residuals: [f64; INNER * INNER],
    /// Sum of their squares.
    squares: f64,
}

impl Detail {
    fn of(plane: PlaneView<'_>, (y0, x0): (usize, usize), pitch: usize) -> Self {
        let mut block = [[0.0_f64; SIDE]; SIDE];
        let mut samples = [0.0_f32; SIDE * COARSE_PX];
        let samples = &mut samples[..SIDE * pitch];
        for y in 0..SIDE * pitch {
            plane.read_row(y0 + y, x0, samples);
            for (sum, part) in block[y / pitch].iter_mut().zip(samples.chunks_exact(pitch)) {
                *sum += part.iter().map(|v| f64::from(*v)).sum::<f64>();
            }
        }
        let mut residuals = [0.0; INNER * INNER];
        for (out, rows) in residuals.chunks_exact_mut(INNER).zip(block.windows(3)) {
            let [above, row, below] = rows else { continue };
            for (out, x) in out.iter_mut().zip(1..) {
                let corners = above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1];
                let edges = above[x] + below[x] + row[x - 1] + row[x + 1];
                *out = corners - 2.0 * edges + 4.0 * row[x];
            }
        }
        let mean = residuals.iter().sum::<f64>() / residuals.len() as f64;
        residuals.iter_mut().for_each(|r| *r -= mean);
        let squares = residuals.iter().map(|r| r * r).sum();
        Self { residuals, squares }
    }

    /// Pearson's correlation; `None` if either has no spread.
    fn correlation(&self, other: &Self) -> Option<f64> {
        let products: f64 = self.residuals.iter().zip(&other.residuals).map(|(a, b)| a * b).sum();
        let spread = (self.squares * other.squares).sqrt();
        (spread > 0.0).then(|| products / spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;
    use rand::SeedableRng as _;

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
        let scaled = one.mapv(|v| (0.3 * v + 50.0).round());
        let alike = |planes: [&Array2<f32>; 3]| noise_correlations(planes.map(PlaneView::from));
        let [apart, copy, also_apart] = alike([&one, &scaled, &other]);
        assert!(apart.is_some_and(|r| r.abs() < 0.05), "{apart:?}");
        assert!(copy.is_some_and(|r| r > 0.98), "{copy:?}");
        assert!(also_apart.is_some_and(|r| r.abs() < 0.05), "{also_apart:?}");
        let nothing = Array2::zeros((160, 192));
        let [apart, unknown, same] = alike([&one, &nothing, &one]);
        assert_eq!([apart, unknown], [None, None]);
        assert!(same.is_some_and(|r| r > 0.999), "{same:?}");
    }

    /// Residuals of a block whose pixels are sums over `pitch` x `pitch` samples: the definition.
    fn residuals_reference(image: &Array2<f32>, (y0, x0): (usize, usize), pitch: usize) -> Vec<f64> {
        let kernel = [[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]];
        let coarse = Array2::from_shape_fn((SIDE, SIDE), |(y, x)| {
            let (y, x) = (y0 + y * pitch, x0 + x * pitch);
            let samples = (0..pitch * pitch).map(|i| f64::from(image[(y + i / pitch, x + i % pitch)]));
            samples.sum::<f64>()
        });
        let windows = coarse.windows((3, 3));
        windows.into_iter().map(|w| w.indexed_iter().map(|((y, x), v)| kernel[y][x] * v).sum()).collect()
    }

    /// Pearson's correlation from the covariance and the standard deviations.
    fn correlation_reference(a: &[f64], b: &[f64]) -> Option<f64> {
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let (mean_a, mean_b) = (mean(a), mean(b));
        let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).collect();
        let sd = |of: &[f64], m: f64| mean(&of.iter().map(|v| (v - m).powi(2)).collect::<Vec<_>>()).sqrt();
        let spread = sd(a, mean_a) * sd(b, mean_b);
        (spread > 0.0).then(|| mean(&products) / spread)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn likeness_is_the_middle_correlation_of_all_blocks(
            seed in any::<u64>(),
            height in 1_usize..140,
            width in 1_usize..140,
            shared in 0.0..1.0_f32,
            blank in any::<bool>(),
            coarse in any::<bool>(),
        ) {
            let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let mut noise = || Array2::from_shape_fn((height, width), |_| (100.0 * random.random::<f32>()).round());
            let (first, second, mut third) = (noise(), noise(), noise());
            let second = &second * (1.0 - shared) + &first * shared;
            if blank {
                third.fill(7.0);
            }
            let images = [&first, &second, &third];
            let pitch = if coarse { COARSE_PX } else { 1 };
            let found = at_scale(images.map(PlaneView::from), pitch);
            let edge = SIDE * pitch;
            for (found, [a, b]) in found.into_iter().zip(PAIRS) {
                let places = (0..height / edge).flat_map(|y| (0..width / edge).map(move |x| (y * edge, x * edge)));
                let mut all: Vec<f64> = places
                    .filter_map(|place| {
                        let [a, b] = [a, b].map(|i| residuals_reference(images[i], place, pitch));
                        correlation_reference(&a, &b)
                    })
                    .collect();
                all.sort_by(f64::total_cmp);
                let expected = (all.len() >= MIN_BLOCKS).then(|| all[all.len() / 2]);
                prop_assert_eq!(found.is_some(), expected.is_some());
                prop_assert!(found.zip(expected).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
            }
        }
    }
}
