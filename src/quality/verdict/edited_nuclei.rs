//! Nuclei whose call a person changed.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::question::Question;

/// Nuclei whose call a person changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EditedNuclei {
    /// Nuclei whose call a person changed.
    pub edited: usize,
    /// All nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "edited_nuclei",
    meaning: "A person changed the call of nuclei. The counts and the verdict are those after the changes.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for EditedNuclei {
    fn message(&self, _: &About) -> String {
        format!("A person changed the call of {} of {} nuclei.", self.edited, self.nuclei)
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Raised<EditedNuclei>> {
    let (edited, nuclei) = (question.calls.iter().filter(|call| call.edited).count(), question.calls.len());
    if edited == 0 {
        return Vec::new();
    }
    vec![Raised::new(EditedNuclei { edited, nuclei })]
}
