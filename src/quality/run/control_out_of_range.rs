//! A control of the run is out of its range.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Effect, Withheld};
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::run_facts::{FailedControl, RunFacts};

/// A control of the run is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ControlOutOfRange {
    /// The control's name.
    pub control: String,
    /// The assay that it was read by.
    pub assay: String,
    /// The range that it must lie in.
    pub expected: String,
    /// Its result.
    pub found: String,
}

pub(crate) const CHECK: Check = Check {
    code: "control_out_of_range",
    meaning: "A control of the run reads otherwise than it must. Results of its assay cannot be relied on.",
    effect: "withholds any verdict by the assay of the control; informs on the other results of the run",
    limits: &[],
    sound: 0,
};

impl Figures for ControlOutOfRange {
    fn message(&self, about: &About) -> String {
        let Self { control, assay, expected, found } = self;
        let seen = format!("control {control} of assay {assay} reads {found}; it must read {expected}.");
        match about.effect {
            Effect::Withhold(_) => format!("{seen} Results of this assay cannot be relied on."),
            _ => format!("{seen} This specimen was read by another assay."),
        }
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Find the fault of the control, and repeat the run.".to_owned())
    }
}

pub(super) fn check(facts: &RunFacts, assay: &str) -> Vec<Raised<ControlOutOfRange>> {
    let finding = |control: &FailedControl| {
        let raised = Raised::new(ControlOutOfRange {
            control: control.specimen.clone(),
            assay: control.assay.clone(),
            expected: control.expected.clone(),
            found: control.found.clone(),
        });
        if control.assay == assay { raised.withhold(Withheld::AnyVerdict) } else { raised }
    };
    facts.failed_controls.iter().map(finding).collect()
}
