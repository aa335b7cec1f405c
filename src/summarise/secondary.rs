//! Patterns that are reported beside the verdict, and the word that a result is reported by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assay::{Assay, Percent};
use crate::classify::NucleusClass;
use crate::decide::{Count, Verdict};
use crate::words::words;

/// A pattern of intact loci that has a cutoff of its own and turns no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SecondaryPattern {
    /// Fewer intact loci than normal and nothing else: `1F`. In sections mostly cut nuclei.
    Monosomy,
    /// More intact loci than normal and nothing else: `3F` and more, amplified nuclei included.
    Polysomy,
    /// So many intact loci that the gene is amplified.
    Amplification,
}

words!(SecondaryPattern, "secondary pattern", {
    Monosomy => "monosomy",
    Polysomy => "polysomy",
    Amplification => "amplification",
});

/// A pattern beside the verdict, and whether its share meets the assay's cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecondaryFinding {
    /// The pattern.
    pub pattern: SecondaryPattern,
    /// Evaluable nuclei that show it.
    pub nuclei: usize,
    /// The same in percent of the evaluable nuclei; `None` if nothing is evaluable.
    pub percent: Option<f64>,
    /// Its cutoff, percent.
    pub cutoff_percent: Percent,
    /// Whether the cutoff is met.
    pub met: bool,
}

/// The patterns for which the assay has a cutoff, of the evaluable nuclei by class.
pub(super) fn secondary_findings(
    classes: &BTreeMap<NucleusClass, usize>,
    evaluable: usize,
    assay: &Assay,
) -> Vec<SecondaryFinding> {
    let Some(rule) = &assay.secondary else { return Vec::new() };
    let of = |class: NucleusClass| classes.get(&class).copied().unwrap_or(0);
    let amplified = of(NucleusClass::Amplification);
    let patterns = [
        (SecondaryPattern::Monosomy, of(NucleusClass::FewerFused), rule.monosomy_percent),
        (SecondaryPattern::Polysomy, of(NucleusClass::Gain) + amplified, rule.polysomy_percent),
        (SecondaryPattern::Amplification, amplified, rule.amplification_percent),
    ];
    let found = patterns.into_iter().filter_map(|(pattern, nuclei, cutoff)| {
        let cutoff_percent = cutoff?;
        let percent = Count { positive: nuclei, total: evaluable }.percent();
        let met = cutoff_percent.is_met_by(nuclei, evaluable, rule.comparator);
        Some(SecondaryFinding { pattern, nuclei, percent, cutoff_percent, met })
    });
    found.collect()
}

/// The word by which a laboratory's information system knows a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResultWord {
    /// Below the cutoff.
    Negative,
    /// Below the cutoff, with more nuclei of one copy than the assay's cutoff allows.
    NegativeWithMonosomy,
    /// Below the cutoff, with more nuclei of three or more copies than the assay's cutoff allows.
    NegativeWithPolysomy,
    /// Below the cutoff, with more amplified nuclei than the assay's cutoff allows.
    NegativeWithAmplification,
    /// At or above the cutoff.
    Positive,
    /// More nuclei or a second reader are needed.
    Equivocal,
    /// Read, without a verdict.
    NotEvaluable,
    /// Not read.
    NotDone,
}

words!(ResultWord, "result", {
    Negative => "Negative",
    NegativeWithMonosomy => "Negative with Monosomy",
    NegativeWithPolysomy => "Negative with Polysomy",
    NegativeWithAmplification => "Negative with Amplification",
    Positive => "Positive",
    Equivocal => "Equivocal",
    NotEvaluable => "Not evaluable",
    NotDone => "Not done",
});

impl ResultWord {
    /// The word for a verdict with these patterns beside it. If several meet their cutoffs, amplification is named before
    /// the others, and of these the one with the larger share.
    ///
    /// ```
    /// use breakapart::Verdict;
    /// use breakapart::summarise::ResultWord;
    /// assert_eq!(ResultWord::of(Verdict::Negative, &[]).name(), "Negative");
    /// ```
    #[must_use]
    pub fn of(verdict: Verdict, beside: &[SecondaryFinding]) -> Self {
        match verdict {
            Verdict::Positive => Self::Positive,
            Verdict::Equivocal => Self::Equivocal,
            Verdict::NotEvaluable => Self::NotEvaluable,
            Verdict::Negative => {
                let rank = |f: &&SecondaryFinding| (f.pattern == SecondaryPattern::Amplification, f.nuclei);
                match beside.iter().filter(|finding| finding.met).max_by_key(rank).map(|f| f.pattern) {
                    None => Self::Negative,
                    Some(SecondaryPattern::Monosomy) => Self::NegativeWithMonosomy,
                    Some(SecondaryPattern::Polysomy) => Self::NegativeWithPolysomy,
                    Some(SecondaryPattern::Amplification) => Self::NegativeWithAmplification,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(classes: &[(NucleusClass, usize)], assay: &Assay) -> ResultWord {
        let classes: BTreeMap<NucleusClass, usize> = classes.iter().copied().collect();
        let evaluable = classes.values().sum();
        ResultWord::of(Verdict::Negative, &secondary_findings(&classes, evaluable, assay))
    }

    #[test]
    fn a_negative_result_names_the_pattern_above_its_cutoff() {
        use NucleusClass::{Amplification, FewerFused, Gain, Normal};
        let alk = Assay::builtin("alk").unwrap();
        // 39 % is not more than 39 %.
        assert_eq!(word(&[(Normal, 61), (FewerFused, 39)], &alk), ResultWord::Negative);
        assert_eq!(word(&[(Normal, 60), (FewerFused, 40)], &alk), ResultWord::NegativeWithMonosomy);
        assert_eq!(word(&[(Normal, 64), (Gain, 36)], &alk), ResultWord::Negative);
        assert_eq!(
            word(&[(Normal, 63), (Gain, 30), (Amplification, 7)], &alk),
            ResultWord::NegativeWithPolysomy
        );
        assert_eq!(
            word(&[(Normal, 10), (Gain, 41), (FewerFused, 49)], &alk),
            ResultWord::NegativeWithMonosomy
        );
        let mut with_amplification = alk.clone();
        let rule = with_amplification.secondary.as_mut().unwrap();
        rule.amplification_percent = Some(Percent::whole(5).unwrap());
        assert_eq!(
            word(&[(Normal, 60), (Gain, 30), (Amplification, 10)], &with_amplification),
            ResultWord::NegativeWithAmplification
        );
        assert_eq!(word(&[(FewerFused, 50)], &Assay::builtin("ret").unwrap()), ResultWord::Negative);
    }

    #[test]
    fn no_pattern_turns_another_verdict() {
        let alk = Assay::builtin("alk").unwrap();
        let beside = secondary_findings(&BTreeMap::from([(NucleusClass::FewerFused, 50)]), 100, &alk);
        assert_eq!(
            beside.iter().map(|f| (f.pattern, f.met)).collect::<Vec<_>>(),
            [(SecondaryPattern::Monosomy, true), (SecondaryPattern::Polysomy, false)]
        );
        for (verdict, word) in [
            (Verdict::Positive, "Positive"),
            (Verdict::Equivocal, "Equivocal"),
            (Verdict::NotEvaluable, "Not evaluable"),
        ] {
            assert_eq!(ResultWord::of(verdict, &beside).name(), word);
        }
        let nothing = secondary_findings(&BTreeMap::new(), 0, &alk);
        assert!(nothing.iter().all(|f| f.percent.is_none() && !f.met));
    }
}
