//! Light in both probe channels at one place that is no pair of signals.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::colour::Colour;
use crate::resolve::Rejection;
use crate::resolve::rejection::is_as_high_as_signals;
use crate::statistics::median;

const MAX_NUCLEI: Limit = Limit::new(
    "share of the nuclei with such light as high as signals",
    0.1,
    "chosen for this crate: less does not carry a specimen over a cutoff, however it is read",
);

/// Light in both probe channels at one place that is no pair of signals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CoincidentLight {
    /// Nuclei with such light.
    pub with_light: usize,
    /// All nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "coincident_light",
    meaning: "Many nuclei hold light as high as signals at one place in both probe channels, broader than a fused pair. It is \
              not counted: it may be debris, or a cluster of an amplified gene.",
    effect: "informs",
    limits: &[MAX_NUCLEI],
    sound: 0,
};

impl Figures for CoincidentLight {
    fn message(&self, _: &About) -> String {
        format!(
            "{} hold light as high as signals at one place in both probe channels, broader than a fused pair. It is not \
             counted.",
            part_of(self.with_light, self.nuclei, "nuclei")
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look at these nuclei: debris, or clusters of an amplified gene.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<CoincidentLight>> {
    let usual = Colour::BOTH.map(|colour| {
        let signals = view.fields.iter().flat_map(|f| &f.signals);
        let mut heights: Vec<f64> =
            signals.filter(|s| s.colour == colour && s.nucleus_id > 0).map(|s| s.amplitude).collect();
        (!heights.is_empty()).then(|| median(&mut heights))
    });
    let mut found = BTreeSet::new();
    for (field, reading) in view.fields.iter().enumerate() {
        for candidate in reading.rejected.iter().filter(|c| c.reason == Rejection::InBothChannels) {
            if usual[candidate.colour.index()].is_some_and(|u| is_as_high_as_signals(candidate.amplitude, u))
            {
                found.insert((field, candidate.nucleus_id));
            }
        }
    }
    let (nuclei, with_light) = (view.nuclei(), found.len());
    let is_many = nuclei > 0 && with_light as f64 > MAX_NUCLEI.value * nuclei as f64;
    let finding = || Raised::new(CoincidentLight { with_light, nuclei });
    is_many.then(finding).into_iter().collect()
}
