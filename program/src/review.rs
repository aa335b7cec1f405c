//! Applies corrections of persons to results, and checks their audit trails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use breakapart::run::{
    LEDGER_JSON, ReaderRole, Review, ReviewOptions, Reviewed, SecondReading, check_reviews, renew_tables,
    review,
};
use clap::Parser;

use crate::USAGE;
use crate::messages::{tell, tell_error};

/// Applies a review: corrections that a person made in report.html or in QuPath.
///
/// The reading of the program stays as it is. The review is stored as it came, the result with it is written to
/// `SPECIMEN/reviewed`, and a line is added to `SPECIMEN/audit.jsonl`: who, when, why, and the result before and after. The tables
/// and the page of the run show the reviewed result from then on. Exit status:
/// 0 done; 1 the review or a result does not fit, the reason is named and nothing is changed; 2 wrong usage.
#[derive(Parser)]
pub struct Arguments {
    /// Folder of results, or of one specimen in it
    #[arg(value_name = "RESULTS")]
    results: PathBuf,
    /// A review.csv, or objects that QuPath exported (.geojson)
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    review: Vec<PathBuf>,
    /// Assay, if the specimen was read by several
    #[arg(long, value_name = "NAME")]
    assay: Option<String>,
    /// The review is a second reading: it is compared with the first one and pooled
    #[arg(long)]
    second: bool,
    /// Let the review overrule what another reader decided; the audit trail keeps both
    #[arg(long, conflicts_with = "second")]
    overrule: bool,
    /// Who reviewed in QuPath
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    /// When QuPath's objects were reviewed [default: when the file was written]
    #[arg(long, value_name = "YYYY-MM-DDThh:mm:ssZ")]
    time: Option<String>,
    /// Specimen of QuPath's objects, if RESULTS holds several
    #[arg(long, value_name = "NAME")]
    specimen: Option<String>,
    /// Check all audit trails: each is replayed, and must give the bytes of `reviewed`
    #[arg(long, conflicts_with_all = ["review", "second", "overrule"])]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let folders = match folders(&arguments.results) {
        Ok(folders) => folders,
        Err(error) => {
            tell_error(&error);
            return ExitCode::from(USAGE);
        }
    };
    let mut is_good = true;
    let mut note = |done: Result<String>| match done {
        Ok(text) => println!("{text}"),
        Err(error) => {
            tell_error(&error);
            is_good = false;
        }
    };
    if arguments.check {
        let has_reviews = |folder: &&PathBuf| {
            [breakapart::run::AUDIT_JSONL, "reviews", "reviewed"]
                .iter()
                .any(|name| folder.join(name).exists())
        };
        folders.iter().filter(has_reviews).for_each(|folder| note(check(folder)));
    } else {
        arguments.review.iter().for_each(|file| note(apply(file, &folders, arguments)));
        // Also after a failure: other reviews were applied.
        if let Some(Err(error)) = folders.first().and_then(|folder| folder.parent()).map(renew_tables) {
            let text =
                "the reviews are applied, the tables of the run are not: run `review` or `score` again";
            tell_error(&anyhow::Error::new(error).context(text));
            is_good = false;
        }
    }
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The folders of the results: that of one specimen, or those in a folder of results.
fn folders(results: &Path) -> Result<Vec<PathBuf>> {
    let holds_result = |folder: &Path| folder.join(LEDGER_JSON).is_file();
    if holds_result(results) {
        return Ok(vec![results.to_path_buf()]);
    }
    let entries = fs::read_dir(results).with_context(|| results.display().to_string())?;
    let mut folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|folder| holds_result(folder)).collect();
    folders.sort();
    if folders.is_empty() {
        bail!("{}: no results are there; name the folder that `score --out` wrote", results.display());
    }
    Ok(folders)
}

fn apply(file: &Path, folders: &[PathBuf], arguments: &Arguments) -> Result<String> {
    let is_qupath = file
        .extension()
        .is_some_and(|suffix| suffix.eq_ignore_ascii_case("geojson") || suffix.eq_ignore_ascii_case("json"));
    let (read, folder) = if is_qupath {
        let folder = folder_of(folders, arguments.specimen.as_deref(), arguments.assay.as_deref())?;
        let Some(reader) = &arguments.reader else {
            bail!("{}: say who reviewed it: --reader NAME", file.display())
        };
        let time = match &arguments.time {
            Some(time) => time.clone(),
            None => written(file)?,
        };
        (Review::read_qupath(file, folder, reader, &time)?, folder)
    } else {
        let read = Review::read_csv(file)?;
        let assay = arguments.assay.as_deref().or(read.assay.as_deref());
        let folder = folder_of(folders, Some(&read.specimen), assay)?;
        (read, folder)
    };
    let role = if arguments.second { ReaderRole::Second } else { ReaderRole::First };
    let reviewed = review(folder, &read, ReviewOptions::new(role, arguments.overrule));
    let reviewed = reviewed.with_context(|| file.display().to_string())?;
    Ok(told(&reviewed))
}

/// The folder of the result of a specimen by an assay.
fn folder_of<'a>(folders: &'a [PathBuf], specimen: Option<&str>, assay: Option<&str>) -> Result<&'a Path> {
    let fits = |folder: &&PathBuf| {
        let ledger = breakapart::run::Ledger::read(folder).ok().flatten();
        ledger.is_some_and(|ledger| {
            specimen.is_none_or(|name| ledger.specimen == name) && assay.is_none_or(|id| ledger.assay == id)
        })
    };
    let found: Vec<&PathBuf> = folders.iter().filter(fits).collect();
    match found[..] {
        [only] => Ok(only),
        [] => bail!("there is no result of specimen {} here", specimen.unwrap_or("(any)")),
        _ => bail!("{} results fit: name one with --specimen and --assay", found.len()),
    }
}

/// When a file was written.
fn written(file: &Path) -> Result<String> {
    let modified: SystemTime = fs::metadata(file)?.modified()?;
    Ok(humantime::format_rfc3339_seconds(modified).to_string())
}

/// A line about a result with its reviews.
fn told(reviewed: &Reviewed) -> String {
    let count = |counted: &breakapart::run::Counted| {
        let percent = counted.percent.map_or_else(String::new, |percent| format!(" ({percent:.1} %)"));
        format!("{} {} of {}{percent}", counted.verdict, counted.rearranged, counted.evaluable)
    };
    let role = if reviewed.role == ReaderRole::Second { " (second reader)" } else { "" };
    let by = match reviewed.first_readers.as_slice() {
        [] => "as the program counted; no first reader decided".to_owned(),
        readers => format!("by {}", readers.join(", ")),
    };
    let mut text = format!(
        "{} by {}, review {} by {}{role}: {} before, {} after\n  result in force: {}, {by}",
        reviewed.specimen,
        reviewed.assay,
        reviewed.reviews,
        reviewed.reader,
        count(&reviewed.before),
        count(&reviewed.after),
        count(&reviewed.in_force)
    );
    if let Some(second) = &reviewed.second_reading {
        text.push_str(&second_told(second));
    }
    text
}

fn second_told(second: &SecondReading) -> String {
    let (same, all) = second.alike();
    format!("\n  two readers: {same} of {all} nuclei called alike; pooled {}", second.in_words())
}

/// Replays the trail of a result, and compares the bytes.
fn check(folder: &Path) -> Result<String> {
    let again = tempfile::tempdir()?;
    let Some(reviewed) = check_reviews(folder, again.path())? else {
        bail!("{}: reviews are there, and no audit trail", folder.display());
    };
    for entry in fs::read_dir(again.path())? {
        let name = entry?.file_name();
        let [replayed, there] =
            [again.path(), &folder.join("reviewed")].map(|folder| fs::read(folder.join(&name)));
        if replayed? != there.unwrap_or_default() {
            bail!("{}: reviewed/{} is not what the audit trail gives", folder.display(), name.display());
        }
    }
    tell(format_args!("{}: the audit trail gives the bytes of `reviewed`", folder.display()));
    Ok(told(&reviewed))
}
