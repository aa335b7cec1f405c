//! Two fields that show one place: an image given twice, a place acquired twice, or tiles that overlap.

use serde::{Deserialize, Serialize};

use crate::quality::about::About;
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::view::SpecimenView;

/// Two fields that show one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RepeatedField {
    /// The two fields.
    pub fields: [String; 2],
    /// Nuclei that both show.
    pub nuclei: usize,
    /// Displacement of the second field, rows and columns, px.
    pub moved_px: [f64; 2],
}

pub(crate) const CHECK: Check = Check {
    code: "repeated_field",
    meaning: "Two fields show one place. Each of its nuclei is counted once.",
    effect: "informs",
    limits: &[],
    sound: 0,
};

impl Figures for RepeatedField {
    fn message(&self, _: &About) -> String {
        let ([a, b], [y, x]) = (&self.fields, self.moved_px);
        format!(
            "Fields {a} and {b} show one place ({} nuclei; the second is moved by {y:.0} px in rows and {x:.0} px in columns). \
             Each nucleus is counted once.",
            self.nuclei
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        None
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<RepeatedField>> {
    let finding = |repeated: &crate::quality::view::RepeatedFields| {
        Raised::new(RepeatedField {
            fields: repeated.fields.clone(),
            nuclei: repeated.nuclei,
            moved_px: repeated.moved_px,
        })
    };
    view.facts.repeated.iter().map(finding).collect()
}
