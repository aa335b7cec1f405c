//! The only place that withholds a verdict.

use crate::decide::Verdict;
use crate::quality::Effect;

/// The verdict by the assay's rule, which may depend on isolated signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ruled {
    pub(crate) verdict: Verdict,
    pub(crate) depends_on_isolated: bool,
}

impl Ruled {
    /// The verdict, or not evaluable if any finding withholds it.
    pub(crate) fn settle(self, effects: impl IntoIterator<Item = Effect>) -> Verdict {
        let is_withheld = effects.into_iter().any(|effect| self.is_withheld_by(effect));
        if is_withheld { Verdict::NotEvaluable } else { self.verdict }
    }

    /// Whether a finding of this effect withholds it.
    pub(crate) fn is_withheld_by(self, effect: Effect) -> bool {
        effect.withholds(self.verdict, self.depends_on_isolated)
    }

    /// The place of a finding of this effect in a report: those that withhold the verdict first, then the others by their
    /// effect. Within one rank findings keep the order of the checks.
    pub(crate) fn rank(self, effect: Effect) -> (bool, Effect) {
        (!self.is_withheld_by(effect), effect)
    }
}
