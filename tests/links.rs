//! Every link of the documentation leads somewhere, and every page of `docs` is in the book.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The documents of a folder, without those of the folders in it.
fn documents(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|suffix| suffix == "md"));
    found.sort();
    found
}

/// The lines of a document outside blocks of code.
fn prose(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push(line);
        }
    }
    lines
}

/// Targets of links and pictures, those to other sites left out.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text) {
        let parts = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        found.extend(parts.map(|(target, _)| target.to_owned()).filter(|target| !target.contains("://")));
    }
    found
}

/// The anchors of the headings of a document, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for heading in prose(text).into_iter().filter(|line| line.starts_with('#')) {
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let numbered = (1..).map(|i| format!("{anchor}-{i}"));
        let free = std::iter::once(anchor.clone()).chain(numbered).find(|name| !found.contains(name));
        found.extend(free);
    }
    found
}

/// What is wrong with a link of a document.
fn fault(document: &Path, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let path = if file.is_empty() { document.to_path_buf() } else { document.parent()?.join(file) };
    if !path.exists() {
        return Some(format!("no {file}"));
    }
    let is_document = path.extension().is_some_and(|suffix| suffix == "md");
    let anchor = anchor.filter(|_| is_document)?;
    let known = anchors(&fs::read_to_string(&path).unwrap());
    (!known.contains(anchor)).then(|| format!("{file} has no heading #{anchor}"))
}

#[test]
fn every_link_leads_somewhere() {
    let (mut faults, mut links) = (Vec::new(), 0);
    for document in ["", "docs", "sample_images", "workflow", "fuzz"].into_iter().flat_map(documents) {
        for target in targets(&fs::read_to_string(&document).unwrap()) {
            links += 1;
            let name = document.strip_prefix(root()).unwrap().display().to_string();
            faults.extend(fault(&document, &target).map(|fault| format!("{name}: {target}: {fault}")));
        }
    }
    assert!(links > 50, "{links} links were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn broken_links_are_found() {
    let limits = root().join("docs/limits.md");
    assert!(fault(&limits, "nowhere.md").is_some());
    assert!(fault(&limits, "findings.md#no_such_finding").is_some());
    assert!(fault(&limits, "#no-such-heading").is_some());
    assert!(fault(&limits, "findings.md").is_none());
    assert_eq!(
        targets("a [b](c.md#d) and ![e](f.png) and [g](https://h)\n```\n[i](j)\n```"),
        ["c.md#d", "f.png"]
    );
    let made = anchors("# The `A` of B, C\n## x\n## x\n");
    assert_eq!(made.into_iter().collect::<Vec<_>>(), ["the-a-of-b-c", "x", "x-1"]);
}

#[test]
fn every_page_is_in_the_book_once() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let mut chapters = targets(&summary);
    chapters.sort();
    let pages =
        documents("docs").into_iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    let pages: Vec<String> = pages.filter(|name| name != "SUMMARY.md").collect();
    assert_eq!(chapters, pages);
}

#[test]
fn the_program_in_the_guide_for_hosts_is_the_example() {
    let guide = fs::read_to_string(root().join("docs/hosts.md")).unwrap();
    let example = fs::read_to_string(root().join("examples/one_field.rs")).unwrap();
    let program = &example[example.find("use std::path").unwrap()..];
    assert!(guide.contains(program), "copy examples/one_field.rs into docs/hosts.md");
}
