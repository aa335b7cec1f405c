//! The text of a nucleus: its pattern, its number, and why it is not counted.

use crate::classify::{Exclusion, NucleusCall};

/// Mark behind the pattern of a doubtful nucleus.
pub(super) const DOUBTFUL: char = '?';

/// A short word for a reason not to count a nucleus.
pub(super) fn short_word(exclusion: Exclusion) -> &'static str {
    match exclusion {
        Exclusion::TouchesBorder => "edge",
        Exclusion::TooSmall => "small",
        Exclusion::TooLarge => "large",
        Exclusion::Repeated => "twice",
        Exclusion::Overlapping => "overlap",
        Exclusion::NotANucleus => "shape",
        Exclusion::NoSignal => "empty",
        Exclusion::OneColourOnly => "1 colour",
        Exclusion::TooFewSignals => "few",
        Exclusion::IncompletePattern => "part",
        Exclusion::TooManySignals => "many",
        Exclusion::OutOfFocus => "focus",
        Exclusion::WeakProbe => "weak",
        Exclusion::Debris => "debris",
        Exclusion::Saturated => "clipped",
        Exclusion::GreyZone => "grey",
        Exclusion::ByReader => "reader",
        Exclusion::OutsideRegion => "outside",
    }
}

/// The lines of a nucleus: its pattern, and its number with the reason if it is not counted.
pub(super) fn lines_of(call: &NucleusCall) -> [String; 2] {
    let mark = if call.doubtful { DOUBTFUL.to_string() } else { String::new() };
    let reason = call.exclusion.map_or_else(String::new, |exclusion| format!(" {}", short_word(exclusion)));
    [format!("{}{mark}", call.pattern), format!("#{}{reason}", call.nucleus_id)]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::example::field_reading;

    #[test]
    fn every_reason_has_a_word_of_its_own() {
        let words: BTreeSet<&str> = Exclusion::ALL.into_iter().map(short_word).collect();
        assert_eq!(words.len(), Exclusion::ALL.len());
        assert!(words.iter().all(|word| word.len() <= 8));
    }

    #[test]
    fn a_nucleus_has_its_pattern_number_doubt_and_reason() {
        let mut reading = field_reading();
        reading.nuclei[0].call.doubtful = true;
        assert_eq!(lines_of(&reading.nuclei[0].call), ["1F1R1G?", "#1"]);
        assert_eq!(lines_of(&reading.nuclei[1].call), ["1R", "#2 1 colour"]);
    }
}
