//! The promise of `rust-version` in Cargo.toml: nothing the crate is built from needs a newer compiler.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Output of a command of the toolchain.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Major, minor and patch number; a part that is missing is 0.
fn version(text: &str) -> [u64; 3] {
    let release = text.split(['-', '+']).next().unwrap_or_default();
    let mut parts = release.split('.').map(|part| part.parse().unwrap());
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

#[test]
fn no_dependency_needs_a_newer_compiler_than_ours() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let host = output(Command::new(rustc).arg("-vV"));
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = output(Command::new(env!("CARGO")).current_dir(env!("CARGO_MANIFEST_DIR")).args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--filter-platform",
        host,
    ]));
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package))
        .collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["id"].as_str().unwrap(), node))
        .collect();

    // All that is linked or run when the library is built: normal and build dependencies, not ours for tests.
    let root = metadata["resolve"]["root"].as_str().unwrap();
    let mut needed = BTreeSet::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if !needed.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                open.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    assert!(needed.len() > 20, "only {} packages", needed.len());

    let ours = packages[root]["rust_version"].as_str().unwrap();
    let newer: Vec<String> = needed
        .iter()
        .filter_map(|id| {
            let package = packages[id];
            let theirs = package["rust_version"].as_str()?;
            let newer = version(theirs) > version(ours);
            newer.then(|| format!("{} {} needs {theirs}", package["name"], package["version"]))
        })
        .collect();
    assert!(newer.is_empty(), "rust-version is {ours}, but {}", newer.join(", "));
}

#[test]
fn versions_are_compared_by_number() {
    assert!(version("1.89") == version("1.89.0"));
    assert!(version("1.100.0") > version("1.89.1"));
    assert!(version("1.90.0-nightly") > version("1.89"));
}
