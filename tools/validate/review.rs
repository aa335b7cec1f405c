//! What the order of review is worth: whether wrong calls are shown early, and whether few clicks repair a verdict.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use breakapart::Verdict;
use breakapart::analyse::{Change, Edit, ReviewItem, ReviewReason, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::classify::SignalPattern;
use breakapart::simulate::NucleusTruth;

use crate::matching::LabelMatch;
use crate::print;
use crate::read::Specimen;
use crate::score::FieldTruth;

/// Share of the counted nuclei that a reader looks at.
const LOOKED_AT: f64 = 0.1;
/// Corrections that a reader makes at most.
const CLICKS: usize = 25;
/// Multiplier of the order without sense: a large odd number spreads the nuclei over all places.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// What the order of review is worth in one specimen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReviewWorth {
    counted: usize,
    wrong: usize,
    /// Wrong calls among the first tenth: in the order of review, and in an order without sense.
    early: [usize; 2],
    /// Wrong calls for which the first tenth has a place.
    reachable: usize,
    /// Whether the verdict by the rule is that of the truth: as read, after the corrections in the order of review, and in an
    /// order without sense.
    is_right: [bool; 3],
}

/// Compares a reading with the truth. `truths` are in the order of the reading's fields.
pub(crate) fn worth(truths: &[FieldTruth], reading: &SpecimenReading, assay: &Assay) -> Result<ReviewWorth> {
    let known = truths.iter().zip(&reading.fields).map(|(truth, field)| {
        let labels = LabelMatch::new(&truth.labels, &field.labels.to_array());
        let nuclei = truth.nuclei.iter().filter(|nucleus| nucleus.scorable);
        nuclei.filter_map(|nucleus| Some((labels.found(nucleus.nucleus)?, nucleus))).collect()
    });
    let known: Vec<BTreeMap<u32, &NucleusTruth>> = known.collect();
    let is_wrong = |item: &ReviewItem| {
        let call = &reading.fields[item.field].nuclei[item.nucleus].call;
        known[item.field].get(&call.nucleus_id).is_some_and(|truth| truth.rearranged != call.rearranged)
    };
    let is_counted = |item: &&ReviewItem| {
        use ReviewReason::{Counted, DecidesVerdict, TurnsVerdict};
        matches!(item.reason, TurnsVerdict | DecidesVerdict | Counted)
    };
    let order: Vec<ReviewItem> = reading.review_order().iter().filter(is_counted).copied().collect();
    let mut senseless = order.clone();
    senseless.sort_by_key(|item| ((item.field * 65_536 + item.nucleus) as u64 + 1).wrapping_mul(SPREAD));
    let first = (LOOKED_AT * order.len() as f64).ceil() as usize;
    let early = |order: &[ReviewItem]| order[..first].iter().filter(|item| is_wrong(item)).count();
    let truth = true_verdict(truths, assay);
    let repaired = |order: &[ReviewItem]| -> Result<bool> {
        let edits: Vec<Edit> =
            order.iter().take(CLICKS).map(|item| correction(reading, item, &known)).collect();
        Ok(reading.edit(&edits)?.summary.by_rule == truth)
    };
    let wrong = order.iter().filter(|item| is_wrong(item)).count();
    Ok(ReviewWorth {
        counted: order.len(),
        wrong,
        reachable: wrong.min(first),
        early: [early(&order), early(&senseless)],
        is_right: [reading.summary.by_rule == truth, repaired(&order)?, repaired(&senseless)?],
    })
}

/// The verdict on all scorable nuclei as they are.
fn true_verdict(truths: &[FieldTruth], assay: &Assay) -> Verdict {
    let scorable = || truths.iter().flat_map(|truth| &truth.nuclei).filter(|nucleus| nucleus.scorable);
    let rearranged = scorable().filter(|nucleus| nucleus.rearranged).count();
    let decision = &assay.decision;
    if decision.cutoff().is_met_by(rearranged, scorable().count(), decision.comparator()) {
        Verdict::Positive
    } else {
        Verdict::Negative
    }
}

/// What a reader who sees the truth makes of a nucleus.
fn correction(reading: &SpecimenReading, item: &ReviewItem, known: &[BTreeMap<u32, &NucleusTruth>]) -> Edit {
    let field = &reading.fields[item.field];
    let nucleus_id = field.nuclei[item.nucleus].nucleus.id;
    let change = match known[item.field].get(&nucleus_id) {
        Some(truth) => Change::Pattern(SignalPattern {
            fused: truth.fused,
            split: truth.split,
            isolated_red: truth.red,
            isolated_green: truth.green,
        }),
        None => Change::Exclude,
    };
    Edit { field: field.name.clone(), nucleus_id, change }
}

/// Prints and writes what the order is worth over all specimens.
pub(crate) fn report(specimens: &[Specimen<'_>], path: &Path) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record([
        "specimens",
        "counted",
        "wrong",
        "order",
        "wrong_in_first_tenth",
        "at_most",
        "verdicts_wrong",
        "verdicts_repaired",
    ])?;
    let sum = |of: &dyn Fn(&ReviewWorth) -> usize| specimens.iter().map(|s| of(&s.review)).sum::<usize>();
    let (counted, wrong, reachable) = (sum(&|w| w.counted), sum(&|w| w.wrong), sum(&|w| w.reachable));
    let wrong_verdicts = sum(&|w| usize::from(!w.is_right[0]));
    print::line(format_args!(
        "\nreview: {wrong} wrong calls of {counted} counted nuclei, {wrong_verdicts} wrong verdicts by the rule of {}; \
         the first tenths have a place for {reachable} of the wrong calls",
        specimens.len()
    ));
    for (i, name) in ["by review order", "without order"].into_iter().enumerate() {
        let early = sum(&|w| w.early[i]);
        let repaired = sum(&|w| usize::from(!w.is_right[0] && w.is_right[1 + i]));
        let spoilt = sum(&|w| usize::from(w.is_right[0] && !w.is_right[1 + i]));
        let share = if wrong > 0 { 100.0 * early as f64 / wrong as f64 } else { 100.0 };
        print::line(format_args!(
            "  {name}: {early} of {wrong} wrong calls ({share:.1} %) in the first tenth; {CLICKS} corrections repair {repaired} of \
             {wrong_verdicts} verdicts, spoil {spoilt}"
        ));
        let cells = [specimens.len(), counted, wrong].map(|n| n.to_string());
        let own = [early, reachable, wrong_verdicts, repaired].map(|n| n.to_string());
        table.write_record(cells.iter().cloned().chain([name.to_owned()]).chain(own))?;
    }
    table.flush()?;
    Ok(())
}
