//! Reviews of results: which are refused, what they give, and the audit trail.

mod signed_page;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use breakapart::Assay;
use breakapart::analyse::SpecimenReading;
use breakapart::run::{
    AUDIT_JSONL, AuditLine, Ledger, Plan, ReaderRole, Review, ReviewOptions, Reviewed, Run, RunOptions,
    RunParameters, RunSettings, check_reviews, review,
};
use breakapart::simulate::{Conditions, write_specimen};
use breakapart::{Location, Result};
use tempfile::TempDir;

/// Nuclei of a large slide.
const NUCLEI: u32 = 30_000;

const HEADER: &str = "specimen,field,nucleus_id,change,pattern,reason,reader,time,seconds,assay,reading";

/// A scored specimen. It is copied before anything is changed.
static SCORED: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 900;
    write_specimen(folder.path().join("in/P1"), &conditions, 4, 2).unwrap();
    score(folder.path());
    folder
});

fn score(folder: &Path) {
    let settings = RunSettings::new(Some(Assay::builtin("alk").unwrap()));
    let plan = Plan::from_inputs(&[folder.join("in")], &settings).unwrap();
    let parameters = RunParameters::new(settings.params.clone());
    let mut options = RunOptions::default();
    options.redo = true;
    Run::prepare(plan, parameters, &folder.join("results"), options).unwrap().score(&()).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            let _bytes = fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of the result.
struct Copy {
    _folder: TempDir,
    path: PathBuf,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("P1");
        copy(&SCORED.path().join("results/P1"), &path);
        Self { _folder: folder, path }
    }

    /// Digest of the reading, as the page gives it to a review.
    fn digest(&self) -> String {
        let page = fs::read_to_string(self.path.join("report.html")).unwrap();
        let (_, rest) = page.split_once("\"reading\":\"").unwrap();
        rest[..64].to_owned()
    }

    /// Nuclei by whether they are counted and rearranged: field and number, in the order of the table.
    fn nuclei(&self, counted: bool, rearranged: bool) -> Vec<(String, String)> {
        let mut table = csv::Reader::from_path(self.path.join("nuclei.csv")).unwrap();
        let rows: Vec<csv::StringRecord> = table.records().map(|row| row.unwrap()).collect();
        rows.iter()
            .filter(|row| (&row[5], &row[12]) == (&*counted.to_string(), &*rearranged.to_string()))
            .map(|row| (row[0].to_owned(), row[1].to_owned()))
            .collect()
    }

    fn review(&self, reader: &str, decisions: &[(&(String, String), &str, &str)]) -> Review {
        let digest = self.digest();
        let rows: Vec<String> = decisions
            .iter()
            .map(|((field, id), change, pattern)| {
                format!(
                    "P1,{field},{id},{change},{pattern},seen,{reader},2026-01-31T09:30:00Z,2,alk,{digest}\n"
                )
            })
            .collect();
        parsed(&rows.concat()).unwrap()
    }

    fn apply(&self, of: &Review) -> Result<Reviewed> {
        review(&self.path, of, ReviewOptions::default())
    }

    /// Files with their bytes.
    fn files(&self, below: &str) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.path.join(below))
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    }
}

fn parsed(rows: &str) -> Result<Review> {
    Review::from_csv(&format!("{HEADER}\n{rows}"), &Location::file("review.csv"))
}

#[test]
fn a_review_counts_as_the_reader_did_and_replays_to_the_same_bytes() {
    let result = Copy::new();
    let (rearranged, intact) = (result.nuclei(true, true), result.nuclei(true, false));
    let before = result.files("");
    let first = result.review(
        "Dr. A",
        &[(&rearranged[0], "exclude", ""), (&rearranged[1], "pattern", "2F"), (&intact[0], "accept", "")],
    );
    let reviewed = result.apply(&first).unwrap();
    let counts =
        |r: &Reviewed| [r.before.evaluable, r.before.rearranged, r.after.evaluable, r.after.rearranged];
    let [evaluable, positive, after, positive_after] = counts(&reviewed);
    assert_eq!((evaluable, positive), (rearranged.len() + intact.len(), rearranged.len()));
    assert_eq!((after, positive_after), (evaluable - 1, positive - 2));
    // The reader goes on, and corrects a decision.
    let second =
        result.review("Dr. A", &[(&rearranged[1], "pattern", "1F1R1G"), (&intact[1], "pattern", "1F1R")]);
    let reviewed = result.apply(&second).unwrap();
    assert_eq!(counts(&reviewed), [evaluable - 1, positive - 2, evaluable - 1, positive]);
    assert_eq!(reviewed.reviews, 2);

    // The reading of the program stays as it is.
    assert!(before.iter().all(|file| result.files("").contains(file)));
    let trail = fs::read_to_string(result.path.join(AUDIT_JSONL)).unwrap();
    let lines: Vec<AuditLine> = trail.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((lines[0].reader.as_str(), lines[0].decisions[0].reason.as_str()), ("Dr. A", "seen"));
    assert!(lines[0].previous.is_none() && lines[1].previous.is_some());
    assert!(
        result.files("reviews").iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains("exclude"))
    );

    let again = tempfile::tempdir().unwrap();
    let replayed = check_reviews(&result.path, again.path()).unwrap().unwrap();
    assert_eq!(replayed.after, reviewed.after);
    for (name, bytes) in result.files("reviewed") {
        assert_eq!(fs::read(again.path().join(&name)).unwrap(), bytes, "{name}");
    }
}

#[test]
fn reviews_that_do_not_fit_are_refused() {
    let result = Copy::new();
    let nuclei = result.nuclei(true, true);
    let digest = result.digest();
    let row = |specimen: &str, id: &str, assay: &str, digest: &str| {
        let field = &nuclei[0].0;
        parsed(&format!("{specimen},{field},{id},exclude,,,A,t,1,{assay},{digest}\n")).unwrap()
    };
    let id = &nuclei[0].1;
    for (refused, code) in [
        (row("P2", id, "alk", &digest), "malformed"),
        (row("P1", id, "ros1", &digest), "malformed"),
        (row("P1", id, "alk", &"0".repeat(64)), "malformed"),
        (row("P1", id, "alk", ""), "malformed"),
        (row("P1", "99999", "alk", &digest), "invalid_parameter"),
    ] {
        assert_eq!(result.apply(&refused).unwrap_err().code(), code, "{refused:?}");
    }
    assert!(!result.path.join(AUDIT_JSONL).exists() && !result.path.join("reviewed").exists());

    let good = row("P1", id, "alk", &digest);
    result.apply(&good).unwrap();
    assert_eq!(result.apply(&good).unwrap_err().code(), "undecided");
    // A file of the result was changed.
    fs::write(result.path.join("nuclei.csv"), "field\n").unwrap();
    let other = result.review("A", &[(&nuclei[1], "exclude", "")]);
    assert_eq!(result.apply(&other).unwrap_err().code(), "malformed");
}

#[test]
fn a_pattern_that_no_page_showed_is_not_accepted() {
    let result = Copy::new();
    let rearranged = result.nuclei(true, true);
    let accepted = |pattern: &str| result.review("A", &[(&rearranged[0], "accept", pattern)]);
    assert_eq!(result.apply(&accepted("7F2R")).unwrap_err().code(), "malformed");
    assert_eq!(
        result.apply(&result.review("A", &[(&rearranged[0], "restore", "7F2R")])).unwrap_err().code(),
        "malformed"
    );
    // A pattern that a person entered is shown from then on.
    result.apply(&result.review("A", &[(&rearranged[0], "pattern", "7F2R")])).unwrap();
    result.apply(&accepted("7F2R")).unwrap();
}

#[test]
fn a_changed_trail_is_found() {
    let result = Copy::new();
    let nuclei = result.nuclei(true, true);
    for nucleus in &nuclei[..2] {
        result.apply(&result.review("A", &[(nucleus, "exclude", "")])).unwrap();
    }
    let check = || check_reviews(&result.path, tempfile::tempdir().unwrap().path());
    let path = result.path.join(AUDIT_JSONL);
    let trail = fs::read_to_string(&path).unwrap();
    let (first, second) = trail.split_once('\n').unwrap();
    for changed in [
        trail.replacen("\"A\"", "\"B\"", 1),
        trail.replacen("exclude", "accept", 1),
        second.to_owned(),
        format!("{first}\n{first}\n"),
        format!("{first}\n{}", &second[..second.len() / 2]),
        format!("{second}{first}\n"),
        trail.replace("{\"sequence\":2", "{ \"sequence\":2"),
    ] {
        fs::write(&path, changed).unwrap();
        assert_eq!(check().unwrap_err().code(), "malformed");
    }
    fs::write(&path, &trail).unwrap();
    assert_eq!(check().unwrap().unwrap().reviews, 2);
    let stored = result.path.join("reviews/0001.csv");
    let text = fs::read_to_string(&stored).unwrap();
    fs::write(&stored, text.replace("exclude", "accept")).unwrap();
    assert_eq!(check().unwrap_err().code(), "malformed");
    fs::remove_file(&stored).unwrap();
    assert_eq!(check().unwrap_err().code(), "malformed");
}

#[test]
fn two_readers_are_compared_and_pooled_and_none_overrules_in_silence() {
    let result = Copy::new();
    let (rearranged, intact) = (result.nuclei(true, true), result.nuclei(true, false));
    let a = result.review("A", &[(&rearranged[0], "pattern", "2F"), (&rearranged[1], "exclude", "")]);
    result.apply(&a).unwrap();
    let b = result.review("B", &[(&rearranged[0], "pattern", "1F1R1G"), (&intact[0], "pattern", "1F1R1G")]);
    assert_eq!(result.apply(&b).unwrap_err().code(), "undecided");

    let second = review(&result.path, &b, ReviewOptions::new(ReaderRole::Second, false)).unwrap();
    let found = second.second_reading.unwrap();
    let (n, x) = (rearranged.len() + intact.len(), rearranged.len());
    assert_eq!([found.first.positive, found.first.total], [x - 2, n - 1]);
    assert_eq!([found.second.positive, found.second.total], [x + 1, n]);
    assert_eq!([found.pooled.positive, found.pooled.total], [2 * x - 1, 2 * n - 1]);
    // Rearranged, not rearranged, not counted: the first reader in rows.
    assert_eq!(found.calls[0], [x - 2, 0, 0]);
    assert_eq!(found.calls[1], [2, intact.len() - 1, 0]);
    assert_eq!(found.calls[2][..2], [1, 0]);
    // The second reading does not change the first one.
    assert_eq!(second.reviews, 2);
    let page = fs::read_to_string(result.path.join("reviewed/second_reading.json")).unwrap();
    assert!(page.contains("\"pooled\""));

    let c = result.review("C", &[(&rearranged[0], "pattern", "1F1R1G")]);
    assert_eq!(result.apply(&c).unwrap_err().code(), "undecided");
    let overruled = review(&result.path, &c, ReviewOptions::new(ReaderRole::First, true)).unwrap();
    assert_eq!(overruled.after.rearranged, overruled.before.rearranged + 1);
    let trail = fs::read_to_string(result.path.join(AUDIT_JSONL)).unwrap();
    assert!(trail.lines().last().unwrap().contains("\"overrules\":true"));
}

#[test]
fn reclassified_objects_of_qupath_are_a_review() {
    let result = Copy::new();
    let nuclei = result.nuclei(true, true);
    let (field, id) = &nuclei[0];
    let path = result.path.join(format!("geojson/{field}/nuclei.geojson"));
    let text = fs::read_to_string(&path).unwrap();
    let file = result.path.parent().unwrap().join("qupath.geojson");
    let read = |text: &str| {
        fs::write(&file, text).unwrap();
        Review::read_qupath(&file, &result.path, "A", "2026-01-31T09:30:00Z")
    };
    assert_eq!(read(&text).unwrap_err().code(), "malformed"); // nothing was changed
    let line = text.lines().find(|line| line.contains(&format!("\"name\":\"{id}: "))).unwrap();
    let class = line.split("\"classification\":{\"name\":\"").nth(1).unwrap().split('"').next().unwrap();
    let reclassified = |to: &str| text.replace(line, &line.replace(class, to));
    let changed = read(&reclassified("ALK: not rearranged")).unwrap();
    assert_eq!(changed.entries.len(), 1);
    assert_eq!(changed.entries[0].pattern.as_deref(), Some("2F"));
    let reviewed = result.apply(&changed).unwrap();
    assert_eq!(reviewed.after.rearranged, reviewed.before.rearranged - 1);
    assert_eq!(read(&reclassified("Stroma")).unwrap_err().code(), "malformed");
    assert_eq!(read("{}").unwrap_err().code(), "malformed");
    assert_eq!(
        read(&text.replace(&format!("\"name\":\"{id}: "), "\"name\":\"0: ")).unwrap_err().code(),
        "malformed"
    );
    let twice = text.replace(
        line,
        &format!("{line}\n{}", if line.ends_with(',') { line.to_owned() } else { format!(",{line}") }),
    );
    assert!(read(&twice).is_err());
}

#[test]
fn a_specimen_that_is_scored_again_keeps_its_reviews() {
    let folder = tempfile::tempdir().unwrap();
    copy(SCORED.path(), folder.path());
    let result = Copy { path: folder.path().join("results/P1"), _folder: folder };
    let nuclei = result.nuclei(true, true);
    result.apply(&result.review("A", &[(&nuclei[0], "exclude", "")])).unwrap();
    let trail = fs::read(result.path.join(AUDIT_JSONL)).unwrap();
    score(result.path.parent().unwrap().parent().unwrap());
    assert_eq!(fs::read(result.path.join(AUDIT_JSONL)).unwrap(), trail);
    // The nuclei are the same: the review still fits.
    assert!(
        result.path.join("reviews/0001.csv").exists() && result.path.join("reviewed/report.json").exists()
    );
    let next = result.apply(&result.review("A", &[(&nuclei[1], "exclude", "")])).unwrap();
    assert_eq!(next.reviews, 2);
    assert!(Ledger::read(&result.path).unwrap().is_some());
}

#[test]
fn a_host_applies_a_review_in_memory_and_thirty_thousand_decisions_in_seconds() {
    let text = fs::read(SCORED.path().join("results/P1/reading.json.gz")).unwrap();
    let mut reading: SpecimenReading =
        serde_json::from_reader(flate2::read::GzDecoder::new(&text[..])).unwrap();
    let nuclei = reading.fields[0].nuclei.clone();
    reading.fields[0].nuclei = (1..=NUCLEI)
        .zip(nuclei.iter().cycle())
        .map(|(id, nucleus)| {
            let mut own = nucleus.clone();
            (own.nucleus.id, own.call.nucleus_id) = (id, id);
            own
        })
        .collect();
    reading.summary = reading.decide().unwrap();
    let field = &reading.fields[0].name;
    let rows: Vec<String> = (1..=NUCLEI)
        .map(|id| format!("P1,{field},{id},pattern,2F,,A,2026-01-31T09:30:00Z,2,alk,\n"))
        .collect();
    let started = std::time::Instant::now();
    let of = parsed(&rows.concat()).unwrap();
    let reviewed = reading.edit(&of.edits(&reading).unwrap()).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    assert!(reviewed.fields[0].calls().all(|call| call.pattern.fused == 2 && !call.rearranged));
    // Some 1 s without optimisation; each against each takes minutes.
    assert!(seconds < 30.0, "{seconds} s");

    let with = |from: &str, to: &str| parsed(&rows[0].replace(from, to)).unwrap().edits(&reading);
    assert!(with("", "").is_ok());
    for (from, to) in [("P1,", "P2,"), (",alk,", ",ros1,"), (",alk,", ",alk,0123")] {
        assert_eq!(with(from, to).unwrap_err().code(), "malformed", "{to}");
    }
}
