//! Nuclei whose signals are blurred, or so blurred that none is seen.
//!
//! Sections always hold nuclei whose signals were cut away. If many of the detected signals are out of focus as well,
//! rearranged nuclei may be among those without signals.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Effect, Withheld, part_of, percent};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use crate::classify::Exclusion;

const MAX_NUCLEI: Limit =
    Limit::new("share of the nuclei out of focus or without any signal", 0.25, "chosen for this crate");
const MAX_BLURRED_SIGNALS: Limit = Limit::new(
    "share of the detected signals out of focus, from which no negative verdict is given",
    0.5,
    "chosen for this crate: sections 4.5 um deep read well with a focus of 0.8 um (0.48 at most), not with 0.5 um",
);

/// Nuclei whose signals are blurred or not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DefocusedNuclei {
    /// Nuclei left out as out of focus.
    pub blurred: usize,
    /// Nuclei without any signal.
    pub empty: usize,
    /// These and the evaluable ones.
    pub nuclei: usize,
    /// Share of the detected signals out of focus, 0 to 1.
    pub blurred_signals: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "defocused_nuclei",
    meaning: "Many nuclei are out of focus or show no signal: cut or non-tumour nuclei, weak hybridisation, or a section \
              deeper than the focus.",
    effect: "informs; withholds a negative verdict if many of the detected signals are out of focus too",
    limits: &[MIN_NUCLEI, MAX_NUCLEI, MAX_BLURRED_SIGNALS],
    sound: 11,
};

impl Figures for DefocusedNuclei {
    fn message(&self, at: &About) -> String {
        if at.effect == Effect::Inform {
            let unseen = part_of(self.blurred + self.empty, self.nuclei, "nuclei");
            let state = match (self.blurred, self.empty) {
                (0, _) => "show no signal".to_owned(),
                (_, 0) => "are out of focus".to_owned(),
                (blurred, empty) => format!("are out of focus ({blurred}) or show no signal ({empty})"),
            };
            return format!(
                "{unseen} {state}: cut or non-tumour nuclei, or weak hybridisation. The others are counted."
            );
        }
        format!(
            "{} of {} nuclei are out of focus and {} show no signal, and {} of the signals are blurred: rearranged nuclei may \
             be among them.",
            self.blurred,
            self.nuclei,
            self.empty,
            percent(self.blurred_signals)
        )
    }

    fn action(&self, at: &About) -> Option<String> {
        (at.effect != Effect::Inform)
            .then(|| "Acquire again in focus, or as a stack that covers the section.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<DefocusedNuclei>> {
    let left_out = |reason| view.calls().filter(|c| c.exclusion == Some(reason)).count();
    let [blurred, empty] = [Exclusion::OutOfFocus, Exclusion::NoSignal].map(left_out);
    let nuclei = blurred + empty + view.evaluable().count();
    let is_many = (blurred + empty) as f64 > MAX_NUCLEI.value * nuclei as f64;
    if nuclei < MIN_NUCLEI.count() || !is_many {
        return Vec::new();
    }
    let blurred_signals = view.instrument.out_of_focus_share;
    let detail = DefocusedNuclei { blurred, empty, nuclei, blurred_signals };
    let finding = Raised::new(detail);
    let withholds = blurred_signals >= MAX_BLURRED_SIGNALS.value;
    vec![if withholds { finding.withhold(Withheld::Negative) } else { finding }]
}
