//! Copies of the gene as no normal nucleus shows them, or none of the patient's sex.

use super::AlarmParams;
use super::pairs::calls;
use crate::analyse::reading::FieldReading;
use crate::assay::{Assay, Sex};
use crate::colour::Colour;

/// What to say where most nuclei show at least twice as many intact loci as a normal one: colours that leak into each
/// other pair up every signal.
pub(super) fn too_many(fields: &[FieldReading], assay: &Assay, params: &AlarmParams) -> Option<String> {
    let twice = 2 * assay.normal.fused.female;
    let counted: Vec<usize> = calls(fields).filter(|c| c.evaluable()).map(|c| c.pattern.fused).collect();
    let many = counted.iter().filter(|fused| **fused >= twice).count();
    (counted.len() >= params.probe_nuclei_min && 2 * many > counted.len()).then(|| {
        format!(
            "{many} of {} nuclei show {twice} or more fused pairs: either nearly all cells are polyploid or the gene is \
             amplified, or the colours leak into each other (as in colour JPEG and screen shots) and every signal is \
             seen in both channels; read the channels as acquired",
            counted.len()
        )
    })
}

/// What to say where most nuclei show the copies of the other sex.
pub(super) fn other_sex(
    fields: &[FieldReading],
    assay: &Assay,
    sex: Option<Sex>,
    params: &AlarmParams,
) -> Option<String> {
    let sex = sex.filter(|_| assay.normal.fused.female == 2 && assay.normal.fused.male == 1)?;
    let copies: Vec<[usize; 2]> = calls(fields)
        .filter(|call| call.evaluable())
        .map(|call| Colour::BOTH.map(|colour| call.pattern.signals(colour)))
        .collect();
    told(&copies, sex, params)
}

/// The same, given the signals of red and of green in each nucleus.
fn told(copies: &[[usize; 2]], sex: Sex, params: &AlarmParams) -> Option<String> {
    let one = copies.iter().filter(|signals| signals.iter().all(|n| *n <= 1)).count();
    let two = copies.iter().filter(|signals| signals.iter().all(|n| *n >= 2)).count();
    let (given, shown, count, many) = match sex {
        Sex::Male => {
            ("male", "two copies or more", two, two as f64 > params.copies_male_max * copies.len() as f64)
        }
        Sex::Female => {
            ("female", "one copy", one, one as f64 > params.copies_female_max * copies.len() as f64)
        }
    };
    (copies.len() >= params.probe_nuclei_min && many).then(|| {
        format!(
            "the sex was given as {given}, but {count} of {} nuclei show {shown}: check it, or the cells have gained or lost a \
             copy; what is normal depends on it",
            copies.len()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copies_of_the_other_sex_are_told_and_a_few_are_not() {
        let say = |one: usize, two: usize, sex| {
            let mut copies = vec![[1, 1]; one];
            copies.extend(vec![[2, 2]; two]);
            told(&copies, sex, &AlarmParams::default())
        };
        assert!(
            say(5, 95, Sex::Male)
                .unwrap()
                .contains("given as male, but 95 of 100 nuclei show two copies or more")
        );
        assert!(
            say(95, 5, Sex::Female).unwrap().contains("given as female, but 95 of 100 nuclei show one copy")
        );
        // Dividing cells of a man; nuclei of a woman that lost a copy to the knife.
        assert_eq!(say(60, 40, Sex::Male), None);
        assert_eq!(say(70, 30, Sex::Female), None);
        assert_eq!(say(0, 9, Sex::Male), None, "too few nuclei");
    }
}
