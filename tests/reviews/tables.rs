//! The tables of the run: they show the reviewed result.

use std::fs;
use std::path::Path;

use breakapart::run::{ReaderRole, ReviewOptions, renew_tables, review};

use super::{Copy, SCORED, copy};

/// The cells of a column of a table of the run.
fn cells(results: &Path, table: &str, column: &str) -> Vec<String> {
    let mut table = csv::Reader::from_path(results.join(table)).unwrap();
    let place = table.headers().unwrap().iter().position(|name| name == column).unwrap();
    table.records().map(|row| row.unwrap()[place].to_owned()).collect()
}

#[test]
fn the_tables_of_the_run_show_the_reviewed_result() {
    let folder = tempfile::tempdir().unwrap();
    copy(&SCORED.path().join("results"), folder.path());
    let result = Copy { path: folder.path().join("P1"), _folder: folder };
    let results = result.path.parent().unwrap();
    let column = |table, name| cells(results, table, name);
    assert_eq!(column("specimens.csv", "review"), ["not_reviewed"]);
    let program = column("specimens.csv", "rearranged");
    let rearranged = result.nuclei(true, true);
    assert_eq!(program, [rearranged.len().to_string()]);

    result.apply(&result.review("Dr. A", &[(&rearranged[0], "pattern", "2F")])).unwrap();
    let second = result.review("Dr. B", &[(&rearranged[1], "pattern", "2F")]);
    let both = review(&result.path, &second, ReviewOptions::new(ReaderRole::Second, false)).unwrap();
    assert!(renew_tables(results).unwrap());
    let corrected = [(rearranged.len() - 1).to_string()];
    assert_eq!(column("specimens.csv", "rearranged"), program);
    assert_eq!(column("specimens.csv", "reviewed_rearranged"), corrected);
    assert_eq!(column("specimens.csv", "reviewed_by"), ["Dr. A, Dr. B"]);
    assert_eq!(column("lis.csv", "rearranged"), corrected);
    let pooled = both.second_reading.unwrap().pooled;
    assert_eq!(column("lis.csv", "pooled_rearranged"), [pooled.positive.to_string()]);
    let page = fs::read_to_string(results.join("index.html")).unwrap();
    assert!(page.contains("data-review=\"reviewed\"") && page.contains("P1/reviewed/report.html"));
    let flat = fs::read_to_string(results.join("results.json")).unwrap();
    let flat: serde_json::Value = serde_json::from_str(&flat).unwrap();
    assert_eq!(flat[0]["reviewed_rearranged"], rearranged.len() - 1);

    // A result whose reviews were changed shows the result of the program, and says so.
    let outcome = result.path.join("reviewed/outcome.json");
    fs::write(&outcome, fs::read_to_string(&outcome).unwrap().replace("\"reading\": \"", "\"reading\": \"0"))
        .unwrap();
    assert!(renew_tables(results).unwrap());
    assert_eq!(column("lis.csv", "review"), ["does_not_fit"]);
    assert_eq!(column("lis.csv", "rearranged"), program);
    // A folder without a run has no tables.
    assert!(!renew_tables(&result.path).unwrap());
}
