//! Step 4: the call of a nucleus.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Signal counts of one nucleus.
///
/// `Display` gives laboratory notation: fused pairs, then separated reds (split or isolated), then separated
/// greens, a count of zero being left out: `2F`, `1F1R1G`, `1F1R`. A nucleus without any signal is `0`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SignalPattern {
    /// Intact loci.
    pub fused: usize,
    /// Broken loci with both ends present.
    pub split: usize,
    /// Red signals without partner.
    pub isolated_red: usize,
    /// Green signals without partner.
    pub isolated_green: usize,
}

impl SignalPattern {
    /// Red signals that are not fused: split or isolated.
    #[must_use]
    pub fn separated_red(&self) -> usize {
        self.split + self.isolated_red
    }

    /// Green signals that are not fused: split or isolated.
    #[must_use]
    pub fn separated_green(&self) -> usize {
        self.split + self.isolated_green
    }
}

impl fmt::Display for SignalPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.fused, 'F'), (self.separated_red(), 'R'), (self.separated_green(), 'G')];
        if counts.iter().all(|(n, _)| *n == 0) {
            return f.write_str("0");
        }
        for (n, letter) in counts.into_iter().filter(|(n, _)| *n > 0) {
            write!(f, "{n}{letter}")?;
        }
        Ok(())
    }
}

/// Why a nucleus is not evaluable. Every nucleus that is left out of the percentage has exactly one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exclusion {
    /// Cut by the edge of the image.
    TouchesBorder,
    /// Smaller than the assay's (or the specimen's) smallest nucleus: truncated or debris.
    TooSmall,
    /// Larger than the largest nucleus: probably several.
    TooLarge,
    /// Lies over or under another nucleus: signals cannot be told apart.
    Overlapping,
    /// Shape or contrast is not that of a nucleus.
    NotANucleus,
    /// No signal of either colour.
    NoSignal,
    /// Signals of one colour only and no fused pair.
    OneColourOnly,
    /// More signals than can be sorted.
    TooManySignals,
    /// Counterstain or signals are blurred.
    OutOfFocus,
    /// A probe's signals would not be seen in this nucleus against its local background.
    WeakProbe,
    /// Bright debris lies in it.
    Debris,
    /// Samples are at the camera's limit.
    Saturated,
    /// The distance of a pair lies in the assay's grey zone.
    GreyZone,
}

impl Exclusion {
    /// The one word (or words joined by `_`) used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TouchesBorder => "touches_border",
            Self::TooSmall => "too_small",
            Self::TooLarge => "too_large",
            Self::Overlapping => "overlapping",
            Self::NotANucleus => "not_a_nucleus",
            Self::NoSignal => "no_signal",
            Self::OneColourOnly => "one_colour_only",
            Self::TooManySignals => "too_many_signals",
            Self::OutOfFocus => "out_of_focus",
            Self::WeakProbe => "weak_probe",
            Self::Debris => "debris",
            Self::Saturated => "saturated",
            Self::GreyZone => "grey_zone",
        }
    }
}

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
    /// No class: no signal, or one colour only.
    Unclassified,
}

/// The call of one nucleus.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NucleusCall {
    /// The nucleus.
    pub nucleus_id: u32,
    /// Its signal counts.
    pub pattern: SignalPattern,
    /// Its class.
    pub class: NucleusClass,
    /// Why it is not counted; `None` = evaluable.
    pub exclusion: Option<Exclusion>,
    /// Whether the assay counts it as rearranged. `false` if it is not evaluable.
    pub rearranged: bool,
}

impl NucleusCall {
    /// Whether the nucleus is counted.
    #[must_use]
    pub fn evaluable(&self) -> bool {
        self.exclusion.is_none()
    }
}
