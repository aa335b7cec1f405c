//! A review as a person saved it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::analyse::{Change, Edit};
use crate::classify::SignalPattern;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;
use crate::run::digest::Digest;
use crate::words::words;

/// Columns of `review.csv`. The last five may be missing; a file without the digest `reading` fits no result. `rows` is the number of
/// decisions, so that a file that was cut off is found; `review_seconds` is the time spent on all nuclei, decided or not.
pub const REVIEW_COLUMNS: [&str; 13] = [
    "specimen",
    "field",
    "nucleus_id",
    "change",
    "pattern",
    "reason",
    "reader",
    "time",
    "seconds",
    "assay",
    "reading",
    "rows",
    "review_seconds",
];

/// Largest review, bytes: it has about 200 bytes for each nucleus.
const MAX_BYTES: u64 = 1 << 26;

/// Longest text of a cell, characters.
const MAX_CHARACTERS: usize = 500;

/// A decision on a nucleus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReviewChange {
    /// It is called as the person would call it.
    Accept,
    /// It has another pattern.
    Pattern,
    /// It is not counted.
    Exclude,
    /// It is counted with the signals that were read, although it was left out.
    Restore,
}

words!(ReviewChange, "change of a review", {
    Accept => "accept",
    Pattern => "pattern",
    Exclude => "exclude",
    Restore => "restore",
});

/// A decision of a person on a nucleus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReviewEntry {
    /// The field.
    pub field: String,
    /// The nucleus.
    pub nucleus_id: u32,
    /// The decision.
    pub change: ReviewChange,
    /// The pattern that is counted, in laboratory notation; `None` if the nucleus is not counted, or is counted as the program read
    /// it.
    pub pattern: Option<String>,
    /// Why; may be empty.
    pub reason: String,
    /// When, as the person's program wrote it.
    pub time: String,
}

impl ReviewEntry {
    /// Whether it leaves a nucleus that is not counted as it is.
    pub(super) fn leaves_uncounted(&self) -> bool {
        self.change == ReviewChange::Accept && self.pattern.is_none()
    }

    /// The correction that it is; `None` if a nucleus that is not counted is accepted so.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the pattern is not readable.
    pub(super) fn edit(&self, is_counted: bool) -> Result<Option<Edit>> {
        let change = match (self.change, &self.pattern) {
            (ReviewChange::Exclude, _) => Change::Exclude,
            // A person who looked leaves no doubt: an accepted nucleus is counted as it was shown.
            (_, Some(pattern)) => Change::Pattern(pattern.parse::<SignalPattern>()?),
            (ReviewChange::Accept, _) if !is_counted => return Ok(None),
            _ => Change::Restore,
        };
        Ok(Some(Edit { field: self.field.clone(), nucleus_id: self.nucleus_id, change }))
    }
}

/// A review of one specimen by one person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Review {
    /// The specimen.
    pub specimen: String,
    /// The assay; `None` if the file does not say.
    pub assay: Option<String>,
    /// The person.
    pub reader: String,
    /// Digest of the reading that the person saw; `None` if the file does not say.
    pub reading: Option<String>,
    /// The decisions, in the order of the file.
    pub entries: Vec<ReviewEntry>,
    /// The file as it came.
    pub(super) text: String,
    /// How the file's name ends.
    pub(super) extension: &'static str,
}

/// A row of `review.csv`.
#[derive(Debug, Deserialize)]
struct Row {
    specimen: String,
    field: String,
    nucleus_id: u32,
    change: String,
    pattern: String,
    reason: String,
    reader: String,
    time: String,
    #[serde(default)]
    assay: Option<String>,
    #[serde(default)]
    reading: Option<String>,
    #[serde(default)]
    rows: Option<usize>,
}

impl Review {
    /// Reads `review.csv`.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read; [`Error::Malformed`] naming the line if it is no review: a column or a cell is missing, the
    /// file ends within a line, it is of several persons or specimens, or it decides on one nucleus twice.
    pub fn read_csv(path: &Path) -> Result<Self> {
        let text = read_text(path, MAX_BYTES)?;
        Self::from_csv(&text, &Location::file(path))
    }

    /// A review from the text of `review.csv`.
    ///
    /// ```
    /// use breakapart::Location;
    /// use breakapart::run::{Review, ReviewChange};
    /// let text = "specimen,field,nucleus_id,change,pattern,reason,reader,time\n\
    ///             P1,field_000,7,pattern,1F1R1G,,Dr. A,2026-01-31T09:30:00Z\n";
    /// let review = Review::from_csv(text, &Location::file("review.csv"))?;
    /// assert_eq!(review.entries[0].change, ReviewChange::Pattern);
    /// assert!(Review::from_csv(text.trim_end(), &Location::file("review.csv")).is_err()); // was cut off
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Review::read_csv`].
    pub fn from_csv(text: &str, location: &Location) -> Result<Self> {
        let fault = |line: u64, problem: String| malformed(location, line, problem);
        let rows = rows(text, location)?;
        let Some((_, first)) = rows.first() else {
            return Err(fault(2, "the review has no decision".to_owned()));
        };
        let mut review = Self {
            specimen: first.specimen.clone(),
            assay: first.assay.clone().filter(|assay| !assay.is_empty()),
            reader: first.reader.trim().to_owned(),
            reading: first.reading.clone().filter(|digest| !digest.is_empty()),
            entries: Vec::with_capacity(rows.len()),
            text: text.to_owned(),
            extension: "csv",
        };
        let first_rows = first.rows;
        let of_all =
            (first.specimen.clone(), first.reader.clone(), first.assay.clone(), first.reading.clone());
        let mut decided = BTreeSet::new();
        for (line, row) in rows {
            if (&row.specimen, &row.reader, &row.assay, &row.reading)
                != (&of_all.0, &of_all.1, &of_all.2, &of_all.3)
            {
                let problem = "another specimen, reader, assay or reading than the line before: a review is of one person and specimen";
                return Err(fault(line, problem.to_owned()));
            }
            let entry = ReviewEntry::of(row).map_err(|problem| fault(line, problem))?;
            if !decided.insert((entry.field.clone(), entry.nucleus_id)) {
                let problem = format!("nucleus {} of {} is decided twice", entry.nucleus_id, entry.field);
                return Err(fault(line, problem));
            }
            review.entries.push(entry);
        }
        if let Some(stated) = first_rows.filter(|stated| *stated != review.entries.len()) {
            let problem =
                format!("{} decisions of {stated}: the file was cut off or changed", review.entries.len());
            return Err(fault(review.entries.len() as u64 + 1, problem));
        }
        if review.reader.is_empty() {
            return Err(fault(2, "`reader` is empty: a review is signed".to_owned()));
        }
        Ok(review)
    }

    /// The digest of the file.
    pub(super) fn digest(&self) -> Digest {
        Digest::of_bytes(self.text.as_bytes())
    }
}

/// The rows of `review.csv`, each with its line.
fn rows(text: &str, location: &Location) -> Result<Vec<(u64, Row)>> {
    let fault = |line: u64, problem: String| malformed(location, line, problem);
    if !text.ends_with('\n') {
        return Err(fault(
            text.lines().count() as u64,
            "the file ends within a line: save the review again".to_owned(),
        ));
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows: Vec<(u64, Row)> = Vec::new();
    let headers = reader.headers().map_err(|e| fault(1, e.to_string()))?.clone();
    if let Some(missing) = REVIEW_COLUMNS[..8].iter().find(|column| !headers.iter().any(|h| h == **column)) {
        return Err(fault(
            1,
            format!("the column `{missing}` is missing; a review has {}", REVIEW_COLUMNS.join(",")),
        ));
    }
    for record in reader.records() {
        let record = record.map_err(|e| fault(e.position().map_or(0, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.deserialize(Some(&headers)).map_err(|e| fault(line, e.to_string()))?));
    }
    Ok(rows)
}

fn malformed(location: &Location, line: u64, problem: String) -> Error {
    Error::malformed(location.clone(), format!("line {line}: {problem}"))
}

impl ReviewEntry {
    /// The decision of a row, or the problem with it.
    fn of(row: Row) -> std::result::Result<Self, String> {
        let change: ReviewChange = row.change.parse().map_err(|e: Error| e.to_string())?;
        let pattern = (!row.pattern.is_empty()).then_some(row.pattern);
        match (&pattern, change) {
            (None, ReviewChange::Pattern) => return Err("`pattern` is empty".to_owned()),
            (Some(text), _) => drop(text.parse::<SignalPattern>().map_err(|e| e.to_string())?),
            (None, _) => {}
        }
        if row.time.trim().is_empty() {
            return Err("`time` is empty: a review says when".to_owned());
        }
        if [&row.reason, &row.reader, &row.time].iter().any(|text| text.chars().count() > MAX_CHARACTERS) {
            return Err(format!("a text of more than {MAX_CHARACTERS} characters"));
        }
        let pattern = pattern.filter(|_| change != ReviewChange::Exclude);
        let Row { field, nucleus_id, reason, time, .. } = row;
        Ok(Self { field, nucleus_id, change, pattern, reason, time })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "specimen,field,nucleus_id,change,pattern,reason,reader,time,seconds,assay,reading";

    fn read(rows: &str) -> Result<Review> {
        Review::from_csv(&format!("{HEADER}\n{rows}"), &Location::file("review.csv"))
    }

    #[test]
    fn a_review_that_lost_rows_is_refused() {
        let text = |rows: usize| {
            format!(
                "{HEADER},rows\nP1,f,1,accept,2F,,A,t,3,alk,d,{rows}\nP1,f,2,exclude,,x,A,t,3,alk,d,{rows}\n"
            )
        };
        let read = |rows| Review::from_csv(&text(rows), &Location::file("review.csv"));
        assert_eq!(read(2).unwrap().entries[0].pattern.as_deref(), Some("2F"));
        assert_eq!(read(3).unwrap_err().code(), "malformed");
    }

    #[test]
    fn a_review_is_of_one_person_and_decides_once_on_a_nucleus() {
        let review = read("P1,f,1,accept,,,A,t,3,alk,d\nP1,f,2,exclude,,overlapping,A,t,3,alk,d\n").unwrap();
        assert_eq!(review.entries.len(), 2);
        assert_eq!(review.entries[1].reason, "overlapping");
        for refused in [
            "",
            "P1,f,1,accept,,,A,t,3,alk,d\nP1,f,1,exclude,,,A,t,3,alk,d\n",
            "P1,f,1,accept,,,A,t,3,alk,d\nP1,f,2,accept,,,B,t,3,alk,d\n",
            "P1,f,1,accept,,,A,t,3,alk,d\nP2,f,2,accept,,,A,t,3,alk,d\n",
            "P1,f,1,accept,,,A,t,3,alk,d\nP1,f,2,accept,,,A,t,3,alk,e\n",
            "P1,f,1,reject,,,A,t,3,alk,d\n",
            "P1,f,1,pattern,,,A,t,3,alk,d\n",
            "P1,f,1,pattern,1X,,A,t,3,alk,d\n",
            "P1,f,1,accept,,,,t,3,alk,d\n",
            "P1,f,1,accept,,,A,,3,alk,d\n",
            "P1,f,-1,accept,,,A,t,3,alk,d\n",
            "P1,f,1,accept,,,A,t,3,alk\n",
            "P1,f,1,accept,,,A,t,3,alk,d",
        ] {
            assert_eq!(read(refused).unwrap_err().code(), "malformed", "{refused}");
        }
    }
}
