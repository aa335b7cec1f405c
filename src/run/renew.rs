//! The tables of a run, written anew after its results were reviewed.

use std::path::Path;

use crate::error::Result;
use crate::run::folder::ResultsFolder;
use crate::run::names::RUN_JSON;
use crate::run::record::{InputRecord, RunRecord};
use crate::run::result::RunResult;
use crate::run::tables;

/// Writes the tables of the run in a folder of results anew, with the reviews that its results have by now. `false` if the folder
/// holds no run that has ended: its tables are written at its end. Waits if a run writes into the folder.
///
/// ```no_run
/// use std::path::Path;
/// use breakapart::run::{Review, ReviewOptions, renew_tables, review};
/// let results = Path::new("results");
/// let of_reader = Review::read_csv(Path::new("P1 review.csv"))?;
/// review(&results.join("P1"), &of_reader, ReviewOptions::default())?;
/// renew_tables(results)?;
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// As [`RunRecord::read`]; [`crate::Error::Io`] if a table cannot be written.
pub fn renew_tables(results: &Path) -> Result<bool> {
    if !results.join(RUN_JSON).is_file() {
        return Ok(false);
    }
    let folder = ResultsFolder::open(results)?;
    let record = RunRecord::read(results.join(RUN_JSON))?;
    let ledger_of = |input: &InputRecord| folder.ledgers.get(input.folder.as_deref()?).cloned();
    let all = record.inputs.iter().map(|input| (input.clone(), ledger_of(input))).collect();
    let earlier =
        folder.earlier(|name| record.inputs.iter().any(|input| input.folder.as_deref() == Some(name)))?;
    let result = RunResult::of(record, all, &earlier, false);
    tables::write(folder.path(), &result, &earlier)?;
    Ok(true)
}
