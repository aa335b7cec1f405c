//! The audit trail of a result: a line for each review.
//!
//! Lines are only added. Each holds the digest of the one before, and of the review as it was stored: a line or a file that was
//! changed later is found.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::analyse::SpecimenReading;
use crate::atomic::write_bytes;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::run::digest::Digest;
use crate::run::names::{AUDIT, REVIEWS_FOLDER};
use crate::run::review::document::{Review, ReviewEntry};
use crate::run::review::state::{ReaderRole, State};
use crate::summarise::Verdict;

/// Name of the trail, in the folder of a result.
pub const AUDIT_JSONL: &str = AUDIT;

/// Largest trail, bytes.
const MAX_BYTES: u64 = 1 << 28;

/// The result at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Counted {
    /// The verdict.
    pub verdict: Verdict,
    /// Nuclei counted.
    pub evaluable: usize,
    /// Nuclei rearranged among those.
    pub rearranged: usize,
    /// The percentage, to six decimals; `None` if nothing is counted.
    pub percent: Option<f64>,
    /// Codes of the findings, in the order of the report.
    pub findings: Vec<String>,
}

impl Counted {
    pub(super) fn of(reading: &SpecimenReading) -> Self {
        let summary = &reading.summary;
        Self {
            verdict: summary.verdict,
            evaluable: summary.evaluable,
            rearranged: summary.rearranged,
            percent: summary.percent_rearranged.map(|percent| (1e6 * percent).round() / 1e6),
            findings: summary.findings.iter().map(|finding| finding.code().to_owned()).collect(),
        }
    }

    /// Whether the nuclei are counted alike. The verdict also depends on the run.
    fn has_counts_of(&self, other: &Self) -> bool {
        (self.evaluable, self.rearranged) == (other.evaluable, other.rearranged)
    }
}

/// A line of the trail: one review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AuditLine {
    /// Number of the line, from 1.
    pub sequence: usize,
    /// Digest of the line before; `None` for the first one.
    pub previous: Option<Digest>,
    /// Version of the crate that applied the review.
    pub crate_version: String,
    /// The specimen.
    pub specimen: String,
    /// The assay.
    pub assay: String,
    /// Digest of the nuclei, signals and calls that were reviewed.
    pub reading: Digest,
    /// The person.
    pub reader: String,
    /// The role of the person.
    pub role: ReaderRole,
    /// Whether decisions of another reader were overruled.
    pub overrules: bool,
    /// The review as it came, in the folder of the result.
    pub file: String,
    /// Its digest.
    pub file_digest: Digest,
    /// The decisions.
    pub decisions: Vec<ReviewEntry>,
    /// The result before, in the role of the reader.
    pub before: Counted,
    /// The result with the review.
    pub after: Counted,
}

impl AuditLine {
    /// The line with its end.
    pub(super) fn text(&self) -> Result<String> {
        let json = serde_json::to_string(self)
            .map_err(|e| Error::malformed(Location::default(), format!("cannot be written as JSON: {e}")))?;
        Ok(json + "\n")
    }
}

/// The text of the trail in the folder of a result; empty if there is none.
///
/// # Errors
/// [`Error::Io`] if it cannot be read.
pub(in crate::run) fn read_trail(folder: &Path) -> Result<String> {
    match read_text(&folder.join(AUDIT_JSONL), MAX_BYTES) {
        Err(Error::Io { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

/// The trail of a result.
#[derive(Debug)]
pub(super) struct Trail {
    path: PathBuf,
    text: String,
    pub(super) lines: Vec<AuditLine>,
}

impl Trail {
    /// Reads the trail in the folder of a result, and checks it line by line.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the line if it was changed, if a review that it names was changed, or if it does not lead to
    /// the counts that it states.
    pub(super) fn read(folder: &Path, reading: &SpecimenReading, digest: &Digest) -> Result<(Self, State)> {
        let text = read_trail(folder)?;
        let mut trail = Self { path: folder.join(AUDIT_JSONL), text: String::new(), lines: Vec::new() };
        let mut state = State::default();
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let checked = trail.check(folder, line, (reading, digest), &mut state);
            let checked = checked.map_err(|problem| trail.fault(number, &problem))?;
            trail.lines.push(checked);
            trail.text.push_str(line);
        }
        trail.refuse_unnamed(folder)?;
        Ok((trail, state))
    }

    /// Refuses stored reviews that no line names: the trail was shortened, or a review was not applied to its end.
    fn refuse_unnamed(&self, folder: &Path) -> Result<()> {
        let entries = fs::read_dir(folder.join(REVIEWS_FOLDER)).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
        let is_named = |path: &PathBuf| self.lines.iter().any(|line| folder.join(&line.file) == *path);
        match files.iter().find(|path| !is_named(path)) {
            None => Ok(()),
            Some(path) => {
                let problem = "the audit trail does not name this review: lines of the trail are missing, or the program was stopped. \
                               Put it aside, and apply it again";
                Err(Error::malformed(Location::file(path), problem))
            }
        }
    }

    fn fault(&self, number: usize, problem: &str) -> Error {
        Error::malformed(Location::file(&self.path), format!("line {number}: {problem}"))
    }

    /// The next line, if it belongs there; otherwise the problem.
    fn check(
        &self,
        folder: &Path,
        text: &str,
        (reading, digest): (&SpecimenReading, &Digest),
        state: &mut State,
    ) -> std::result::Result<AuditLine, String> {
        let line: AuditLine = serde_json::from_str(text).map_err(|e| format!("no line of a trail: {e}"))?;
        if line.text().ok().as_deref() != Some(text)
            || line.sequence != self.lines.len() + 1
            || line.previous != self.last()
        {
            return Err("the trail was changed here or before".to_owned());
        }
        if line.reading != *digest {
            return Err("the specimen was scored again since: its nuclei are others. Put `audit.jsonl` and `reviews` aside, and \
                        review it anew"
                .to_owned());
        }
        let stored = Digest::of_file(&folder.join(&line.file)).map_err(|e| e.to_string())?;
        if stored != line.file_digest {
            return Err(format!("{} was changed since it was stored", line.file));
        }
        let location = Location::file(&line.file);
        if Path::new(&line.file).extension().is_some_and(|suffix| suffix == "csv") {
            let stored = Review::read_csv(&folder.join(&line.file)).map_err(|e| e.to_string())?;
            if (&stored.reader, &stored.entries) != (&line.reader, &line.decisions) {
                return Err(format!("it is not what {} says", line.file));
            }
        }
        state
            .add(&line.decisions, (&line.reader, line.role), line.overrules, &location)
            .map_err(|e| e.to_string())?;
        let after = Counted::of(&state.reading(reading, line.role).map_err(|e| e.to_string())?);
        if after.has_counts_of(&line.after) {
            return Ok(line);
        }
        Err(format!(
            "it leads to {} of {} nuclei, and states {} of {}",
            after.rearranged, after.evaluable, line.after.rearranged, line.after.evaluable
        ))
    }

    /// The digest of the last line.
    pub(super) fn last(&self) -> Option<Digest> {
        let last = self.text.split_inclusive('\n').next_back()?;
        Some(Digest::of_bytes(last.as_bytes()))
    }

    /// Adds a line. The file holds the old lines or all of them, never a part of one.
    pub(super) fn add(&mut self, line: AuditLine) -> Result<()> {
        let text = self.text.clone() + &line.text()?;
        write_bytes(&self.path, text.as_bytes())?;
        self.text = text;
        self.lines.push(line);
        Ok(())
    }
}
