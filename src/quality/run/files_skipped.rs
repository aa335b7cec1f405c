//! Files in the specimen's folder that are not read, or are no fields.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::run_facts::RunFacts;

/// Most names in a message.
const MOST_NAMED: usize = 3;

/// Files in the specimen's folder that are not read, or are no fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FilesSkipped {
    /// Names of files in formats that are not read.
    pub files: Vec<String>,
    /// Names of pictures beside raw data.
    pub pictures: Vec<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "files_skipped",
    meaning: "The specimen's folder holds files in formats of microscope makers, which are not read: the result is incomplete. \
              Or it holds pictures beside raw data, such as an overview, which are no fields.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl FilesSkipped {
    /// Some files with their first names.
    fn counted(files: &[String]) -> String {
        let named = files.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = if files.len() > MOST_NAMED { ", ..." } else { "" };
        let noun = if files.len() == 1 { "file" } else { "files" };
        format!("{} {noun} ({named}{more})", files.len())
    }
}

impl Figures for FilesSkipped {
    fn message(&self, _: &About) -> String {
        let mut sentences = Vec::new();
        if !self.files.is_empty() {
            sentences.push(format!(
                "In formats that are not read: {}. The result is incomplete.",
                Self::counted(&self.files)
            ));
        }
        if !self.pictures.is_empty() {
            sentences.push(format!(
                "Pictures beside raw data, taken for no fields: {}.",
                Self::counted(&self.pictures)
            ));
        }
        sentences.join(" ")
    }

    fn action(&self, _: &About) -> Option<String> {
        (!self.files.is_empty())
            .then(|| "Export them as OME-TIFF, or move them out of the folder.".to_owned())
    }
}

pub(super) fn check(facts: &RunFacts) -> Vec<Raised<FilesSkipped>> {
    let (files, pictures) = (facts.skipped_files.clone(), facts.pictures.clone());
    if files.is_empty() && pictures.is_empty() {
        Vec::new()
    } else {
        vec![Raised::new(FilesSkipped { files, pictures })]
    }
}
