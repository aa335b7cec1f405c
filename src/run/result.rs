//! What a run gave.

use crate::run::ledger::Ledger;
use crate::run::record::RunRecord;

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
