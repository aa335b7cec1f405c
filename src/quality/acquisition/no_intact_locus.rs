//! Nuclei with two copies of which neither is intact: in most nuclei of the specimen, or of one field.
//!
//! A rearrangement leaves one copy intact as a rule. If both are separated in most nuclei, something separated them all,
//! such as a shift between the channels that could not be estimated.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld, part_of};
use crate::quality::check::{Check, FALSE_ALARM, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;
use statrs::distribution::{DiscreteCDF, Hypergeometric};

use crate::classify::NucleusCall;
use crate::colour::Colour;

const MAX_SEPARATED: Limit = Limit::new(
    "share of the nuclei with two signals of both colours that show no fused pair",
    0.5,
    "chosen for this crate: rearrangements of both copies are rare",
);

/// Nuclei with two copies of which neither is intact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoIntactLocus {
    /// Nuclei without a fused pair.
    pub separated: usize,
    /// Nuclei with two or more signals of both colours.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "no_intact_locus",
    meaning: "Most nuclei with two copies show neither intact, in the specimen or in one field. The channels may be shifted \
              or turned against each other, or be those of different fields.",
    effect: "withholds any verdict",
    limits: &[MIN_NUCLEI, MAX_SEPARATED, FALSE_ALARM],
    sound: 0,
};

impl Figures for NoIntactLocus {
    fn message(&self, at: &About) -> String {
        let counts = part_of(self.separated, self.nuclei, "nuclei with two signals of both colours");
        let beyond = if at.scope.field().is_some() { ", far more than in the other fields" } else { "" };
        format!("{counts} show no fused pair{beyond}.")
    }

    fn action(&self, at: &About) -> Option<String> {
        Some(match at.scope.field() {
            Some(_) => "Check the files and channels of the field, or read the specimen without it.".to_owned(),
            None => "Look whether red and green are shifted against each other. Register the channels, or supply the shift."
                .to_owned(),
        })
    }
}

/// Nuclei with two signals or more of both colours, and those of them without a fused pair.
#[derive(Debug, Clone, Copy, Default)]
struct Separated {
    nuclei: usize,
    separated: usize,
}

impl Separated {
    fn count<'a>(calls: impl IntoIterator<Item = &'a NucleusCall>) -> Self {
        let mut count = Self::default();
        for call in calls {
            if call.readable() && Colour::BOTH.iter().all(|colour| call.pattern.signals(*colour) >= 2) {
                count.nuclei += 1;
                count.separated += usize::from(call.pattern.fused == 0);
            }
        }
        count
    }

    fn are_most(self) -> bool {
        self.separated as f64 > MAX_SEPARATED.value * self.nuclei as f64
    }

    fn finding(self) -> Raised<NoIntactLocus> {
        let detail = NoIntactLocus { separated: self.separated, nuclei: self.nuclei };
        Raised::new(detail).withhold(Withheld::AnyVerdict)
    }

    /// Chance of as many separated ones among these of all (Fisher's exact test); `None` if these are all.
    fn chance_among(self, all: Self) -> Option<f64> {
        if all.nuclei <= self.nuclei {
            return None;
        }
        let drawn = Hypergeometric::new(all.nuclei as u64, all.separated as u64, self.nuclei as u64).ok()?;
        Some(drawn.sf((self.separated as u64).saturating_sub(1)))
    }
}

/// In one field alone more nuclei must be separated than elsewhere: rearrangements of both copies are found in all fields.
pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<NoIntactLocus>> {
    if view.assay.expected_fused(view.sex) < 2 {
        return Vec::new();
    }
    let by_field: Vec<(&str, Separated)> =
        view.fields.iter().map(|field| (field.name.as_str(), Separated::count(field.calls()))).collect();
    judge(&by_field)
}

fn judge(fields: &[(&str, Separated)]) -> Vec<Raised<NoIntactLocus>> {
    let all = fields.iter().fold(Separated::default(), |sum, (_, field)| Separated {
        nuclei: sum.nuclei + field.nuclei,
        separated: sum.separated + field.separated,
    });
    if all.nuclei >= MIN_NUCLEI.count() && all.are_most() {
        return vec![all.finding()];
    }
    let level = FALSE_ALARM.value / fields.len().max(1) as f64;
    fields
        .iter()
        .filter(|(_, field)| field.are_most() && field.chance_among(all).is_some_and(|p| p < level))
        .map(|(name, field)| field.finding().in_field(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name of the field, if it is one, and separated nuclei of each finding.
    fn found(counts: &[[usize; 2]]) -> Vec<(Option<String>, usize)> {
        let names = ["a", "b", "c", "d", "e"];
        let fields: Vec<(&str, Separated)> = names
            .into_iter()
            .zip(counts)
            .map(|(n, [separated, nuclei])| (n, Separated { nuclei: *nuclei, separated: *separated }))
            .collect();
        let findings = judge(&fields);
        let figures = findings.iter().map(|f| {
            let found = &f.figures;
            (f.about.scope.field().map(str::to_owned), found.separated)
        });
        figures.collect()
    }

    #[test]
    fn one_field_whose_nuclei_are_separated_is_named_and_separated_ones_everywhere_are_not() {
        assert_eq!(found(&[[0, 49], [36, 39], [1, 49], [0, 49]]), [(Some("b".to_owned()), 36)]);
        assert_eq!(found(&[[0, 8], [8, 8], [0, 8]]).len(), 1, "small fields");
        assert_eq!(found(&[[1, 5], [3, 5], [0, 5]]), [], "may be chance");
        assert_eq!(
            found(&[[20, 49], [18, 49], [26, 50]]),
            [],
            "two in five nuclei have both copies rearranged"
        );
        assert_eq!(found(&[[12, 30]]), []);
        assert_eq!(found(&[[3, 3]]), [], "nothing to compare it with");
        assert_eq!(found(&[[26, 30], [28, 30]]), [(None, 54)]);
    }
}
