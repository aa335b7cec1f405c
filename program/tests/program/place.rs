//! A folder to run the program in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use breakapart::simulate::{Conditions, write_specimen};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with `in/good` (two small fields) to run the program in.
pub(crate) struct Place {
    folder: TempDir,
}

/// Whether the assay is of no interest to the test.
fn needs_assay(arguments: &[&str]) -> bool {
    !["--assay", "--sheet", "--again", "--check"].iter().any(|option| arguments.contains(option))
}

/// What a run of the program left.
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.specimen("in/good", 1);
        place
    }

    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    pub(crate) fn specimen(&self, inside: &str, seed: u64) {
        self.simulated(inside, "easy_positive", seed, 256);
    }

    /// A small normal specimen of one field.
    pub(crate) fn normal(&self, inside: &str, seed: u64) {
        let mut conditions = Conditions::named("easy_negative").unwrap();
        conditions.size_px = 512;
        write_specimen(self.path(inside), &conditions, seed, 1).unwrap();
    }

    pub(crate) fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap()
    }

    /// A specimen of a condition of the simulator, in fields of this size.
    pub(crate) fn simulated(&self, inside: &str, condition: &str, seed: u64, size_px: usize) {
        let mut conditions = Conditions::named(condition).unwrap();
        conditions.size_px = size_px;
        write_specimen(self.path(inside), &conditions, seed, 2).unwrap();
    }

    pub(crate) fn write(&self, inside: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Runs the program in the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_as_told(
            &[arguments, &["--assay", "alk"][..if needs_assay(arguments) { 2 } else { 0 }]].concat(),
        )
    }

    /// As [`Place::run`], with an assay only if it is among the arguments.
    pub(crate) fn run_as_told(&self, arguments: &[&str]) -> Outcome {
        self.program(&[&["score"], arguments].concat())
    }

    /// Runs a subcommand in the folder.
    pub(crate) fn program(&self, arguments: &[&str]) -> Outcome {
        let mut program = Command::new(env!("CARGO_BIN_EXE_breakapart"));
        let output = program.current_dir(self.folder.path()).args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Outcome {
            status: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Runs the program in the folder; the reader of its stderr is gone. Returns the exit status.
    pub(crate) fn run_unread(&self, arguments: &[&str]) -> i32 {
        let mut program = Command::new(env!("CARGO_BIN_EXE_breakapart"));
        program.current_dir(self.folder.path()).arg("score").args(arguments).args(["--assay", "alk"]);
        let mut child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        child.wait().unwrap().code().unwrap()
    }

    /// Runs the program with wrong usage: it must say so in one message and write nothing.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let before = self.files("");
        let outcome = self.run(arguments);
        assert_eq!(outcome.status, 2, "{arguments:?}: {}", outcome.stderr);
        assert_eq!(self.files(""), before, "{arguments:?} wrote something");
        assert!(outcome.stdout.is_empty());
        outcome.stderr
    }

    pub(crate) fn json(&self, inside: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(inside)).unwrap()).unwrap()
    }

    /// All files and their bytes.
    pub(crate) fn files(&self, inside: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        fn collect(folder: &Path, root: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    collect(&path, root, files);
                } else {
                    let bytes = fs::read(&path).unwrap_or_default();
                    files.insert(path.strip_prefix(root).unwrap().to_path_buf(), bytes);
                }
            }
        }
        let root = self.path(inside);
        let mut files = BTreeMap::new();
        collect(&root, &root, &mut files);
        files
    }

    /// Checks the records of `out/run.json`: specimen or input, status, and a part of the error.
    pub(crate) fn assert_records(&self, expected: &[(&str, &str, &str)]) {
        let run = self.json("out/run.json");
        let records = run["inputs"].as_array().unwrap();
        assert_eq!(records.len(), expected.len(), "{records:?}");
        for (record, (name, status, error)) in records.iter().zip(expected) {
            let shown = record["specimen"].as_str().or(record["input"].as_str()).unwrap();
            assert!(shown.ends_with(name), "{shown}");
            assert_eq!(record["status"], *status, "{record}");
            assert!(record.to_string().contains(error), "{record}");
        }
    }
}
