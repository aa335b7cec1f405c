//! The clinical rules: classes, exclusions, verdicts, as laboratories' worksheets and published rules have them.

use breakapart::Location;
use breakapart::assay::{Assay, Decision, GreyZoneAction, IsolatedMeaning, Percent, Sex, TwoStage};
use breakapart::classify::NucleusClass::{
    Amplification, ExtraFivePrime, ExtraThreePrime, FewerFused, Gain, IsolatedFivePrime, IsolatedThreePrime,
    Normal, Split, Unclassified,
};
use breakapart::classify::{
    ClassifyParams, Exclusion, NucleusCall, NucleusClass, NucleusEvidence, SignalPattern, class_of, classify,
    is_rearranged,
};
use breakapart::summarise::{
    Count, SummariseParams, Summary, Verdict, per_pattern, single_cutoff, summarise, two_stage,
};
use proptest::prelude::*;

/// The pattern with so many fused, separated red and separated green signals.
fn pattern(fused: usize, red: usize, green: usize) -> SignalPattern {
    let split = red.min(green);
    SignalPattern { fused, split, isolated_red: red - split, isolated_green: green - split }
}

fn builtin(name: &str) -> Assay {
    Assay::builtin(name).unwrap()
}

/// ALK with the two-stage rule of manual readers.
fn alk_two_stage() -> Assay {
    let text = Assay::builtin_toml("alk")
        .unwrap()
        .replace("type = \"single\"\ncells = 50\n", "type = \"two_stage\"\nneg_lt = 5\npos_gt = 25\n")
        .replace("\ncutoff_percent = 15", "\nfinal_cutoff_percent = 15")
        .replace("\"decision.cutoff_percent\"", "\"decision.final_cutoff_percent\"");
    Assay::from_toml(&text, &Location::file("two_stage.toml")).unwrap()
}

fn two_stage_rule() -> TwoStage {
    let Decision::TwoStage(rule) = alk_two_stage().decision else { panic!() };
    rule
}

/// Calls of nuclei with these patterns, each so many times.
fn calls(assay: &Assay, patterns: &[(SignalPattern, usize)]) -> Vec<NucleusCall> {
    let all = patterns.iter().flat_map(|(pattern, times)| std::iter::repeat_n(*pattern, *times));
    all.enumerate()
        .map(|(i, pattern)| {
            let evidence = NucleusEvidence::of_pattern(i as u32 + 1, pattern);
            classify(&evidence, assay, None, &ClassifyParams::default())
        })
        .collect()
}

fn read(assay: &Assay, patterns: &[(SignalPattern, usize)]) -> Summary {
    summarise(&calls(assay, patterns), assay, &SummariseParams::default()).unwrap()
}

fn says(summary: &Summary, words: &str) -> bool {
    summary.advice.iter().any(|line| line.contains(words))
}

const FUSED: (usize, usize, usize) = (2, 0, 0);

/// Patterns by (fused, red, green) counts.
fn of(counts: &[((usize, usize, usize), usize)]) -> Vec<(SignalPattern, usize)> {
    counts.iter().map(|((f, r, g), times)| (pattern(*f, *r, *g), *times)).collect()
}

#[test]
fn classes_of_the_alk_atlas_worksheet() {
    // Fused, 5' (green), 3' (red).
    let table = [
        (2, 0, 0, Normal, false),
        (2, 1, 1, Split, true),
        (2, 0, 1, IsolatedThreePrime, true),
        (0, 1, 2, Split, true),
        (1, 0, 0, FewerFused, false),
        (1, 1, 0, IsolatedFivePrime, false),
    ];
    let alk = builtin("alk");
    for (fused, five_prime, three_prime, class, rearranged) in table {
        let pattern = pattern(fused, three_prime, five_prime);
        assert_eq!(class_of(&pattern, &alk, None), class, "{pattern}");
        assert_eq!(is_rearranged(&pattern, &alk, None), rearranged, "{pattern}");
    }
}

#[test]
fn the_alk_atlas_worksheet_is_54_percent_positive() {
    // 19 fused, 22 split, 5 isolated 3', 4 isolated 5'.
    let summary = read(
        &builtin("alk"),
        &of(&[
            (FUSED, 18),
            ((1, 0, 0), 1),
            ((1, 1, 1), 20),
            ((2, 1, 1), 1),
            ((0, 2, 1), 1),
            ((1, 1, 0), 4),
            ((2, 1, 0), 1),
            ((1, 0, 1), 4),
        ]),
    );
    assert_eq!((summary.rearranged, summary.evaluable), (27, 50));
    assert_eq!(summary.percent_rearranged, Some(54.0));
    assert_eq!(summary.verdict, Verdict::Positive);
    assert!(!summary.borderline && !summary.confirm);
    assert_eq!(summary.classes[&Split], 22);
    assert_eq!(summary.classes[&IsolatedThreePrime], 5);
    assert_eq!(summary.classes[&IsolatedFivePrime], 4);
    assert_eq!(summary.patterns["1F1R1G"], 20);
}

#[test]
fn pattern_vocabulary_of_digital_reading() {
    let alk = builtin("alk");
    let table = [
        ((2, 0, 0), "2F", Normal),
        ((1, 0, 0), "1F", FewerFused),
        ((1, 1, 1), "1F1R1G", Split),
        ((0, 2, 2), "2R2G", Split),
        ((1, 1, 0), "1F1R", IsolatedThreePrime),
        ((1, 0, 1), "1F1G", IsolatedFivePrime),
        ((2, 1, 0), "2F1R", IsolatedThreePrime),
        ((2, 0, 2), "2F2G", IsolatedFivePrime),
        ((3, 0, 0), "3F", Gain),
        ((7, 0, 0), "7F", Gain),
        ((8, 0, 0), "8F", Amplification),
        ((8, 1, 1), "8F1R1G", Split),
        ((0, 3, 0), "3R", Unclassified),
        ((0, 0, 0), "0", Unclassified),
    ];
    for ((fused, red, green), shown, class) in table {
        let pattern = pattern(fused, red, green);
        assert_eq!(pattern.to_string(), shown);
        assert_eq!(class_of(&pattern, &alk, None), class, "{shown}");
    }
}

#[test]
fn isolated_signals_mean_what_the_assay_says_whatever_their_colour() {
    let (red, green) = (pattern(1, 1, 0), pattern(1, 0, 1));
    // 3' is red in ALK and green in KMT2A.
    let table = [
        ("alk", true, false),
        ("ros1", true, false),
        ("ret", false, false),
        ("kmt2a", true, false),
        ("usp6", true, true),
        ("ewsr1", false, false),
    ];
    for (name, red_counts, green_counts) in table {
        let assay = builtin(name);
        assert_eq!(is_rearranged(&red, &assay, None), red_counts, "{name}");
        assert_eq!(is_rearranged(&green, &assay, None), green_counts, "{name}");
    }
}

#[test]
fn an_extra_signal_beside_two_intact_loci_is_a_class_of_its_own_where_the_assay_says_so() {
    let kmt2a = builtin("kmt2a");
    // 2F1R: an extra 5' signal is an insertion.
    assert_eq!(class_of(&pattern(2, 1, 0), &kmt2a, None), ExtraFivePrime);
    assert!(is_rearranged(&pattern(2, 1, 0), &kmt2a, None));
    assert_eq!(class_of(&pattern(2, 0, 1), &kmt2a, None), ExtraThreePrime);
    assert!(!is_rearranged(&pattern(2, 0, 1), &kmt2a, None));
    assert_eq!(class_of(&pattern(1, 1, 0), &kmt2a, None), IsolatedFivePrime);
    assert_eq!(class_of(&pattern(2, 1, 0), &builtin("alk"), None), IsolatedThreePrime);
}

#[test]
fn copies_of_an_x_linked_gene_are_judged_by_sex() {
    let tfe3 = builtin("tfe3");
    let class = |fused, sex| class_of(&pattern(fused, 0, 0), &tfe3, sex);
    assert_eq!([class(1, Some(Sex::Male)), class(2, Some(Sex::Male))], [Normal, Gain]);
    assert_eq!([class(1, Some(Sex::Female)), class(2, Some(Sex::Female))], [FewerFused, Normal]);
    assert_eq!([class(1, None), class(3, None)], [FewerFused, Gain]);
    // 1R1G: the only copy of a male is broken.
    assert!(is_rearranged(&pattern(0, 1, 1), &tfe3, Some(Sex::Male)));
    let summary = read(&tfe3, &of(&[((1, 0, 0), 100)]));
    assert!(says(&summary, "sex of the patient was not given"));
}

type Change = fn(&mut NucleusEvidence);

/// Findings in the documented order of precedence: each with all later ones gives its own reason.
#[test]
fn the_first_reason_in_the_documented_order_is_given() {
    let order: [(Change, Exclusion); 9] = [
        (|e| e.score = 0.0, Exclusion::NotANucleus),
        (|e| e.touches_border = true, Exclusion::TouchesBorder),
        (|e| e.overlapping = true, Exclusion::Overlapping),
        (|e| e.area_um2 = Some(5.0), Exclusion::TooSmall),
        (|e| e.out_of_focus = true, Exclusion::OutOfFocus),
        (|e| e.saturated = true, Exclusion::Saturated),
        (|e| e.debris = true, Exclusion::Debris),
        (|e| e.ordinary_snr = [Some(9.0), Some(1.0)], Exclusion::WeakProbe),
        (|e| e.pattern = pattern(0, 0, 0), Exclusion::NoSignal),
    ];
    let alk = builtin("alk");
    for first in 0..order.len() {
        let mut evidence = NucleusEvidence::of_pattern(1, pattern(1, 1, 1));
        order[first..].iter().for_each(|(change, _)| change(&mut evidence));
        let call = classify(&evidence, &alk, None, &ClassifyParams::default());
        assert_eq!(call.exclusion, Some(order[first].1));
        assert!(!call.evaluable() && !call.rearranged);
    }
}

#[test]
fn signals_that_cannot_be_counted_exclude_with_their_reason() {
    let mut ours = builtin("alk");
    let exclusion = |assay: &Assay, pattern: SignalPattern| {
        let evidence = NucleusEvidence::of_pattern(1, pattern);
        classify(&evidence, assay, None, &ClassifyParams::default()).exclusion
    };
    assert_eq!(exclusion(&ours, pattern(0, 0, 0)), Some(Exclusion::NoSignal));
    assert_eq!(exclusion(&ours, pattern(0, 1, 0)), Some(Exclusion::OneColourOnly));
    assert_eq!(exclusion(&ours, pattern(0, 0, 3)), Some(Exclusion::OneColourOnly));
    assert_eq!(exclusion(&ours, pattern(1, 0, 0)), None);
    assert_eq!(exclusion(&ours, pattern(10, 10, 0)), None);
    assert_eq!(exclusion(&ours, pattern(10, 11, 0)), Some(Exclusion::TooManySignals));
    ours.evaluable.min_each_colour = 2;
    assert_eq!(exclusion(&ours, pattern(1, 1, 0)), Some(Exclusion::TooFewSignals));
    assert_eq!(exclusion(&ours, pattern(1, 1, 1)), None);
    ours.evaluable.min_fused = 1;
    assert_eq!(exclusion(&ours, pattern(0, 2, 2)), Some(Exclusion::TooFewSignals));
    ours = builtin("ret");
    ours.evaluable.complete_nuclei_only = true;
    for (counted, counts) in [
        (true, (2, 0, 0)),
        (true, (1, 1, 1)),
        (true, (0, 2, 2)),
        (false, (1, 0, 0)),
        (false, (2, 1, 0)),
        (false, (3, 0, 0)),
        (false, (1, 2, 1)),
    ] {
        let expected = if counted { None } else { Some(Exclusion::IncompletePattern) };
        assert_eq!(exclusion(&ours, pattern(counts.0, counts.1, counts.2)), expected, "{counts:?}");
    }
}

#[test]
fn limits_come_from_the_assay_and_their_ends_are_counted() {
    let mut alk = builtin("alk");
    let mut evidence = NucleusEvidence::of_pattern(1, pattern(2, 0, 0));
    let check = |evidence: &NucleusEvidence, assay: &Assay| {
        classify(evidence, assay, None, &ClassifyParams::default()).exclusion
    };
    for (area, expected) in [
        (12.0, None),
        (11.99, Some(Exclusion::TooSmall)),
        (400.0, None),
        (400.1, Some(Exclusion::TooLarge)),
        (f64::NAN, Some(Exclusion::TooSmall)),
        (f64::INFINITY, Some(Exclusion::TooLarge)),
    ] {
        evidence.area_um2 = Some(area);
        assert_eq!(check(&evidence, &alk), expected, "{area}");
    }
    evidence.area_um2 = None;
    for (snr, expected) in
        [(4.0, None), (3.99, Some(Exclusion::WeakProbe)), (f64::NAN, Some(Exclusion::WeakProbe))]
    {
        evidence.ordinary_snr = [Some(snr), None];
        assert_eq!(check(&evidence, &alk), expected, "{snr}");
    }
    evidence.ordinary_snr = [None, None];
    (evidence.touches_border, evidence.overlapping) = (true, true);
    (alk.evaluable.exclude_edge, alk.evaluable.exclude_overlap) = (false, false);
    assert_eq!(check(&evidence, &alk), None);
}

#[test]
fn a_cluster_is_an_amplification_or_unreadable_as_the_assay_says() {
    let mut evidence = NucleusEvidence::of_pattern(1, pattern(5, 0, 0));
    evidence.uncountable_cluster = true;
    let call = |assay: &str, evidence: &NucleusEvidence| {
        classify(evidence, &builtin(assay), None, &ClassifyParams::default())
    };
    assert_eq!(call("alk", &evidence).exclusion, Some(Exclusion::TooManySignals));
    let foxo1 = call("foxo1", &evidence);
    assert_eq!((foxo1.exclusion, foxo1.class), (None, Amplification));
    evidence.pattern = pattern(5, 1, 1);
    let foxo1 = call("foxo1", &evidence);
    assert_eq!((foxo1.class, foxo1.rearranged), (Split, true));
}

fn with_grey_zone(action: &str) -> Assay {
    let zone = format!("[split.grey_zone]\nlow = 1.5\nhigh = 2.5\naction = \"{action}\"\n\n[doublet]");
    let text = Assay::builtin_toml("alk").unwrap().replace("[doublet]", &zone);
    Assay::from_toml(&text, &Location::file("grey.toml")).unwrap()
}

#[test]
fn a_pair_in_the_grey_zone_does_what_the_assay_says() {
    for (action, exclusion, uncertain) in
        [("fused", None, false), ("uncertain", None, true), ("exclude", Some(Exclusion::GreyZone), false)]
    {
        let assay = with_grey_zone(action);
        let mut evidence = NucleusEvidence::of_pattern(1, pattern(1, 1, 1));
        evidence.grey_zone_pair = true;
        let call = classify(&evidence, &assay, None, &ClassifyParams::default());
        assert_eq!((call.exclusion, call.uncertain), (exclusion, uncertain), "{action}");
    }
}

#[test]
fn uncertain_nuclei_that_could_turn_the_verdict_make_it_equivocal() {
    let assay = with_grey_zone("uncertain");
    assert_eq!(assay.split.grey_zone.unwrap().action, GreyZoneAction::Uncertain);
    for (certain, uncertain, verdict) in [
        (15, 0, Verdict::Positive),
        (14, 1, Verdict::Equivocal),
        (15, 5, Verdict::Positive),
        (30, 5, Verdict::Positive),
    ] {
        let calls: Vec<NucleusCall> = (0..100)
            .map(|i| {
                let split = usize::from(i < certain + uncertain);
                let mut evidence = NucleusEvidence::of_pattern(i + 1, pattern(2 - split, split, split));
                evidence.grey_zone_pair = (certain..certain + uncertain).contains(&i);
                classify(&evidence, &assay, None, &ClassifyParams::default())
            })
            .collect();
        let summary = summarise(&calls, &assay, &SummariseParams::default()).unwrap();
        assert_eq!(summary.verdict, verdict, "{certain} {uncertain}");
        assert_eq!(summary.uncertain, uncertain as usize);
    }
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
    assert!(says(&clear, "rests on 50 of 500 evaluable nuclei"));
    // The rearranged nuclei come first in the list, but not first in the drawing.
    let mixed = read(&assay, &of(&[((1, 1, 1), 130), (FUSED, 370)]));
    assert_eq!((mixed.stages.len(), mixed.stages[1].evaluable), (2, 100));
    assert!((14..=40).contains(&mixed.stages[1].rearranged), "{}", mixed.stages[1].rearranged);
    // Undecided, and too few further nuclei.
    let few = read(&assay, &of(&[((1, 1, 1), 19), (FUSED, 77)]));
    assert_eq!(few.verdict, Verdict::Equivocal);
    assert!(few.confirm && says(&few, "50 more are needed, 46 are there"));
    assert_eq!(read(&assay, &of(&[(FUSED, 49)])).verdict, Verdict::NotEvaluable);
}

#[test]
fn the_cutoff_is_compared_without_rounding() {
    let alk = builtin("alk");
    let table = [
        (15, 100, Verdict::Positive),
        (14, 100, Verdict::Negative),
        (14, 96, Verdict::Negative),
        (120, 800, Verdict::Positive),
        (119, 800, Verdict::Negative),
        (8, 50, Verdict::Positive),
        (7, 50, Verdict::Negative),
        (49, 49, Verdict::NotEvaluable),
        (0, 0, Verdict::NotEvaluable),
    ];
    for (x, n, verdict) in table {
        let summary = read(&alk, &of(&[((1, 1, 1), x), (FUSED, n - x)]));
        assert_eq!(summary.verdict, verdict, "{x} of {n}");
        let Decision::Single(rule) = &alk.decision else { panic!() };
        assert_eq!(single_cutoff(Count::new(x, n).unwrap(), rule).unwrap().verdict, verdict);
    }
}

#[test]
fn too_few_nuclei_are_not_evaluable_however_many_are_rearranged() {
    let summary = read(&builtin("alk"), &of(&[((1, 1, 1), 40), ((0, 1, 0), 100)]));
    assert_eq!((summary.nuclei, summary.evaluable, summary.verdict), (140, 40, Verdict::NotEvaluable));
    assert_eq!(summary.exclusions[&Exclusion::OneColourOnly], 100);
    assert_eq!(summary.percent_rearranged, Some(100.0));
    assert!(!summary.borderline && says(&summary, "40 evaluable nuclei, the assay asks for 50"));
    let nothing = read(&builtin("alk"), &[]);
    assert_eq!((nothing.verdict, nothing.percent_rearranged), (Verdict::NotEvaluable, None));
    assert!(nothing.wilson.is_none() && nothing.clopper_pearson.is_none());
}

#[test]
fn cutoffs_per_pattern() {
    let usp6 = builtin("usp6");
    let table: [(&[((usize, usize, usize), usize)], Verdict); 8] = [
        (&[((1, 1, 0), 20)], Verdict::Positive),
        (&[((1, 1, 0), 19)], Verdict::Negative),
        (&[((1, 0, 1), 20)], Verdict::Positive),
        (&[((0, 1, 1), 10)], Verdict::Positive),
        (&[((0, 1, 1), 9)], Verdict::Negative),
        (&[((1, 1, 1), 10)], Verdict::Positive),
        (&[((1, 1, 0), 7), ((1, 0, 1), 7), ((1, 1, 1), 6)], Verdict::Positive), // 20 of 200 together
        (&[((1, 1, 0), 7), ((1, 0, 1), 6), ((1, 1, 1), 6)], Verdict::Negative),
    ];
    for (found, verdict) in table {
        let abnormal: usize = found.iter().map(|(_, n)| n).sum();
        let summary = read(&usp6, &of(&[found, &[(FUSED, 200 - abnormal)]].concat()));
        assert_eq!(summary.verdict, verdict, "{found:?}");
        assert_eq!(summary.pattern_tallies.len(), 4);
    }
    let summary = read(&usp6, &of(&[((1, 1, 1), 10), (FUSED, 190)]));
    let tally = summary.pattern_tallies.iter().find(|tally| tally.pattern == "1F1R1G").unwrap();
    assert_eq!((tally.nuclei, tally.percent, tally.met), (10, Some(5.0), true));
    assert!(summary.stages[0].rule.contains("met: 1F1R1G >= 5 %"));
    assert_eq!(read(&usp6, &of(&[((1, 1, 1), 199)])).verdict, Verdict::NotEvaluable);
    let Decision::PerPattern(rule) = &usp6.decision else { panic!() };
    assert!(per_pattern(Count { positive: 2, total: 1 }, &[].into(), rule).is_err());
}

#[test]
fn isolated_signals_left_open_make_the_verdict_equivocal_only_if_they_could_turn_it() {
    let ewsr1 = builtin("ewsr1");
    for (split, isolated, verdict) in [
        (10, 10, Verdict::Equivocal),
        (10, 4, Verdict::Negative),
        (20, 40, Verdict::Positive),
        (0, 15, Verdict::Equivocal),
    ] {
        let summary =
            read(&ewsr1, &of(&[((1, 1, 1), split), ((1, 1, 0), isolated), (FUSED, 100 - split - isolated)]));
        assert_eq!((summary.verdict, summary.rearranged), (verdict, split), "{split} {isolated}");
        assert!(says(&summary, "isolated_five_prime: the assay leaves open"));
        assert_eq!(
            (summary.isolated[0].meaning, summary.isolated[0].nuclei),
            (IsolatedMeaning::Equivocal, isolated)
        );
    }
    let mut apart = builtin("ewsr1");
    apart.isolated.five_prime = IsolatedMeaning::SeparateTally;
    let summary = read(&apart, &of(&[((1, 1, 0), 30), (FUSED, 70)]));
    assert_eq!(summary.verdict, Verdict::Negative);
    assert!(says(&summary, "30 evaluable nuclei are isolated_five_prime: reported apart"));
}

#[test]
fn without_the_fused_pair_that_the_assay_requires_an_isolated_signal_is_left_open() {
    let mut alk = builtin("alk");
    alk.evaluable.min_each_colour = 0;
    let one_colour = of(&[((0, 1, 0), 20), (FUSED, 80)]);
    let summary = read(&alk, &one_colour);
    assert_eq!((summary.evaluable, summary.rearranged, summary.verdict), (100, 0, Verdict::Equivocal));
    alk.isolated.requires_fused = false;
    assert_eq!(read(&alk, &one_colour).verdict, Verdict::Positive);
}

#[test]
fn results_that_need_confirmation_say_so() {
    let alk = builtin("alk");
    let borderline = read(&alk, &of(&[((1, 1, 1), 18), (FUSED, 82)]));
    assert!(borderline.borderline && borderline.confirm);
    assert!(says(&borderline, "borderline band from 10 % to below 20 %: borderline: confirm by IHC"));
    assert!(says(&borderline, "interval, 11.70 to 26.67 %, holds the cutoff of 15 %"));
    // Out of the band, but the interval holds the cutoff.
    let near = read(&alk, &of(&[((1, 1, 1), 9), (FUSED, 91)]));
    assert!(near.borderline && !says(&near, "borderline band"));
    let clear = read(&alk, &of(&[((1, 1, 1), 300), (FUSED, 500)]));
    assert!(!clear.borderline && !clear.confirm);
    // Exactly at the ends of the band [10 %, 20 %): enough nuclei that the interval does not matter.
    for (x, inside) in [(2000, true), (1999, false), (3999, true), (4000, false)] {
        let summary = read(&alk, &of(&[((1, 1, 1), x), (FUSED, 20_000 - x)]));
        assert_eq!(summary.borderline, inside, "{x}");
    }
    let isolated = read(&alk, &of(&[((1, 1, 0), 60), (FUSED, 40)]));
    assert!(isolated.verdict == Verdict::Positive && isolated.confirm);
    assert!(says(&isolated, "positive only because isolated signals count"));
    for summary in [&borderline, &near, &clear, &isolated] {
        assert_eq!(
            summary.advice.iter().filter(|line| line.contains("true uncertainty is larger")).count(),
            1
        );
        assert!(says(summary, "verify in your laboratory"));
    }
    let mut params = SummariseParams::default();
    params.fields = Some(1);
    let summary = summarise(&calls(&alk, &of(&[(FUSED, 60)])), &alk, &params).unwrap();
    assert!(says(&summary, "1 fields were read, the assay asks for 3"));
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotEvaluable => 9,
        Verdict::Negative => 0,
        Verdict::Equivocal => 1,
        Verdict::Positive => 2,
    }
}

proptest! {
    #[test]
    fn one_more_rearranged_nucleus_never_makes_a_verdict_less_positive(
        index in 0_usize..20,
        n in 1_usize..400,
        isolated in 0.0..0.3_f64,
        rearranged in 0.0..0.4_f64,
        cutoff in 1_u64..=30,
    ) {
        let mut assay = Assay::builtin_names().nth(index).map_or_else(alk_two_stage, builtin);
        if let Decision::Single(rule) = &mut assay.decision {
            rule.cutoff_percent = Percent::whole(cutoff).unwrap();
        }
        let isolated = (isolated * n as f64) as usize;
        let x = ((rearranged * n as f64) as usize).min(n - isolated - 1);
        let verdict = |x: usize| {
            rank(read(&assay, &of(&[((1, 1, 1), x), (FUSED, n - isolated - x), ((1, 1, 0), isolated)])).verdict)
        };
        prop_assert!(verdict(x) <= verdict(x + 1));
    }

    #[test]
    fn a_summary_adds_up(counts in proptest::collection::vec(((0_usize..4), (0_usize..3), (0_usize..3), (1_usize..40)), 0..8)) {
        let alk = builtin("alk");
        let patterns: Vec<_> = counts.iter().map(|(f, r, g, n)| (pattern(*f, *r, *g), *n)).collect();
        let summary = read(&alk, &patterns);
        let sum = |values: Vec<usize>| values.into_iter().sum::<usize>();
        prop_assert_eq!(summary.nuclei, sum(counts.iter().map(|c| c.3).collect()));
        prop_assert_eq!(summary.evaluable + sum(summary.exclusions.values().copied().collect()), summary.nuclei);
        prop_assert_eq!(sum(summary.patterns.values().copied().collect()), summary.evaluable);
        prop_assert_eq!(sum(summary.classes.values().copied().collect()), summary.evaluable);
        let positive: usize = [Split, IsolatedThreePrime].iter().filter_map(|class| summary.classes.get::<NucleusClass>(class)).sum();
        prop_assert_eq!(positive, summary.rearranged);
        if let Some(percent) = summary.percent_rearranged {
            prop_assert!((percent * summary.evaluable as f64 - 100.0 * summary.rearranged as f64).abs() < 1e-6);
        }
    }
}
