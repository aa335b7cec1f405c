//! The grey levels of a plane that are shown as black and as white.

use rayon::prelude::*;

use crate::field::PlaneView;

/// The range of a probe, or of a crop, spans at least this many standard deviations of the lower half of the samples: the noise of an
/// empty channel is not stretched to look like signals.
pub(super) const MIN_RANGE_SD: f32 = 12.0;
/// Quantile that lies one standard deviation below the median of normal noise.
const ONE_SD_BELOW: f64 = 0.158_655;

/// How the range of a plane is taken from its samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct RangeRule {
    /// Quantiles shown as black and as white.
    pub(super) quantiles: [f64; 2],
    /// Smallest range, in standard deviations of the lower half of the samples.
    pub(super) min_sd: f32,
    /// Samples that the quantiles are taken from, at most: rows and columns are skipped evenly.
    pub(super) max_samples: usize,
}

/// Grey level shown as black, and one over the range.
#[derive(Debug, Clone, Copy)]
pub(super) struct DisplayRange {
    black: f32,
    per_level: f32,
}

impl DisplayRange {
    /// The range of a plane. Samples that are no numbers are left out.
    pub(super) fn of(plane: PlaneView<'_>, rule: RangeRule) -> Self {
        Self::of_samples(samples(plane, rule.max_samples), rule)
    }

    /// The range of samples that are numbers.
    pub(super) fn of_samples(mut samples: Vec<f32>, rule: RangeRule) -> Self {
        samples.par_sort_unstable_by(f32::total_cmp);
        let sorted = samples;
        let last = sorted.len().saturating_sub(1);
        let quantile = |q: f64| sorted.get((q * last as f64).round() as usize).copied().unwrap_or(0.0);
        let [black, white] = rule.quantiles.map(quantile);
        let sd = quantile(0.5) - quantile(ONE_SD_BELOW);
        let span = white.max(black + rule.min_sd * sd) - black;
        Self { black, per_level: if span > 0.0 { 1.0 / span } else { 0.0 } }
    }

    /// Where a sample lies in the range, 0 to 1.
    pub(super) fn share(self, sample: f32) -> f32 {
        ((sample - self.black) * self.per_level).clamp(0.0, 1.0)
    }
}

/// Samples of a plane that are numbers, at most so many, from rows and columns that are skipped evenly.
pub(super) fn samples(plane: PlaneView<'_>, max_samples: usize) -> Vec<f32> {
    let (height, width) = plane.dim();
    let step = ((height * width) as f64 / max_samples as f64).sqrt().ceil().max(1.0) as usize;
    let mut row = vec![0.0; width];
    let mut samples = Vec::new();
    for y in (0..height).step_by(step) {
        plane.read_row(y, 0, &mut row);
        samples.extend(row.iter().step_by(step).filter(|sample| sample.is_finite()));
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn an_empty_noisy_channel_is_not_stretched_to_look_like_signals() {
        let noise = Array2::from_shape_fn((64, 64), |(y, x)| 100.0 + ((y * 37 + x * 101) % 23) as f32);
        let flat = Array2::<u16>::from_elem((4, 4), 7);
        for (quantiles, shown) in [([0.5, 0.999], 0.2), ([0.01, 0.9995], 0.25)] {
            let rule = RangeRule { quantiles, min_sd: MIN_RANGE_SD, max_samples: 1 << 16 };
            let range = DisplayRange::of(PlaneView::from(&noise), rule);
            assert!(noise.iter().all(|&v| range.share(v) < shown));
            let range = DisplayRange::of(PlaneView::from(&flat), rule);
            assert_eq!(range.share(7.0).to_bits(), 0.0_f32.to_bits());
        }
    }
}
