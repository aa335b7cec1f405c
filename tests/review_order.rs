//! The order of review: a nucleus that decides the verdict is shown at once.

use breakapart::analyse::{Analyser, Change, Edit, ReviewReason, SpecimenReading};
use breakapart::simulate::{Conditions, simulate_specimen};
use breakapart::{Assay, Verdict};

fn read(condition: &str, seed: u64) -> SpecimenReading {
    let specimen = simulate_specimen(&Conditions::named(condition).unwrap(), seed, 2).unwrap();
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured =
        specimen.fields.iter().map(|field| analyser.measure_field(&field.field).unwrap()).collect();
    analyser.read_specimen("specimen", measured).unwrap()
}

/// Nuclei that are counted and certain, rearranged or not.
fn certain(reading: &SpecimenReading, rearranged: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    for field in &reading.fields {
        let calls = field.calls().filter(|c| c.evaluable() && !c.doubtful && c.rearranged == rearranged);
        edits.extend(calls.map(|call| Edit {
            field: field.name.clone(),
            nucleus_id: call.nucleus_id,
            change: Change::Exclude,
        }));
    }
    edits
}

/// The same specimen at the cutoff: certain nuclei are left out until one call more or less turns the verdict.
fn at_cutoff(reading: &SpecimenReading, side: Verdict) -> Option<SpecimenReading> {
    let summary = &reading.summary;
    let rearranged = certain(reading, true);
    let excess = |left_out: usize| {
        let (x, n) = (summary.rearranged - left_out, summary.evaluable - left_out);
        100.0 * x as f64 >= 15.0 * n as f64
    };
    let last = (0..=rearranged.len()).rev().find(|n| excess(*n))?;
    let left_out = if side == Verdict::Positive { last } else { last + 1 };
    let reduced = reading.edit(rearranged.get(..left_out)?).unwrap();
    (reduced.summary.by_rule == side).then_some(reduced)
}

#[test]
fn an_uncertain_nucleus_that_decides_the_verdict_is_among_the_first_three() {
    let mut tried = 0;
    for (condition, seed) in [("alk_tissue_section", 3), ("alk_split_positive", 5), ("alk_tissue_section", 8)]
    {
        let reading = read(condition, seed);
        for side in [Verdict::Positive, Verdict::Negative] {
            let Some(borderline) = at_cutoff(&reading, side) else { continue };
            let doubtful = borderline.calls().filter(|call| {
                call.evaluable() && call.doubtful && call.rearranged == (side == Verdict::Positive)
            });
            if doubtful.count() == 0 {
                continue;
            }
            tried += 1;
            let order = borderline.review_order();
            assert_eq!(order[0].reason, ReviewReason::DecidesVerdict, "{condition} {seed} {side}");
            let turns = order.iter().take(3).any(|item| {
                let field = &borderline.fields[item.field];
                let call = &field.nuclei[item.nucleus].call;
                let pattern = if call.rearranged { "2F" } else { "1F1R1G" };
                let change = Change::Pattern(pattern.parse().unwrap());
                let edit = Edit { field: field.name.clone(), nucleus_id: call.nucleus_id, change };
                borderline.edit(&[edit]).unwrap().summary.by_rule != side
            });
            assert!(turns, "{condition} {seed} {side}");
        }
    }
    assert!(tried >= 2, "{tried} borderline specimens have a doubtful nucleus");
}

#[test]
fn all_nuclei_are_listed_once_and_certain_ones_come_after_doubtful_ones() {
    let reading = read("alk_tissue_section", 3);
    let order = reading.review_order();
    let mut places: Vec<(usize, usize)> = order.iter().map(|item| (item.field, item.nucleus)).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), reading.fields.iter().map(|field| field.nuclei.len()).sum::<usize>());
    let key = |i: usize| (order[i].reason, -order[i].probability_wrong);
    assert!((1..order.len()).all(|i| key(i - 1) <= key(i)));
}
