//! A floor: the level at which the background of a plane was cut off, by subtracting too much or by keeping few grey levels.
//!
//! The pixels there are dark and not missing. Their noise does not show, so it is measured on the others.

use ndarray::Array2;
use statrs::distribution::{ContinuousCDF as _, Normal};

use crate::field::PlaneView;
use crate::kernel::camera_noise::{Noise, NoiseFit};
use crate::statistics::median;

/// Share of the pixels above the lowest level that may lie in a gap above it, such as the rim of a masked region.
const RIM_SHARE: f64 = 0.02;
/// The gap below the other pixels, over the distance from there to their median, up to which levels go on. Masks leave
/// the offset of the camera as a gap, which is many times that distance; backgrounds that were cut off leave none.
const MAX_GAP: f32 = 0.5;
/// Pixels whose levels are looked at, at most.
const SAMPLES: usize = 200_000;
/// Variance of the rounding to steps of one.
const ROUNDING: f64 = 1.0 / 12.0;
/// Edge of the blocks that are looked at for whole background, px; least share of their pixels above the floor, and fewest
/// such blocks that the noise is fitted to.
const BLOCK_PX: usize = 16;
const WHOLE: f64 = 0.9;
const MIN_WHOLE_BLOCKS: usize = 20;
/// Fewest pixels that stand alone above the floor for the noise to be seen by them: a median that errs by a fifth.
const MIN_ALONE: usize = 50;

/// The level at which the background of a plane was cut off.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Floor {
    /// The lowest level of the plane.
    pub(crate) level: f32,
    /// Smallest distance of two grey levels of the plane.
    pub(crate) step: f32,
}

impl Floor {
    /// The floor of a plane whose lowest level is that of many pixels; `None` where the levels above it begin with a gap,
    /// as they do where those pixels have no data.
    pub(super) fn of(pixels: &[f32], lowest: f32) -> Option<Self> {
        let mut above: Vec<f32> = pixels.iter().copied().filter(|v| *v > lowest && v.is_finite()).collect();
        let every = above.len().div_ceil(SAMPLES).max(1);
        above = above.into_iter().step_by(every).collect();
        above.sort_by(f32::total_cmp);
        let first = *above.get((RIM_SHARE * above.len() as f64) as usize)?;
        let middle = *above.get(above.len() / 2)?;
        let apart = above.windows(2).map(|pair| pair[1] - pair[0]).filter(|apart| *apart > 0.0);
        let step = apart.reduce(f32::min).unwrap_or(above[0] - lowest);
        (first - lowest <= step.max(MAX_GAP * (middle - first))).then_some(Self { level: lowest, step })
    }

    /// The pixels at the floor, and those without data.
    pub(super) fn untold(&self, plane: PlaneView<'_>, no_data: Option<&Array2<bool>>) -> Array2<bool> {
        let (height, width) = plane.dim();
        let mut row = vec![0.0; width];
        let mut untold = no_data.cloned().unwrap_or_else(|| Array2::from_elem((height, width), false));
        for (y, mut out) in untold.rows_mut().into_iter().enumerate() {
            plane.read_row(y, 0, &mut row);
            out.iter_mut().zip(&row).for_each(|(out, v)| *out |= *v <= self.level);
        }
        untold
    }

    /// The noise of a plane from the fit to its pixels above the floor. Where too little of the background lies there,
    /// the part of the noise that reaches above the floor tells of it. No plane has less noise than the rounding to its
    /// levels.
    pub(super) fn noise(&self, plane: PlaneView<'_>, above: NoiseFit) -> NoiseFit {
        let step = f64::from(self.step);
        let least = (ROUNDING * step * step).max(f64::MIN_POSITIVE);
        let mut fit = if self.whole_blocks(plane) >= MIN_WHOLE_BLOCKS {
            above
        } else {
            let variance = self.variance_of_tail(plane).unwrap_or(least).max(least);
            let noise = Noise { gain: 0.0, offset: variance, floor: variance };
            NoiseFit { rounding_sd: above.rounding_sd, ..NoiseFit::flat(noise, f64::from(self.level)) }
        };
        fit.noise.floor = fit.noise.floor.max(least);
        fit
    }

    /// Number of blocks of which almost all lies above the floor.
    fn whole_blocks(&self, plane: PlaneView<'_>) -> usize {
        let (rows, columns) = (plane.dim().0 / BLOCK_PX, plane.dim().1 / BLOCK_PX);
        let mut row = vec![0.0; plane.dim().1];
        let mut above = vec![0_usize; rows * columns];
        for y in 0..rows * BLOCK_PX {
            plane.read_row(y, 0, &mut row);
            let of_row = &mut above[y / BLOCK_PX * columns..];
            for (count, samples) in of_row.iter_mut().zip(row.chunks_exact(BLOCK_PX)) {
                *count += samples.iter().filter(|v| **v > self.level).count();
            }
        }
        let least = WHOLE * (BLOCK_PX * BLOCK_PX) as f64;
        above.iter().filter(|count| **count as f64 >= least).count()
    }

    /// Variance of the noise whose upper tail shows above the floor, by the heights of pixels that stand alone there:
    /// pixels of signals stand together. `None` where hardly any does.
    fn variance_of_tail(&self, plane: PlaneView<'_>) -> Option<f64> {
        let (height, width) = plane.dim();
        let mut rows = [0; 3].map(|_| vec![self.level; width]);
        let (mut alone, mut count) = (Vec::new(), 0_usize);
        for y in 0..height {
            rows.rotate_left(1);
            plane.read_row(y, 0, &mut rows[1]);
            if y + 1 < height {
                plane.read_row(y + 1, 0, &mut rows[2]);
            } else {
                rows[2].fill(self.level);
            }
            let [over, own, under] = &rows;
            let is_above = |v: Option<&f32>| v.is_some_and(|v| *v > self.level);
            for x in (0..width).filter(|x| own[*x] > self.level) {
                count += 1;
                let beside = [own.get(x.wrapping_sub(1)), own.get(x + 1), over.get(x), under.get(x)];
                if !beside.into_iter().any(is_above) {
                    alone.push(f64::from(own[x] - self.level));
                }
            }
        }
        if alone.len() < MIN_ALONE {
            return None;
        }
        let median = median(&mut alone);
        // The shares of pixels above the floor and above the median, which lie as far apart as their quantiles.
        let higher = alone.iter().filter(|height| **height > median).count().max(1) as f64;
        let above = count as f64 / (height * width) as f64;
        let quantile = |share: f64| Normal::standard().inverse_cdf(1.0 - share);
        let sd = median / (quantile(above * higher / alone.len() as f64) - quantile(above));
        Some(sd * sd).filter(|variance| variance.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::camera_noise;
    use rand::SeedableRng as _;
    use rand_distr::Distribution as _;

    /// Noise of standard deviation 6 around 100, cut off at a level.
    fn cut_at(level: f32) -> Array2<u16> {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let normal = rand_distr::Normal::new(100.0_f32, 6.0).unwrap();
        Array2::from_shape_fn((256, 256), |_| (normal.sample(&mut random) - level).round().max(0.0) as u16)
    }

    fn pixels(image: &Array2<u16>) -> Vec<f32> {
        image.iter().map(|v| f32::from(*v)).collect()
    }

    #[test]
    fn the_noise_is_found_wherever_it_is_cut_off() {
        for level in [90.0, 98.0, 100.0, 103.0, 107.0] {
            let image = cut_at(level);
            let floor = Floor::of(&pixels(&image), 0.0).unwrap();
            assert_eq!(floor, Floor { level: 0.0, step: 1.0 });
            let plane = PlaneView::from(&image);
            let fit = camera_noise::estimate(plane, Some(&floor.untold(plane, None)), true);
            let sd = floor.noise(plane, fit).noise.variance(0.0).sqrt();
            assert!((0.6..1.4).contains(&(sd / 6.0)), "{sd} with the background cut off at {level}");
        }
    }

    #[test]
    fn few_levels_have_the_noise_of_rounding_and_masks_leave_a_gap() {
        let image = cut_at(60.0).mapv(|v| if v > 60 { 170 } else { 85 * (v / 50) });
        let floor = Floor::of(&pixels(&image), 0.0).unwrap();
        assert_eq!(floor.step, 85.0);
        let plane = PlaneView::from(&image);
        let fit = camera_noise::estimate(plane, Some(&floor.untold(plane, None)), true);
        assert!(floor.noise(plane, fit).noise.variance(0.0) >= 600.0);
        let masked = Array2::from_shape_fn((256, 256), |at| if at.1 < 90 { 0 } else { cut_at(0.0)[at] });
        assert_eq!(Floor::of(&pixels(&masked), 0.0), None);
    }
}
