//! Whether shares of several groups differ by more than chance.

use statrs::distribution::{ChiSquared, ContinuousCDF, DiscreteCDF, Hypergeometric};

/// Pearson's chi-squared test that all groups have one share (Pearson 1900, doi 10.1080/14786440009463897).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dispersion {
    pub(crate) chi_squared: f64,
    pub(crate) degrees: usize,
    /// Chance of such a scatter, or a larger one, if all groups have one share.
    pub(crate) p: f64,
}

/// The test on groups of `(positive, total)`; `None` with fewer than two groups, or if none or all are positive: nothing
/// scatters then.
pub(crate) fn dispersion(groups: &[(usize, usize)]) -> Option<Dispersion> {
    let (positive, total) = groups.iter().fold((0, 0), |(x, n), group| (x + group.0, n + group.1));
    let share = positive as f64 / total as f64;
    let degrees = groups.len().checked_sub(1).filter(|degrees| *degrees > 0)?;
    if positive == 0 || positive >= total {
        return None;
    }
    let term = |(x, n): &(usize, usize)| {
        let expected = share * *n as f64;
        (*x as f64 - expected).powi(2) / (expected * (1.0 - share))
    };
    let chi_squared: f64 = groups.iter().map(term).sum();
    let p = ChiSquared::new(degrees as f64).ok()?.sf(chi_squared);
    Some(Dispersion { chi_squared, degrees, p })
}

/// Chance that a group holds as many positive ones as it does, or more, if the positive ones fell on all groups by chance:
/// Fisher's exact test, one-sided (Fisher 1935, doi 10.2307/2342435).
pub(crate) fn chance_of_more(group: (usize, usize), all: (usize, usize)) -> f64 {
    if group.0 == 0 {
        return 1.0;
    }
    match Hypergeometric::new(all.1 as u64, all.0 as u64, group.1 as u64) {
        Ok(by_chance) => by_chance.sf(group.0 as u64 - 1),
        Err(_) => 1.0,
    }
}

/// How many times as large as the sample's the true standard deviation may be, at a one-sided confidence: the usual
/// interval of a variance by chi-squared, for values that are normally distributed.
pub(crate) fn deviation_factor(values: usize, confidence: f64) -> f64 {
    let degrees = values.saturating_sub(1) as f64;
    match ChiSquared::new(degrees) {
        Ok(chi_squared) => (degrees / chi_squared.inverse_cdf(1.0 - confidence)).sqrt(),
        Err(_) => f64::INFINITY,
    }
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "as scipy prints them")]
mod tests {
    use super::*;

    /// The worked example of 20 normals of 200 nuclei; `scipy.stats.chi2_contingency(correction=False)`.
    const NORMALS: [usize; 20] = [0, 1, 2, 0, 3, 1, 2, 4, 1, 0, 2, 3, 1, 2, 5, 0, 1, 2, 3, 2];

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-9 * b.abs().max(1e-12), "{a} is not {b}");
    }

    #[test]
    fn the_scatter_agrees_with_scipy() {
        let groups = NORMALS.map(|x| (x, 200));
        let found = dispersion(&groups).unwrap();
        assert_eq!(found.degrees, 19);
        close(found.chi_squared, 20.60889929742389);
        close(found.p, 0.35880778529029916);
        let unequal = dispersion(&[(2, 95), (9, 110), (30, 140), (1, 60)]).unwrap();
        close(unequal.chi_squared, 30.85717826416422);
        close(unequal.p, 9.109895245107586e-07);
        for nothing in [vec![], vec![(1, 9)], vec![(0, 9), (0, 9)], vec![(9, 9), (9, 9)]] {
            assert_eq!(dispersion(&nothing), None);
        }
    }

    #[test]
    fn the_chance_of_more_agrees_with_scipy() {
        close(chance_of_more((5, 200), (35, 4000)), 0.028399206632436457);
        close(chance_of_more((30, 140), (42, 405)), 2.8983151907057664e-07);
        assert_eq!(chance_of_more((0, 200), (35, 4000)), 1.0);
    }

    #[test]
    fn the_bound_of_a_deviation_agrees_with_scipy() {
        for (values, factor) in [
            (2, 15.947239402183659),
            (5, 2.372355691409756),
            (20, 1.3704103976822324),
            (38, 1.2397046558597367),
            (60, 1.1804677571504338),
        ] {
            close(deviation_factor(values, 0.95), factor);
        }
    }
}
