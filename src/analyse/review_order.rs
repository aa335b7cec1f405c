//! The order in which a person reviews the nuclei of a specimen.
//!
//! First the doubtful nuclei on which the verdict depends, as the assay's rule itself says. If the verdict is open for want of
//! nuclei, then those that may be brought back: no counted nucleus can change it. Then all others that are counted, the least
//! certain first. Then those that are not counted.

use std::cmp::Ordering;

use crate::analyse::SpecimenReading;
use crate::classify::{Exclusion, NucleusCall};
use crate::decide::{Influence, influence, more_nuclei_decide};

/// Smallest probability of a wrong call for a nucleus that may change the verdict: below it, its call is as certain as a
/// reading gets. Default chosen for this crate: the limit from which a call is doubtful.
const MIN_WRONG: f64 = 0.1;

/// Probability of a wrong call where the reading gives none but marks the nucleus as unsure: an even chance.
const WRONG_IF_UNKNOWN: f64 = 0.5;

/// A nucleus in the order of review.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ReviewItem {
    /// Place of its field among the fields of the reading.
    pub field: usize,
    /// Place of the nucleus in the field.
    pub nucleus: usize,
    /// Why it stands where it does.
    pub reason: ReviewReason,
    /// Estimated probability that its call is wrong, 0 to 1; 0 if it is not counted.
    pub probability_wrong: f64,
}

/// Why a nucleus stands where it does in the order of review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReviewReason {
    /// It is doubtful, and the verdict by the assay's rule turns if it alone is wrong.
    TurnsVerdict,
    /// It is doubtful, and the verdict by the assay's rule turns if it and other doubtful calls are wrong.
    DecidesVerdict,
    /// It is not counted for a reason that a person may judge otherwise, and the verdict is open for want of nuclei.
    CompletesCount,
    /// It is counted.
    Counted,
    /// It is not counted for a reason that a person may judge otherwise: its signals, or its place under another nucleus.
    MayCount,
    /// It is not counted, and a person would not count it either.
    NotCounted,
}

impl SpecimenReading {
    /// All nuclei in the order in which a person reviews them.
    ///
    /// ```
    /// use breakapart::analyse::Analyser;
    /// use breakapart::{Assay, Field};
    /// use ndarray::Array2;
    /// let dark = || Array2::<u16>::from_elem((64, 64), 100);
    /// let field = Field::new("field_000", dark(), dark(), dark())?;
    /// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
    /// assert!(reading.review_order().is_empty()); // there is no nucleus in a dark field
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn review_order(&self) -> Vec<ReviewItem> {
        let calls: Vec<&NucleusCall> = self.calls().collect();
        let doubt = |call: &NucleusCall| Some(probability_wrong(call)).filter(|wrong| *wrong >= MIN_WRONG);
        // An assay that does not hold together gives no verdict: then none decides it.
        let influences = influence(calls.iter().copied(), &self.assay, doubt).unwrap_or_default();
        let is_short = more_nuclei_decide(&calls, &self.assay, may_count).unwrap_or_default();
        let places = self.fields.iter().enumerate();
        let places = places.flat_map(|(i, field)| (0..field.nuclei.len()).map(move |j| (i, j)));
        let item = |(place, ((field, nucleus), call)): (usize, ((usize, usize), &&NucleusCall))| ReviewItem {
            field,
            nucleus,
            reason: reason(call, influences.get(&place).copied().unwrap_or_default(), is_short),
            probability_wrong: probability_wrong(call),
        };
        let mut order: Vec<ReviewItem> = places.zip(&calls).enumerate().map(item).collect();
        // Stable: otherwise in the order of fields and nuclei.
        order.sort_by(ReviewItem::cmp_urgency);
        order
    }
}

impl ReviewItem {
    fn cmp_urgency(&self, other: &Self) -> Ordering {
        let by_reason = self.reason.cmp(&other.reason);
        by_reason.then(other.probability_wrong.total_cmp(&self.probability_wrong))
    }
}

fn reason(call: &NucleusCall, influence: Influence, is_short: bool) -> ReviewReason {
    match influence {
        Influence::Alone => ReviewReason::TurnsVerdict,
        Influence::WithOthers => ReviewReason::DecidesVerdict,
        Influence::None if call.evaluable() => ReviewReason::Counted,
        Influence::None if !may_count(call) => ReviewReason::NotCounted,
        Influence::None if is_short => ReviewReason::CompletesCount,
        Influence::None => ReviewReason::MayCount,
    }
}

/// Whether a nucleus is not counted for a reason that a person may judge otherwise.
fn may_count(call: &NucleusCall) -> bool {
    matches!(
        call.exclusion,
        Some(
            Exclusion::TooFewSignals
                | Exclusion::OneColourOnly
                | Exclusion::IncompletePattern
                | Exclusion::TooManySignals
                | Exclusion::GreyZone
                | Exclusion::WeakProbe
                | Exclusion::Overlapping
        )
    )
}

/// Estimated probability that the call of a counted nucleus is wrong.
fn probability_wrong(call: &NucleusCall) -> f64 {
    if !call.evaluable() {
        return 0.0;
    }
    let unsure = call.doubtful || call.uncertain;
    let estimated = call.probability_rearranged.map(|p| if call.rearranged { 1.0 - p } else { p });
    match estimated {
        Some(wrong) if wrong.is_finite() && !unsure => wrong,
        Some(wrong) if wrong.is_finite() => wrong.max(MIN_WRONG),
        _ if unsure => WRONG_IF_UNKNOWN,
        _ => 0.0,
    }
}
