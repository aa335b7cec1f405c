//! Twice as many intact loci as a normal nucleus in most nuclei: polyploidy, amplification, or colours that run into each
//! other.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

const MAX_SHARE: Limit = Limit::new(
    "share of the evaluable nuclei with twice the normal number of fused pairs",
    0.5,
    "chosen for this crate",
);

/// Twice as many intact loci as normal in most nuclei.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyNumber {
    /// Nuclei with at least `fused` fused pairs.
    pub many: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
    /// Twice the normal number of fused pairs.
    pub fused: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "copy_number",
    meaning: "Most nuclei show at least twice the normal number of fused pairs: nearly all cells are polyploid, the gene is \
              amplified, or the colours run into each other (colour JPEG, screen shots).",
    effect: "informs",
    limits: &[MIN_NUCLEI, MAX_SHARE],
    sound: 0,
};

impl Figures for CopyNumber {
    fn message(&self, _: &About) -> String {
        format!(
            "{} show {} or more fused pairs: polyploidy, amplification, or colours that run into each other.",
            part_of(self.many, self.nuclei, "nuclei"),
            self.fused
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Read the channels as acquired, not a colour JPEG or a screen shot.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<CopyNumber>> {
    let fused = 2 * view.assay.normal.fused.female;
    let nuclei = view.evaluable().count();
    let many = view.evaluable().filter(|call| call.pattern.fused >= fused).count();
    let is_found = nuclei >= MIN_NUCLEI.count() && many as f64 > MAX_SHARE.value * nuclei as f64;
    let finding = || Raised::new(CopyNumber { many, nuclei, fused });
    is_found.then(finding).into_iter().collect()
}
