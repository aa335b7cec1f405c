//! One estimate from those of several fields.

/// No error counts for less than this share of the largest one.
const MIN_OF_LARGEST: f64 = 0.05;

/// Weighted mean and standard error of estimates with standard errors; `None` of none. Where they scatter more than
/// their errors say, the error is that of the scatter (Birge 1932, Physical Review 40:207).
pub(crate) fn weighted_mean(estimates: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (first, rest) = estimates.split_first()?;
    if rest.is_empty() {
        return Some(*first);
    }
    // An error of none, as of coarse levels that all agree, must not silence the other estimates.
    let largest = estimates.iter().map(|e| e.1).fold(0.0, f64::max);
    let least = if largest > 0.0 { MIN_OF_LARGEST * largest } else { 1.0 };
    let weight = |error: f64| 1.0 / error.max(least).powi(2);
    let weights: f64 = estimates.iter().map(|e| weight(e.1)).sum();
    let mean = estimates.iter().map(|e| weight(e.1) * e.0).sum::<f64>() / weights;
    let squares: f64 = estimates.iter().map(|e| weight(e.1) * (e.0 - mean).powi(2)).sum();
    let scatter = squares / rest.len() as f64;
    let excess = if largest > 0.0 { scatter.max(1.0) } else { scatter };
    Some((mean, (excess / weights).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_that_agree_are_averaged_and_those_that_do_not_make_the_error_large() {
        assert_eq!(weighted_mean(&[]), None);
        assert_eq!(weighted_mean(&[(2.0, 0.3)]), Some((2.0, 0.3)));
        let (mean, error) = weighted_mean(&[(2.0, 0.2), (2.1, 0.2), (1.9, 0.2), (2.0, 0.2)]).unwrap();
        assert!((mean - 2.0).abs() < 1e-12 && (error - 0.1).abs() < 1e-12);
        let (mean, error) = weighted_mean(&[(2.0, 0.0), (2.0, 0.0), (2.6, 0.0), (2.2, 0.0)]).unwrap();
        assert!((mean - 2.2).abs() < 1e-12 && (error - 0.141).abs() < 0.001, "{mean} {error}");
        assert_eq!(weighted_mean(&[(0.3, 0.0), (0.3, 0.0)]), Some((0.3, 0.0)));
        let (mean, error) = weighted_mean(&[(2.0, 0.0), (3.0, 0.2), (3.0, 0.2)]).unwrap();
        assert!(mean < 2.1 && error > 0.04, "{mean} {error}");
        let (mean, error) = weighted_mean(&[(1.0, 0.01), (3.0, 0.01)]).unwrap();
        assert!((mean - 2.0).abs() < 1e-12 && (error - 1.0).abs() < 1e-9, "{error}");
    }
}
