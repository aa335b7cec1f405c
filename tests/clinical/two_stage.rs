//! The rule of two readers with 50 nuclei each.

use breakapart::assay::{Decision, TwoStage};
use breakapart::quality::Detail;
use breakapart::summarise::{Count, Verdict, two_stage};

use crate::{FUSED, alk_two_stage, of, only, read};

fn two_stage_rule() -> TwoStage {
    let Decision::TwoStage(rule) = alk_two_stage().decision else { panic!() };
    rule
}

#[test]
fn vectors_of_the_two_stage_rule() {
    use Verdict::{Equivocal, Negative, Positive};
    let rule = two_stage_rule();
    let table = [
        (4, None, Negative),
        (5, None, Equivocal),
        (5, Some((8, 50)), Negative),
        (5, Some((10, 50)), Positive),
        (7, Some((8, 50)), Positive),
        (25, None, Equivocal),
        (25, Some((2, 50)), Positive),
        (26, None, Positive),
        (7, Some((7, 50)), Negative),
        (6, Some((8, 46)), Negative),
        (4, Some((50, 50)), Negative),
    ];
    for (first, second, verdict) in table {
        let second = second.map(|(x, n)| Count::new(x, n).unwrap());
        let stages = two_stage(Count::new(first, 50).unwrap(), second, &rule).unwrap();
        assert_eq!(stages.last().unwrap().verdict, verdict, "{first} {second:?}");
    }
    assert!(two_stage(Count::default(), None, &rule).is_err());
    assert!(two_stage(Count { positive: 51, total: 50 }, None, &rule).is_err());
}

/// P(positive) of the two-stage rule for independent nuclei, by summing over all outcomes.
#[test]
fn operating_characteristic_of_the_two_stage_rule() {
    let rule = two_stage_rule();
    let binomial = |p: f64| {
        let mut weights = vec![(1.0 - p).powi(50)];
        for x in 0..50 {
            weights.push(weights[x] * (50 - x) as f64 / (x + 1) as f64 * p / (1.0 - p));
        }
        weights
    };
    let table = [
        (0.05, 0.0001),
        (0.06, 0.0009),
        (0.08, 0.0128),
        (0.10, 0.070),
        (0.12, 0.210),
        (0.15, 0.532),
        (0.20, 0.913),
    ];
    for (p, expected) in table {
        let weights = binomial(p);
        let mut positive = 0.0;
        let mut second_reader = 0.0;
        for (x1, w1) in weights.iter().enumerate() {
            let first = Count::new(x1, 50).unwrap();
            match two_stage(first, None, &rule).unwrap()[0].verdict {
                Verdict::Positive => positive += w1,
                Verdict::Equivocal => {
                    second_reader += w1;
                    for (x2, w2) in weights.iter().enumerate() {
                        let stages = two_stage(first, Some(Count::new(x2, 50).unwrap()), &rule).unwrap();
                        positive += if stages[1].verdict == Verdict::Positive { w1 * w2 } else { 0.0 };
                    }
                }
                _ => {}
            }
        }
        assert!((positive - expected).abs() < 0.0006, "{p}: {positive} is not {expected}");
        let sent = [(0.05, 0.104), (0.10, 0.57), (0.15, 0.89)];
        if let Some((_, share)) = sent.iter().find(|(at, _)| *at == p) {
            assert!((second_reader - share).abs() < 0.006, "{p}: {second_reader} is not {share}");
        }
    }
}

#[test]
fn a_two_stage_assay_draws_its_nuclei_and_says_so() {
    let assay = alk_two_stage();
    // Clear by the first stage.
    let clear = read(&assay, &of(&[((1, 1, 1), 400), (FUSED, 100)]));
    assert_eq!((clear.verdict, clear.stages.len(), clear.stages[0].evaluable), (Verdict::Positive, 1, 50));
    let Detail::TwoStageSubset(found) = &only(&clear, "two_stage_subset").detail else { panic!() };
    assert_eq!((found.used, found.nuclei), (50, 500));
    // The rearranged nuclei come first in the list, but not first in the drawing.
    let mixed = read(&assay, &of(&[((1, 1, 1), 130), (FUSED, 370)]));
    assert_eq!((mixed.stages.len(), mixed.stages[1].evaluable), (2, 100));
    assert!((14..=40).contains(&mixed.stages[1].rearranged), "{}", mixed.stages[1].rearranged);
    // Undecided, and fewer further nuclei than asked for: they are pooled, and said to be fewer.
    let few = read(&assay, &of(&[((1, 1, 1), 14), (FUSED, 82)]));
    assert_eq!((few.verdict, few.stages[1].rearranged, few.stages[1].evaluable), (Verdict::Negative, 14, 96));
    assert!(few.stages[1].rule.contains("46 of 50 are there"));
    let none = read(&assay, &of(&[((1, 1, 1), 10), (FUSED, 40)]));
    assert_eq!(none.verdict, Verdict::Equivocal);
    let Detail::SecondStageNeeded(found) = &only(&none, "second_stage_needed").detail else { panic!() };
    assert!(none.confirm && found.needed == 50);
    assert_eq!(read(&assay, &of(&[(FUSED, 49)])).verdict, Verdict::NotEvaluable);
}
