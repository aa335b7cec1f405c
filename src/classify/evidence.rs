//! The facts about a nucleus from which its call follows.

use serde::{Deserialize, Serialize};

use super::params::ClassifyParams;
use super::pattern::SignalPattern;
use crate::assay::Assay;
use crate::colour::Colour;
use crate::region::RegionPlace;

/// Probability that a nucleus shows separated signals (split or isolated), summed over all explanations of its candidate
/// signals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs)]
pub struct SeparatedProbability {
    /// At least one red.
    pub red: f64,
    /// At least one green.
    pub green: f64,
    /// At least one of either.
    pub either: f64,
}

impl SeparatedProbability {
    /// Probability that the nucleus is rearranged. Separated signals of both colours count always. One colour alone counts
    /// if `counts` says so and its partner did not merely drop out, which has the probability `by_dropout`.
    pub(super) fn rearranged(self, counts: [bool; 2], by_dropout: [f64; 2]) -> f64 {
        let both = self.red + self.green - self.either;
        let only = [self.either - self.green, self.either - self.red];
        let alone: f64 = (0..2).filter(|c| counts[*c]).map(|c| only[c] * (1.0 - by_dropout[c])).sum();
        (both + alone).clamp(0.0, 1.0)
    }
}

/// Share of a probe's signals that lie below the detection limit in a nucleus, 0 to 1. It is estimated from the heights of
/// all detected signals of the specimen, and 0 if they do not suffice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs)]
pub struct LostShare {
    /// Expected share.
    pub expected: f64,
    /// Upper bound.
    pub at_most: f64,
}

/// The facts about one nucleus from which its call follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
// Each flag is a finding of its own, and any of them may hold together.
#[expect(clippy::struct_excessive_bools)]
pub struct NucleusEvidence {
    /// The nucleus.
    pub nucleus_id: u32,
    /// Its signal counts.
    pub pattern: SignalPattern,
    /// Its area, um2; `None` if the size of a pixel is unknown.
    pub area_um2: Option<f64>,
    /// How nucleus-like it is, 0 to 1.
    pub score: f64,
    /// Whether the edge of the image cuts it.
    pub touches_border: bool,
    /// Whether it is counted in another field that shows the same place.
    pub repeated: bool,
    /// Whether it lies over or under another nucleus so near to signals that their owner is ambiguous.
    pub overlapping: bool,
    /// Whether its counterstain or signals are blurred.
    pub out_of_focus: bool,
    /// Whether samples in it are at the camera's limit.
    pub saturated: bool,
    /// Whether debris as bright as signals covers too much of it to look for them.
    pub debris: bool,
    /// SNR of a signal of ordinary brightness above the background of this nucleus: red, green (by `Colour::index`);
    /// `None` if not measured.
    pub ordinary_snr: [Option<f64>; 2],
    /// Whether its neighbours show the colour that it lacks, if it lacks one. If they do not, the probe may not have
    /// hybridised there: a nucleus with signals of one colour only is then left out whatever the assay says.
    pub missing_probe_hybridised_nearby: bool,
    /// Share of a probe's signals below the detection limit of this nucleus, from the heights of signals without their
    /// error: red, green; `None` if not known. It compares nuclei; `lost` is the loss of the specimen.
    pub expected_loss: [Option<f64>; 2],
    /// Share of a probe's signals that is lost: red, green. It excludes no nucleus; the verdict is checked against it.
    pub lost: [LostShare; 2],
    /// Probability that an isolated signal of this nucleus is an intact locus whose other end dropped out: red, green.
    pub isolated_by_dropout_probability: [f64; 2],
    /// Signals counted with another one as a doublet that may be isolated ends instead: red, green.
    pub doubtful_doublets: [usize; 2],
    /// Whether the distance of one of its pairs lies in the assay's grey zone.
    pub grey_zone_pair: bool,
    /// Whether its fused signals form a cluster that cannot be counted.
    pub uncountable_cluster: bool,
    /// Probability that it shows separated signals; `None` if not known.
    pub separated: Option<SeparatedProbability>,
    /// The same if separated signals were as common as at the assay's cutoff; `None` if not known.
    #[serde(default)]
    pub separated_at_cutoff: Option<SeparatedProbability>,
    /// Where it lies in the regions of its field; `None` if the field has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<RegionPlace>,
}

impl NucleusEvidence {
    /// Whether a colour's signals may be missed in this nucleus, by the assay's minimum SNR or by the share of them below
    /// the detection limit. NaN counts as missed, an unmeasured value does not.
    pub(crate) fn is_weak(&self, colour: Colour, assay: &Assay, params: &ClassifyParams) -> bool {
        let min_snr = match colour {
            Colour::Red => assay.evaluable.min_snr_red,
            Colour::Green => assay.evaluable.min_snr_green,
        };
        self.ordinary_snr[colour.index()].is_some_and(|snr| !at_least(snr, min_snr))
            || self.expected_loss[colour.index()].is_some_and(|l| !at_least(params.max_expected_loss, l))
    }

    /// A nucleus with nothing against counting it, as a reader at the microscope enters it.
    ///
    /// ```
    /// use breakapart::classify::NucleusEvidence;
    /// let evidence = NucleusEvidence::of_pattern(1, "1F1R1G".parse()?);
    /// assert_eq!(evidence.pattern.split, 1);
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn of_pattern(nucleus_id: u32, pattern: SignalPattern) -> Self {
        Self {
            nucleus_id,
            pattern,
            area_um2: None,
            score: 1.0,
            touches_border: false,
            repeated: false,
            overlapping: false,
            out_of_focus: false,
            saturated: false,
            debris: false,
            ordinary_snr: [None, None],
            missing_probe_hybridised_nearby: true,
            expected_loss: [None, None],
            lost: [LostShare::default(); 2],
            isolated_by_dropout_probability: [0.0, 0.0],
            doubtful_doublets: [0, 0],
            grey_zone_pair: false,
            uncountable_cluster: false,
            separated: None,
            separated_at_cutoff: None,
            place: None,
        }
    }
}

/// Whether a value reaches a limit. NaN neither reaches a limit nor is reached.
pub(super) fn at_least(value: f64, limit: f64) -> bool {
    value >= limit
}
