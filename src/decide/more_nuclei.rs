//! How many more nuclei would settle on which side of the cutoff a specimen lies.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::interval::{interval, interval_of_share};
use super::operating::{OperatingPoint, operating_characteristic};
use super::rule::{holds, minimum_cells};
use super::verdict::Count;
use crate::assay::{Assay, Percent};
use crate::error::Result;

/// Further nuclei past which their number is left open. More than a whole slide has to give, chosen for this crate: a slide
/// has some 800 to 4500 nuclei that can be analysed.
pub const MAX_MORE_NUCLEI: usize = 10_000;

/// The nuclei that a specimen is short of: of the assay's minimum, or for an interval that does not hold the cutoff.
///
/// `Display` gives the number needed, or `>10000`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MoreNuclei {
    /// Further evaluable nuclei after which there are enough by the assay and, at the same share, the interval (method and
    /// level of the assay) does not hold the cutoff any more. `None` if more than [`MAX_MORE_NUCLEI`] are needed, as for a
    /// share at the cutoff itself.
    pub needed: Option<usize>,
    /// Those that are missing to the assay's minimum; 0 if there are enough.
    pub to_minimum: usize,
    /// The share that is assumed, percent: the one found. `None` if nothing is evaluable.
    pub at_percent: Option<f64>,
    /// The cutoff. Of a rule with cutoffs by pattern, that of all rearranged nuclei.
    pub cutoff_percent: Percent,
    /// How often the assay's rule is positive if the true share is the lower limit of the interval, the share found, or the
    /// upper limit, with as many nuclei as there are. Empty if nothing is evaluable.
    pub operating: Vec<OperatingPoint>,
}

impl fmt::Display for MoreNuclei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.needed {
            Some(needed) => write!(f, "{needed}"),
            None => write!(f, ">{MAX_MORE_NUCLEI}"),
        }
    }
}

/// The nuclei that a count is short of; `None` if it has enough, and its interval does not hold the cutoff.
///
/// ```
/// use breakapart::Assay;
/// use breakapart::summarise::{Count, more_nuclei};
/// let alk = Assay::builtin("alk")?;
/// // 20 % of 50: the Wilson interval holds 15 % up to z^2 c (1 - c) / (p - c)^2 = 195.9 nuclei.
/// let short = more_nuclei(Count::new(10, 50)?, &alk)?;
/// assert_eq!(short.and_then(|short| short.needed), Some(146));
/// assert!(more_nuclei(Count::new(27, 50)?, &alk)?.is_none());
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidParameter`](crate::Error::InvalidParameter) if more is positive than was counted.
pub fn more_nuclei(count: Count, assay: &Assay) -> Result<Option<MoreNuclei>> {
    let count = Count::new(count.positive, count.total)?;
    let cutoff_percent = assay.decision.cutoff();
    let to_minimum = minimum_cells(assay).saturating_sub(count.total);
    let Some(percent) = count.percent() else {
        let short = MoreNuclei {
            needed: Some(to_minimum),
            to_minimum,
            at_percent: None,
            cutoff_percent,
            operating: Vec::new(),
        };
        return Ok((to_minimum > 0).then_some(short));
    };
    let to_clear = nuclei_to_clear(count, assay)?;
    if to_minimum == 0 && to_clear == Some(0) {
        return Ok(None);
    }
    let limits = interval(count, assay.report.ci_level, assay.report.ci)?;
    let operating = [limits.low_percent, percent, limits.high_percent]
        .into_iter()
        .map(|percent| operating_characteristic(assay, count.total, percent.clamp(0.0, 100.0)))
        .collect::<Result<_>>()?;
    Ok(Some(MoreNuclei {
        needed: to_clear.map(|nuclei| nuclei.max(to_minimum)),
        to_minimum,
        at_percent: Some(percent),
        cutoff_percent,
        operating,
    }))
}

/// The smallest number of further nuclei of the same share with which the interval does not hold the cutoff.
fn nuclei_to_clear(count: Count, assay: &Assay) -> Result<Option<usize>> {
    let share = count.positive as f64 / count.total as f64;
    let (level, method, cutoff) = (assay.report.ci_level, assay.report.ci, assay.decision.cutoff());
    let holds_with = |more: usize| -> Result<bool> {
        let limits = interval_of_share(share, (count.total + more) as f64, level, method)?;
        Ok(holds(limits.low_percent, limits.high_percent, cutoff))
    };
    if !holds_with(0)? {
        return Ok(Some(0));
    }
    if holds_with(MAX_MORE_NUCLEI)? {
        return Ok(None);
    }
    // Bisection: `held` always holds the cutoff, `clear` never does. More nuclei of one share make the interval shorter.
    let (mut held, mut clear) = (0, MAX_MORE_NUCLEI);
    while held + 1 < clear {
        let middle = usize::midpoint(held, clear);
        if holds_with(middle)? { held = middle } else { clear = middle }
    }
    Ok(Some(clear))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assay::IntervalMethod;

    fn short_of(positive: usize, total: usize, assay: &Assay) -> Option<MoreNuclei> {
        more_nuclei(Count { positive, total }, assay).unwrap()
    }

    #[test]
    fn as_many_more_settle_the_side_as_the_wilson_interval_needs() {
        let alk = Assay::builtin("alk").unwrap();
        // n = z^2 c (1 - c) / (p - c)^2, from the score equation at the cutoff c.
        let z = 1.959_963_984_540_054_f64;
        for (positive, total) in [(10, 50), (6, 50), (14, 96), (130, 800), (13, 100)] {
            let (p, c) = (positive as f64 / total as f64, 0.15);
            let n = z * z * c * (1.0 - c) / (p - c).powi(2);
            let found = short_of(positive, total, &alk).unwrap().needed;
            let expected = (n.floor() as usize + 1).saturating_sub(total);
            assert_eq!(found, (expected <= MAX_MORE_NUCLEI).then_some(expected), "{positive} of {total}");
        }
    }

    #[test]
    fn the_number_of_the_exact_interval_is_the_first_that_clears() {
        let mut alk = Assay::builtin("alk").unwrap();
        alk.report.ci = IntervalMethod::ClopperPearson;
        let more = short_of(10, 50, &alk).unwrap().needed.unwrap();
        let at = |more: usize| {
            let limits =
                interval_of_share(0.2, (50 + more) as f64, 0.95, IntervalMethod::ClopperPearson).unwrap();
            holds(limits.low_percent, limits.high_percent, alk.decision.cutoff())
        };
        assert!(!at(more) && at(more - 1) && more > 146, "{more}");
    }

    #[test]
    fn a_share_at_the_cutoff_is_never_settled() {
        let alk = Assay::builtin("alk").unwrap();
        assert_eq!(short_of(15, 100, &alk).unwrap().needed, None);
        let short = more_nuclei(Count { positive: 15, total: 100 }, &alk).unwrap().unwrap();
        assert_eq!(short.to_string(), ">10000");
        assert_eq!(short.operating.len(), 3);
        assert!(short.operating.is_sorted_by(|a, b| a.positive < b.positive), "{:?}", short.operating);
    }

    #[test]
    fn a_count_below_the_minimum_is_short_of_it() {
        let alk = Assay::builtin("alk").unwrap();
        let short = |positive, total| more_nuclei(Count { positive, total }, &alk).unwrap().unwrap();
        let clear = short(40, 45);
        assert_eq!((clear.needed, clear.to_minimum), (Some(5), 5));
        let near = short(9, 45);
        assert_eq!((near.needed, near.to_minimum), (Some(151), 5));
        let none = short(0, 0);
        assert_eq!((none.needed, none.to_minimum, none.at_percent), (Some(50), 50, None));
        assert_eq!(short_of(27, 50, &alk), None);
        assert!(more_nuclei(Count { positive: 2, total: 1 }, &alk).is_err());
    }
}
