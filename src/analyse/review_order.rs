//! The order in which a person reviews the nuclei of a specimen.
//!
//! First the nuclei that would change the verdict: if few wrong calls would turn it, those that are doubtful and on its side. Then
//! all that are counted, the least certain first. Then those that are not counted: a person may bring them back.

use std::cmp::Ordering;

use crate::analyse::SpecimenReading;
use crate::classify::{Exclusion, NucleusCall};
use crate::reading::NucleusReading;

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
    /// It is doubtful, and the verdict turns if few calls like it are wrong.
    DecidesVerdict,
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
        let deciding_side = self.deciding_side();
        let item = |field: usize, nucleus: usize, of: &NucleusReading| ReviewItem {
            field,
            nucleus,
            reason: reason(&of.call, deciding_side),
            probability_wrong: probability_wrong(&of.call),
        };
        let of_field = |(i, field): (usize, &crate::reading::FieldReading)| {
            field.nuclei.iter().enumerate().map(|(j, nucleus)| item(i, j, nucleus)).collect::<Vec<_>>()
        };
        let mut order: Vec<ReviewItem> = self.fields.iter().enumerate().flat_map(of_field).collect();
        // Stable: otherwise in the order of fields and nuclei.
        order.sort_by(ReviewItem::cmp_urgency);
        order
    }

    /// Whether wrong calls of rearranged nuclei (`true`) or of others (`false`) could turn the verdict; `None` if there are too few
    /// doubtful ones.
    fn deciding_side(&self) -> Option<bool> {
        let counted: Vec<&NucleusCall> = self.calls().filter(|call| call.evaluable()).collect();
        let rearranged = counted.iter().filter(|call| call.rearranged).count();
        let decision = &self.assay.decision;
        let is_met = |n: usize| decision.cutoff().is_met_by(n, counted.len(), decision.comparator());
        let side = is_met(rearranged);
        let doubtful = counted.iter().filter(|c| c.rearranged == side && probability_wrong(c) >= MIN_WRONG);
        let turned =
            if side { rearranged.checked_sub(doubtful.count())? } else { rearranged + doubtful.count() };
        (is_met(turned) != side).then_some(side)
    }
}

impl ReviewItem {
    fn cmp_urgency(&self, other: &Self) -> Ordering {
        let by_reason = self.reason.cmp(&other.reason);
        by_reason.then(other.probability_wrong.total_cmp(&self.probability_wrong))
    }
}

fn reason(call: &NucleusCall, deciding_side: Option<bool>) -> ReviewReason {
    match call.exclusion {
        None if deciding_side == Some(call.rearranged) && probability_wrong(call) >= MIN_WRONG => {
            ReviewReason::DecidesVerdict
        }
        None => ReviewReason::Counted,
        Some(
            Exclusion::TooFewSignals
            | Exclusion::OneColourOnly
            | Exclusion::IncompletePattern
            | Exclusion::TooManySignals
            | Exclusion::GreyZone
            | Exclusion::WeakProbe
            | Exclusion::Overlapping,
        ) => ReviewReason::MayCount,
        Some(_) => ReviewReason::NotCounted,
    }
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
