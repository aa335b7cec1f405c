//! Why a nucleus is left out.

use serde::{Deserialize, Serialize};

use crate::words::words;

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
    /// Counted in another field that shows the same place: `seen_twice` in tables.
    #[serde(rename = "seen_twice")]
    Repeated,
    /// Lies over or under another nucleus: the owner of its signals is ambiguous.
    Overlapping,
    /// Shape or contrast is unlike a nucleus.
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
    /// A person left it out.
    ByReader,
    /// Otherwise evaluable, but its centroid lies in no region in which nuclei are counted, or in one that excludes.
    OutsideRegion,
}

words!(Exclusion, "reason to leave out a nucleus", {
    TouchesBorder => "touches_border",
    TooSmall => "too_small",
    TooLarge => "too_large",
    Repeated => "seen_twice",
    Overlapping => "overlapping",
    NotANucleus => "not_a_nucleus",
    NoSignal => "no_signal",
    OneColourOnly => "one_colour_only",
    TooFewSignals => "too_few_signals",
    IncompletePattern => "incomplete_pattern",
    TooManySignals => "too_many_signals",
    OutOfFocus => "out_of_focus",
    WeakProbe => "weak_probe",
    Debris => "debris",
    Saturated => "saturated",
    GreyZone => "grey_zone",
    ByReader => "by_reader",
    OutsideRegion => "outside_region",
});
