//! Names of files and columns, which no specimen and no column of a sheet may have.

use crate::report::SPECIMENS_COLUMNS;

/// Files about the whole folder.
pub(super) const OURS: [&str; 9] = [
    RUN_JSON,
    "specimens.csv",
    "lis.csv",
    "summary.txt",
    "results.json",
    "breakapart_mqc.json",
    "breakapart_levey_jennings_mqc.json",
    "index.html",
    LOCK,
];

/// The record of a run.
pub(super) const RUN_JSON: &str = "run.json";

/// The file whose lock a run holds.
pub(super) const LOCK: &str = ".breakapart.lock";

/// Folder for results that were replaced.
pub(super) const REPLACED: &str = "replaced";

/// Files of a result that are always written, in the order in which they are.
pub(super) const RESULT_FILES: [&str; 6] =
    ["nuclei.csv", "signals.csv", READING_JSON_GZ, REPORT_JSON, REPORT_HTML, OBSERVATION_JSON];

/// The result as an Observation of FHIR.
pub(super) const OBSERVATION_JSON: &str = "observation.json";

/// The verdict on a specimen, its findings and its grounds.
pub(super) const REPORT_JSON: &str = "report.json";

/// The page of a result.
pub(super) const REPORT_HTML: &str = "report.html";

/// The reading of a specimen.
pub(super) const READING_JSON_GZ: &str = "reading.json.gz";

/// Folder of the crops of a result, with a folder for each field.
pub(super) const GALLERY_FOLDER: &str = "gallery";

/// The audit trail of a result.
pub(super) const AUDIT: &str = "audit.jsonl";

/// Folder of the reviews of a result, as they came.
pub(super) const REVIEWS_FOLDER: &str = "reviews";

/// Folder of a result with its reviews.
pub(super) const REVIEWED_FOLDER: &str = "reviewed";

/// Folder of the objects of a result, with a folder for each field.
pub(super) const GEOJSON_FOLDER: &str = "geojson";

/// Whether a name is that of a file or folder of results, so that no specimen can have it.
pub(super) fn is_our_file(name: &str) -> bool {
    OURS.iter().chain(&[REPLACED]).any(|ours| ours.eq_ignore_ascii_case(name))
}

/// Columns of `specimens.csv` after those of a specimen, before those of a sheet.
pub(super) const RUN_COLUMNS: [&str; 10] = [
    "status",
    "in_run",
    "control",
    "note",
    "review",
    "reviewed_by",
    "reviewed_verdict",
    "reviewed_rearranged",
    "reviewed_evaluable",
    "reviewed_percent_rearranged",
];

/// Further keys of `results.json`.
const RESULT_KEYS: [&str; 6] =
    ["error", "findings", "crate_version", "folder", "pooled_rearranged", "pooled_evaluable"];

/// Whether a column of a sheet has the name of one of ours.
pub(super) fn is_our_column(column: &str) -> bool {
    let ours = SPECIMENS_COLUMNS.iter().chain(&RUN_COLUMNS).chain(&RESULT_KEYS);
    ours.into_iter().any(|ours| ours.eq_ignore_ascii_case(column))
}
