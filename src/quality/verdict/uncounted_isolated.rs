//! Isolated or extra signals that the assay leaves open, or tallies apart.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Raised};

use crate::assay::IsolatedMeaning;
use crate::classify::NucleusClass;
use crate::quality::question::Question;

/// Isolated or extra signals that the assay leaves open, or tallies apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UncountedIsolated {
    /// The class of these nuclei.
    pub class: NucleusClass,
    /// Its meaning by the assay.
    pub meaning: IsolatedMeaning,
    /// Evaluable nuclei of the class.
    pub count: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "uncounted_isolated",
    meaning: "Nuclei show isolated or extra signals that the assay leaves open or tallies apart. They are not counted as \
              rearranged.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for UncountedIsolated {
    fn message(&self, _: &About) -> String {
        let meaning = match self.meaning {
            IsolatedMeaning::Equivocal => "the assay leaves their meaning open",
            _ => "the assay tallies them apart",
        };
        format!(
            "{} are {}: {meaning}, and they are not counted as rearranged.",
            part_of(self.count, self.nuclei, "evaluable nuclei"),
            self.class.name()
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(question: &Question<'_>) -> Vec<Raised<UncountedIsolated>> {
    let mut found: Vec<UncountedIsolated> = Vec::new();
    let nuclei = question.evaluable.calls.len();
    let mut classes: Vec<NucleusClass> = question.evaluable.calls.iter().map(|call| call.class).collect();
    classes.sort_unstable();
    for same in classes.chunk_by(|a, b| a == b) {
        let (class, count) = (same[0], same.len());
        if let Some(meaning @ (IsolatedMeaning::Equivocal | IsolatedMeaning::SeparateTally)) =
            class.isolated_meaning(question.assay())
        {
            found.push(UncountedIsolated { class, meaning, count, nuclei });
        }
    }
    found.into_iter().map(Raised::new).collect()
}
