//! A percentage in the assay's borderline band, or an interval that holds a cutoff.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};

use crate::assay::{Assay, Comparator, Decision};
use crate::decide::{Count, Interval, MAX_MORE_NUCLEI, MoreNuclei, Verdict, holds, interval, more_nuclei};
use crate::error::Result;
use crate::quality::question::Question;

/// A band of percentages that the assay asks to confirm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Band {
    /// Lower end, percent, which belongs to it.
    pub low_percent: f64,
    /// Upper end, percent, which does not.
    pub high_percent: f64,
    /// The assay's action.
    pub action: String,
}

/// A percentage near the cutoff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Borderline {
    /// The pattern, in laboratory notation, if it has a cutoff of its own; `None` = all rearranged nuclei.
    pub pattern: Option<String>,
    /// Rearranged nuclei, or nuclei of the pattern.
    pub rearranged: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
    /// The cutoff, percent.
    pub cutoff_percent: f64,
    /// Interval of the percentage, by the assay's method, if it holds the cutoff.
    pub interval: Option<Interval>,
    /// The assay's borderline band, if the percentage lies in it.
    pub band: Option<Band>,
    /// Further nuclei of the same share after which the interval does not hold the cutoff; `None` for a single pattern, or
    /// if the interval does not hold the cutoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_nuclei: Option<MoreNuclei>,
}

pub(crate) const CHECK: Check = Check {
    code: "borderline",
    meaning: "The percentage lies in the assay's borderline band, or its interval holds the cutoff, so that the count does not \
              settle on which side the specimen lies.",
    effect: "asks for confirmation",
    limits: &[],
    sound: 0,
};

impl Figures for Borderline {
    fn message(&self, _: &About) -> String {
        let of = self.pattern.as_ref().map_or_else(String::new, |pattern| format!(" of pattern {pattern}"));
        if let Some(limits) = self.interval {
            return format!(
                "The {:.0} % interval{of} ({:.1} to {:.1} %) holds the cutoff of {} %: the count does not settle on which side \
                 the specimen lies.",
                100.0 * limits.level,
                limits.low_percent,
                limits.high_percent,
                self.cutoff_percent
            );
        }
        let band = self.band.as_ref();
        let [low, high] = [band.map_or(0.0, |b| b.low_percent), band.map_or(100.0, |b| b.high_percent)];
        format!(
            "The percentage{of} ({} of {} nuclei) lies in the assay's borderline band, from {low} to below {high} %.",
            self.rearranged, self.nuclei
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        let more = match self.more_nuclei.as_ref().map(|more| more.needed) {
            None => String::new(),
            Some(Some(needed)) => {
                format!(" About {needed} more nuclei of the same share would settle the side.")
            }
            Some(None) => {
                format!(" Not even {MAX_MORE_NUCLEI} more nuclei of the same share would settle the side.")
            }
        };
        let action = match &self.band {
            Some(band) => format!("By the assay: {}.", band.action.trim_end_matches('.')),
            None => "Count more nuclei, or confirm by IHC or NGS.".to_owned(),
        };
        Some(format!("{action}{more}"))
    }
}

/// The assay's borderline band, if a count lies in it. Compared in integers.
pub(super) fn band_of(count: Count, assay: &Assay) -> Option<Band> {
    let band = assay.borderline.as_ref()?;
    let from =
        |percent: crate::assay::Percent| percent.is_met_by(count.positive, count.total, Comparator::AtLeast);
    (from(band.low_percent) && !from(band.high_percent)).then(|| Band {
        low_percent: band.low_percent.value(),
        high_percent: band.high_percent.value(),
        action: band.action.clone(),
    })
}

pub(super) fn check(question: &Question<'_>, verdict: Verdict) -> Result<Vec<Raised<Borderline>>> {
    let (assay, count) = (question.assay(), question.evaluable.count());
    if verdict == Verdict::NotEvaluable || count.total == 0 {
        return Ok(Vec::new());
    }
    let interval_with = |count: Count, cutoff: crate::assay::Percent| -> Result<Option<Interval>> {
        let limits = interval(count, assay.report.ci_level, assay.report.ci)?;
        Ok(Some(limits).filter(|i| holds(i.low_percent, i.high_percent, cutoff)))
    };
    let cutoff = assay.decision.cutoff();
    let own_interval = interval_with(count, cutoff)?;
    let more = if own_interval.is_some() { more_nuclei(count, assay)? } else { None };
    let mut found = vec![Borderline {
        pattern: None,
        rearranged: count.positive,
        nuclei: count.total,
        cutoff_percent: cutoff.value(),
        interval: own_interval,
        band: band_of(count, assay),
        more_nuclei: more,
    }];
    if let Decision::PerPattern(rule) = &assay.decision {
        let patterns = question.evaluable.patterns();
        for (pattern, cutoff) in &rule.patterns {
            let nuclei = patterns.get(pattern).copied().unwrap_or(0);
            found.push(Borderline {
                pattern: Some(pattern.clone()),
                rearranged: nuclei,
                nuclei: count.total,
                cutoff_percent: cutoff.value(),
                interval: interval_with(Count { positive: nuclei, total: count.total }, *cutoff)?,
                band: None,
                more_nuclei: None,
            });
        }
    }
    let near = found.into_iter().filter(|b| b.interval.is_some() || b.band.is_some());
    Ok(near.map(|detail| Raised::new(detail).confirm()).collect())
}
