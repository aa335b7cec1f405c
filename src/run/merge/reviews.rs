//! The reviews of a result that several folders hold. Nothing that a person entered is lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::atomic::is_part;
use crate::error::{Error, Location, Result};
use crate::run::digest::Digest;
use crate::run::merge::copy_file::copy_file;
use crate::run::names::{AUDIT, REVIEWS_FOLDER};
use crate::run::review::read_trail;

/// A stored file, and the folder of the result that holds it.
struct Stored {
    folder: PathBuf,
    digest: Digest,
}

/// The reviews of one result.
#[derive(Default)]
pub(super) struct Reviews {
    /// The longest audit trail, and the folder of the result that holds it.
    trail: Option<(PathBuf, String)>,
    /// Files of reviews by their place in the folder of the result.
    files: BTreeMap<PathBuf, Stored>,
}

impl Reviews {
    /// Adds the reviews in the folder of a result.
    ///
    /// # Errors
    /// [`Error::Undecided`] if its trail neither continues the known one nor is continued by it, or if files of one name
    /// differ; [`Error::Io`] if a file cannot be read.
    pub(super) fn add(&mut self, folder: &Path) -> Result<()> {
        let text = read_trail(folder)?;
        if !text.is_empty() {
            match &self.trail {
                Some((_, known)) if known.starts_with(&text) => {}
                Some((other, known)) if !text.starts_with(known) => return Err(two_trails(folder, other)),
                _ => self.trail = Some((folder.to_path_buf(), text)),
            }
        }
        for file in files_below(folder, Path::new(REVIEWS_FOLDER))? {
            let digest = Digest::of_file(&folder.join(&file))?;
            match self.files.get(&file) {
                Some(known) if known.digest != digest => return Err(two_files(&file, folder, &known.folder)),
                Some(_) => {}
                None => drop(self.files.insert(file, Stored { folder: folder.to_path_buf(), digest })),
            }
        }
        Ok(())
    }

    /// Copies the reviews into the folder of the result: the stored files first, the trail that names them last.
    pub(super) fn copy_to(&self, folder: &Path) -> Result<()> {
        for (file, stored) in self.files.iter().filter(|(_, stored)| stored.folder != folder) {
            copy_file(&stored.folder.join(file), &folder.join(file))?;
        }
        match &self.trail {
            Some((from, _)) if from != folder => copy_file(&from.join(AUDIT), &folder.join(AUDIT)),
            _ => Ok(()),
        }
    }
}

/// The files in a folder and in those below, by their place from `root`; none if there is no such folder.
fn files_below(root: &Path, below: &Path) -> Result<Vec<PathBuf>> {
    let path = root.join(below);
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|e| Error::io(&path, e))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Error::io(&path, e))?;
        let place = below.join(entry.file_name());
        if entry.path().is_dir() {
            files.extend(files_below(root, &place)?);
        } else if !is_part(&entry.file_name().to_string_lossy()) {
            files.push(place);
        }
    }
    Ok(files)
}

fn two_trails(folder: &Path, other: &Path) -> Error {
    Error::Undecided {
        location: Location::file(folder.join(AUDIT)),
        question: "two folders hold different reviews of one result, and neither continues the other"
            .to_owned(),
        found: format!("the other in {}", other.display()),
        remedy: format!(
            "move `{AUDIT}` and `{REVIEWS_FOLDER}` of one of them aside, merge, and apply its reviews again with `breakapart review`"
        ),
    }
}

fn two_files(file: &Path, folder: &Path, other: &Path) -> Error {
    Error::Undecided {
        location: Location::file(folder.join(file)),
        question: "two folders hold different files of this name beside the reviews of one result".to_owned(),
        found: format!("the other in {}", other.display()),
        remedy: "move one of them aside, and merge again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A result with this trail and these stored reviews.
    fn result(root: &Path, name: &str, trail: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = root.join(name);
        fs::create_dir_all(&folder).unwrap();
        if !trail.is_empty() {
            fs::write(folder.join(AUDIT), trail).unwrap();
        }
        for (file, text) in files {
            let path = folder.join(REVIEWS_FOLDER).join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_longer_trail_stays_and_no_stored_review_is_lost() {
        let root = tempfile::tempdir().unwrap();
        let old =
            result(root.path(), "old", "1\n", &[("0001.csv", "a"), ("superseded_001/report.json", "s")]);
        let new = result(root.path(), "new", "1\n2\n", &[("0001.csv", "a"), ("0002.csv", "b")]);
        let none = result(root.path(), "none", "", &[]);
        for (i, order) in [[&old, &new, &none], [&none, &new, &old]].into_iter().enumerate() {
            let to = root.path().join(format!("to_{i}"));
            let mut reviews = Reviews::default();
            for folder in order {
                reviews.add(folder).unwrap();
            }
            reviews.add(&to).unwrap();
            reviews.copy_to(&to).unwrap();
            assert_eq!(fs::read_to_string(to.join(AUDIT)).unwrap(), "1\n2\n");
            let files = files_below(&to, Path::new(REVIEWS_FOLDER)).unwrap();
            assert_eq!(files.len(), 3, "{files:?}");
        }
        // The whole run may hold the longer one already.
        let mut reviews = Reviews::default();
        reviews.add(&old).unwrap();
        reviews.add(&new).unwrap();
        reviews.copy_to(&new).unwrap();
        assert_eq!(fs::read_to_string(new.join(AUDIT)).unwrap(), "1\n2\n");
        assert!(new.join("reviews/superseded_001/report.json").exists());
    }

    #[test]
    fn reviews_that_differ_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let one = result(root.path(), "one", "1\n2\n", &[("0001.csv", "a"), ("0002.csv", "b")]);
        let other = result(root.path(), "other", "1\n3\n", &[("0001.csv", "a"), ("0002.csv", "c")]);
        // Stored, and not yet in the trail.
        let stopped = result(root.path(), "stopped", "1\n", &[("0001.csv", "a"), ("0002.csv", "d")]);
        for second in [&other, &stopped] {
            let mut reviews = Reviews::default();
            reviews.add(&one).unwrap();
            assert_eq!(reviews.add(second).unwrap_err().code(), "undecided");
        }
    }
}
