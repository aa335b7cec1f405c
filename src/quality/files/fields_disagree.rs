//! Fields whose shares of rearranged nuclei differ by more than chance.

use serde::{Deserialize, Serialize};
use statrs::distribution::{DiscreteCDF, Hypergeometric};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, FALSE_ALARM, Figures, Raised};
use crate::quality::view::SpecimenView;

/// Fields whose shares of rearranged nuclei differ by more than chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldsDisagree {
    /// The field that differs most from the others.
    pub field: String,
    /// Rearranged nuclei of that field.
    pub rearranged: usize,
    /// Evaluable nuclei of that field.
    pub evaluable: usize,
    /// Rearranged nuclei of the other fields.
    pub others_rearranged: usize,
    /// Evaluable nuclei of the other fields.
    pub others_evaluable: usize,
    /// Probability of such a difference, or a greater one, by chance: Fisher's exact test, two-sided, times the number of
    /// fields.
    pub probability: f64,
}

pub(crate) const CHECK: Check = Check {
    code: "fields_disagree",
    meaning: "One field has another share of rearranged nuclei than the other fields, by more than chance (Fisher's exact \
              test, for as many fields as there are). The tumour takes up part of the fields, or fields of two specimens \
              are together.",
    effect: "asks for confirmation",
    limits: &[FALSE_ALARM],
    sound: 0,
};

impl Figures for FieldsDisagree {
    fn message(&self, _: &About) -> String {
        format!(
            "the fields differ by more than chance (p = {:.1e}): {} are rearranged in field {}, {} in the others. The tumour \
             takes up part of the fields, or fields of two specimens are together.",
            self.probability,
            part_of(self.rearranged, self.evaluable, "nuclei"),
            self.field,
            part_of(self.others_rearranged, self.others_evaluable, "nuclei")
        )
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Look whether all fields are of this specimen, and score the tumour area alone.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<FieldsDisagree>> {
    let counts: Vec<(&str, Counts)> = view
        .fields
        .iter()
        .map(|field| {
            let evaluable: Vec<_> = field.calls().filter(|call| call.evaluable()).collect();
            let rearranged = evaluable.iter().filter(|call| call.rearranged).count();
            (field.name.as_str(), Counts { rearranged, evaluable: evaluable.len() })
        })
        .filter(|(_, counts)| counts.evaluable > 0)
        .collect();
    let all = counts.iter().fold(Counts::default(), |sum, (_, counts)| sum.with(*counts));
    let tests = counts.len() as f64;
    let tested = counts.iter().map(|(name, own)| ((by_chance(*own, all) * tests).min(1.0), name, own));
    let Some((probability, field, own)) = tested.min_by(|a, b| a.0.total_cmp(&b.0)) else {
        return Vec::new();
    };
    if probability > FALSE_ALARM.value {
        return Vec::new();
    }
    vec![
        Raised::new(FieldsDisagree {
            field: (*field).to_owned(),
            rearranged: own.rearranged,
            evaluable: own.evaluable,
            others_rearranged: all.rearranged - own.rearranged,
            others_evaluable: all.evaluable - own.evaluable,
            probability,
        })
        .confirm(),
    ]
}

/// Nuclei of a field, or of all fields.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    rearranged: usize,
    evaluable: usize,
}

impl Counts {
    fn with(self, other: Self) -> Self {
        Self { rearranged: self.rearranged + other.rearranged, evaluable: self.evaluable + other.evaluable }
    }
}

/// Probability that a field has a share as far from that of all, on either side, if chance alone spreads the rearranged
/// nuclei: twice the smaller tail of the hypergeometric distribution.
fn by_chance(own: Counts, all: Counts) -> f64 {
    let (population, successes, draws) = (all.evaluable as u64, all.rearranged as u64, own.evaluable as u64);
    let Ok(chance) = Hypergeometric::new(population, successes, draws) else { return 1.0 };
    let seen = own.rearranged as u64;
    let at_most = chance.cdf(seen);
    let at_least = if seen == 0 { 1.0 } else { chance.sf(seen - 1) };
    (2.0 * at_most.min(at_least)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probability(own: [usize; 2], others: [usize; 2]) -> f64 {
        let counts = |[rearranged, evaluable]: [usize; 2]| Counts { rearranged, evaluable };
        by_chance(counts(own), counts(own).with(counts(others)))
    }

    // Twice the smaller tail of scipy.stats.hypergeom (SciPy 1.17).
    #[test]
    fn the_probability_is_that_of_another_program() {
        assert!((probability([30, 51], [1, 44]) / 1.032_995_396_8e-9 - 1.0).abs() < 1e-6);
        assert!((probability([5, 50], [10, 100]) - 1.0).abs() < 1e-9);
        let [low, high] = [probability([0, 40], [9, 60]), probability([9, 60], [0, 40])];
        assert!((low - high).abs() < 1e-12 && (low - 0.015_542_945).abs() < 1e-8, "{low} {high}");
    }
}
