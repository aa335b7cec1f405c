//! The image that candidates are sought on: down-sampled to a common scale, smoothed, with its background,
//! range and noise known.

use ndarray::Array2;

use crate::field::PlaneView;
use crate::kernel::bits::BitMask;
use crate::kernel::block_step::block_step;
use crate::kernel::dispatch::vectorised;
use crate::kernel::gaussian::gaussian;
use crate::kernel::histogram::quantiles;
use crate::kernel::noise::noise_sd;
use crate::kernel::resample::block_means;

/// Down-sampling leaves nuclei at least this wide, px. The learned score was fitted at this scale.
const WORKING_DIAMETER_PX: f64 = 22.0;
/// Smoothing at the working scale, px.
const SMOOTHING_PX: f64 = 0.5;
/// Of this many pixels the quantiles are taken; more make them no better.
const QUANTILE_SAMPLES: usize = 200_000;
/// Grey levels at which the image is cut.
pub(super) const LEVELS: usize = 24;
/// The lowest cut lies this many noise standard deviations over the background ...
const LOWEST_CUT_NOISE: f64 = 1.5;
/// ... and at least this share of the range.
const LOWEST_CUT_SHARE: f64 = 1.0 / 200.0;
/// An image whose bright end stands out from its dark end by less than this many noise standard deviations
/// shows nothing: smoothed white noise alone spans 0.28 * (1.6 + 3.3) = 1.4.
const MIN_CONTRAST_NOISE: f64 = 4.0;

/// Pixels that are compared at once.
const LANES: usize = 16;

/// The grey levels of an image that its working image is made with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    pub(super) background: f32,
    /// Noise of the down-sampled image before smoothing; of a compressed one at least a step between its blocks.
    pub(super) noise: f32,
    /// Increasing cuts over the background.
    pub(super) thresholds: Vec<f32>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct WorkingImage {
    /// Edge of the block of the plane that one pixel stands for.
    pub(super) factor: usize,
    /// Typical nucleus diameter, px of this image.
    pub(super) diameter_px: f64,
    /// The level that [`Self::smooth`] is measured from.
    pub(super) background: f32,
    /// Smoothed image over its background.
    pub(super) smooth: Array2<f32>,
    /// Noise of the down-sampled image before smoothing; of a compressed one at least a step between its blocks.
    pub(super) noise: f32,
    /// Increasing cuts.
    pub(super) thresholds: Vec<f32>,
    /// Number of cuts that each pixel reaches.
    pub(super) levels: Array2<u8>,
}

impl WorkingImage {
    /// Prepares a plane with nuclei of about `diameter_px`; `None` if it shows no contrast.
    pub(super) fn new(plane: PlaneView<'_>, diameter_px: f64) -> Option<Self> {
        let reduced = block_means(plane, factor(diameter_px));
        let noise = noise_sd(reduced.view()).max(block_step(plane).map_or(0.0, f64::from));
        let smooth = gaussian(PlaneView::from(&reduced), SMOOTHING_PX);
        let levels = Levels::of(&smooth, noise)?;
        Some(Self::cut(smooth, diameter_px, levels))
    }

    /// Prepares a plane by the levels of a larger picture of which it is a part.
    pub(super) fn with_levels(plane: PlaneView<'_>, diameter_px: f64, levels: Levels) -> Self {
        let reduced = block_means(plane, factor(diameter_px));
        Self::cut(gaussian(PlaneView::from(&reduced), SMOOTHING_PX), diameter_px, levels)
    }

    fn cut(mut smooth: Array2<f32>, diameter_px: f64, levels: Levels) -> Self {
        let Levels { background, noise, thresholds } = levels;
        let factor = factor(diameter_px);
        smooth.mapv_inplace(|v| v - background);
        let levels = levels_reached(&smooth, &thresholds);
        let diameter_px = diameter_px / factor as f64;
        Self { factor, diameter_px, background, smooth, noise, thresholds, levels }
    }

    /// Its levels, for other parts of the same picture.
    pub(super) fn levels_of_picture(&self) -> Levels {
        Levels { background: self.background, noise: self.noise, thresholds: self.thresholds.clone() }
    }

    /// The same scale with nothing where `covered`, cut at every second level: cut `i` is cut `2 * i + 1` of this image.
    /// It has only the images in which regions are sought.
    pub(super) fn without(&self, covered: &BitMask) -> Self {
        let mut levels = self.levels.clone();
        for (mut row, covered) in levels.rows_mut().into_iter().zip(covered.rows()) {
            let Some(row) = row.as_slice_mut() else { continue };
            for (levels, &covered) in row.chunks_mut(64).zip(covered) {
                match covered {
                    0 => levels.iter_mut().for_each(|level| *level /= 2),
                    u64::MAX => levels.fill(0),
                    _ => {
                        for (x, level) in levels.iter_mut().enumerate() {
                            *level = if covered >> x & 1 == 1 { 0 } else { *level / 2 };
                        }
                    }
                }
            }
        }
        let thresholds = self.thresholds.iter().skip(1).step_by(2).copied().collect();
        Self { smooth: Array2::default((0, 0)), thresholds, levels, ..*self }
    }

    /// Area of a disc of the typical diameter, px.
    pub(super) fn disc_area_px(&self) -> f64 {
        std::f64::consts::FRAC_PI_4 * self.diameter_px * self.diameter_px
    }
}

/// Edge of the block of a plane that a working pixel stands for, px.
pub(super) fn factor(diameter_px: f64) -> usize {
    ((diameter_px / WORKING_DIAMETER_PX) as usize).max(1)
}

impl Levels {
    /// The levels of an image; `None` if it shows no contrast over `noise`.
    fn of(smooth: &Array2<f32>, noise: f64) -> Option<Self> {
        let step = (smooth.len() / QUANTILE_SAMPLES).max(1);
        let mut values: Vec<f32> = match smooth.as_slice() {
            Some(pixels) if step == 1 => pixels.to_vec(),
            Some(pixels) => pixels.iter().step_by(step).copied().collect(),
            None => return None,
        };
        let [background, top] = quantiles(&mut values, [0.05, 0.9995]);
        let range = f64::from(top - background);
        let lowest = (LOWEST_CUT_NOISE * noise).max(LOWEST_CUT_SHARE * range);
        if !range.is_finite() || range <= MIN_CONTRAST_NOISE * noise || lowest >= range || range <= 0.0 {
            return None;
        }
        let thresholds: Vec<f32> = (0..LEVELS)
            .map(|i| (lowest * (range / lowest).powf(i as f64 / (LEVELS - 1) as f64)) as f32)
            .collect();
        Some(Self { background, noise: noise as f32, thresholds })
    }
}

/// Number of increasing thresholds that each pixel reaches.
fn levels_reached(smooth: &Array2<f32>, thresholds: &[f32]) -> Array2<u8> {
    let mut out = Array2::zeros(smooth.dim());
    let (Some(pixels), Some(values)) = (out.as_slice_mut(), smooth.as_slice()) else { return out };
    let Some(&lowest) = thresholds.first() else { return out };
    vectorised(
        #[inline(always)]
        || {
            let (groups, rest) = values.as_chunks::<LANES>();
            let (counts, last) = pixels.split_at_mut(groups.len() * LANES);
            for (count, group) in counts.as_chunks_mut::<LANES>().0.iter_mut().zip(groups) {
                // Most of a field is background.
                if group.iter().any(|&v| v >= lowest) {
                    *count = reached(group, thresholds);
                }
            }
            for (count, &v) in last.iter_mut().zip(rest) {
                *count = reached(&[v], thresholds)[0];
            }
        },
    );
    out
}

/// Compares every value with every threshold, which takes less time than to look for the first that is too high.
#[inline(always)]
fn reached<const N: usize>(values: &[f32; N], thresholds: &[f32]) -> [u8; N] {
    let mut counts = [0_i32; N];
    for &threshold in thresholds {
        for lane in 0..N {
            counts[lane] += i32::from(values[lane] >= threshold);
        }
    }
    counts.map(|n| n as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::run::Run;
    use proptest::prelude::*;

    #[test]
    fn levels_count_the_thresholds_reached() {
        let thresholds = [0.5_f32, 0.7, 1.1, 6.0, 50.0];
        let smooth = Array2::from_shape_fn((60, 20), |(y, x)| -1.0 + (y * 20 + x) as f32 * 0.05);
        let expected = smooth.mapv(|v| thresholds.iter().filter(|&&t| v >= t).count() as u8);
        assert_eq!(levels_reached(&smooth, &thresholds), expected);
    }

    #[test]
    fn a_constant_plane_shows_nothing() {
        let plane = Array2::<u16>::from_elem((50, 60), 700);
        assert!(WorkingImage::new(PlaneView::from(&plane), 20.0).is_none());
    }

    /// Height, width, values and increasing thresholds, some of which values meet exactly.
    fn images() -> impl Strategy<Value = (Array2<f32>, Vec<f32>)> {
        let value = prop_oneof![-9.0_f32..90.0, (-9_i8..90).prop_map(f32::from)];
        let image = (1_usize..9, 1_usize..150).prop_flat_map(move |(h, w)| {
            prop::collection::vec(value.clone(), h * w)
                .prop_map(move |values| Array2::from_shape_vec((h, w), values).unwrap())
        });
        let thresholds = prop::collection::btree_set(0_i8..90, 0..=LEVELS);
        (image, thresholds.prop_map(|all| all.into_iter().map(f32::from).collect()))
    }

    fn reached_reference(smooth: &Array2<f32>, thresholds: &[f32]) -> Array2<u8> {
        smooth.mapv(|v| thresholds.iter().filter(|t| v >= **t).count() as u8)
    }

    proptest! {
        #[test]
        fn levels_agree_with_the_definition((smooth, thresholds) in images()) {
            prop_assert_eq!(levels_reached(&smooth, &thresholds), reached_reference(&smooth, &thresholds));
        }

        #[test]
        fn without_has_every_second_level_and_nothing_where_covered(
            (smooth, thresholds) in images(),
            runs in prop::collection::vec((0_usize..9, 0_u32..150, 1_u32..150), 0..12),
        ) {
            let (height, width) = smooth.dim();
            let mut covered = BitMask::default();
            covered.clear((height, width));
            let inside = |run: &(usize, u32, u32)| run.0 < height && (run.1 as usize) < width;
            let runs = runs.into_iter().filter(inside);
            let runs = runs.map(|(y, x0, count)| Run { y: y as u32, x0, x1: (x0 + count).min(width as u32) });
            covered.paint(runs, true);
            let levels = levels_reached(&smooth, &thresholds);
            let (factor, diameter_px, noise) = (3, 21.5, 2.0);
            let image =
                WorkingImage { factor, diameter_px, background: 0.0, smooth: smooth.clone(), noise, thresholds: thresholds.clone(), levels };
            let without = image.without(&covered);
            let expected: Vec<f32> =
                (0..thresholds.len() / 2).map(|i| thresholds[2 * i + 1]).collect();
            prop_assert_eq!(&without.thresholds, &expected);
            let mut levels = reached_reference(&smooth, &expected);
            for ((y, x), level) in levels.indexed_iter_mut() {
                *level *= u8::from(!covered.is_set(y, x));
            }
            prop_assert_eq!(without.levels, levels);
            prop_assert_eq!((without.factor, without.diameter_px, without.noise), (factor, diameter_px, noise));
        }
    }
}
