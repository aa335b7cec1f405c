//! Intervals and cutoffs against published formulas' worked numbers.

use breakapart::summarise::{
    Count, beta_inverse_cutoff, clopper_pearson, critical_binomial, exact_upper_bound, mean_plus_sd, wilson,
};
use proptest::prelude::*;

/// False positives of 20 normal controls of 200 nuclei each.
const NORMALS: [usize; 20] = [0, 1, 2, 0, 3, 1, 2, 4, 1, 0, 2, 3, 1, 2, 5, 0, 1, 2, 3, 2];

fn normals() -> Vec<Count> {
    NORMALS.iter().map(|x| Count::new(*x, 200).unwrap()).collect()
}

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} is not {b} within {tolerance}");
}

#[test]
fn inverse_beta_and_exact_bound_give_the_worked_numbers() {
    let table = [
        (0, 200, 0.014_867, 2.973, 0.014_867),
        (3, 200, 0.037_750, 7.550, 0.038_310),
        (5, 200, 0.050_596, 10.119, 0.051_843),
        (2, 100, 0.060_436, 6.044, 0.061_619),
        (3, 50, 0.139_849, 6.992, 0.147_837),
        (4, 50, 0.161_545, 8.077, 0.173_791),
    ];
    for (x, n, inverse, cells, exact) in table {
        let control = [Count::new(x, n).unwrap()];
        let cutoff = beta_inverse_cutoff(&control, 0.95).unwrap();
        close(cutoff.percent / 100.0, inverse, 5e-7);
        close(cutoff.percent / 100.0 * n as f64, cells, 5e-4);
        assert_eq!(cutoff.positive_from(n), cells as usize + 1);
        close(exact_upper_bound(&control, 0.95).unwrap().percent / 100.0, exact, 5e-7);
    }
}

#[test]
fn worked_example_of_twenty_normals() {
    let inverse = beta_inverse_cutoff(&normals(), 0.95).unwrap();
    close(inverse.percent, 5.0596, 5e-5);
    assert_eq!(inverse.positive_from(200), 11);
    assert_eq!(inverse.normals, 20);
    close(mean_plus_sd(&normals(), 0.0).unwrap().percent, 0.875, 1e-12);
    close(mean_plus_sd(&normals(), 1.0).unwrap().percent, 0.875 + 0.685_853, 5e-7);
    close(mean_plus_sd(&normals(), 3.0).unwrap().percent, 2.9326, 5e-5);
    assert_eq!(critical_binomial(200, &normals(), 0.95).unwrap(), 4);
    assert_eq!(critical_binomial(200, &normals(), 0.99).unwrap(), 5);
}

#[test]
fn critical_binomial_agrees_with_a_spreadsheet() {
    for (cells, positive, total, expected) in
        [(100, 5, 100, 9), (50, 5, 100, 5), (200, 11, 1000, 5), (500, 5, 1000, 5)]
    {
        let pooled = [Count::new(positive, total).unwrap()];
        assert_eq!(critical_binomial(cells, &pooled, 0.95).unwrap(), expected);
    }
    let never = [Count::new(0, 200).unwrap()];
    assert_eq!(critical_binomial(200, &never, 0.95).unwrap(), 0);
    let always = [Count::new(200, 200).unwrap()];
    assert_eq!(critical_binomial(50, &always, 0.95).unwrap(), 50);
}

#[test]
fn intervals_give_the_worked_numbers() {
    let table = [
        (27, 50, (39.32, 68.19), (40.40, 67.03)),
        (15, 100, (8.65, 23.53), (9.31, 23.28)),
        (5, 50, (3.33, 21.81), (4.35, 21.36)),
        (0, 50, (0.0, 7.11), (0.0, 7.13)),
    ];
    for (x, n, exact, score) in table {
        let count = Count::new(x, n).unwrap();
        let (cp, w) = (clopper_pearson(count, 0.95).unwrap(), wilson(count, 0.95).unwrap());
        close(cp.low_percent, exact.0, 0.005_001);
        close(cp.high_percent, exact.1, 0.005_001);
        close(w.low_percent, score.0, 0.005_001);
        close(w.high_percent, score.1, 0.005_001);
    }
    let cp = clopper_pearson(Count::new(14, 100).unwrap(), 0.95).unwrap();
    close(cp.low_percent, 7.87, 0.005_001);
    close(cp.high_percent, 22.37, 0.005_001);
    let cp = clopper_pearson(Count::new(150, 1000).unwrap(), 0.95).unwrap();
    close(cp.low_percent, 12.84, 0.005_001);
    close(cp.high_percent, 17.37, 0.005_001);
}

#[test]
fn what_cannot_be_computed_says_why() {
    let one = [Count::new(1, 10).unwrap()];
    let cases = [
        (beta_inverse_cutoff(&[], 0.95).unwrap_err().to_string(), "1 or more (20 are usual)"),
        (
            exact_upper_bound(&[Count { positive: 3, total: 2 }], 0.95).unwrap_err().to_string(),
            "normal control 1 = 3 of 2",
        ),
        (
            beta_inverse_cutoff(&[one[0], Count::default()], 0.95).unwrap_err().to_string(),
            "normal control 2 = 0 of 0",
        ),
        (beta_inverse_cutoff(&one, 1.0).unwrap_err().to_string(), "above 0 and below 1"),
        (critical_binomial(100, &one, f64::NAN).unwrap_err().to_string(), "confidence = NaN"),
        (critical_binomial(0, &one, 0.95).unwrap_err().to_string(), "cells = 0"),
        (mean_plus_sd(&one, 3.0).unwrap_err().to_string(), "2 or more"),
        (mean_plus_sd(&normals(), f64::NAN).unwrap_err().to_string(), "deviations = NaN"),
        (wilson(Count::default(), 0.95).unwrap_err().to_string(), "nothing has no percentage"),
        (wilson(Count { positive: 2, total: 1 }, 0.95).unwrap_err().to_string(), "positive nuclei = 2"),
        (clopper_pearson(one[0], 0.0).unwrap_err().to_string(), "confidence level = 0"),
    ];
    for (message, part) in cases {
        assert!(message.contains(part), "{message} lacks {part}");
    }
}

proptest! {
    #[test]
    fn intervals_hold_the_percentage_and_grow_with_the_level(n in 1_usize..5000, share in 0.0..=1.0_f64) {
        let count = Count::new((share * n as f64) as usize, n).unwrap();
        let percent = count.percent().unwrap();
        for method in [wilson, clopper_pearson] {
            let (narrow, wide) = (method(count, 0.9).unwrap(), method(count, 0.99).unwrap());
            prop_assert!(wide.low_percent <= narrow.low_percent && narrow.high_percent <= wide.high_percent);
            prop_assert!(narrow.low_percent <= percent + 1e-9 && percent <= narrow.high_percent + 1e-9);
            prop_assert!(wide.low_percent >= -1e-9 && wide.high_percent <= 100.0 + 1e-9);
        }
    }

    #[test]
    fn exact_bound_is_never_below_the_inverse_beta(x in 0_usize..50, more in 1_usize..500) {
        let control = [Count::new(x, x + more).unwrap()];
        let inverse = beta_inverse_cutoff(&control, 0.95).unwrap().percent;
        let exact = exact_upper_bound(&control, 0.95).unwrap().percent;
        prop_assert!(exact >= inverse - 1e-9);
        prop_assert!(exact > 100.0 * x as f64 / (x + more) as f64);
    }
}
