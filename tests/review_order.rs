//! The order of review: a nucleus that decides the verdict is shown at once.

use std::sync::LazyLock;

use breakapart::analyse::{Analyser, Change, Edit, ReviewReason, SpecimenReading};
use breakapart::classify::{ClassifyParams, Exclusion, NucleusCall, NucleusEvidence, classify};
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
            assert_eq!(order[0].reason, ReviewReason::TurnsVerdict, "{condition} {seed} {side}");
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

/// A reading whose nuclei are replaced.
static SEED: LazyLock<SpecimenReading> = LazyLock::new(|| {
    let mut conditions = Conditions::named("easy_positive").unwrap();
    conditions.size_px = 320;
    let specimen = simulate_specimen(&conditions, 1, 1).unwrap();
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = analyser.measure_field(&specimen.fields[0].field).unwrap();
    analyser.read_specimen("specimen", vec![measured]).unwrap()
});

/// A call of a pattern that is wrong with this probability.
fn call(assay: &Assay, pattern: &str, wrong: f64) -> NucleusCall {
    let evidence = NucleusEvidence::of_pattern(1, pattern.parse().unwrap());
    let mut call = classify(&evidence, assay, None, &ClassifyParams::default());
    call.probability_rearranged = Some(if call.rearranged { 1.0 - wrong } else { wrong });
    call.doubtful = wrong >= 0.1;
    call
}

/// A specimen of these calls by a built-in assay.
fn specimen(assay: Assay, calls: Vec<NucleusCall>) -> SpecimenReading {
    let mut reading = SEED.clone();
    let nucleus = reading.fields[0].nuclei[0].clone();
    let nuclei = (1..).zip(calls).map(|(id, call)| {
        let mut own = nucleus.clone();
        (own.nucleus.id, own.pairing.nucleus_id, own.call) = (id, id, call);
        own.call.nucleus_id = id;
        own
    });
    reading.fields[0].nuclei = nuclei.collect();
    (reading.assay, reading.grounds.findings) = (assay, Vec::new());
    reading.summary = reading.decide().unwrap();
    reading
}

fn repeated(assay: &Assay, groups: &[(usize, &str, f64)]) -> Vec<NucleusCall> {
    groups.iter().flat_map(|(n, pattern, wrong)| vec![call(assay, pattern, *wrong); *n]).collect()
}

/// The verdict if a nucleus shows another pattern.
fn verdict_with(reading: &SpecimenReading, nucleus: usize, pattern: &str) -> Verdict {
    let field = &reading.fields[0];
    let change = Change::Pattern(pattern.parse().unwrap());
    let edit = Edit { field: field.name.clone(), nucleus_id: field.nuclei[nucleus].nucleus.id, change };
    reading.edit(&[edit]).unwrap().summary.by_rule
}

#[test]
fn a_pattern_with_a_cutoff_of_its_own_decides() {
    let usp6 = Assay::builtin("usp6").unwrap();
    // 10 of 200 are 5 %: the cutoff of 1F1R1G alone is met. The others are more doubtful, and decide nothing.
    let groups =
        [(183, "2F", 0.01), (9, "1F1R1G", 0.01), (6, "1F1R", 0.4), (1, "1F1R1G", 0.2), (1, "2F", 0.2)];
    let reading = specimen(usp6.clone(), repeated(&usp6, &groups));
    assert_eq!((reading.summary.by_rule, reading.summary.rearranged), (Verdict::Positive, 16));
    let order = reading.review_order();
    assert_eq!((order[0].nucleus, order[0].reason), (198, ReviewReason::TurnsVerdict));
    assert_eq!(verdict_with(&reading, 198, "2F"), Verdict::Negative);
    assert!(order[1..].iter().all(|item| item.reason == ReviewReason::Counted));
    // One less, and the doubtful intact nucleus turns it.
    let groups = [(184, "2F", 0.01), (9, "1F1R1G", 0.01), (6, "1F1R", 0.4), (1, "2F", 0.2)];
    let reading = specimen(usp6.clone(), repeated(&usp6, &groups));
    assert_eq!(reading.summary.by_rule, Verdict::Negative);
    let order = reading.review_order();
    assert_eq!((order[0].nucleus, order[0].reason), (199, ReviewReason::TurnsVerdict));
    assert_eq!(verdict_with(&reading, 199, "1F1R1G"), Verdict::Positive);
}

#[test]
fn a_pattern_and_the_total_decide_together() {
    let usp6 = Assay::builtin("usp6").unwrap();
    // 5 % of 1F1R1G and 10 % of all: to turn it, one 1F1R1G must be wrong and one more of any pattern.
    let groups =
        [(179, "2F", 0.01), (9, "1F1R1G", 0.01), (1, "1F1R1G", 0.2), (9, "1F1R", 0.01), (2, "1F1R", 0.4)];
    let reading = specimen(usp6.clone(), repeated(&usp6, &groups));
    assert_eq!((reading.summary.by_rule, reading.summary.rearranged), (Verdict::Positive, 21));
    let order = reading.review_order();
    assert!(order[..3].iter().all(|item| item.reason == ReviewReason::DecidesVerdict), "{:?}", &order[..3]);
    assert_eq!(order[3].reason, ReviewReason::Counted);
}

#[test]
fn two_stages_are_turned_by_the_nuclei_of_their_own_stage() {
    let assay = Assay::builtin("alk_two_stage").unwrap();
    let mut turns = [0; 2];
    // Clear stages, the edges of the band of the second reader, the pooled cutoff, and a specimen without a second stage.
    for (nuclei, rearranged) in
        [(50, 4), (50, 5), (50, 25), (50, 26), (120, 8), (120, 12), (120, 17), (120, 18), (120, 60)]
    {
        for start in 0..5 {
            let calls = (0..nuclei).map(|i| {
                let place = (i * 7 + start * 11) % nuclei;
                let wrong = if i % 3 == 0 { 0.3 } else { 0.01 };
                call(&assay, if place < rearranged { "1F1R1G" } else { "2F" }, wrong)
            });
            let reading = specimen(assay.clone(), calls.collect());
            for item in reading.review_order().iter().filter(|item| item.probability_wrong > 0.1) {
                let is_rearranged = reading.fields[0].nuclei[item.nucleus].call.rearranged;
                let turned =
                    verdict_with(&reading, item.nucleus, if is_rearranged { "2F" } else { "1F1R1G" });
                let turns_it = turned != reading.summary.by_rule;
                assert_eq!(
                    item.reason == ReviewReason::TurnsVerdict,
                    turns_it,
                    "{nuclei} {rearranged} {item:?}"
                );
                turns[usize::from(turns_it)] += 1;
            }
        }
    }
    assert!(turns.iter().all(|n| *n > 50), "{turns:?}");
}

#[test]
fn nuclei_that_are_left_out_come_first_where_their_count_withholds_the_verdict() {
    let alk = Assay::builtin("alk").unwrap();
    let with_left_out = |n: usize| {
        let mut calls = repeated(&alk, &[(46, "2F", 0.2), (n + 2, "1F1R1G", 0.0)]);
        for (i, call) in calls[46..].iter_mut().enumerate() {
            let exclusion = if i < 2 { Exclusion::TouchesBorder } else { Exclusion::Overlapping };
            (call.exclusion, call.rearranged, call.probability_rearranged) = (Some(exclusion), false, None);
        }
        specimen(alk.clone(), calls).review_order()
    };
    let reasons = |n: usize| with_left_out(n).iter().map(|item| item.reason).collect::<Vec<_>>();
    let enough = reasons(4);
    assert_eq!(enough[..4], [ReviewReason::CompletesCount; 4]);
    assert_eq!(enough[4..50], [ReviewReason::Counted; 46]);
    assert_eq!(enough[50..], [ReviewReason::NotCounted; 2]);
    let too_few = reasons(3);
    assert_eq!(too_few[..46], [ReviewReason::Counted; 46]);
    assert_eq!(too_few[46..49], [ReviewReason::MayCount; 3]);
}

#[test]
fn the_order_of_a_large_slide_takes_less_than_seconds() {
    for id in ["alk", "alk_two_stage", "usp6"] {
        let assay = Assay::builtin(id).unwrap();
        let mut groups = vec![(26_000, "2F", 0.01), (2_000, "2F", 0.3)];
        for pattern in ["1F1R1G", "1F1R", "1F1G", "1R1G", "2F1R", "1F2R1G"] {
            groups.extend([(500, pattern, 0.02), (334, pattern, 0.4)]);
        }
        let reading = specimen(assay.clone(), repeated(&assay, &groups));
        let started = std::time::Instant::now();
        let order = reading.review_order();
        let seconds = started.elapsed().as_secs_f64();
        println!("{id}: {} nuclei in {seconds:.3} s", order.len());
        assert_eq!(order.len(), 33_004);
        // Some 0.1 s; a verdict for each doubtful nucleus takes minutes.
        assert!(seconds < 5.0, "{id}: {seconds} s");
    }
}
