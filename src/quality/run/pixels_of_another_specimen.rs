//! Pixels that another specimen of the run has too.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, Figures, Raised};
use crate::quality::run_facts::RunFacts;

/// Pixels that another specimen of the run has too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PixelsOfAnotherSpecimen {
    /// Name of the other specimen.
    pub other: String,
    /// Fields of this specimen of which it has a plane.
    pub fields: Vec<String>,
    /// The fields of the other specimen, in the same order.
    pub other_fields: Vec<String>,
}

pub(crate) const CHECK: Check = Check {
    code: "pixels_of_another_specimen",
    meaning: "A plane of the specimen is a plane of another specimen of the run, pixel by pixel. At least one of the two \
              has images of another patient.",
    effect: "withholds any verdict",
    limits: &[],
    sound: 0,
};

impl Figures for PixelsOfAnotherSpecimen {
    fn message(&self, _: &About) -> String {
        let Self { other, fields, other_fields } = self;
        let (first, other_first) = (fields.first(), other_fields.first());
        let [first, other_first] = [first, other_first].map(|name| name.map_or("", String::as_str));
        let more = match fields.len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        format!(
            "specimen {other} has the pixels of field {first}{more} (its field {other_first}). One of the two has images \
             of another specimen."
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Find out which specimen the images belong to, and score both again.".to_owned())
    }
}

pub(super) fn check(facts: &RunFacts) -> Vec<Raised<PixelsOfAnotherSpecimen>> {
    let shared = &facts.shared_planes;
    let others: BTreeSet<&String> = shared.iter().map(|plane| &plane.other_specimen).collect();
    let of_other = |other: &String| {
        let mut fields: Vec<(&String, &String)> = shared
            .iter()
            .filter(|plane| plane.other_specimen == *other)
            .map(|plane| (&plane.field, &plane.other_field))
            .collect();
        fields.sort();
        fields.dedup_by_key(|(field, _)| *field);
        let (fields, other_fields) = fields.into_iter().map(|(a, b)| (a.clone(), b.clone())).unzip();
        let finding = PixelsOfAnotherSpecimen { other: other.clone(), fields, other_fields };
        Raised::new(finding).withhold(Withheld::AnyVerdict)
    };
    others.into_iter().map(of_other).collect()
}
