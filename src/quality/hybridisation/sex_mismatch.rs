//! Copies of an X-linked gene that do not fit the patient's sex.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use crate::assay::Sex;
use crate::colour::Colour;

const MAX_MALE: Limit = Limit::new(
    "share of a male patient's nuclei with two or more signals of both colours",
    0.6,
    "chosen for this crate: dividing cells show two",
);
const MAX_FEMALE: Limit = Limit::new(
    "share of a female patient's nuclei with at most one signal of each colour",
    0.8,
    "chosen for this crate: a section cuts one copy off many nuclei",
);

/// Copies of an X-linked gene that do not fit the patient's sex.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SexMismatch {
    /// The patient's sex as supplied.
    pub sex: Sex,
    /// Evaluable nuclei with the copies of the other sex.
    pub unlike: usize,
    /// Evaluable nuclei.
    pub nuclei: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "sex_mismatch",
    meaning: "Most nuclei show the copies of an X-linked gene that the other sex has. The normal pattern depends on the sex.",
    effect: "informs",
    limits: &[MIN_NUCLEI, MAX_MALE, MAX_FEMALE],
    sound: 0,
};

impl Figures for SexMismatch {
    fn message(&self, _: &About) -> String {
        let (sex, shown) = match self.sex {
            Sex::Male => ("male", "two copies or more"),
            Sex::Female => ("female", "one copy"),
        };
        format!("The patient is {sex}, but {} show {shown}.", part_of(self.unlike, self.nuclei, "nuclei"))
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Check the patient's sex. If it is right, the cells gained or lost a copy.".to_owned())
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<SexMismatch>> {
    let normal = &view.assay.normal.fused;
    let Some(sex) = view.sex.filter(|_| normal.female == 2 && normal.male == 1) else { return Vec::new() };
    let copies: Vec<[usize; 2]> =
        view.evaluable().map(|call| Colour::BOTH.map(|colour| call.pattern.signals(colour))).collect();
    judge(&copies, sex).map(Raised::new).into_iter().collect()
}

/// The finding on nuclei with so many red and green signals.
fn judge(copies: &[[usize; 2]], sex: Sex) -> Option<SexMismatch> {
    let (unlike, limit) = match sex {
        Sex::Male => (copies.iter().filter(|signals| signals.iter().all(|n| *n >= 2)).count(), MAX_MALE),
        Sex::Female => (copies.iter().filter(|signals| signals.iter().all(|n| *n <= 1)).count(), MAX_FEMALE),
    };
    let is_many = unlike as f64 > limit.value * copies.len() as f64;
    (copies.len() >= MIN_NUCLEI.count() && is_many).then_some(SexMismatch {
        sex,
        unlike,
        nuclei: copies.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copies_of_the_other_sex_are_found_and_a_few_are_not() {
        let unlike = |one: usize, two: usize, sex| {
            let mut copies = vec![[1, 1]; one];
            copies.extend(vec![[2, 2]; two]);
            judge(&copies, sex).map(|found| (found.unlike, found.nuclei))
        };
        assert_eq!(unlike(5, 95, Sex::Male), Some((95, 100)));
        assert_eq!(unlike(95, 5, Sex::Female), Some((95, 100)));
        // Dividing cells of a man; nuclei of a woman of which the section cut one copy off.
        assert_eq!(unlike(60, 40, Sex::Male), None);
        assert_eq!(unlike(70, 30, Sex::Female), None);
        assert_eq!(unlike(0, 9, Sex::Male), None, "too few nuclei");
    }
}
