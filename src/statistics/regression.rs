//! Least squares that a few stray values do not move, with standard errors that hold whatever the scatter.

use crate::kernel::median::MAD_TO_SD;

/// Values further off than this many standard deviations count less (Huber 1964, Annals of Mathematical Statistics
/// 35:73): 95 % as good as least squares where there are no stray ones.
const HUBER: f64 = 1.345;
/// Most rounds of reweighting.
const ROUNDS: usize = 30;
/// Change of a coefficient, over what one value of the usual scatter would make if it were all there is, below which it
/// has settled: far below the standard errors.
const SETTLED: f64 = 1e-3;

/// A fitted linear model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit<const N: usize> {
    pub(crate) coefficients: [f64; N],
    pub(crate) covariance: [[f64; N]; N],
}

impl<const N: usize> Fit<N> {
    /// Standard error of a coefficient.
    pub(crate) fn standard_error(&self, i: usize) -> f64 {
        self.covariance[i][i].max(0.0).sqrt()
    }
}

/// Fits `y = coefficients . x` to rows of `(x, y)`; `None` where they do not determine it.
///
/// The covariance is that of White (1980, Econometrica 48:817) for M-estimators, scaled for the number of
/// coefficients.
pub(crate) fn fit<const N: usize>(rows: &[([f64; N], f64)]) -> Option<Fit<N>> {
    if rows.len() <= N + 1 {
        return None;
    }
    let mut weights = vec![1.0; rows.len()];
    let mut coefficients = [0.0; N];
    let residual = |(x, y): &([f64; N], f64), coefficients: &[f64; N]| -> f64 {
        y - x.iter().zip(coefficients).map(|(x, c)| x * c).sum::<f64>()
    };
    let mut scale = 0.0;
    for _ in 0..ROUNDS {
        let mut normal = [[0.0; N]; N];
        let mut right = [0.0; N];
        for ((x, y), w) in rows.iter().zip(&weights) {
            for i in 0..N {
                right[i] += w * x[i] * y;
                for j in 0..N {
                    normal[i][j] += w * x[i] * x[j];
                }
            }
        }
        let inverse = inverse(normal)?;
        let last = coefficients;
        coefficients = std::array::from_fn(|i| (0..N).map(|j| inverse[i][j] * right[j]).sum());
        let mut off: Vec<f64> = rows.iter().map(|row| residual(row, &coefficients).abs()).collect();
        let middle = off.len() / 2;
        scale = MAD_TO_SD * *off.select_nth_unstable_by(middle, f64::total_cmp).1;
        let settled =
            |i: usize| (coefficients[i] - last[i]).powi(2) * normal[i][i] <= (SETTLED * scale).powi(2);
        if scale <= 0.0 || (0..N).all(settled) {
            break;
        }
        for (row, w) in rows.iter().zip(&mut weights) {
            *w = (HUBER * scale / residual(row, &coefficients).abs()).min(1.0);
        }
    }
    let (mut bread, mut meat) = ([[0.0; N]; N], [[0.0; N]; N]);
    for row in rows {
        let off = residual(row, &coefficients);
        let bound = if scale > 0.0 { HUBER * scale } else { f64::INFINITY };
        let (slope, influence) = (if off.abs() <= bound { 1.0 } else { 0.0 }, off.clamp(-bound, bound));
        for i in 0..N {
            for j in 0..N {
                bread[i][j] += slope * row.0[i] * row.0[j];
                meat[i][j] += influence * influence * row.0[i] * row.0[j];
            }
        }
    }
    let bread = inverse(bread)?;
    let few = rows.len() as f64 / (rows.len() - N) as f64;
    let times = |a: &[[f64; N]; N], b: &[[f64; N]; N]| -> [[f64; N]; N] {
        std::array::from_fn(|i| std::array::from_fn(|j| (0..N).map(|k| a[i][k] * b[k][j]).sum()))
    };
    let covariance = times(&times(&bread, &meat), &bread).map(|row| row.map(|v| few * v));
    Some(Fit { coefficients, covariance })
}

/// The inverse of a symmetric positive definite matrix, by Gauss and Jordan; `None` if it is singular to the precision
/// of the numbers.
fn inverse<const N: usize>(mut matrix: [[f64; N]; N]) -> Option<[[f64; N]; N]> {
    const SINGULAR: f64 = 1e-12;
    let before: [f64; N] = std::array::from_fn(|i| matrix[i][i]);
    let mut inverse = [[0.0; N]; N];
    for (i, row) in inverse.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for i in 0..N {
        let pivot = matrix[i][i];
        if !pivot.is_finite() || pivot <= SINGULAR * before[i] {
            return None;
        }
        for j in 0..N {
            matrix[i][j] /= pivot;
            inverse[i][j] /= pivot;
        }
        for k in (0..N).filter(|k| *k != i) {
            let times = matrix[k][i];
            for j in 0..N {
                matrix[k][j] -= times * matrix[i][j];
                inverse[k][j] -= times * inverse[i][j];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;
    use rand_distr::{Distribution as _, StandardNormal};

    #[test]
    fn stray_values_move_little_and_the_errors_hold() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        let mut normal = move || -> f64 { StandardNormal.sample(&mut rng) };
        let mut standardised = Vec::new();
        for _ in 0..200 {
            let rows: Vec<([f64; 2], f64)> = (0..60)
                .map(|i| {
                    let x = f64::from(i) / 60.0;
                    // One value in twenty is far off, and the scatter grows.
                    let stray = if i % 20 == 7 { 8.0 * normal() } else { 0.0 };
                    ([1.0, x], 2.0 - 3.0 * x + (0.5 + x) * normal() + stray)
                })
                .collect();
            let fit = fit(&rows).unwrap();
            standardised.push((fit.coefficients[1] + 3.0) / fit.standard_error(1));
        }
        let within = standardised.iter().filter(|z| z.abs() < 1.96).count();
        assert!((180..=198).contains(&within), "{within} of 200 within 1.96 standard errors");
    }

    #[test]
    fn what_does_not_determine_the_line_gives_none() {
        assert_eq!(fit(&[([1.0, 2.0], 1.0); 20]), None);
        assert_eq!(fit(&[([1.0, 0.0], 1.0), ([1.0, 1.0], 2.0)]), None);
        let exact: Vec<_> = (0..9).map(|i| ([1.0, f64::from(i)], 1.0 + 2.0 * f64::from(i))).collect();
        let fit = fit(&exact).unwrap();
        assert!((fit.coefficients[1] - 2.0).abs() < 1e-9 && fit.standard_error(1) < 1e-9);
    }
}
