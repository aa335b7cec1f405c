//! The only place that withholds a verdict.

use crate::decide::{Ruling, Verdict};
use crate::quality::Finding;

/// The verdict by the assay's rule, or not evaluable if any finding withholds it.
pub(super) fn settle(ruling: &Ruling, findings: &[Finding]) -> Verdict {
    let withholds = |finding: &Finding| finding.effect.withholds(ruling.verdict, ruling.depends_on_isolated);
    if findings.iter().any(withholds) { Verdict::NotEvaluable } else { ruling.verdict }
}
