//! The list of checks, its documentation, and the files of the checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use breakapart::quality::{CHECKS, findings_page};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Names of the Rust files of a folder, without their ending.
fn modules(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|suffix| suffix == "rs"));
    let mut names: Vec<String> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_check_has_a_file_of_its_name_and_every_file_is_listed() {
    for group in ["acquisition", "hybridisation", "settings", "files", "verdict"] {
        let mut listed: Vec<&str> =
            CHECKS.iter().filter(|(own, _)| *own == group).map(|(_, check)| check.code).collect();
        listed.sort_unstable();
        assert_eq!(modules(&root().join("src/quality").join(group)), listed, "{group}");
    }
}

#[test]
fn no_two_checks_share_a_code_and_each_is_described() {
    let codes: BTreeSet<&str> = CHECKS.iter().map(|(_, check)| check.code).collect();
    assert_eq!(codes.len(), CHECKS.len());
    for (_, check) in CHECKS {
        assert!(check.meaning.ends_with('.') && !check.effect.is_empty(), "{}", check.code);
        for limit in check.limits {
            assert!(
                limit.value.is_finite() && !limit.source.is_empty(),
                "{}: {}",
                check.code,
                limit.quantity
            );
        }
    }
}

#[test]
fn the_page_of_findings_is_made_from_the_checks() {
    let path = root().join("docs/findings.md");
    if std::env::var_os("BREAKAPART_REGENERATE").is_some() {
        fs::write(&path, findings_page()).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert!(page == findings_page(), "run `BREAKAPART_REGENERATE=1 cargo test --test findings`");
}
