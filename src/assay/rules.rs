//! The rules that turn signals into a class.

use serde::{Deserialize, Serialize};

use super::percent::Comparator;
use super::probe_end::ProbeEnd;
use crate::words::words;

/// When a red and a green signal are apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Split {
    /// `>=`: a pair at exactly the distance is split; `>`: it is fused.
    pub comparator: Comparator,
    /// Status of signals that touch or overlap, whatever the distance of their centres.
    pub touching_or_overlap: TouchingSignals,
    /// The distance.
    pub min_distance: MinDistance,
    /// Limits between which the measured signal diameter is trusted, um; a diameter outside is set to the
    /// nearer limit.
    pub diameter_um: DiameterLimits,
    /// Distances at which a pair is neither; absent if there is no such zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grey_zone: Option<GreyZone>,
}

/// The distance from which a pair is split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MinDistance {
    /// The distance in `unit`. Published: 1 to 4 diameters, 0.5 to 1.2 um.
    pub value: f64,
    /// Its unit.
    pub unit: DistanceUnit,
    /// From where to where it is measured.
    pub measure: DistanceMeasure,
    /// In the plane or with depth: `3d` needs stacks whose slices lie a known distance apart.
    pub dims: Dimensions,
    /// Which signal diameter is the unit, if the unit is `diameter`.
    pub diameter_from: DiameterFrom,
    /// That diameter, um, if `diameter_from` is `fixed_um`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_um: Option<f64>,
}

/// Unit of a distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistanceUnit {
    /// Signal diameters (full width at half maximum).
    Diameter,
    /// Micrometres in the specimen.
    Um,
    /// Pixels of the image as acquired: only for images of unknown scale.
    Px,
}

words!(DistanceUnit, "unit of a distance", {
    Diameter => "diameter",
    Um => "um",
    Px => "px",
});

/// From where to where a distance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistanceMeasure {
    /// Between the centres.
    Centre,
    /// Between the nearest edges: the centre distance less half of each diameter.
    Edge,
}

words!(DistanceMeasure, "measure of a distance", {
    Centre => "centre",
    Edge => "edge",
});

/// Dimensions a distance is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dimensions {
    /// In the plane of a projection.
    #[serde(rename = "2d")]
    Two,
    /// With depth.
    #[serde(rename = "3d")]
    Three,
}

words!(Dimensions, "number of dimensions", {
    Two => "2d",
    Three => "3d",
});

/// Which diameter is the unit of distance for a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiameterFrom {
    /// Mean of the two colours' diameters.
    Mean,
    /// The larger one.
    Max,
    /// `fixed_um`, the same for all.
    FixedUm,
}

words!(DiameterFrom, "signal diameter", {
    Mean => "mean",
    Max => "max",
    FixedUm => "fixed_um",
});

/// Limits of the signal diameter, um.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DiameterLimits {
    /// Lower limit.
    pub min: f64,
    /// Upper limit.
    pub max: f64,
}

/// Status of touching signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TouchingSignals {
    /// Fused.
    Fused,
    /// Judged by the distance like all others.
    ByDistance,
}

words!(TouchingSignals, "rule for touching signals", {
    Fused => "fused",
    ByDistance => "by_distance",
});

/// Distances at which a pair is neither surely fused nor surely split, in the unit and measure of
/// `min_distance`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GreyZone {
    /// First distance in the zone.
    pub low: f64,
    /// First distance past it.
    pub high: f64,
    /// The action on the pair.
    pub action: GreyZoneAction,
}

/// The action on a pair in the grey zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GreyZoneAction {
    /// The pair is fused.
    Fused,
    /// The pair is judged by `min_distance`, the nucleus is counted and marked uncertain; the verdict is
    /// equivocal if the uncertain nuclei could turn it.
    Uncertain,
    /// The nucleus is not evaluable.
    Exclude,
}

words!(GreyZoneAction, "action in the grey zone", {
    Fused => "fused",
    Uncertain => "uncertain",
    Exclude => "exclude",
});

/// When two signals of one colour are a doublet: the sister chromatids of one locus.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Doublet {
    /// Whether such signals are merged.
    pub enabled: bool,
    /// Maximum gap between their edges, signal diameters.
    pub max_gap_diameter: f64,
    /// Maximum ratio of their heights: the signals of a doublet are of the same size.
    pub size_ratio_max: f64,
}

/// The meaning of a signal without partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Isolated {
    /// A 3' signal whose 5' partner is missing.
    pub three_prime: IsolatedMeaning,
    /// A 5' signal whose 3' partner is missing.
    pub five_prime: IsolatedMeaning,
    /// Whether the nucleus must also hold a fused pair for a positive meaning to count: without one, the
    /// missing colour may not have hybridised at all.
    pub requires_fused: bool,
    /// Meaning of a surplus signal beside a full set of intact loci (`2F1R`), as a class of its own. Absent:
    /// such signals are isolated signals like any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<ExtraSignal>,
}

impl Isolated {
    /// Whether isolated signals of an end of the gene count as rearranged.
    #[must_use]
    pub fn counts(&self, end: ProbeEnd) -> bool {
        let meaning = match end {
            ProbeEnd::ThreePrime => self.three_prime,
            ProbeEnd::FivePrime => self.five_prime,
        };
        meaning == IsolatedMeaning::Positive
    }
}

/// Meaning of a surplus signal in a nucleus that also has all its intact loci.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ExtraSignal {
    /// A surplus 3' signal.
    pub three_prime: IsolatedMeaning,
    /// A surplus 5' signal.
    pub five_prime: IsolatedMeaning,
}

/// The meaning of a pattern with an isolated signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IsolatedMeaning {
    /// Rearranged.
    Positive,
    /// Not rearranged.
    Negative,
    /// Not decided: not counted as rearranged, but the verdict is equivocal if these nuclei could turn it.
    Equivocal,
    /// Not counted as rearranged; counted and reported apart.
    SeparateTally,
}

words!(IsolatedMeaning, "meaning of an isolated signal", {
    Positive => "positive",
    Negative => "negative",
    Equivocal => "equivocal",
    SeparateTally => "separate_tally",
});

/// Copy-number gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Gain {
    /// Intact loci from which a nucleus with two expected loci has a gain; one fewer if one is expected.
    pub min_fused: usize,
}

/// Amplification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Amplification {
    /// Intact loci from which the gene is amplified.
    pub min_fused: usize,
    /// Whether a cluster of fused signals too dense to count is an amplification. If not, the nucleus has too
    /// many signals to be evaluable.
    pub cluster: bool,
}

/// Which nuclei may be counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Evaluable {
    /// Minimum number of signals of each colour, fused pairs included.
    pub min_each_colour: usize,
    /// Minimum number of fused pairs.
    pub min_fused: usize,
    /// Whether only nuclei with all expected loci, each intact or split, count (`2F`, `1F1R1G`).
    pub complete_nuclei_only: bool,
    /// Maximum number of signals of one colour, fused pairs included.
    pub max_signals: usize,
    /// Whether nuclei over or under others are left out if the owner of a signal is ambiguous.
    pub exclude_overlap: bool,
    /// Whether nuclei cut by the edge of the image are left out.
    pub exclude_edge: bool,
    /// Minimum and maximum area, um2. Not applied to images of unknown scale.
    pub area_um2: [f64; 2],
    /// Lowest SNR that a green signal of ordinary brightness would have in the nucleus.
    pub min_snr_green: f64,
    /// Lowest SNR that a red signal of ordinary brightness would have in the nucleus.
    pub min_snr_red: f64,
}
