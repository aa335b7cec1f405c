//! Statistics that several steps use.

mod dispersion;
pub(crate) mod regression;
mod weighted_mean;

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use statrs::function::erf::erfc;

pub(crate) use dispersion::{Dispersion, chance_of_more, deviation_factor, dispersion};
pub(crate) use weighted_mean::weighted_mean;

/// The median: the upper one of the two middle values of an even number; 0 of no values.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The median of sorted values: the middle between the two middle values of an even number; `None` of no values.
pub(crate) fn median_of_sorted(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    Some(f64::midpoint(sorted[(sorted.len() - 1) / 2], upper))
}

/// Density of the standard normal distribution.
pub(crate) fn normal(z: f64) -> f64 {
    (-0.5 * z * z).exp() / TAU.sqrt()
}

/// Density of a normal distribution.
pub(crate) fn normal_of(x: f64, mean: f64, sd: f64) -> f64 {
    normal((x - mean) / sd) / sd
}

/// Share of the standard normal distribution below `z`.
pub(crate) fn below(z: f64) -> f64 {
    0.5 * erfc(-z * FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median(&mut []), 0.0);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 3.0);
        assert_eq!(median(&mut [f64::NAN, 1.0, 2.0]), 2.0);
    }
}
