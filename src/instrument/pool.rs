//! One estimate from those of several fields.

/// Weighted mean and standard error of estimates with standard errors; `None` of none. Where they scatter more than
/// their errors say, the error is that of the scatter (Birge 1932, Physical Review 40:207).
pub(crate) fn pool(estimates: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (first, rest) = estimates.split_first()?;
    if rest.is_empty() {
        return Some(*first);
    }
    let weight = |error: f64| 1.0 / error.max(f64::MIN_POSITIVE.sqrt()).powi(2);
    let weights: f64 = estimates.iter().map(|e| weight(e.1)).sum();
    let mean = estimates.iter().map(|e| weight(e.1) * e.0).sum::<f64>() / weights;
    let squares: f64 = estimates.iter().map(|e| weight(e.1) * (e.0 - mean).powi(2)).sum();
    let excess = (squares / rest.len() as f64).max(1.0);
    Some((mean, (excess / weights).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_that_agree_are_averaged_and_those_that_do_not_make_the_error_large() {
        assert_eq!(pool(&[]), None);
        assert_eq!(pool(&[(2.0, 0.3)]), Some((2.0, 0.3)));
        let (mean, error) = pool(&[(2.0, 0.2), (2.1, 0.2), (1.9, 0.2), (2.0, 0.2)]).unwrap();
        assert!((mean - 2.0).abs() < 1e-12 && (error - 0.1).abs() < 1e-12);
        let (mean, error) = pool(&[(1.0, 0.01), (3.0, 0.01)]).unwrap();
        assert!((mean - 2.0).abs() < 1e-12 && (error - 1.0).abs() < 1e-9, "{error}");
    }
}
