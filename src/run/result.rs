//! What a run gave.

use crate::run::ledger::Ledger;
use crate::run::record::{EarlierResult, InputRecord, RunRecord};

/// What a run gave.
#[derive(Debug)]
#[non_exhaustive]
pub struct RunResult {
    /// The record, as in `run.json`.
    pub record: RunRecord,
    /// The ledger of each input of the record that is not failed, in the same order.
    pub results: Vec<Option<Ledger>>,
    /// Whether the observer ended it: the tables are not written, and the same run goes on from here.
    pub is_cancelled: bool,
}

impl RunResult {
    /// The inputs of a run and their results, in the order of its tables. `earlier` are the results of other runs in the
    /// folder.
    pub(super) fn of(
        record: RunRecord,
        mut all: Vec<(InputRecord, Option<Ledger>)>,
        earlier: &[(String, Ledger)],
        is_cancelled: bool,
    ) -> Self {
        if !record.has_sheet {
            all.sort_by(|(a, _), (b, _)| (&a.specimen, &a.input).cmp(&(&b.specimen, &b.input)));
        }
        for (record, ledger) in &mut all {
            record.figures = ledger.as_ref().and_then(|ledger| ledger.outcome.as_ref()?.figures);
        }
        let (inputs, results) = all.into_iter().unzip();
        let earlier = earlier.iter().map(|(name, ledger)| EarlierResult {
            specimen: ledger.specimen.clone(),
            assay: ledger.assay.clone(),
            folder: name.clone(),
        });
        let earlier = earlier.collect();
        Self { record: RunRecord { inputs, earlier, ..record }, results, is_cancelled }
    }
}
