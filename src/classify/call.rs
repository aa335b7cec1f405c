//! The call of a nucleus: its class, and whether it may be counted.

use serde::{Deserialize, Serialize};

use super::class::{NucleusClass, class_of, counts_as_rearranged};
use super::evidence::{LostShare, NucleusEvidence, at_least};
use super::exclusion::Exclusion;
use super::params::{ClassifyParams, UNMODELLED_ERROR};
use super::pattern::SignalPattern;
use crate::assay::{Assay, GreyZoneAction, Sex};
use crate::colour::Colour;
use crate::region::RegionPlace;

/// The call of one nucleus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
// Each flag is a statement of its own.
#[expect(clippy::struct_excessive_bools)]
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
    /// Counted, but one of its pairs lies in the assay's grey zone.
    pub uncertain: bool,
    /// Probability that it is rearranged; `None` if it is not counted or the probability is not known.
    pub probability_rearranged: Option<f64>,
    /// The same if rearranged nuclei were as common as at the assay's cutoff: whether a rearrangement would be noticed here.
    #[serde(default)]
    pub probability_at_cutoff: Option<f64>,
    /// Counted, but its probability leaves the call open or contradicts it, or a signal counted as part of a doublet may
    /// be an isolated end that would turn the call.
    pub doubtful: bool,
    /// Share of the red and of the green signals that lies below the detection limit in this nucleus.
    pub lost: [LostShare; 2],
    /// Whether a person changed the call.
    #[serde(default)]
    pub edited: bool,
    /// Where it lies in the regions of its field; `None` if the field has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<RegionPlace>,
    /// Whether the assay would count it as rearranged if its place were counted. `false` unless it is left out as
    /// [`Exclusion::OutsideRegion`].
    #[serde(default)]
    pub rearranged_outside: bool,
}

impl NucleusCall {
    /// Whether the nucleus is counted.
    #[must_use]
    pub fn evaluable(&self) -> bool {
        self.exclusion.is_none()
    }

    /// Whether it is counted, or would be if its place were: what the microscope did to nuclei shows in all of these.
    #[must_use]
    pub fn readable(&self) -> bool {
        matches!(self.exclusion, None | Some(Exclusion::OutsideRegion))
    }

    /// Whether it lies outside the regions in which nuclei are counted.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.place == Some(RegionPlace::Outside)
    }

    /// The region that it lies in, if that has a name.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.place.as_ref().and_then(RegionPlace::name)
    }
}

/// Whether a nucleus with this many fused pairs that shows one colour alone apart from any partner is rearranged.
fn one_colour_counts(colour: Colour, fused: usize, assay: &Assay, sex: Option<Sex>) -> bool {
    let (red, green) = if colour == Colour::Red { (1, 0) } else { (0, 1) };
    let alone = SignalPattern { fused, split: 0, isolated_red: red, isolated_green: green };
    counts_as_rearranged(class_of(&alone, assay, sex), &alone, assay)
}

/// The call of one nucleus.
///
/// Every nucleus gets a class. It also gets one reason if it may not be counted: the first that holds in this
/// order, so that the reason names the cause, not a consequence.
///
/// 1. Is it one whole nucleus? `not_a_nucleus`, `touches_border`, `seen_twice`, `overlapping`, `too_small`, `too_large`
/// 2. Can it be read? `out_of_focus`, `saturated`, `debris`, `weak_probe`
/// 3. Can its signals be counted? `no_signal`, `too_many_signals`, `one_colour_only`, `too_few_signals`,
///    `incomplete_pattern`, `grey_zone`
/// 4. Does it lie where nuclei are counted? `outside_region`: of otherwise evaluable nuclei alone
///
/// An unmeasured value (no pixel size: no area; no SNR) excludes nothing. A score, area or SNR that is NaN does, and
/// so does every one of them if its limit is NaN. [`summarise`](crate::summarise::summarise) refuses an invalid assay.
///
/// ```
/// use breakapart::assay::Assay;
/// use breakapart::classify::{ClassifyParams, Exclusion, NucleusEvidence, SignalPattern, classify};
/// let alk = Assay::builtin("alk")?;
/// let pattern = SignalPattern { fused: 1, split: 1, ..SignalPattern::default() };
/// let mut evidence = NucleusEvidence::of_pattern(7, pattern);
/// let call = classify(&evidence, &alk, None, &ClassifyParams::default());
/// assert!(call.evaluable() && call.rearranged);
///
/// evidence.touches_border = true;
/// let call = classify(&evidence, &alk, None, &ClassifyParams::default());
/// assert_eq!(call.exclusion, Some(Exclusion::TouchesBorder));
/// assert!(!call.rearranged);
/// # Ok::<(), breakapart::Error>(())
/// ```
#[must_use]
pub fn classify(
    evidence: &NucleusEvidence,
    assay: &Assay,
    sex: Option<Sex>,
    params: &ClassifyParams,
) -> NucleusCall {
    let pattern = evidence.pattern;
    let cluster = evidence.uncountable_cluster && assay.amplification.cluster;
    // Separated signals beside a cluster decide first, as they do beside fused pairs that can be counted.
    let class = if cluster && pattern.only_fused() {
        NucleusClass::Amplification
    } else {
        class_of(&pattern, assay, sex)
    };
    let exclusion = exclusion_of(evidence, assay, sex, params);
    let evaluable = exclusion.is_none();
    let counts_as = counts_as_rearranged(class, &pattern, assay);
    let rearranged = evaluable && counts_as;
    let counts = Colour::BOTH.map(|colour| one_colour_counts(colour, pattern.fused, assay, sex));
    let at_cutoff = evidence.separated_at_cutoff.filter(|_| evaluable);
    let probability = evidence.separated.filter(|_| evaluable).map(|separated| {
        let seen = separated.rearranged(counts, evidence.isolated_by_dropout_probability);
        UNMODELLED_ERROR + (1.0 - 2.0 * UNMODELLED_ERROR) * seen
    });
    let [unlikely, likely] = params.doubtful;
    // The pattern if the doubtful members of doublets were ends of other loci. Where all loci are intact there is no other one.
    let [red, green] = evidence.doubtful_doublets;
    let other = SignalPattern {
        isolated_red: pattern.isolated_red.saturating_add(red),
        isolated_green: pattern.isolated_green.saturating_add(green),
        ..pattern
    };
    let turned = evaluable
        && other != pattern
        && pattern.fused < assay.expected_fused(sex)
        && counts_as_rearranged(class_of(&other, assay, sex), &other, assay) != rearranged;
    NucleusCall {
        nucleus_id: evidence.nucleus_id,
        pattern,
        class,
        exclusion,
        rearranged,
        uncertain: evaluable
            && evidence.grey_zone_pair
            && grey_zone_action(assay) == GreyZoneAction::Uncertain,
        probability_rearranged: probability,
        probability_at_cutoff: at_cutoff.map(|separated| separated.rearranged(counts, [0.0; 2])),
        doubtful: turned
            || probability
                .is_some_and(|p| if rearranged { !at_least(p, likely) } else { !at_least(unlikely, p) }),
        lost: evidence.lost,
        edited: false,
        place: evidence.place.clone(),
        rearranged_outside: counts_as && exclusion == Some(Exclusion::OutsideRegion),
    }
}

/// The reason for leaving a nucleus out, in the documented order.
fn exclusion_of(
    evidence: &NucleusEvidence,
    assay: &Assay,
    sex: Option<Sex>,
    params: &ClassifyParams,
) -> Option<Exclusion> {
    not_one_nucleus(evidence, assay, params)
        .or_else(|| not_readable(evidence, assay, params))
        .or_else(|| not_countable(evidence, assay, sex))
        .or_else(|| (evidence.place == Some(RegionPlace::Outside)).then_some(Exclusion::OutsideRegion))
}

fn not_one_nucleus(evidence: &NucleusEvidence, assay: &Assay, params: &ClassifyParams) -> Option<Exclusion> {
    let rules = &assay.evaluable;
    let [smallest, largest] = rules.area_um2;
    if !at_least(evidence.score, params.min_nucleus_score) {
        Some(Exclusion::NotANucleus)
    } else if evidence.touches_border && rules.exclude_edge {
        Some(Exclusion::TouchesBorder)
    } else if evidence.repeated {
        Some(Exclusion::Repeated)
    } else if evidence.overlapping && rules.exclude_overlap {
        Some(Exclusion::Overlapping)
    } else if evidence.area_um2.is_some_and(|area| !at_least(area, smallest)) {
        Some(Exclusion::TooSmall)
    } else if evidence.area_um2.is_some_and(|area| !at_least(largest, area)) {
        Some(Exclusion::TooLarge)
    } else {
        None
    }
}

fn not_readable(evidence: &NucleusEvidence, assay: &Assay, params: &ClassifyParams) -> Option<Exclusion> {
    if evidence.out_of_focus {
        Some(Exclusion::OutOfFocus)
    } else if evidence.saturated {
        Some(Exclusion::Saturated)
    } else if evidence.debris {
        Some(Exclusion::Debris)
    } else if Colour::BOTH.iter().any(|colour| evidence.is_weak(*colour, assay, params)) {
        Some(Exclusion::WeakProbe)
    } else {
        None
    }
}

fn not_countable(evidence: &NucleusEvidence, assay: &Assay, sex: Option<Sex>) -> Option<Exclusion> {
    let pattern = &evidence.pattern;
    let rules = &assay.evaluable;
    let [red, green] = Colour::BOTH.map(|colour| pattern.signals(colour));
    // Where a cluster is amplification by the assay, more fused pairs than can be counted are one.
    let clusters_count = assay.amplification.cluster;
    let too_many = (red.max(green) > rules.max_signals && !(clusters_count && pattern.only_fused()))
        || (evidence.uncountable_cluster && !clusters_count);
    if red == 0 && green == 0 {
        Some(Exclusion::NoSignal)
    } else if too_many {
        Some(Exclusion::TooManySignals)
    } else if red.min(green) == 0 && (rules.min_each_colour > 0 || !evidence.missing_probe_hybridised_nearby)
    {
        Some(Exclusion::OneColourOnly)
    } else if red.min(green) < rules.min_each_colour || pattern.fused < rules.min_fused {
        Some(Exclusion::TooFewSignals)
    } else if rules.complete_nuclei_only && !is_complete(pattern, assay.expected_fused(sex)) {
        Some(Exclusion::IncompletePattern)
    } else if evidence.grey_zone_pair && grey_zone_action(assay) == GreyZoneAction::Exclude {
        Some(Exclusion::GreyZone)
    } else {
        None
    }
}

/// All expected loci, each intact or split, and nothing else: `2F`, `1F1R1G`, `2R2G`.
fn is_complete(pattern: &SignalPattern, expected: usize) -> bool {
    let separated = pattern.separated_red();
    separated == pattern.separated_green() && pattern.fused.saturating_add(separated) == expected
}

/// A pair may be marked by another assay's grey zone: the nucleus is then excluded.
fn grey_zone_action(assay: &Assay) -> GreyZoneAction {
    assay.split.grey_zone.map_or(GreyZoneAction::Exclude, |zone| zone.action)
}
