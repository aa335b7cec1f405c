//! A laboratory's own cutoff from normal controls.
//!
//! Normal controls show how often a nucleus without rearrangement is read as rearranged. They cannot show what
//! tumour ploidy, nuclear size and cut nuclei do. Twenty controls are usual, five the least.

use serde::Serialize;
use statrs::distribution::{Binomial, DiscreteCDF};
use statrs::statistics::Statistics;

use crate::assay::{Comparator, Percent};
use crate::decide::Count;
use crate::decide::{beta_inverse, check_level};
use crate::error::{Error, Result};
use crate::words::words;

/// How a cutoff was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum CutoffMethod {
    /// [`beta_inverse_cutoff`].
    #[serde(rename = "betainv")]
    InverseBeta,
    /// [`exact_upper_bound`].
    #[serde(rename = "clopper-pearson")]
    ExactUpperBound,
    /// [`critical_binomial`].
    #[serde(rename = "critbinom")]
    CriticalBinomial,
    /// [`mean_plus_sd`].
    #[serde(rename = "mean-3sd")]
    MeanPlusSd,
}

words!(CutoffMethod, "method for a cutoff", {
    InverseBeta => "betainv",
    ExactUpperBound => "clopper-pearson",
    CriticalBinomial => "critbinom",
    MeanPlusSd => "mean-3sd",
});

/// A cutoff from normal controls. A specimen is positive above it, not at it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cutoff {
    /// The method.
    pub method: CutoffMethod,
    /// The cutoff, percent of the nuclei counted.
    pub percent: f64,
    /// Normal controls used.
    pub normals: usize,
}

/// 29 % of 100 nuclei is 28.999... in binary: a hair below a whole number is that number.
const HAIR: f64 = 1e-9;

impl Cutoff {
    /// The cutoff that `critical` of `cells` nuclei do not exceed.
    pub(super) fn of_count(critical: usize, cells: usize, normals: usize) -> Self {
        let percent = 100.0 * critical as f64 / cells as f64;
        Self { method: CutoffMethod::CriticalBinomial, percent, normals }
    }

    /// Fewest positive nuclei of `cells` that lie above the cutoff.
    ///
    /// ```
    /// use breakapart::summarise::{Count, beta_inverse_cutoff};
    /// let cutoff = beta_inverse_cutoff(&[Count::new(5, 200)?], 0.95)?;
    /// assert_eq!(format!("{:.4}", cutoff.percent), "5.0596");
    /// assert_eq!(cutoff.positive_from(200), 11);
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn positive_from(&self, cells: usize) -> usize {
        (self.percent * cells as f64 / 100.0 + HAIR).floor() as usize + 1
    }

    /// The cutoff of an assay, in tenths of a percent: the lowest by which no specimen at or below this cutoff is positive.
    ///
    /// ```
    /// use breakapart::assay::Comparator;
    /// use breakapart::summarise::{Count, beta_inverse_cutoff};
    /// let cutoff = beta_inverse_cutoff(&[Count::new(5, 200)?], 0.95)?; // 5.0596 %
    /// assert_eq!(cutoff.rounded_up(Comparator::AtLeast)?.to_string(), "5.1 %");
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the cutoff is not 0 to 100 %.
    pub fn rounded_up(&self, comparator: Comparator) -> Result<Percent> {
        let tenths = 10.0 * self.percent;
        let up = match comparator {
            Comparator::AtLeast => (tenths + HAIR).floor() + 1.0,
            Comparator::MoreThan => (tenths - HAIR).ceil(),
        };
        // An assay's cutoff is 0.1 % at the least.
        (up.max(1.0) / 10.0).to_string().parse()
    }
}

/// Excel's `BETAINV(confidence, x + 1, n)` of the worst normal control, `x` positive of `n` nuclei.
///
/// The formula of laboratory practice (Wiktor 2006, Genet Med; ACMG E9; both named by doi
/// 10.2353/jmoldx.2009.080101 but not read in the original: verify). It is close to, and a little below,
/// [`exact_upper_bound`].
///
/// # Errors
/// [`Error::InvalidParameter`] without controls, for a control with no nuclei or more positive ones than
/// nuclei, or for a confidence that is not between 0 and 1.
pub fn beta_inverse_cutoff(normals: &[Count], confidence: f64) -> Result<Cutoff> {
    worst(normals, confidence, CutoffMethod::InverseBeta, |x, n| beta_inverse(confidence, x + 1.0, n))
}

/// Exact one-sided upper bound (Clopper-Pearson) of the worst normal control: `BETAINV(confidence, x + 1,
/// n - x)`.
///
/// ```
/// use breakapart::summarise::{Count, exact_upper_bound};
/// let cutoff = exact_upper_bound(&[Count::new(5, 200)?], 0.95)?;
/// assert_eq!(format!("{:.4}", cutoff.percent), "5.1843");
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// As [`beta_inverse_cutoff`].
pub fn exact_upper_bound(normals: &[Count], confidence: f64) -> Result<Cutoff> {
    worst(normals, confidence, CutoffMethod::ExactUpperBound, |x, n| {
        if x < n { beta_inverse(confidence, x + 1.0, n - x) } else { Ok(1.0) }
    })
}

/// Excel's `CRITBINOM(cells, p, confidence)` with the pooled false-positive rate `p` of the normal controls:
/// the smallest number `k` such that a normal specimen of `cells` nuclei has at most `k` positive ones with
/// the given confidence. A specimen is positive with more than `k`.
///
/// ```
/// use breakapart::summarise::{Count, critical_binomial};
/// let normals = [Count::new(35, 4000)?];
/// assert_eq!(critical_binomial(200, &normals, 0.95)?, 4);
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// As [`beta_inverse_cutoff`]; also if `cells` is 0.
pub fn critical_binomial(cells: usize, normals: &[Count], confidence: f64) -> Result<usize> {
    check(normals, confidence)?;
    if cells == 0 {
        return Err(Error::parameter("cells", cells, "1 or more"));
    }
    let (positive, total) =
        normals.iter().fold((0.0, 0.0), |(x, n), c| (x + c.positive as f64, n + c.total as f64));
    let distribution = Binomial::new(positive / total, cells as u64)
        .map_err(|_| Error::parameter("pooled rate", positive / total, "0 to 1"))?;
    let (mut below, mut enough) = (None, cells as u64);
    // Bisection: `enough` always reaches the confidence, `below` never does.
    while below.map_or(0, |b: u64| b + 1) < enough {
        let middle = u64::midpoint(below.map_or(0, |b| b + 1), enough);
        if distribution.cdf(middle) >= confidence { enough = middle } else { below = Some(middle) }
    }
    Ok(enough as usize)
}

/// Mean and `deviations` sample standard deviations of the controls' percentages.
///
/// False positives are rare counts, not Gaussian: this covers less than it seems to. Offered because many
/// laboratories use it.
///
/// # Errors
/// As [`beta_inverse_cutoff`]; also with fewer than two controls, or if `deviations` is not within 0 to 10.
pub fn mean_plus_sd(normals: &[Count], deviations: f64) -> Result<Cutoff> {
    check_counts(normals)?;
    if normals.len() < 2 {
        return Err(Error::parameter("normal controls", normals.len(), "2 or more for a standard deviation"));
    }
    if !(0.0..=10.0).contains(&deviations) {
        return Err(Error::parameter("deviations", deviations, "0 to 10"));
    }
    let percents = || normals.iter().map(|c| 100.0 * c.positive as f64 / c.total as f64);
    let percent = (percents().mean() + deviations * percents().std_dev()).min(100.0);
    Ok(Cutoff { method: CutoffMethod::MeanPlusSd, percent, normals: normals.len() })
}

fn worst(
    normals: &[Count],
    confidence: f64,
    method: CutoffMethod,
    bound: impl Fn(f64, f64) -> Result<f64>,
) -> Result<Cutoff> {
    check(normals, confidence)?;
    let mut highest = 0.0_f64;
    for control in normals {
        highest = highest.max(bound(control.positive as f64, control.total as f64)?);
    }
    Ok(Cutoff { method, percent: 100.0 * highest, normals: normals.len() })
}

fn check(normals: &[Count], confidence: f64) -> Result<()> {
    check_counts(normals)?;
    check_level("confidence", confidence)
}

fn check_counts(normals: &[Count]) -> Result<()> {
    if normals.is_empty() {
        return Err(Error::parameter("normal controls", 0, "1 or more (20 are usual)"));
    }
    for (i, control) in normals.iter().enumerate() {
        let shown = format!("{} of {}", control.positive, control.total);
        if control.total == 0 || control.positive > control.total {
            let allowed = "1 or more nuclei, and no more positive ones than that";
            return Err(Error::parameter(format!("normal control {}", i + 1), shown, allowed));
        }
    }
    Ok(())
}
