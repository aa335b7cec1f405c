//! A review onto a result.

use std::fs;
use std::path::Path;

use crate::analyse::SpecimenReading;
use crate::atomic::write_bytes;
use crate::error::{Error, Location, Result};
use crate::report::{write_json_results, write_nuclei_csv};
use crate::run::digest::Digest;
use crate::run::gallery;
use crate::run::ledger::{LEDGER_JSON, Ledger, LedgerState, Outcome};
use crate::run::names::{AUDIT, REVIEWED_FOLDER, REVIEWS_FOLDER};
use crate::run::rejudge::write_reports;
use crate::run::report_extras::report_extras;
use crate::run::review::audit::{AuditLine, Counted, Trail};
use crate::run::review::document::Review;
use crate::run::review::outcome::ReviewedOutcome;
use crate::run::review::record::review_record;
use crate::run::review::shown;
use crate::run::review::state::{ReaderRole, SecondReading, State};
use crate::run::saved;

/// How a review is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewOptions {
    /// The role of the reader.
    pub role: ReaderRole,
    /// Whether the review overrules decisions of another reader in the same role.
    pub overrules: bool,
}

impl ReviewOptions {
    /// A review in this role.
    #[must_use]
    pub fn new(role: ReaderRole, overrules: bool) -> Self {
        Self { role, overrules }
    }
}

/// A result with its reviews.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reviewed {
    /// The specimen.
    pub specimen: String,
    /// The assay.
    pub assay: String,
    /// Reviews applied.
    pub reviews: usize,
    /// The reader of the last review.
    pub reader: String,
    /// The role of that reader.
    pub role: ReaderRole,
    /// The result before the last review, in the role of its reader.
    pub before: Counted,
    /// The result with it.
    pub after: Counted,
    /// The first readers whose decisions hold, by name; none if nobody read in this role.
    pub first_readers: Vec<String>,
    /// The result in force: that with the decisions of the first readers.
    pub in_force: Counted,
    /// Both readings, if a second reader read.
    pub second_reading: Option<SecondReading>,
}

/// Applies a review to the result in a folder. The review is stored as it came, the result with all reviews is written into the
/// folder `reviewed`, and a line is added to the audit trail. The reading of the program stays as it is.
///
/// # Errors
/// [`Error::Malformed`] if files of the result, a stored review or the trail were changed, or if the review is of another specimen,
/// another assay or another reading; [`Error::Undecided`] if it was applied before, or if another reader decided otherwise;
/// [`Error::InvalidParameter`] as [`SpecimenReading::edit`]; [`Error::Io`] if a file cannot be read or written. Nothing is changed
/// then.
pub fn review(folder: &Path, review: &Review, options: ReviewOptions) -> Result<Reviewed> {
    let _lock = lock(folder)?;
    let mut result = ReviewedResult::open(folder)?;
    result.check_fits(review)?;
    let location = Location::file(folder);
    let mut state = result.state.clone();
    let first = state.reading(&result.reading, ReaderRole::First)?;
    let own = state.reading(&result.reading, options.role)?;
    shown::check(review, &[&result.reading, &first, &own])?;
    let before = Counted::of(&own);
    state.add(&review.entries, (&review.reader, options.role), options.overrules, &location)?;
    let after = Counted::of(&state.reading(&result.reading, options.role)?);
    let (file, sequence) = (free_name(folder, review.extension), result.trail.lines.len() + 1);
    write_bytes(&folder.join(&file), review.text.as_bytes())?;
    let line = AuditLine {
        sequence,
        previous: result.trail.last(),
        crate_version: env!("CARGO_PKG_VERSION").to_owned(),
        specimen: result.reading.name.clone(),
        assay: result.reading.assay.id.clone(),
        reading: result.digest.clone(),
        reader: review.reader.clone(),
        role: options.role,
        overrules: options.overrules,
        file,
        file_digest: review.digest(),
        decisions: review.entries.clone(),
        before,
        after: after.clone(),
    };
    // The stored review is written before the trail, and the result after it.
    result.trail.add(line.clone())?;
    result.state = state;
    let written = write_reviewed((folder, &folder.join(REVIEWED_FOLDER)), &result)?;
    Ok(result.reviewed(&line, after, written))
}

/// Checks the audit trail of the result in a folder, and writes the result with all reviews into the folder `out`: the bytes are
/// those of its folder `reviewed`. `None` if nobody has reviewed it.
///
/// # Errors
/// As [`review`].
pub fn check_reviews(folder: &Path, out: &Path) -> Result<Option<Reviewed>> {
    let result = ReviewedResult::open(folder)?;
    let Some(last) = result.trail.lines.last() else { return Ok(None) };
    let written = write_reviewed((folder, out), &result)?;
    let after = Counted::of(&result.state.reading(&result.reading, last.role)?);
    Ok(Some(result.reviewed(last, after, written)))
}

/// Writes the result with its reviews anew after it was scored or merged, if the reviews still fit. Where they do not,
/// [`check_reviews`] says why.
pub(in crate::run) fn renew_reviewed(folder: &Path) {
    let reviewed = folder.join(REVIEWED_FOLDER);
    let fits = folder.join(AUDIT).exists() && check_reviews(folder, &reviewed).is_ok();
    if fits || !reviewed.exists() {
        return;
    }
    // It is of other calls. It was signed: it is kept beside the reviews.
    let aside = (1_usize..1000).map(|n| folder.join(REVIEWS_FOLDER).join(format!("superseded_{n:03}")));
    if let Some(free) = aside.into_iter().find(|path| !path.exists()) {
        let _stays = fs::rename(&reviewed, free);
    }
}

/// A result, its reading and its trail, all checked.
pub(super) struct ReviewedResult {
    ledger: Ledger,
    pub(super) reading: SpecimenReading,
    digest: Digest,
    trail: Trail,
    pub(super) state: State,
}

impl ReviewedResult {
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let fault = |problem: String| Error::malformed(Location::file(folder), problem);
        let ledger = Ledger::read(folder)?.filter(|ledger| ledger.state == LedgerState::Complete);
        let ledger = ledger
            .ok_or_else(|| fault("there is no complete result; score the specimen again".to_owned()))?;
        let damaged = ledger.damaged_files(folder);
        if !damaged.is_empty() {
            let problem = format!(
                "files were changed since they were scored: {}; score the specimen again",
                damaged.join(", ")
            );
            return Err(fault(problem));
        }
        let reading = saved::read_checked(folder)?;
        let digest = saved::digest_of_calls(&reading)?;
        let (trail, state) = Trail::read(folder, &reading, &digest)?;
        Ok(Self { ledger, reading, digest, trail, state })
    }

    /// The result with its reviews, of which `last` is the last one.
    fn reviewed(
        &self,
        last: &AuditLine,
        after: Counted,
        (in_force, second_reading): (Counted, Option<SecondReading>),
    ) -> Reviewed {
        Reviewed {
            specimen: last.specimen.clone(),
            assay: last.assay.clone(),
            reviews: self.trail.lines.len(),
            reader: last.reader.clone(),
            role: last.role,
            before: last.before.clone(),
            after,
            first_readers: self.state.readers(ReaderRole::First),
            in_force,
            second_reading,
        }
    }

    /// Refuses a review of something else, and one that was applied.
    fn check_fits(&self, review: &Review) -> Result<()> {
        review.check_is_of(&self.reading, &self.digest)?;
        let digest = review.digest();
        if let Some(line) = self.trail.lines.iter().find(|line| line.file_digest == digest) {
            return Err(Error::Undecided {
                location: Location::default().at_key("review"),
                question: "the review was applied before".to_owned(),
                found: format!("line {} of the audit trail, by {}", line.sequence, line.reader),
                remedy: "nothing is to be done".to_owned(),
            });
        }
        Ok(())
    }
}

/// Held while a review is applied: two would write one trail.
fn lock(folder: &Path) -> Result<fs::File> {
    let path = folder.join(LEDGER_JSON);
    let file = fs::File::open(&path).map_err(|e| Error::io(&path, e))?;
    // On a file system without locks the review goes on without.
    let _ = file.lock();
    Ok(file)
}

/// The first name that no stored review has.
fn free_name(folder: &Path, extension: &str) -> String {
    let name = |number: usize| format!("{REVIEWS_FOLDER}/{number:04}.{extension}");
    let mut number = 1;
    while folder.join(name(number)).exists() {
        number += 1;
    }
    name(number)
}

/// Writes the result with the decisions of the first reader, and both readings beside each other.
fn write_reviewed(
    (folder, out): (&Path, &Path),
    result: &ReviewedResult,
) -> Result<(Counted, Option<SecondReading>)> {
    let reading = result.state.reading(&result.reading, ReaderRole::First)?;
    write_nuclei_csv(out.join("nuclei.csv"), &reading.name, &reading.fields)?;
    let crops = gallery::read(folder, &reading.fields)?;
    let second = result.state.second_reading(&result.reading, &reading)?;
    let record = review_record((&result.reading, &reading), (&result.trail, &result.state), second.as_ref());
    let outcome = result.ledger.outcome.clone().map(|Outcome { status, fields, .. }| {
        let outcome = Outcome::of(&reading, status, fields);
        ReviewedOutcome::of(&record, &result.ledger, outcome, second.clone())
    });
    let extras = report_extras(&result.ledger).with_review(record);
    write_reports(out, &reading, (&result.digest, &crops), (&result.ledger, extras))?;
    if let Some(second) = &second {
        write_json_results(&out.join("second_reading.json"), second)?;
    }
    if let Some(outcome) = outcome {
        outcome.write(out)?;
    }
    Ok((Counted::of(&reading), second))
}
