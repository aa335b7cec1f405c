//! From counts to the verdict and what is said with it.

use breakapart::assay::{Assay, Decision, IsolatedMeaning, Percent};
use breakapart::classify::NucleusClass::{IsolatedThreePrime, Split};
use breakapart::classify::{Exclusion, NucleusClass};
use breakapart::quality::figures::{
    Borderline, ExchangedColours, NeitherEndCounts, TooFewNuclei, UncountedIsolated,
};
use breakapart::quality::{Detail, Effect};
use breakapart::summarise::{
    Count, Grounds, SummariseParams, Summary, Verdict, per_pattern, single_cutoff, summarise,
};
use proptest::prelude::*;

use crate::{Counts, FUSED, builtin, calls, of, only, pattern, read};

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
    let mut alk = builtin("alk");
    alk.evaluable.min_each_colour = 1;
    let summary = read(&alk, &of(&[((1, 1, 1), 40), ((0, 1, 0), 100)]));
    assert_eq!((summary.nuclei, summary.evaluable, summary.verdict), (140, 40, Verdict::NotEvaluable));
    assert_eq!(summary.exclusions[&Exclusion::OneColourOnly], 100);
    assert_eq!(summary.percent_rearranged, Some(100.0));
    let Detail::TooFewNuclei(TooFewNuclei { evaluable: 40, needed: 50, rearranged: 40, .. }) =
        only(&summary, "too_few_nuclei").detail
    else {
        panic!("{:?}", summary.findings)
    };
    assert!(!summary.borderline);
    let nothing = read(&builtin("alk"), &[]);
    assert_eq!((nothing.verdict, nothing.percent_rearranged), (Verdict::NotEvaluable, None));
    assert!(nothing.wilson.is_none() && nothing.clopper_pearson.is_none());
}

#[test]
fn cutoffs_per_pattern() {
    let usp6 = builtin("usp6");
    let table: [(&[(Counts, usize)], Verdict); 8] = [
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
        let Detail::UncountedIsolated(found) = &only(&summary, "uncounted_isolated").detail else { panic!() };
        assert_eq!((found.meaning, found.count), (IsolatedMeaning::Equivocal, isolated));
        assert_eq!(summary.has("open_nuclei"), verdict == Verdict::Equivocal, "{split} {isolated}");
        assert_eq!(
            (summary.isolated[0].meaning, summary.isolated[0].nuclei),
            (IsolatedMeaning::Equivocal, isolated)
        );
    }
    let mut apart = builtin("ewsr1");
    apart.isolated.five_prime = IsolatedMeaning::SeparateTally;
    let summary = read(&apart, &of(&[((1, 1, 0), 30), (FUSED, 70)]));
    assert_eq!(summary.verdict, Verdict::Negative);
    let Detail::UncountedIsolated(UncountedIsolated { meaning, count, .. }) =
        only(&summary, "uncounted_isolated").detail
    else {
        panic!()
    };
    assert_eq!((meaning, count), (IsolatedMeaning::SeparateTally, 30));
}

#[test]
fn isolated_signals_are_stated_where_neither_end_counts() {
    let ret = builtin("ret");
    for (red, green, found) in [(0, 17, true), (16, 0, true), (8, 9, true), (7, 8, false), (0, 0, false)] {
        let summary = read(
            &ret,
            &of(&[((1, 1, 0), red), ((1, 0, 1), green), (FUSED, 98 - red - green), ((1, 1, 1), 2)]),
        );
        assert_eq!(summary.has("neither_end_counts"), found, "{red} {green}");
    }
    let summary = read(&ret, &of(&[((1, 1, 0), 17), ((1, 0, 1), 3), (FUSED, 21), ((1, 2, 1), 9)]));
    let finding = only(&summary, "neither_end_counts");
    let Detail::NeitherEndCounts(NeitherEndCounts { isolated, red, green, rearranged, nuclei, .. }) =
        finding.detail
    else {
        panic!()
    };
    assert_eq!((isolated, red, green, rearranged, nuclei), (29, 26, 3, 9, 50));
    assert_eq!(finding.effect, Effect::Inform);
    assert_eq!(
        finding.to_string(),
        "29 of 50 evaluable nuclei (58 %) show an isolated signal (red 26, green 3), which this assay does not count; 9 are \
         rearranged."
    );
    // An assay that counts an end, or whose cutoff is higher.
    let isolated = of(&[((1, 1, 0), 20), (FUSED, 80)]);
    assert!(!read(&builtin("alk"), &isolated).has("neither_end_counts"));
    let mut high = ret.with_cutoff("25".parse().unwrap()).unwrap();
    assert!(!read(&high, &isolated).has("neither_end_counts"));
    high = high.with_cutoff("19.9".parse().unwrap()).unwrap();
    assert!(read(&high, &isolated).has("neither_end_counts"));
}

#[test]
fn without_the_fused_pair_that_an_assay_requires_an_isolated_signal_is_left_open() {
    let mut alk = builtin("alk");
    let one_colour = of(&[((0, 1, 0), 20), (FUSED, 80)]);
    assert_eq!(read(&alk, &one_colour).verdict, Verdict::Positive);
    alk.isolated.requires_fused = true;
    let summary = read(&alk, &one_colour);
    assert_eq!((summary.evaluable, summary.rearranged, summary.verdict), (100, 0, Verdict::Equivocal));
}

#[test]
fn a_verdict_that_rests_on_nuclei_of_one_colour_asks_for_confirmation() {
    let alk = builtin("alk");
    let turned = |summary: &Summary| summary.has("one_colour_nuclei");
    let positive = read(&alk, &of(&[((0, 1, 0), 20), ((1, 1, 1), 5), (FUSED, 75)]));
    assert_eq!((positive.verdict, positive.one_colour_only), (Verdict::Positive, 20));
    assert_eq!(positive.percent_without_one_colour_only, Some(6.25));
    let Detail::OneColourNuclei(found) = &only(&positive, "one_colour_nuclei").detail else { panic!() };
    assert_eq!((found.one_colour, found.others_rearranged, found.others), (20, 5, 80));
    assert!(positive.confirm);
    let either_way = read(&alk, &of(&[((0, 1, 0), 20), ((1, 1, 1), 200), (FUSED, 75)]));
    assert_eq!(either_way.verdict, Verdict::Positive);
    assert!(!turned(&either_way));
    // Lost 3' ends do not count as rearranged, but they dilute.
    let diluted = read(&alk, &of(&[((0, 0, 1), 20), ((1, 1, 1), 14), (FUSED, 66)]));
    assert_eq!(diluted.verdict, Verdict::Negative);
    assert!(turned(&diluted) && diluted.confirm);
    let too_few_without = read(&alk, &of(&[((0, 1, 0), 20), ((1, 1, 1), 40)]));
    assert!(turned(&too_few_without) && too_few_without.confirm);
}

#[test]
fn results_that_need_confirmation_say_so() {
    let alk = builtin("alk");
    let borderline = read(&alk, &of(&[((1, 1, 1), 18), (FUSED, 82)]));
    assert!(borderline.borderline && borderline.confirm);
    let near_cutoff = |summary: &Summary| -> Borderline {
        let Detail::Borderline(found) = only(summary, "borderline").detail.clone() else { panic!() };
        found
    };
    let found = near_cutoff(&borderline);
    let (band, interval) = (found.band.unwrap(), found.interval.unwrap());
    assert_eq!((band.low_percent, band.high_percent, found.cutoff_percent), (10.0, 20.0, 15.0));
    assert!((interval.low_percent - 11.70).abs() < 0.005 && (interval.high_percent - 26.67).abs() < 0.005);
    // Out of the band, but the interval holds the cutoff.
    let near = read(&alk, &of(&[((1, 1, 1), 9), (FUSED, 91)]));
    assert!(near.borderline && near_cutoff(&near).band.is_none());
    let clear = read(&alk, &of(&[((1, 1, 1), 300), (FUSED, 500)]));
    assert!(!clear.borderline && !clear.confirm);
    // Exactly at the ends of the band [10 %, 20 %): enough nuclei that the interval does not matter.
    for (x, inside) in [(2000, true), (1999, false), (3999, true), (4000, false)] {
        let summary = read(&alk, &of(&[((1, 1, 1), x), (FUSED, 20_000 - x)]));
        assert_eq!(summary.borderline, inside, "{x}");
    }
    let isolated = read(&alk, &of(&[((1, 1, 0), 60), (FUSED, 40)]));
    assert!(isolated.verdict == Verdict::Positive && isolated.confirm);
    assert_eq!(only(&isolated, "isolated_only").effect, Effect::Confirm);
    let mut grounds = Grounds::worksheet(None);
    grounds.fields = Some(1);
    let calls = calls(&alk, &of(&[(FUSED, 60)]));
    let summary = summarise(&calls, &alk, &grounds, &SummariseParams::default()).unwrap();
    let Detail::TooFewFields(found) = &only(&summary, "too_few_fields").detail else { panic!() };
    assert_eq!((found.fields, found.needed), (1, 3));
}

#[test]
fn a_negative_verdict_that_exchanged_colours_would_turn_is_withheld() {
    let alk = builtin("alk");
    let read = |red, green, split| {
        let rest = 100 - red - green - split;
        read(&alk, &of(&[((1, 1, 0), red), ((1, 0, 1), green), ((1, 1, 1), split), (FUSED, rest)]))
    };
    let summary = read(1, 45, 2);
    assert_eq!((summary.verdict, summary.by_rule), (Verdict::NotEvaluable, Verdict::Negative));
    let finding = only(&summary, "exchanged_colours");
    let Detail::ExchangedColours(ExchangedColours {
        lone_uncounted, lone_counted, rearranged, nuclei, ..
    }) = finding.detail
    else {
        panic!()
    };
    assert_eq!((lone_uncounted, lone_counted, rearranged, nuclei), (45, 1, 47, 100));
    // Few of them, as many of the other end, or a positive verdict either way.
    for (red, green, split) in [(1, 9, 2), (13, 20, 0), (0, 40, 30), (40, 1, 0), (0, 0, 0)] {
        assert!(!read(red, green, split).has("exchanged_colours"), "{red} {green} {split}");
    }
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
        let mut assay = builtin(Assay::builtin_names().nth(index).unwrap());
        if matches!(assay.decision, Decision::Single(_)) {
            assay = assay.with_cutoff(Percent::whole(cutoff).unwrap()).unwrap();
        }
        let isolated = (isolated * n as f64) as usize;
        let x = ((rearranged * n as f64) as usize).min(n - isolated - 1);
        let verdict = |x: usize| {
            // A negative verdict may be withheld where a positive one is not.
            rank(read(&assay, &of(&[((1, 1, 1), x), (FUSED, n - isolated - x), ((1, 1, 0), isolated)])).by_rule)
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
