//! Fewer evaluable nuclei than the assay asks for.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::classify::Exclusion;
use crate::decide::{Count, Interval, interval, minimum_cells, more_nuclei};
use crate::error::Result;
use crate::quality::question::Question;

/// Fewer evaluable nuclei than the assay asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TooFewNuclei {
    /// Evaluable nuclei.
    pub evaluable: usize,
    /// Evaluable nuclei that the assay asks for.
    pub needed: usize,
    /// Rearranged nuclei among the evaluable ones.
    pub rearranged: usize,
    /// Interval of their percentage; `None` if nothing is evaluable.
    pub interval: Option<Interval>,
    /// Otherwise evaluable nuclei outside the regions; `None` if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_region: Option<usize>,
    /// Further nuclei of the same share after which the interval does not hold the cutoff, if these are more than are
    /// missing to the minimum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_settle: Option<usize>,
}

pub(crate) const CHECK: Check = Check {
    code: "too_few_nuclei",
    meaning: "Fewer nuclei are evaluable than the assay asks for, so that its rule gives no verdict.",
    effect: "informs; the assay's rule gives no verdict",
    limits: &[],
    sound: 0,
};

impl Figures for TooFewNuclei {
    fn message(&self, _: &About) -> String {
        let more = self.needed.saturating_sub(self.evaluable);
        let needed = match more {
            1 => "1 more nucleus is needed".to_owned(),
            more => format!("{more} more nuclei are needed"),
        };
        let (evaluable, rearranged) = (self.evaluable, self.rearranged);
        let so_far = self.interval.map_or_else(String::new, |i| {
            let percent = 100.0 * rearranged as f64 / evaluable.max(1) as f64;
            format!(
                " As it stands {rearranged} of {evaluable} ({percent:.0} %, {:.0} to {:.0}) are rearranged.",
                i.low_percent, i.high_percent
            )
        });
        let outside = self.outside_region.map_or_else(String::new, |nuclei| {
            let lie = if nuclei == 1 { "nucleus lies" } else { "nuclei lie" };
            format!(" {nuclei} evaluable {lie} outside the regions.")
        });
        format!("{needed} ({evaluable} of {}).{so_far}{outside}", self.needed)
    }

    fn action(&self, _: &About) -> Option<String> {
        let settle = self.to_settle.map_or_else(String::new, |nuclei| {
            format!(" About {nuclei} more nuclei of the same share would settle the side.")
        });
        let action = if self.outside_region.is_some() {
            "Look whether the regions lie where they were drawn (unit, field). Add fields or regions, or repeat the hybridisation."
        } else {
            "Add fields, or repeat the hybridisation."
        };
        Some(format!("{action}{settle}"))
    }
}

pub(super) fn check(question: &Question<'_>) -> Result<Vec<Raised<TooFewNuclei>>> {
    let needed = minimum_cells(question.assay());
    let Count { positive: rearranged, total: evaluable } = question.evaluable.count();
    if evaluable >= needed {
        return Ok(Vec::new());
    }
    let report = &question.assay().report;
    let limits = if evaluable > 0 {
        Some(interval(Count { positive: rearranged, total: evaluable }, report.ci_level, report.ci)?)
    } else {
        None
    };
    let outside =
        question.calls.iter().filter(|call| call.exclusion == Some(Exclusion::OutsideRegion)).count();
    let outside_region = (outside > 0).then_some(outside);
    let short = more_nuclei(Count { positive: rearranged, total: evaluable }, question.assay())?;
    let to_settle = short.and_then(|short| short.needed.filter(|nuclei| *nuclei > short.to_minimum));
    let detail = TooFewNuclei { evaluable, needed, rearranged, interval: limits, outside_region, to_settle };
    Ok(vec![Raised::new(detail)])
}
