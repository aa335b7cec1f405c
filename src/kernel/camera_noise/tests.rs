use super::blocks::tests::block_reference;
use super::*;
use proptest::prelude::*;
use rand::SeedableRng as _;

#[test]
fn finds_gain_and_read_noise_of_a_simulated_camera() {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    let (gain, read) = (0.5, 6.0);
    let image = Array2::from_shape_fn((512, 512), |(y, x)| {
        let mean = 100.0 + 3.0 * x as f64 + if y % 128 < 4 { 800.0 } else { 0.0 };
        // Normal approximation of shot noise: twelve uniforms.
        let normal: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        (mean + normal * (gain * mean + read * read).sqrt()).round().max(0.0) as u16
    });
    let fit = estimate(PlaneView::from(&image), None, true);
    let noise = fit.noise;
    assert!((noise.gain / gain - 1.0).abs() < 0.15, "{noise:?}");
    let at = noise.variance(800.0) / (gain * 800.0 + read * read);
    assert!((at - 1.0).abs() < 0.1, "{noise:?} {at}");
}

#[test]
fn a_flat_or_tiny_image_has_the_noise_of_quantisation() {
    for image in [Array2::<u16>::from_elem((64, 64), 700), Array2::zeros((3, 3))] {
        let noise = estimate(PlaneView::from(&image), None, true).noise;
        assert!((noise.variance(700.0) - 1.0 / 12.0).abs() < 1e-9, "{noise:?}");
    }
}

/// The definition by its textbook formulas, about the weighted means: gain, offset, and their (co)variances.
fn line_reference(points: &[(f64, f64)]) -> ([f64; 2], [f64; 3]) {
    let mut weights = vec![1.0; points.len()];
    let mut found = ([0.0; 2], [0.0; 3]);
    for _ in 0..12 {
        let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
            points.iter().zip(&weights).map(|(&(x, y), w)| w * of(x, y)).sum()
        };
        let total = sum(&|_, _| 1.0);
        let (mean_x, mean_y) = (sum(&|x, _| x) / total, sum(&|_, y| y) / total);
        let spread = sum(&|x, _| (x - mean_x).powi(2));
        let gain = sum(&|x, y| (x - mean_x) * (y - mean_y)) / spread;
        let line = |x: f64| mean_y + gain * (x - mean_x);
        // Of White's estimate: each point's pull on gain and offset, squared, times n / (n - 2).
        let n = points.len() as f64;
        let mut covariance = [0.0; 3];
        for (&(x, y), w) in points.iter().zip(&weights) {
            let pull = w * (y - line(x));
            let on_gain = pull * (x - mean_x) / spread;
            let on_offset = pull / total - mean_x * on_gain;
            covariance[0] += on_gain * on_gain * n / (n - 2.0);
            covariance[1] += on_gain * on_offset * n / (n - 2.0);
            covariance[2] += on_offset * on_offset * n / (n - 2.0);
        }
        found = ([gain, line(0.0)], covariance);
        for (&(x, y), w) in points.iter().zip(&mut weights) {
            let expected = line(x).max(1e-3 * y.abs()).max(f64::MIN_POSITIVE);
            *w = 1.0 / (expected.powi(2) * (1.0 + ((y / expected - 1.0) / 0.2).powi(2)));
        }
    }
    found
}

fn close(found: f64, expected: f64, scale: f64) -> bool {
    (found - expected).abs() <= 1e-6 * scale.abs().max(expected.abs())
}

proptest! {
    #[test]
    fn a_line_with_outliers_is_fitted_as_the_formulas_say(
        gain in 0.05..3.0_f64,
        offset in 5.0..500.0_f64,
        scatter in prop::collection::vec((50.0..4000.0_f64, 0.9..1.1_f64), 5..24),
        texture in 1.0..4.0_f64,
    ) {
        let spoilt = scatter.len() / 5;
        let points: Vec<(f64, f64)> = scatter
            .iter()
            .enumerate()
            .map(|(i, (x, factor))| (*x, (gain * x + offset) * factor * if i < spoilt { texture } else { 1.0 }))
            .collect();
        let line = robust_line(points.iter().map(|&(x, y)| (x, y, 1.0)).collect());
        let ([gain, offset], [of_gain, of_both, of_offset]) = line_reference(&points);
        let scale = points[0].1;
        prop_assert!(close(line.gain, gain, 0.0), "{} {}", line.gain, gain);
        prop_assert!(close(line.offset, offset, scale), "{} {}", line.offset, offset);
        prop_assert!(close(line.covariance[0], of_gain, 0.0), "{:?} {}", line.covariance, of_gain);
        prop_assert!(close(line.covariance[1], of_both, (of_gain * of_offset).sqrt()));
        prop_assert!(close(line.covariance[2], of_offset, scale));
    }

    #[test]
    fn points_on_a_line_give_it_without_error(
        gain in 0.01..3.0_f64,
        offset in 1.0..500.0_f64,
        levels in prop::collection::btree_set(1_u32..4000, 3..24),
    ) {
        let points = levels.iter().map(|x| (f64::from(*x), gain * f64::from(*x) + offset, 1.0)).collect();
        let line = robust_line(points);
        prop_assert!((line.gain / gain - 1.0).abs() < 1e-6, "{} {}", line.gain, gain);
        prop_assert!((line.offset - offset).abs() < 1e-6 * (offset + 4000.0 * gain), "{} {}", line.offset, offset);
        prop_assert!(line.covariance[0].sqrt() < 1e-6 * gain);
    }
}

#[test]
fn points_of_one_level_give_no_line() {
    let line = robust_line(vec![(70.0, 1.0, 1.0), (70.0, 2.0, 1.0), (70.0, 5.0, 1.0)]);
    assert_eq!((line.gain, line.offset), (0.0, 0.0));
}

/// Levels and variances of all blocks of a plane, by level.
fn blocks_reference(image: &Array2<f32>, no_data: &Array2<bool>) -> Vec<(f64, f64)> {
    let (rows, columns) = (image.nrows() / BLOCK_PX, image.ncols() / BLOCK_PX);
    let places = (0..rows).flat_map(|y| (0..columns).map(move |x| (y * BLOCK_PX, x * BLOCK_PX)));
    let mut blocks: Vec<_> = places.filter_map(|place| block_reference(image, no_data, place)).collect();
    blocks.sort_by(|a, b| a.0.total_cmp(&b.0));
    blocks
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_plane_has_the_line_of_its_pooled_blocks(
        seed in any::<u64>(),
        height in 1_usize..150,
        width in 1_usize..150,
        missing in prop_oneof![Just(0.0), 0.0..0.1_f64],
        kind in 0_u8..3,
    ) {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let levels = Array2::from_shape_fn((height, width), |(_, x)| {
            let mean = 20.0 + x as f64;
            let noise = (12.0 * (0.3 * mean + 4.0)).sqrt() * (rng.random::<f64>() - 0.5);
            (mean + noise).clamp(0.0, 255.0).round() as f32
        });
        let no_data = Array2::from_shape_fn((height, width), |_| rng.random::<f64>() < missing);
        let (bytes, words) = (levels.mapv(|v| v as u8), levels.mapv(|v| v as u16));
        let (plane, least) = match kind {
            0 => (PlaneView::from(&bytes), 1.0 / 12.0),
            1 => (PlaneView::from(&words), 1.0 / 12.0),
            _ => (PlaneView::from(&levels), f64::MIN_POSITIVE),
        };
        let mask = (missing > 0.0).then_some(&no_data);
        let none = Array2::from_elem((height, width), false);
        let blocks = blocks_reference(&levels, mask.unwrap_or(&none));
        prop_assert!(blocks.iter().all(|block| block.1 > 0.0));
        let (flat, sloped) = (estimate(plane, mask, false), estimate(plane, mask, true));
        if blocks.is_empty() {
            prop_assert_eq!(flat.noise, Noise { gain: 0.0, offset: least, floor: least });
            prop_assert_eq!(sloped, flat);
            return Ok(());
        }
        prop_assert_eq!((flat.noise.gain, flat.gain_standard_error), (0.0, None));
        prop_assert_eq!(flat.noise.offset, middle(blocks.iter().map(|block| block.1)).max(least));
        // The floor is not the least, but the fiftieth part from below; so is the dark.
        let mut variances: Vec<f64> = blocks.iter().map(|block| block.1).collect();
        variances.sort_by(f64::total_cmp);
        prop_assert_eq!(flat.noise.floor, variances[variances.len() / 50].max(least));
        prop_assert_eq!(flat.dark_level, blocks[blocks.len() / 50].0);

        let bins = (blocks.len() / 4).clamp(1, 24);
        let points: Vec<(f64, f64)> = (0..bins)
            .map(|i| &blocks[i * blocks.len() / bins..(i + 1) * blocks.len() / bins])
            .map(|bin| (middle(bin.iter().map(|b| b.0)), middle(bin.iter().map(|b| b.1))))
            .collect();
        if bins < 3 || points[0].0 == points[bins - 1].0 {
            return Ok(());
        }
        let ([gain, offset], [of_gain, ..]) = line_reference(&points);
        if gain > 1e-6 {
            prop_assert!(close(sloped.noise.gain, gain, 0.0), "{} {}", sloped.noise.gain, gain);
            prop_assert!(close(sloped.noise.offset, offset, points[0].1), "{} {}", sloped.noise.offset, offset);
            let error = sloped.gain_standard_error.unwrap();
            prop_assert!(error >= of_gain.sqrt() * (1.0 - 1e-6), "{} {}", error, of_gain.sqrt());
        } else if gain < -1e-6 {
            prop_assert_eq!(sloped, flat);
        }
    }
}
