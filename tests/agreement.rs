//! Statistics of agreement against statsmodels and scipy (`tests/data/agreement`).

use breakapart::agreement::{
    ConfusionMatrix, Estimate, KappaWeights, Pair, Proportion, RepeatGroup, TwoByTwo, bland_altman, deming,
    deming_bias_at, detectable_percent, detection_probability, limit_of_blank, passing_bablok, precision,
};
use breakapart::summarise::Count;
use serde_json::Value;

const LEVEL: f64 = 0.95;

fn expected() -> Value {
    let text = include_str!("data/agreement/expected.json");
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(value["level"], LEVEL);
    value
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn close(found: f64, expected: &Value) {
    let expected = number(expected);
    assert!((found - expected).abs() <= 1e-7 * expected.abs().max(1.0), "{found} is not {expected}");
}

fn estimate(found: Estimate, expected: &Value) {
    close(found.value, &expected[0]);
    close(found.low, &expected[1]);
    close(found.high, &expected[2]);
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn pairs(value: &Value) -> Vec<Pair> {
    list(value, "pairs")
        .iter()
        .map(|pair| Pair { reference: number(&pair[0]), test: number(&pair[1]) })
        .collect()
}

#[test]
fn kappa_and_its_error_agree_with_statsmodels() {
    for case in list(&expected(), "kappa") {
        let counts: Vec<Vec<usize>> = serde_json::from_value(case["counts"].clone()).unwrap();
        let labels = ["0", "1+", "2+", "3+"];
        let labels = &labels[..counts.len()];
        let table = ConfusionMatrix::new(labels, labels, counts).unwrap();
        let weights: KappaWeights = case["weights"].as_str().unwrap().parse().unwrap();
        let kappa = table.kappa(weights, LEVEL).unwrap().unwrap();
        close(kappa.kappa, &case["kappa"]);
        close(kappa.standard_error, &case["standard_error"]);
        let (low, high) = kappa.interval.unwrap();
        let half = 1.959_963_984_540_054 * kappa.standard_error;
        assert!((low - (kappa.kappa - half).max(-1.0)).abs() < 1e-9);
        assert!((high - (kappa.kappa + half).min(1.0)).abs() < 1e-9);
    }
}

#[test]
fn shares_agree_with_statsmodels() {
    for case in list(&expected(), "proportions") {
        let count: Count = serde_json::from_value(serde_json::json!({
            "positive": case["positive"], "total": case["total"],
        }))
        .unwrap();
        let share = Proportion::of(count, LEVEL).unwrap().unwrap();
        for (found, name) in [(share.wilson, "wilson"), (share.clopper_pearson, "clopper_pearson")] {
            close(found.low_percent / 100.0, &case[name][0]);
            close(found.high_percent / 100.0, &case[name][1]);
        }
    }
}

#[test]
fn differences_and_lines_agree_with_other_ways_to_compute_them() {
    for case in list(&expected(), "comparisons") {
        let pairs = pairs(case);
        let (found, wanted) = (bland_altman(&pairs, LEVEL).unwrap().unwrap(), &case["bland_altman"]);
        estimate(found.bias, &wanted["bias"]);
        close(found.sd, &wanted["sd"]);
        estimate(found.lower_limit, &wanted["lower_limit"]);
        estimate(found.upper_limit, &wanted["upper_limit"]);
        estimate(found.slope.unwrap(), &wanted["slope"]);
        for wanted in list(case, "deming") {
            let ratio = number(&wanted["ratio"]);
            let line = deming(&pairs, ratio, LEVEL).unwrap().unwrap();
            estimate(line.slope, &wanted["slope"]);
            estimate(line.intercept, &wanted["intercept"]);
            let at = number(&wanted["at"]);
            estimate(deming_bias_at(&pairs, ratio, at, LEVEL).unwrap().unwrap(), &wanted["bias_at"]);
        }
        let line = passing_bablok(&pairs, LEVEL).unwrap().unwrap();
        estimate(line.slope, &case["passing_bablok"]["slope"]);
        estimate(line.intercept, &case["passing_bablok"]["intercept"]);
    }
}

#[test]
fn components_of_variance_agree_with_statsmodels() {
    for case in list(&expected(), "precision") {
        let groups: Vec<RepeatGroup> = list(case, "groups")
            .iter()
            .enumerate()
            .map(|(i, values)| RepeatGroup { specimen: i.to_string(), values: numbers(values) })
            .collect();
        let found = precision(&groups, LEVEL).unwrap().unwrap();
        assert_eq!(found.degrees as u64, case["degrees"].as_u64().unwrap());
        close(found.mean, &case["mean"]);
        estimate(found.repeatability_sd, &case["repeatability_sd"]);
        close(found.between_sd.unwrap(), &case["between_sd"]);
    }
}

#[test]
fn limits_agree_with_scipy() {
    for case in list(&expected(), "detection") {
        let count = |name: &str| case[name].as_u64().unwrap() as usize;
        let (cells, positive_from) = (count("cells"), count("positive_from"));
        let percent = detectable_percent(cells, positive_from, LEVEL).unwrap();
        close(percent, &case["percent"]);
        let detected = detection_probability(percent, cells, positive_from).unwrap();
        assert!((detected - LEVEL).abs() < 1e-6, "{detected}");
    }
    let wanted = &expected()["blank"];
    let limit = limit_of_blank(&numbers(&wanted["values"]), LEVEL).unwrap().unwrap();
    close(limit.by_ranks, &wanted["by_ranks"]);
    close(limit.by_deviation, &wanted["by_deviation"]);
}

#[test]
fn two_answers_give_sensitivity_and_specificity() {
    let read = [(true, true), (true, false), (false, true), (false, false), (false, false)];
    let agreement = TwoByTwo::of_pairs(read).agreement(LEVEL).unwrap();
    let share = |share: Option<Proportion>| share.map(|share| (share.count.positive, share.count.total));
    assert_eq!(share(agreement.overall), Some((3, 5)));
    assert_eq!(share(agreement.sensitivity), Some((1, 2)));
    assert_eq!(share(agreement.specificity), Some((2, 3)));
    assert_eq!(share(agreement.positive_predictive_value), Some((1, 2)));
    assert_eq!(share(agreement.negative_predictive_value), Some((2, 3)));
    let none = TwoByTwo { true_negative: 4, ..TwoByTwo::default() }.agreement(LEVEL).unwrap();
    assert_eq!((none.sensitivity, none.kappa), (None, None));
}

#[test]
fn values_that_determine_nothing_give_none() {
    let pair = |reference, test| Pair { reference, test };
    let equal = [pair(3.0, 3.0); 12];
    let found = bland_altman(&equal, LEVEL).unwrap().unwrap();
    assert_eq!((found.bias.value, found.sd, found.slope), (0.0, 0.0, None));
    assert_eq!(deming(&equal, 1.0, LEVEL).unwrap(), None);
    assert_eq!(passing_bablok(&equal, LEVEL).unwrap(), None);
    let vertical: Vec<Pair> = (0..12).map(|i| pair(5.0, f64::from(i))).collect();
    assert_eq!(deming(&vertical, 1.0, LEVEL).unwrap(), None);
    assert_eq!(passing_bablok(&vertical, LEVEL).unwrap(), None);
    for few in [&equal[..0], &equal[..1], &equal[..2]] {
        assert_eq!(bland_altman(few, LEVEL).unwrap(), None);
        assert_eq!(passing_bablok(few, LEVEL).unwrap(), None);
    }
    let once = RepeatGroup { specimen: "a".to_owned(), values: vec![1.0] };
    assert_eq!(precision(&[], LEVEL).unwrap(), None);
    assert_eq!(precision(&[once], LEVEL).unwrap(), None);
    assert_eq!(limit_of_blank(&[1.0], LEVEL).unwrap(), None);
    let labels = ["negative", "positive"];
    let kappa = |counts| {
        ConfusionMatrix::new(&labels, &labels, counts).unwrap().kappa(KappaWeights::Linear, LEVEL).unwrap()
    };
    assert_eq!(kappa(vec![vec![0, 0], vec![0, 0]]), None);
    assert_eq!(kappa(vec![vec![9, 0], vec![0, 0]]), None);
    // Complete agreement: no error can be estimated.
    let complete = kappa(vec![vec![9, 0], vec![0, 4]]).unwrap();
    assert_eq!((complete.kappa, complete.standard_error, complete.interval), (1.0, 0.0, None));
}

#[test]
fn values_that_are_none_are_refused() {
    let nan = [Pair { reference: 1.0, test: f64::NAN }; 9];
    assert!(bland_altman(&nan, LEVEL).is_err());
    assert!(deming(&nan, 1.0, LEVEL).is_err());
    assert!(passing_bablok(&nan, LEVEL).is_err());
    let good: Vec<Pair> = (0..9).map(|i| Pair { reference: f64::from(i), test: f64::from(i * i) }).collect();
    for level in [0.0, 1.0, f64::NAN] {
        assert!(bland_altman(&good, level).is_err());
        assert!(passing_bablok(&good, level).is_err());
    }
    for ratio in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(deming(&good, ratio, LEVEL).is_err());
    }
    let infinite = RepeatGroup { specimen: "a".to_owned(), values: vec![1.0, f64::INFINITY] };
    assert!(precision(&[infinite], LEVEL).is_err());
    assert!(limit_of_blank(&[0.0, f64::NAN], LEVEL).is_err());
    assert!(detectable_percent(100, 0, LEVEL).is_err());
    assert!(detectable_percent(100, 101, LEVEL).is_err());
    assert!(detection_probability(f64::NAN, 100, 5).is_err());
    assert!(ConfusionMatrix::new(&["a", "a"], &["a", "a"], vec![vec![0, 0]; 2]).is_err());
    assert!(ConfusionMatrix::new(&["a", "b"], &["a", "b"], vec![vec![0, 0], vec![0]]).is_err());
    let rectangle = ConfusionMatrix::new(&["a", "b"], &["a", "c"], vec![vec![1, 0], vec![0, 1]]).unwrap();
    assert!(rectangle.kappa(KappaWeights::Unweighted, LEVEL).is_err());
}
