//! From signal pattern to class and meaning.

use serde::{Deserialize, Serialize};

use super::pattern::SignalPattern;
use crate::assay::{Assay, IsolatedMeaning, ProbeEnd, Sex};
use crate::colour::Colour;
use crate::words::words;

/// The class of a nucleus, from its signal pattern alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NucleusClass {
    /// As many intact loci as the assay expects, nothing else.
    Normal,
    /// Fewer intact loci than expected, nothing else (truncation or monosomy).
    FewerFused,
    /// More intact loci than expected.
    Gain,
    /// So many intact loci that the gene is amplified.
    Amplification,
    /// At least one broken locus with both ends.
    Split,
    /// A 3' signal without partner.
    IsolatedThreePrime,
    /// A 5' signal without partner.
    IsolatedFivePrime,
    /// A surplus 3' signal beside all intact loci, where the assay makes this a class of its own.
    ExtraThreePrime,
    /// A surplus 5' signal beside all intact loci, where the assay makes this a class of its own.
    ExtraFivePrime,
    /// No class: no signal, or one colour only.
    Unclassified,
}

words!(NucleusClass, "class of a nucleus", {
    Normal => "normal",
    FewerFused => "fewer_fused",
    Gain => "gain",
    Amplification => "amplification",
    Split => "split",
    IsolatedThreePrime => "isolated_three_prime",
    IsolatedFivePrime => "isolated_five_prime",
    ExtraThreePrime => "extra_three_prime",
    ExtraFivePrime => "extra_five_prime",
    Unclassified => "unclassified",
});

impl NucleusClass {
    /// The assay's meaning of signals without partner, if this class is about them.
    #[must_use]
    pub fn isolated_meaning(self, assay: &Assay) -> Option<IsolatedMeaning> {
        let isolated = &assay.isolated;
        match self {
            Self::IsolatedThreePrime => Some(isolated.three_prime),
            Self::IsolatedFivePrime => Some(isolated.five_prime),
            Self::ExtraThreePrime => isolated.extra.map(|extra| extra.three_prime),
            Self::ExtraFivePrime => isolated.extra.map(|extra| extra.five_prime),
            _ => None,
        }
    }
}

/// The class of a signal pattern.
///
/// Separated signals decide before fused ones, and both colours before one (IASLC ALK atlas, p. 23): a
/// separated red and a separated green make `Split` whatever else is there; then a surplus of one colour makes
/// `Isolated...` (or `Extra...`); only then are the fused pairs counted. Signals of one colour without any
/// fused pair have no class, unless the assay sets `evaluable.min_each_colour` to 0.
///
/// ```
/// use breakapart::assay::Assay;
/// use breakapart::classify::{NucleusClass, SignalPattern, class_of};
/// let alk = Assay::builtin("alk")?;
/// let pattern = SignalPattern { fused: 1, split: 1, isolated_red: 1, ..SignalPattern::default() };
/// assert_eq!(pattern.to_string(), "1F2R1G");
/// assert_eq!(class_of(&pattern, &alk, None), NucleusClass::Split);
/// # Ok::<(), breakapart::Error>(())
/// ```
#[must_use]
pub fn class_of(pattern: &SignalPattern, assay: &Assay, sex: Option<Sex>) -> NucleusClass {
    let expected = assay.expected_fused(sex);
    let fused = pattern.fused;
    let surplus = match (pattern.separated_red() > 0, pattern.separated_green() > 0) {
        (true, true) => return NucleusClass::Split,
        (true, false) => Some(assay.end_of(Colour::Red)),
        (false, true) => Some(assay.end_of(Colour::Green)),
        (false, false) => None,
    };
    if let Some(end) = surplus {
        if fused == 0 && assay.evaluable.min_each_colour > 0 {
            return NucleusClass::Unclassified;
        }
        return match (end, assay.isolated.extra.is_some() && fused >= expected) {
            (ProbeEnd::ThreePrime, false) => NucleusClass::IsolatedThreePrime,
            (ProbeEnd::FivePrime, false) => NucleusClass::IsolatedFivePrime,
            (ProbeEnd::ThreePrime, true) => NucleusClass::ExtraThreePrime,
            (ProbeEnd::FivePrime, true) => NucleusClass::ExtraFivePrime,
        };
    }
    // `gain.min_fused` is stated for two expected loci; with one expected it is one lower.
    let gain = assay.gain.min_fused.saturating_sub(assay.normal.fused.female.saturating_sub(expected));
    match fused {
        0 => NucleusClass::Unclassified,
        n if n >= assay.amplification.min_fused => NucleusClass::Amplification,
        n if n >= gain => NucleusClass::Gain,
        n if n >= expected => NucleusClass::Normal,
        _ => NucleusClass::FewerFused,
    }
}

/// Whether the assay counts a signal pattern as rearranged.
///
/// ```
/// use breakapart::assay::Assay;
/// use breakapart::classify::{SignalPattern, is_rearranged};
/// let alk = Assay::builtin("alk")?; // 3' is red
/// let isolated = |red, green| SignalPattern { fused: 1, split: 0, isolated_red: red, isolated_green: green };
/// assert!(is_rearranged(&isolated(1, 0), &alk, None));
/// assert!(!is_rearranged(&isolated(0, 1), &alk, None));
/// # Ok::<(), breakapart::Error>(())
/// ```
#[must_use]
pub fn is_rearranged(pattern: &SignalPattern, assay: &Assay, sex: Option<Sex>) -> bool {
    counts_as_rearranged(class_of(pattern, assay, sex), pattern, assay)
}

/// As [`is_rearranged`], for a pattern whose class is known.
pub(super) fn counts_as_rearranged(class: NucleusClass, pattern: &SignalPattern, assay: &Assay) -> bool {
    match class.isolated_meaning(assay) {
        Some(IsolatedMeaning::Positive) => !assay.isolated.requires_fused || pattern.fused > 0,
        Some(_) => false,
        None => class == NucleusClass::Split,
    }
}
