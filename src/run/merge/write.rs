//! The results of the parts in the folder of the whole run.

use std::path::Path;

use rayon::prelude::*;

use crate::error::{Error, Location, Result};
use crate::run::folder::{ResultsFolder, clear_result};
use crate::run::ledger::{Ledger, LedgerState, ResultFile};
use crate::run::merge::copy_file::copy_file;
use crate::run::merge::gather::Gathered;
use crate::run::names::RESULT_FILES;
use crate::run::part::PartRecord;
use crate::run::rejudge::judge_again;
use crate::run::review::renew_reviewed;

/// Writes all results under the names that the whole run gives them.
pub(super) fn write(folder: &ResultsFolder, whole: &PartRecord, results: &mut [Gathered]) -> Result<()> {
    name_folders(folder, whole, results);
    if let Err(refused) = refuse_other_images(folder, results).and_then(|()| add_reviews_of(folder, results))
    {
        folder.leave()?;
        return Err(refused);
    }
    folder.forget_run(false)?;
    for result in results {
        let Some(ledger) = &mut result.ledger else { continue };
        let to = folder.path().join(&result.name);
        let there = folder.ledgers.get(&result.name);
        if there != Some(ledger) || !ledger.damaged_files(&to).is_empty() {
            let earlier = there.map_or(&[][..], |there| &there.files);
            copy(ledger, result.is_judged_again, earlier, (&result.from, &to))?;
        }
        result.reviews.copy_to(&to)?;
        renew_reviewed(&to);
    }
    Ok(())
}

/// Names the folders as a run over all specimens does.
fn name_folders(folder: &ResultsFolder, whole: &PartRecord, results: &mut [Gathered]) {
    let mut taken: Vec<String> = Vec::new();
    for result in results {
        let is_repeated = whole.is_repeated(result.specimen());
        result.name = folder.name_for(result.specimen(), result.assay(), is_repeated, &taken);
        taken.push(result.name.clone());
        if let Some(name) = &mut result.record.folder {
            name.clone_from(&result.name);
        }
    }
}

/// Results under the same names must be of the same images.
fn refuse_other_images(folder: &ResultsFolder, results: &[Gathered]) -> Result<()> {
    let is_other = |result: &&Gathered| {
        let (there, path) = (folder.ledgers.get(&result.name), folder.path().join(&result.name));
        match (there, &result.ledger) {
            (Some(there), Some(ledger)) => there.inputs != ledger.inputs,
            (Some(_), None) => true,
            (None, _) => RESULT_FILES.iter().any(|file| path.join(file).is_file()),
        }
    };
    let others: Vec<&str> = results.iter().filter(is_other).map(|result| result.name.as_str()).collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(Error::Undecided {
        location: Location::file(folder.path()),
        question: "the folder holds results of other images under the same names".to_owned(),
        found: others.join(", "),
        remedy: "merge into another folder".to_owned(),
    })
}

/// Adds the reviews that the whole run has already.
fn add_reviews_of(folder: &ResultsFolder, results: &mut [Gathered]) -> Result<()> {
    results.iter_mut().try_for_each(|result| result.reviews.add(&folder.path().join(&result.name)))
}

/// Copies the files of a result. Its ledger says first that they are being written, and last that they are there.
fn copy(
    ledger: &mut Ledger,
    is_judged_again: bool,
    earlier: &[ResultFile],
    (from, to): (&Path, &Path),
) -> Result<()> {
    clear_result(to, earlier.iter().chain(&ledger.files))?;
    let names = ledger.files.iter().map(|file| ResultFile { name: file.name.clone(), blake3: None });
    let started =
        Ledger { state: LedgerState::Started, outcome: None, files: names.collect(), ..ledger.clone() };
    started.write(to)?;
    ledger.files.par_iter().try_for_each(|file| copy_file(&from.join(&file.name), &to.join(&file.name)))?;
    if is_judged_again {
        let facts = ledger.facts.clone();
        judge_again(to, ledger, &facts)?;
    }
    let damaged = ledger.damaged_files(to);
    if damaged.is_empty() {
        return ledger.write(to);
    }
    let problem =
        format!("files were changed since they were scored: {}; score the part again", damaged.join(", "));
    Err(Error::malformed(Location::file(from), problem))
}
