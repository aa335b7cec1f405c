//! Parts of a run become one folder of results, with the bytes of a run that was not split.
//!
//! The facts that only the whole run knows are settled here: controls out of range, and pixels that specimens share. No image
//! is read for it. These facts raise findings on a specimen whose nuclei are called already, so that its saved reading is
//! judged again; tables of nuclei and signals stay as they are.

mod agree;
mod copy_file;
mod gather;
mod reviews;
mod write;

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Location, Result};
use crate::quality::RunFacts;
use crate::run::facts::{MAX_ROUNDS, Member, update};
use crate::run::folder::ResultsFolder;
use crate::run::rejudge::rejudge;
use crate::run::result::RunResult;
use crate::run::tables;
use agree::{Part, common_record};
pub use gather::MergeOptions;
use gather::{Gathered, gather};
use write::write;

/// Merges folders of results that were scored as parts of one run ([`Plan::into_part`](crate::run::Plan::into_part)) into the
/// folder `out`. The files are those of one run over all specimens, byte by byte. The images are not needed.
///
/// A merge that was killed goes on with the same call. Results of other specimens that are in `out` stay, and are listed as
/// those of an earlier run.
///
/// # Errors
/// [`Error::Undecided`] if a folder is no part, if two parts were scored with different sheets, parameters or assays, in
/// different folders or by another version, if two parts hold different results of one specimen, if two folders hold different
/// reviews of one result (neither continues the other), if a specimen is in no part (unless `partial` is set), or if `out` holds results of other images under the same names. [`Error::Malformed`] if a
/// file of a part was changed. [`Error::Io`] if a file cannot be read or written. Nothing is written before all parts are
/// found to belong together.
///
/// ```
/// # #[cfg(feature = "simulate")]
/// # fn main() -> breakapart::Result<()> {
/// # let folder = std::env::temp_dir().join(format!("breakapart-merge-{}", std::process::id()));
/// use breakapart::Assay;
/// use breakapart::run::{MergeOptions, Plan, Run, RunOptions, RunParameters, RunSettings, merge};
/// # let mut conditions = breakapart::simulate::Conditions::named("easy_positive")?;
/// # conditions.size_px = 256;
/// # for (name, seed) in [("P1", 1), ("P2", 2)] {
/// #     breakapart::simulate::write_specimen(folder.join("in").join(name), &conditions, seed, 1)?;
/// # }
/// let settings = RunSettings::new(Some(Assay::builtin("alk")?));
/// let mut parts = Vec::new();
/// for share in ["1/2", "2/2"] {
///     let plan = Plan::from_inputs(&[folder.join("in")], &settings)?.into_part(&share.parse()?)?;
///     let part = folder.join(format!("part_{}", parts.len()));
///     Run::prepare(plan, RunParameters::new(settings.params.clone()), &part, RunOptions::default())?.score(&())?;
///     parts.push(part);
/// }
/// let merged = merge(&parts, &folder.join("results"), MergeOptions::default())?;
/// assert_eq!(merged.record.inputs.len(), 2);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "simulate"))]
/// # fn main() {}
/// ```
pub fn merge(parts: &[PathBuf], out: &Path, options: MergeOptions) -> Result<RunResult> {
    refuse_own_part(parts, out)?;
    let parts = parts.iter().map(|part| Part::read(part)).collect::<Result<Vec<_>>>()?;
    let (mut record, whole) = common_record(&parts)?;
    let mut gathered = gather(&parts, &whole, options)?;
    let is_whole = gathered.results.len() == whole.results.len();
    record.part = (!is_whole).then(|| whole.clone());
    settle(&mut gathered.results)?;
    let folder = ResultsFolder::open(out)?;
    write(&folder, &whole, &mut gathered.results)?;
    let earlier = folder.earlier(|name| gathered.results.iter().any(|result| result.name == name))?;
    let failed = gathered.failed_inputs.into_iter().map(|record| (record, None));
    let read = gathered.results.into_iter().map(|result| (result.record, result.ledger));
    let result = RunResult::of(record, failed.chain(read).collect(), &earlier, false);
    tables::write(folder.path(), &result, &earlier)?;
    Ok(result)
}

/// The parts are read while the folder is written: it cannot be one of them.
fn refuse_own_part(parts: &[PathBuf], out: &Path) -> Result<()> {
    let Ok(whole) = fs::canonicalize(out) else { return Ok(()) };
    match parts.iter().find(|part| fs::canonicalize(part).is_ok_and(|part| part == whole)) {
        None => Ok(()),
        Some(part) => Err(Error::Undecided {
            location: Location::file(out),
            question: "the folder of the whole run is also one of the parts".to_owned(),
            found: part.display().to_string(),
            remedy: "merge into another folder".to_owned(),
        }),
    }
}

/// Judges results again until each is based on the facts of the whole run.
fn settle(results: &mut [Gathered]) -> Result<()> {
    let own = |result: &Gathered| result.ledger.as_ref().map_or_else(RunFacts::default, |l| l.facts.clone());
    let mut facts: Vec<RunFacts> = results.iter().map(own).collect();
    for _ in 0..MAX_ROUNDS {
        let members: Vec<Member<'_>> = results.iter().map(Gathered::member).collect();
        update(&members, &mut facts);
        let mut is_settled = true;
        for (result, facts) in results.iter_mut().zip(&facts) {
            let Some(ledger) = result.ledger.as_mut().filter(|ledger| ledger.facts != *facts) else {
                continue;
            };
            // The reading is read again when it is written: those of a whole run may not fit into memory.
            rejudge(&result.from, ledger, facts)?;
            result.is_judged_again = true;
            is_settled = false;
        }
        if is_settled {
            break;
        }
    }
    Ok(())
}
