//! Files in the specimen's folder that look like fields and were not read.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

/// Most names in a message.
const MOST_NAMED: usize = 3;

/// Files in the specimen's folder that look like fields and were not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FilesSkipped {
    /// Their names.
    pub files: Vec<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "files_skipped",
    meaning: "The specimen's folder holds files that look like fields and are not read: a format of a microscope, or a \
              picture beside the data. The result is without them.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for FilesSkipped {
    fn message(&self, _: &About) -> String {
        let mut named = self.files.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        if self.files.len() > MOST_NAMED {
            named.push_str(", ...");
        }
        match self.files.len() {
            1 => format!("1 file of the specimen's folder was not read ({named}). The result is without it."),
            n => format!(
                "{n} files of the specimen's folder were not read ({named}). The result is without them."
            ),
        }
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Export fields as OME-TIFF. Move files that are no fields out of the folder.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<FilesSkipped>> {
    let files = view.facts.run.skipped_files.clone();
    if files.is_empty() { Vec::new() } else { vec![Raised::new(FilesSkipped { files })] }
}
