//! The least share of rearranged nuclei that is detected.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};

use super::estimate::{check_finite, mean, squares};
use crate::decide::{beta_inverse, check_level, deviations};
use crate::error::{Error, Result};

/// The share of rearranged nuclei, percent, from which on `positive_from` or more of `cells` nuclei are rearranged with
/// probability `power`: exact, for nuclei that are called without error and drawn by chance.
///
/// ```
/// use breakapart::agreement::{detectable_percent, detection_probability};
/// let percent = detectable_percent(100, 15, 0.95)?;
/// assert_eq!(format!("{percent:.2}"), "21.02");
/// assert_eq!(format!("{:.3}", detection_probability(percent, 100, 15)?), "0.950");
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`] if `positive_from` is 0 or more than `cells`, or `power` is not between 0 and 1.
pub fn detectable_percent(cells: usize, positive_from: usize, power: f64) -> Result<f64> {
    check_count(cells, positive_from)?;
    Ok(100.0 * beta_inverse(power, positive_from as f64, (cells - positive_from) as f64 + 1.0)?)
}

/// Probability that `positive_from` or more of `cells` nuclei are rearranged, if `percent` of all are.
///
/// # Errors
/// [`Error::InvalidParameter`] if `positive_from` is 0 or more than `cells`, or `percent` is not 0 to 100.
pub fn detection_probability(percent: f64, cells: usize, positive_from: usize) -> Result<f64> {
    check_count(cells, positive_from)?;
    let rearranged = Binomial::new(percent / 100.0, cells as u64)
        .map_err(|_| Error::parameter("percent", percent, "0 to 100"))?;
    Ok(rearranged.sf(positive_from as u64 - 1))
}

fn check_count(cells: usize, positive_from: usize) -> Result<()> {
    if (1..=cells).contains(&positive_from) {
        return Ok(());
    }
    Err(Error::parameter("positive_from", positive_from, format!("1 to the number of nuclei, {cells}")))
}

/// The value that normal specimens exceed no more often than 1 - confidence says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LimitOfBlank {
    /// Normal specimens.
    pub blanks: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub sd: f64,
    /// By ranks: no form of the distribution is assumed.
    pub by_ranks: f64,
    /// From mean and standard deviation, for values that are normally distributed.
    pub by_deviation: f64,
    /// One-sided confidence.
    pub confidence: f64,
}

/// Limit of blank as CLSI EP17-A2 gives it: by the rank `0.5 + confidence x blanks`, and as the mean with as many standard
/// deviations as the confidence asks for, corrected for the bias of few. `None` of fewer than two.
///
/// # Errors
/// [`Error::InvalidParameter`] if a value is not finite, or the confidence is not between 0 and 1.
pub fn limit_of_blank(blanks: &[f64], confidence: f64) -> Result<Option<LimitOfBlank>> {
    check_finite("blank", blanks.iter().copied())?;
    check_level("confidence", confidence)?;
    if blanks.len() < 2 {
        return Ok(None);
    }
    let degrees = blanks.len() as f64 - 1.0;
    let (mean, sd) = (mean(blanks), (squares(blanks) / degrees).sqrt());
    let factor = deviations(confidence) / (1.0 - 1.0 / (4.0 * degrees));
    let mut sorted = blanks.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(Some(LimitOfBlank {
        blanks: blanks.len(),
        mean,
        sd,
        by_ranks: at_rank(&sorted, 0.5 + confidence * blanks.len() as f64),
        by_deviation: mean + factor * sd,
        confidence,
    }))
}

/// The value at a rank from 1 on, between two ranks in proportion.
fn at_rank(sorted: &[f64], rank: f64) -> f64 {
    let place = (rank - 1.0).clamp(0.0, sorted.len() as f64 - 1.0);
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}
