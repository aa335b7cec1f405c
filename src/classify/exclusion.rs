//! Why a nucleus is left out.

use serde::{Deserialize, Serialize};

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
    /// Counted in another field that shows the same place.
    SeenTwice,
    /// Lies over or under another nucleus: signals cannot be told apart.
    Overlapping,
    /// Shape or contrast is not that of a nucleus.
    NotANucleus,
    /// No signal of either colour.
    NoSignal,
    /// Signals of one colour only and no fused pair.
    OneColourOnly,
    /// Fewer signals of one colour, or fewer fused pairs, than the assay asks for.
    TooFewSignals,
    /// The assay counts complete nuclei only, and a locus or one of its ends is missing or surplus.
    IncompletePattern,
    /// More signals than can be sorted.
    TooManySignals,
    /// Counterstain or signals are blurred.
    OutOfFocus,
    /// A probe's signals would not be seen in this nucleus against its local background.
    WeakProbe,
    /// Debris as bright as signals covers too much of it.
    Debris,
    /// Samples are at the camera's limit.
    Saturated,
    /// The distance of a pair lies in the assay's grey zone.
    GreyZone,
    /// A person who looked at it left it out.
    ByReader,
}

impl Exclusion {
    /// The one word (or words joined by `_`) used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TouchesBorder => "touches_border",
            Self::TooSmall => "too_small",
            Self::TooLarge => "too_large",
            Self::SeenTwice => "seen_twice",
            Self::Overlapping => "overlapping",
            Self::NotANucleus => "not_a_nucleus",
            Self::NoSignal => "no_signal",
            Self::OneColourOnly => "one_colour_only",
            Self::TooFewSignals => "too_few_signals",
            Self::IncompletePattern => "incomplete_pattern",
            Self::TooManySignals => "too_many_signals",
            Self::OutOfFocus => "out_of_focus",
            Self::WeakProbe => "weak_probe",
            Self::Debris => "debris",
            Self::Saturated => "saturated",
            Self::GreyZone => "grey_zone",
            Self::ByReader => "by_reader",
        }
    }
}
