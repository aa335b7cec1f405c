//! Rules of the source tree that the compiler does not know. Each rule is a function that is also tried on
//! text that breaks it.

use std::fs;
use std::path::{Path, PathBuf};

mod circles;

/// A module may use those before it, never one after it. `classify` stands before `pair` because pairing hands
/// on its counts as the pattern that classification reads.
const ORDER: [&str; 38] = [
    "error",
    "atomic",
    "limited",
    "rows",
    "words",
    "units",
    "range",
    "setting",
    "share",
    "colour",
    "field",
    "spot",
    "slide",
    "region",
    "workspace",
    "kernel",
    "label_image",
    "statistics",
    "stack",
    "assay",
    "io",
    "segment",
    "detect",
    "calibrate",
    "resolve",
    "classify",
    "pair",
    "iscn",
    "decide",
    "agreement",
    "reading",
    "quality",
    "summarise",
    "analyse",
    "report",
    "run",
    "dossier",
    "simulate",
];

/// Most lines of a source file, tests included.
const MAX_LINES: usize = 400;

/// Module names that say nothing.
const EMPTY_NAMES: [&str; 8] = ["utils", "util", "common", "helpers", "helper", "types", "misc", "mod"];

/// What may end a program that reads data, and the keyword that is forbidden altogether.
const FORBIDDEN: [&str; 7] =
    [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!(", "unsafe "];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files of a folder of the project.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|suffix| suffix == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.sort();
    files
}

/// The numbered lines of a file that are compiled into the library: no comments, no tests.
fn library_lines(text: &str) -> Vec<(usize, &str)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = Vec::new();
    let mut test_item: Option<(usize, bool)> = None;
    for (i, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if let Some((at, entered)) = test_item {
            let opening = !entered && !trimmed.starts_with("#[");
            let closes =
                indent(line) == at && (trimmed.starts_with('}') || (opening && trimmed.ends_with(';')));
            let one_line = opening && trimmed.ends_with('}') && trimmed.contains('{');
            test_item = if closes || one_line { None } else { Some((at, entered || opening)) };
            continue;
        }
        if trimmed.starts_with("#[cfg(test)]") {
            test_item = Some((indent(line), false));
        } else if !trimmed.starts_with("//") && !trimmed.is_empty() {
            lines.push((i + 1, line));
        }
    }
    lines
}

/// Modules named in `crate::name` and `crate::{name, other}`.
fn modules_used(line: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut used = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (i, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && !c.is_whitespace() => {
                        used.push(word(&group[i..]));
                        start = false;
                    }
                    _ => {}
                }
                if depth < 0 {
                    break;
                }
            }
        } else {
            used.push(word(rest));
        }
    }
    used.retain(|name| name.starts_with(|c: char| c.is_lowercase()));
    used
}

/// What a file of `module` uses that it must not.
fn upward_arrows(module: &str, text: &str) -> Vec<String> {
    let place = |name: &str| ORDER.iter().position(|other| *other == name);
    let mut found = Vec::new();
    for (number, line) in library_lines(text) {
        for used in modules_used(line) {
            match (place(&used), place(module)) {
                (None, _) => found.push(format!("line {number}: `{used}` has no place in the order")),
                (Some(a), Some(b)) if a > b => found.push(format!("line {number}: `{module}` uses `{used}`")),
                _ => {}
            }
        }
    }
    found
}

fn forbidden_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in library_lines(text) {
        for word in FORBIDDEN.iter().filter(|word| line.contains(**word)) {
            found.push(format!("line {number}: `{}`", word.trim()));
        }
    }
    found
}

/// Files below `src` that hold nothing but tests: `#[cfg(test)] mod name;` in the file above them.
fn is_test_module(path: &Path) -> bool {
    let (Some(stem), Some(folder)) = (path.file_stem().and_then(|s| s.to_str()), path.parent()) else {
        return false;
    };
    let declared = |text: &str| {
        // Kernels that benches include by their path name the path of their tests as well.
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.starts_with("#[path")).collect();
        lines.windows(2).any(|pair| pair[0] == "#[cfg(test)]" && pair[1] == format!("mod {stem};"))
    };
    fs::read_to_string(folder.with_extension("rs")).is_ok_and(|text| declared(&text))
}

/// The files of the library but for those of tests: each path below `src` without its suffix, and its text.
fn read_library() -> Vec<(String, String)> {
    let files = rust_files("src");
    assert!(files.len() > 20, "the source tree was not found");
    let source = root().join("src");
    let library = files.iter().filter(|path| !is_test_module(path));
    library
        .map(|path| {
            let name = path.strip_prefix(&source).unwrap().with_extension("");
            (name.to_str().unwrap().replace('\\', "/"), fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Applies a rule to every library file and fails with all that it finds.
fn check_library(rule: impl Fn(&str, &str) -> Vec<String>) {
    let mut found = Vec::new();
    for (name, text) in read_library() {
        let first = name.split('/').next().unwrap();
        found.extend(rule(first, &text).into_iter().map(|f| format!("{name}: {f}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn modules_use_only_modules_before_them() {
    check_library(|module, text| if module == "lib" { Vec::new() } else { upward_arrows(module, text) });
}

#[test]
fn every_module_has_its_place() {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    assert!(declared.len() > 5);
    for module in declared {
        assert!(ORDER.contains(&module), "`{module}` has no place in the order");
    }
}

#[test]
fn the_library_holds_nothing_that_ends_the_program() {
    check_library(|_, text| forbidden_words(text));
}

#[test]
fn files_are_short_and_their_names_say_something() {
    let files: Vec<_> = ["src", "examples", "tests", "benches", "program", "tools"]
        .into_iter()
        .flat_map(rust_files)
        .collect();
    for path in files {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
        let stem = path.file_stem().unwrap().to_str().unwrap();
        // A module that examples or tests share must be a `mod.rs`, or Cargo takes it for a program of its own.
        let shared = stem == "mod" && !path.starts_with(root().join("src"));
        assert!(shared || !EMPTY_NAMES.contains(&stem), "{}", path.display());
    }
}

#[test]
fn the_rules_find_what_they_are_for() {
    let code = "use crate::report::Overlay;\nuse crate::{field::{Colour, Field}, analyse, Error};\n\
                // use crate::simulate;\nfn f() -> crate::Result<()> { crate::wizard::cast(); g().unwrap() }\n";
    let arrows = upward_arrows("pair", code);
    assert_eq!(
        arrows,
        [
            "line 1: `pair` uses `report`",
            "line 2: `pair` uses `analyse`",
            "line 4: `wizard` has no place in the order"
        ]
    );
    assert_eq!(upward_arrows("simulate", "use crate::report::overlay;").len(), 0);
    assert_eq!(forbidden_words(code), ["line 4: `.unwrap()`"]);
}

#[test]
fn tests_within_the_library_may_do_as_they_like() {
    let code = "fn a() {}\n#[cfg(test)]\n#[allow(dead_code)]\nmod tests {\n    fn b() {\n        c().unwrap();\n    }\n}\n\
                #[cfg(test)]\nuse crate::report;\n#[cfg(test)]\nmod example;\nfn d() { panic!(\"no\") }\n";
    assert_eq!(forbidden_words(code), ["line 13: `panic!(`"]);
    assert_eq!(upward_arrows("error", code).len(), 0);
}
