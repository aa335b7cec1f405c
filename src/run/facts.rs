//! The facts that only a whole run knows of its results: controls out of range, and pixels that specimens share.

use crate::quality::{FailedControl, RunFacts};
use crate::run::control::Control;
use crate::run::ledger::Ledger;
use crate::run::shared::{Planes, shared_planes};

/// Facts of a run settle in two rounds: pixels that specimens share, then controls that fail for them.
pub(super) const MAX_ROUNDS: usize = 4;

/// A result as the other results of its run see it.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) specimen: &'a str,
    pub(super) assay: &'a str,
    pub(super) control: Option<Control>,
    /// `None` = there is no result.
    pub(super) ledger: Option<&'a Ledger>,
}

impl<'a> Member<'a> {
    /// The control, if it is out of range or was not read.
    fn failed_control(&self) -> Option<FailedControl> {
        let control = self.control?;
        let row = self.ledger.and_then(|ledger| ledger.outcome.as_ref()).map(|outcome| &outcome.row);
        let found = match row {
            Some(row) if control.is_met_by(row) => return None,
            Some(row) => {
                let percent = row.percent_rearranged.map_or(String::new(), |p| format!(", {p:.1} %"));
                format!("{}{percent}", row.by_rule)
            }
            None => "nothing: it could not be scored".to_owned(),
        };
        Some(FailedControl {
            specimen: self.specimen.to_owned(),
            assay: self.assay.to_owned(),
            expected: control.to_string(),
            found,
        })
    }

    /// The planes of its images, as far as they were read.
    fn planes(&self) -> Planes<'a> {
        Planes { specimen: self.specimen, planes: self.ledger.map_or(&[][..], |ledger| &ledger.planes) }
    }
}

/// The controls that are out of range.
pub(super) fn failed_controls(members: &[Member<'_>]) -> Vec<FailedControl> {
    let mut failed: Vec<FailedControl> = members.iter().filter_map(Member::failed_control).collect();
    failed.sort();
    failed
}

/// Puts the facts that the whole run knows into the facts of each of its results.
pub(super) fn update(members: &[Member<'_>], facts: &mut [RunFacts]) {
    let failed = failed_controls(members);
    let shared = shared_planes(&members.iter().map(Member::planes).collect::<Vec<_>>());
    for (facts, shared) in facts.iter_mut().zip(shared) {
        facts.shared_planes = shared;
        facts.failed_controls.clone_from(&failed);
    }
}
