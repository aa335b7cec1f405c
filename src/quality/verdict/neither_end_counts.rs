//! Many isolated signals where the assay counts neither isolated end.
//!
//! The verdict leaves them out. They may be a rearrangement with a deletion, or signals that were missed; the report states
//! them in either case.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};

use crate::assay::ProbeEnd;
use crate::classify::SignalPattern;
use crate::quality::question::Question;

const MIN_SHARE: Limit = Limit::new(
    "share of the evaluable nuclei with an isolated signal, or the cutoff of the assay if that is higher",
    0.15,
    "the usual cutoff of break-apart assays. Of 28 sound simulated specimens read by the RET and MYC assays 3 lie above, and \
     25 to 37 % of their nuclei do hold isolated signals; normal ones show 0.03 at most",
);

/// Many isolated signals where the assay counts neither isolated end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NeitherEndCounts {
    /// Evaluable nuclei with an isolated signal.
    pub isolated: usize,
    /// Those with an isolated red signal.
    pub red: usize,
    /// Those with an isolated green signal.
    pub green: usize,
    /// Evaluable nuclei that are rearranged.
    pub rearranged: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "neither_end_counts",
    meaning: "Many nuclei show an isolated signal, and the assay counts neither isolated end as rearranged: the percentage and \
              the verdict leave these signals out.",
    effect: "informs",
    limits: &[MIN_NUCLEI, MIN_SHARE],
    sound: 0,
};

impl Figures for NeitherEndCounts {
    fn message(&self, _: &About) -> String {
        format!(
            "{} show an isolated signal (red {}, green {}), which this assay does not count; {} are rearranged.",
            part_of(self.isolated, self.nuclei, "evaluable nuclei"),
            self.red,
            self.green,
            self.rearranged
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some(
            "Look whether the missing ends hybridised. If they did, confirm by another method (NGS or RNA sequencing): a \
             deletion may have taken them."
                .to_owned(),
        )
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Raised<NeitherEndCounts>> {
    let assay = question.assay();
    if [ProbeEnd::ThreePrime, ProbeEnd::FivePrime].iter().any(|end| assay.isolated.counts(*end)) {
        return Vec::new();
    }
    let calls = &question.evaluable.calls;
    let count = |is: fn(&SignalPattern) -> bool| calls.iter().filter(|call| is(&call.pattern)).count();
    let isolated = count(|pattern| pattern.isolated_red + pattern.isolated_green > 0);
    let nuclei = calls.len();
    let limit = MIN_SHARE.value.max(assay.decision.cutoff().value() / 100.0);
    if nuclei < MIN_NUCLEI.count() || isolated as f64 <= limit * nuclei as f64 {
        return Vec::new();
    }
    let rearranged = calls.iter().filter(|call| call.rearranged).count();
    let red = count(|pattern| pattern.isolated_red > 0);
    let green = count(|pattern| pattern.isolated_green > 0);
    vec![Raised::new(NeitherEndCounts { isolated, red, green, rearranged, nuclei })]
}
