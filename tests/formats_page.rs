//! The table in `docs/formats.md`: how each file of the format collection is read, how long that takes, how much memory.
//!
//! The files are not part of the crate: `BREAKAPART_DATA` names their folder; without it the test is skipped. It is the only
//! test of this process, so that the memory is that of one file.
#![cfg(feature = "io")]

mod cost;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use breakapart::io::{ReadOptions, read_field, read_plane};
use breakapart::{Error, Plane};

/// The heading above the table: the page ends with it.
const HEADING: &str = "## Files of other programs\n";
/// Most memory for one file, bytes: the largest has 3 MB.
const MAX_MEMORY_BYTES: u64 = 1 << 28;

/// How a file was read.
struct Row {
    /// Below the folder of the collection.
    file: String,
    /// The way in which it reads, or the code of the error.
    outcome: &'static str,
    /// Size and samples, or the reason.
    detail: String,
    time: Duration,
    /// Memory beyond that before, bytes; `None` where the system does not say.
    memory_bytes: Option<u64>,
}

/// Files below a folder. A Zarr image is a folder of many files, and one entry.
fn images_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let is_zarr = path.extension().is_some_and(|suffix| suffix == "zarr");
        if path.is_dir() && !is_zarr { images_below(&path, found) } else { found.push(path) }
    }
    found.sort();
}

fn samples(plane: &Plane) -> &'static str {
    match plane {
        Plane::U8(_) => "8 bits",
        Plane::U16(_) => "16 bits",
        Plane::F32(_) => "floats",
        other => panic!("samples of {other:?}"),
    }
}

/// Reads a file as its user would: as it is, then with what the error asks for.
fn read(path: &Path) -> (&'static str, String) {
    let plain = ReadOptions::default();
    let mut mapped = plain.clone();
    mapped.channels = "dapi=0,red=1,green=2".parse().ok();
    let of = |plane: &Plane| {
        let (height, width) = plane.dim();
        format!("{width} x {height} px, {}", samples(plane))
    };
    let first = match read_field(path, &plain) {
        Ok(field) => return ("field", of(&field.red)),
        Err(error) => error,
    };
    if let Ok(image) = read_plane(path, None, &plain) {
        return ("plane", of(&image.plane));
    }
    if let Ok(field) = read_field(path, &mapped) {
        return ("field, channels stated", of(&field.red));
    }
    match read_plane(path, Some(0), &plain) {
        Ok(image) => ("plane, channel stated", of(&image.plane)),
        // Of a file that does not open all four errors are the same.
        Err(_) => (first.code(), reason(&first)),
    }
}

/// The error without its place: the row names the file.
fn reason(error: &Error) -> String {
    match error {
        Error::Malformed { problem, .. } => problem.clone(),
        Error::Unsupported { feature, .. } => feature.clone(),
        Error::Undecided { question, found, .. } => format!("{question} (found {found})"),
        Error::Io { cause, .. } => cause.to_string(),
        other => other.to_string(),
    }
}

fn row(folder: &Path, path: &Path) -> Row {
    let is_counted = cost::forget_peak_memory();
    let before = cost::memory_bytes().filter(|_| is_counted);
    let ((outcome, detail), time) = cost::timed(|| read(path));
    let memory_bytes = before.and_then(|before| Some(cost::peak_memory_bytes()?.saturating_sub(before)));
    let file = path.strip_prefix(folder).expect("below the folder").to_string_lossy().into_owned();
    Row { file, outcome, detail, time, memory_bytes }
}

/// The table. The last two columns are measured, and differ from run to run.
fn table(rows: &[Row]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.outcome).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    let mut text = format!("{HEADING}\n{} files: {}.\n\n", rows.len(), counts.join("; "));
    text.push_str("| file | outcome | image, or reason | time, ms | memory, MB |\n|---|---|---|---:|---:|\n");
    for Row { file, outcome, detail, time, memory_bytes } in rows {
        let detail = detail.replace('|', "\\|").replace('\n', " ");
        let ms = time.as_secs_f64() * 1e3;
        let mb = memory_bytes.map_or("-".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6));
        writeln!(text, "| `{file}` | {outcome} | {detail} | {ms:.1} | {mb} |").expect("text");
    }
    text
}

/// A table without its measured columns.
fn without_measured(table: &str) -> Vec<String> {
    let line = |line: &str| match line.strip_prefix('|').and_then(|row| row.rsplitn(4, '|').nth(3)) {
        Some(stable) => stable.to_owned(),
        None => line.to_owned(),
    };
    table.lines().map(line).collect()
}

#[test]
fn the_table_of_files_is_as_they_read() {
    let folder = std::env::var_os("BREAKAPART_DATA").map(|root| Path::new(&root).join("formats"));
    let Some(folder) = folder.filter(|folder| folder.exists()) else {
        println!("skipped: BREAKAPART_DATA does not name a folder with formats");
        return;
    };
    let mut files = Vec::new();
    images_below(&folder, &mut files);
    let rows: Vec<Row> = files.iter().map(|path| row(&folder, path)).collect();
    for row in &rows {
        assert!(row.time < cost::MAX_TIME, "{}: {:?}", row.file, row.time);
        assert!(row.memory_bytes < Some(MAX_MEMORY_BYTES), "{}: {:?} bytes", row.file, row.memory_bytes);
    }

    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let text = fs::read_to_string(&page).expect("the page");
    let (by_hand, written) = text.split_at(text.find(HEADING).unwrap_or(text.len()));
    let made = table(&rows);
    if std::env::var_os("BREAKAPART_REGENERATE").is_some() {
        fs::write(&page, format!("{by_hand}{made}")).expect("written");
    } else {
        let remedy = "run `BREAKAPART_REGENERATE=1 cargo test --test formats_page`";
        assert_eq!(without_measured(written), without_measured(&made), "{remedy}");
    }
}
